"""Streams: what holds for every view that answers with one. Shown by the change feed."""

import asyncio
from types import SimpleNamespace

from django.utils import timezone

from memory_hub.accounts import services
from memory_hub.accounts.models import User
from memory_hub.accounts.services import operators
from memory_hub.core.identity import OPERATOR
from memory_hub.http import application, open_streams, streaming
from memory_hub.http.response_cache import _Parts
from memory_hub.http.streaming import event
from superthread.feed import changes
from testing.clients.browsing import inside
from testing.clients.in_process import Client, _loop

CHANGES = "/superthread/changes"
NOW = f"{CHANGES}?cursor=now"


def has_begun(text):
    return "retry: " in text


def test_an_event_has_a_line_for_each_line_of_its_data():
    assert event("a\nb", event_id="7") == b"id: 7\ndata: a\ndata: b\n\n"
    assert event(event_id="7") == b"id: 7\n\n"
    # Lines as events know them, and no others: JSON has these as they are.
    others = "a\x85b\u2028c\u2029d"
    assert event(others) == f"data: {others}\n\n".encode()
    assert event("a\r\nb\rc") == b"data: a\ndata: b\ndata: c\n\n"
    assert event("a\n") == b"data: a\ndata: \n\n"


def test_a_stream_is_sent_as_it_comes_and_kept_by_nobody(mina, follow):
    stream = follow(mina, NOW, **{"Accept-Encoding": "gzip"})
    stream.until(has_begun)
    assert stream.status == 200
    told = {
        "content-type": "text/event-stream",
        "cache-control": "no-cache, no-transform",
        "x-accel-buffering": "no",
    }
    assert told.items() <= stream.headers.items()
    assert not {"content-length", "content-encoding", "etag"} & stream.headers.keys()
    # Nor is the JSON of the same path given for one, or the other way round.
    assert mina.get(NOW).headers["Content-Type"] == "application/json"


def test_what_can_be_refused_is_refused_before_it_begins(nobody, api, mina, follow):
    for client, path, status in (
        (nobody, NOW, 401),
        (Client("mh_" + "x" * 43), NOW, 401),
        (api("sora@example.com", scopes=["memories:write"]), NOW, 403),
        (mina, f"{CHANGES}?cursor=x", 400),
        (mina, f"{CHANGES}?unknown=1", 400),
    ):
        stream = follow(client, path)
        stream.until_end()
        assert (stream.status, stream.headers["content-type"]) == (
            status,
            "application/problem+json",
        )


def test_a_head_is_answered_without_a_stream(mina):
    answer = mina.head(NOW, headers={"Accept": "text/event-stream"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Type"] == "text/event-stream"


def test_comments_come_while_nothing_else_does(mina, follow, monkeypatch):
    monkeypatch.setattr(streaming, "PING", 0.05)
    follow(mina, NOW).until(lambda text: text.count("\n:\n\n") >= 2 or text.count(":\n\n") >= 3)


def test_a_stream_ends_after_its_time(mina, follow, monkeypatch):
    monkeypatch.setattr(streaming, "SECONDS", 0.3)
    monkeypatch.setattr(streaming, "LESS", 0.0)
    stream = follow(mina, NOW)
    stream.until_end()
    assert has_begun(stream.text)


def test_a_stream_has_no_time_limit_of_a_request(mina, follow, settings, monkeypatch):
    settings.HUB_REQUEST_SECONDS = 0.5
    monkeypatch.setattr(streaming, "PING", 0.4)
    follow(mina, NOW).until(lambda text: text.count(":\n\n") >= 4)


def test_a_stream_is_no_request_under_way(mina, follow, settings):
    settings.HUB_CONCURRENT_REQUESTS = 1
    for _ in range(3):
        follow(mina, NOW).until(has_begun)
    assert mina.get(NOW).status_code == 200


def test_a_person_has_so_many_streams_and_a_worker_so_many(mina, api, follow, monkeypatch):
    monkeypatch.setattr(open_streams, "MOST_OF_A_USER", 2)
    for _ in range(2):
        follow(mina, NOW).until(has_begun)
    third = follow(mina, NOW)
    third.until_end()
    assert (third.status, third.headers["retry-after"]) == (429, "5")
    jun = api("jun@example.com")
    follow(jun, NOW).until(has_begun)
    monkeypatch.setattr(open_streams, "MOST", 3)
    other = follow(jun, NOW)
    other.until_end()
    assert other.status == 503


def test_a_worker_that_ends_ends_its_streams_and_begins_no_more(mina, follow, monkeypatch):
    monkeypatch.setattr(open_streams, "_ending", False)
    stream = follow(mina, NOW)
    stream.until(has_begun)
    open_streams.end_all()
    stream.until_end()
    late = follow(mina, NOW)
    late.until_end()
    assert late.status == 503


def test_a_stream_counts_as_a_route_of_its_own_by_the_time_to_its_begin(mina, follow, monkeypatch):
    counted = []

    def record(route, method, status, duration_ns, **told):
        counted.append((route, method, status, duration_ns))

    monkeypatch.setattr(application.application.application, "_record", record)
    stream = follow(mina, NOW)
    stream.until(has_begun)
    ((route, method, status, _),) = counted
    assert (route, method, status) == ("/superthread/changes (stream)", "GET", 200)
    stream.leave()
    assert len(counted) == 1


def test_a_stream_ends_with_its_token(mina, follow):
    stream, other = follow(mina, NOW), follow(mina, NOW)
    stream.until(has_begun)
    other.until(has_begun)
    own = mina.get("/accounts/tokens").json()["tokens"][0]["id"]
    assert mina.delete(f"/accounts/tokens/{own}").status_code == 204
    stream.until_end()
    other.until_end()


def test_another_token_of_the_same_person_ends_no_stream(mina, follow, monkeypatch):
    monkeypatch.setattr(streaming, "PING", 0.05)
    stream = follow(mina, NOW)
    stream.until(has_begun)
    made = mina.post("/accounts/tokens", json={"name": "another"}).json()
    assert mina.delete(f"/accounts/tokens/{made['id']}").status_code == 204
    pings = stream.text.count(":\n\n")
    stream.until(lambda text: text.count(":\n\n") > pings + 10)


def test_a_stream_ends_with_the_session(threads, follow):
    person = inside("mina@example.com")
    cookie = {"Cookie": f"sessionid={person.cookies['sessionid'].value}"}
    stream = follow(Client(threads=threads), NOW, **cookie)
    stream.until(has_begun)
    person.send("/logout")
    stream.until_end()


def test_a_stream_ends_with_the_account(mina, follow):
    stream = follow(mina, NOW)
    stream.until(has_begun)
    with mina.threads.committing():
        operators.set_active([mina.user], active=False, by=OPERATOR)
    stream.until_end()


def test_a_stream_ends_when_its_credential_may_less(api, follow):
    staff, plain = api("staff@example.com", is_staff=True), api("jun@example.com")
    stream, other = follow(staff, NOW), follow(plain, NOW)
    stream.until(has_begun)
    other.until(has_begun)
    with staff.threads.committing():
        user = User.objects.get(pk=staff.user.pk)
        user.is_staff = False
        operators.store_user(user, by=OPERATOR)
    assert staff.get(NOW).status_code == 200
    stream.until_end()
    plain.save()
    other.until(lambda text: "memory.created" in text)


def test_a_stream_ends_with_the_time_of_its_token(mina, follow, monkeypatch):
    late = timezone.now() + services.DEFAULT_LIFETIME
    monkeypatch.setattr(streaming, "timezone", SimpleNamespace(now=lambda: late))
    stream = follow(mina, NOW)
    stream.until_end()
    assert stream.status == 200


def test_an_error_in_a_stream_ends_it(mina, follow, monkeypatch, caplog):
    stream = follow(mina, NOW)
    stream.until(has_begun)
    monkeypatch.setattr(changes, "page", lambda **_: 1 / 0)
    mina.save()
    stream.until_end()
    assert "ZeroDivisionError" in caplog.text


def test_nothing_of_a_stream_is_left(mina, follow):
    stream = follow(mina, NOW)
    stream.until(has_begun)
    stream.leave()
    assert open_streams.count() == 0
    _loop.run_until_complete(asyncio.sleep(0))
    assert not [task for task in asyncio.all_tasks(_loop) if not task.done()]


def test_of_an_answer_that_comes_in_parts_the_cache_holds_nothing():
    passed = []

    async def send(message):
        passed.append(message)

    async def sent(*bodies):
        parts = _Parts(send)
        await parts.send({"type": "http.response.start", "status": 200})
        for place, body in enumerate(bodies, 1):
            more = place < len(bodies)
            await parts.send({"type": "http.response.body", "body": body, "more_body": more})
        return parts.body, parts.complete

    assert asyncio.run(sent(b"whole")) == (b"whole", True)
    assert asyncio.run(sent(b"one", b"two", b"")) == (b"", False)
    assert [one.get("body") for one in passed[3:]] == [b"one", b"two", b""]
