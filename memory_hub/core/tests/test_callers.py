"""Whose turn a request takes."""

import pytest

from memory_hub.core.callers import caller_of
from memory_hub.threads.worker_pool import LARGE_BODY
from testing.clients.in_process import client_for


def scope(*headers: tuple[bytes, bytes], address: str = "192.0.2.7") -> dict:
    return {"type": "http", "headers": list(headers), "client": (address, 40_000)}


def bearer(token: str, word: str = "Bearer") -> tuple[bytes, bytes]:
    return (b"authorization", f"{word} {token}".encode())


def test_all_tokens_of_a_user_are_one_caller_wherever_they_come_from(api, mina):
    other = api("mina@example.com")
    jun = api("jun@example.com")
    for client in (mina, other, jun):
        assert client.get("/accounts/me").status_code == 200
    found = [caller_of(scope(bearer(one.token))) for one in (mina, other)]
    found.append(caller_of(scope(bearer(mina.token, "bEARER"), address="192.0.2.8")))
    assert set(found) == {mina.user.pk}
    assert caller_of(scope(bearer(jun.token))) == jun.user.pk


def test_made_up_tokens_are_told_apart_by_their_address_alone(mina, nobody):
    made_up = [f"mh_{'x' * 35}{number}" for number in range(3)]
    for token in made_up:
        headers = {"Authorization": f"Bearer {token}"}
        assert nobody.get("/accounts/me", headers=headers).status_code == 401
    assert {caller_of(scope(bearer(token))) for token in made_up} == {"192.0.2.7"}
    assert caller_of(scope(address="192.0.2.8")) == "192.0.2.8"


def test_the_pages_of_a_user_are_the_same_caller_as_their_tokens(mina, nobody, client):
    client.force_login(mina.user)
    cookie = f"theme=dark; sessionid={client.cookies['sessionid'].value}"
    assert caller_of(scope((b"cookie", cookie.encode()))) == "192.0.2.7"
    assert nobody.get("/accounts/me", headers={"Cookie": cookie}).status_code == 200
    assert caller_of(scope((b"cookie", cookie.encode()))) == mina.user.pk


LARGE = [
    ("GET", "memories?limit=51", None),
    ("GET", "trash?limit=100", None),
    ("GET", "versions/{id}/diff?from=1", None),
    ("POST", "batch/delete", {"doc_ids": [str(number) * 36 for number in range(1000)]}),
    ("POST", "memories", {"content": "x" * LARGE_BODY}),
]
USUAL = [
    ("GET", "memories?limit=50", None),
    ("GET", "memories/{id}", None),
    ("POST", "batch/delete", {"doc_ids": ["none"]}),
    ("POST", "memories", {"content": "x" * (LARGE_BODY - 100)}),
]


@pytest.mark.parametrize(
    ("method", "path", "body", "large"),
    [(*one, True) for one in LARGE] + [(*one, False) for one in USUAL],
)
def test_what_may_cost_much_is_known_before_it_begins(
    mina, threads, monkeypatch, method, path, body, large
):
    path = f"/superthread/{path.format(id=mina.save()['doc_id'])}"
    seen, run = [], threads.run

    async def noted(unit, *, large=False):
        seen.append(large)
        return await run(unit, large=large)

    monkeypatch.setattr(threads, "run", noted)
    options = {} if body is None else {"json": body}
    assert mina.request(method, path, **options).status_code < 300
    assert seen == [large]


def test_a_user_is_known_at_the_next_request_of_a_new_token(threads):
    suji = client_for("suji@example.com", threads=threads)
    assert caller_of(scope(bearer(suji.token))) == "192.0.2.7"
    suji.get("/accounts/me")
    assert caller_of(scope(bearer(suji.token))) == suji.user.pk
