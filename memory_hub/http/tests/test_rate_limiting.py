"""Points per token, requests at once, attempts to log in."""

import asyncio
import itertools
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured

from memory_hub.conf import env
from memory_hub.core.callers import Credential
from memory_hub.http import rate_limiting, request_guard
from memory_hub.http.response_cache import ResponseCache
from memory_hub.rate_limits import bill
from memory_hub.rate_limits import limiter as points
from memory_hub.rate_limits.mapped_storage import MappedStorage
from memory_hub.rate_limits.prices import ANSWER_BYTES
from memory_hub.rate_limits.tests import processes
from testing.limits import begin, forget_limits, stop_the_clock


@pytest.fixture
def limited(settings, tmp_path):
    """Sets the limits of a test, counted in a directory of its own."""

    def limit(rate="10/minute", login="2/minute"):
        settings.HUB_LOGIN_LIMIT = login
        begin(settings, tmp_path, rate)

    yield limit
    forget_limits()


@pytest.fixture(autouse=True)
def one_window(monkeypatch):
    """The clock stands still for counting: no test begins in one minute and ends in the next."""
    stop_the_clock(monkeypatch)


def left(answer):
    return int(answer.headers["ratelimit-remaining"])


def test_reads_searches_and_writes_have_their_prices(mina, limited):
    limited("100/minute")
    assert left(mina.get("/superthread/info")) == 99
    assert left(mina.post("/superthread/memories", json={"content": "x"})) == 94
    assert left(mina.post("/superthread/search", json={"query": "x"})) == 91


def test_over_the_limit_is_429_and_says_when_to_come_again(mina, limited):
    limited("2/minute")
    answers = [mina.get("/superthread/info") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    refused = answers[-1]
    assert refused.json()["code"] == "rate-limited"
    assert int(refused.headers["retry-after"]) == int(refused.headers["ratelimit-reset"]) == 31
    assert (refused.headers["ratelimit-limit"], left(refused)) == ("2", 0)


def test_kept_answers_are_counted_like_others(mina, limited):
    limited("3/minute")
    path = "/superthread/memories?scope=all"
    assert [mina.get(path).status_code for _ in range(5)] == [200, 200, 200, 429, 429]


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_kept_answer_costs_what_it_cost_to_make(mina, limited, monkeypatch, at_once, encoding):
    if not at_once:
        # As where another server has to be asked whether it is still true.
        monkeypatch.setattr(ResponseCache, "at_once", lambda cache, scope: None)
    path = f"/superthread/memories/{mina.save('word ' * (ANSWER_BYTES // 5))['doc_id']}"
    limited("1000/minute")
    leaves = [left(mina.get("/superthread/info"))]
    for _ in range(3):
        answer = mina.get(path, headers={"Accept-Encoding": encoding})
        assert answer.headers.get("Content-Encoding", "identity") == encoding
        leaves.append(left(answer))
    # Bytes count before compression.
    assert [one - other for one, other in itertools.pairwise(leaves)] == [2, 2, 2]


def test_each_token_has_a_limit_of_its_own(api, limited):
    limited("1/minute")
    mina, jun = api("mina@example.com"), api("jun@example.com")
    assert mina.get("/superthread/info").status_code == 200
    assert mina.get("/superthread/info").status_code == 429
    assert jun.get("/superthread/info").status_code == 200


def test_a_bad_credential_is_401_whatever_the_count(mina, limited):
    limited("1/minute")
    bad = {"headers": {"Authorization": "Bearer mh_nonsense"}}
    assert [mina.get("/superthread/info", **bad).status_code for _ in range(3)] == [401] * 3


def test_the_limit_comes_before_the_scope_and_the_body(api, limited):
    limited("1/minute")
    reader = api("mina@example.com", scopes=["memories:read"])
    reader.get("/superthread/info")
    assert reader.post("/superthread/memories", content=b"{").status_code == 429


def test_health_of_the_process_is_not_limited(nobody, limited):
    limited("1/minute")
    assert [nobody.get("/monitoring/health/live").status_code for _ in range(3)] == [200] * 3


def test_made_up_credentials_take_no_room(nobody, limited):
    limited("1000/minute")
    for number in range(20):
        answer = nobody.get("/superthread/info", headers={"Authorization": f"Bearer {number}"})
        assert answer.status_code == 401
    assert points.per_payer()._leases == {}
    assert not any(points.per_payer()._words)


def test_both_limits_count_in_a_file_that_is_opened_once(limited):
    limited()
    assert points.per_payer()._words is points.per_login()._words


def test_off_is_off_by_name_only(mina, limited, monkeypatch):
    limited("off")
    assert "ratelimit-limit" not in mina.get("/superthread/info").headers
    for wrong in ("of", "0/minute", "ten/minute", "5/fortnight"):
        monkeypatch.setenv("HUB_RATE_LIMIT", wrong)
        with pytest.raises(ImproperlyConfigured):
            env.rate("HUB_RATE_LIMIT", "1/minute")


def test_a_further_charge_counts_and_refuses(mina, limited):
    limited("10/minute")
    shown = Credential(b"someone", 7, "192.0.2.1")
    present = bill.Bill(points.per_payer(), shown, 0, [])
    present.charge(8)
    with pytest.raises(points.RateLimited):
        present.charge(3)
    present.charge(2)  # what was refused was not counted


def test_a_batch_is_charged_by_its_items(mina, limited):
    limited("100/minute")
    items = [{"content": f"Item {number}."} for number in range(41)]
    batch = {"json": {"memories": items}}
    # A write is 5, and each further item 1.
    assert mina.post("/superthread/batch/save", **batch).status_code == 200
    assert left(mina.get("/superthread/info")) == 100 - 5 - 40 - 1
    assert mina.post("/superthread/batch/save", **batch).status_code == 200
    refused = mina.post("/superthread/batch/save", **batch)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0


def test_keeping_a_large_answer_for_its_key_is_charged(mina, limited):
    limited("1000/minute")
    save = {"json": {"content": "fog " * 2**16}, "headers": {"Idempotency-Key": "save"}}
    first, again = (mina.post("/superthread/memories", **save) for _ in range(2))
    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")
    # 256 KiB and a little are kept for 4 points, once, and come and go for 64 + 4 each time.
    assert left(mina.get("/superthread/info")) == 1000 - 4 - 2 * (5 + 64 + 4) - 1


def test_what_cannot_be_kept_for_its_key_is_not_carried_out(mina, limited):
    limited("140/minute")
    key = {"Idempotency-Key": "save"}
    # 5 points for the write, 128 for what is written, 8 for keeping what it answers.
    body = {"content": "fog " * 2**17}
    refused = mina.post("/superthread/memories", json=body, headers=key)
    assert (refused.status_code, refused.json()["code"]) == (429, "rate-limited")
    forget_limits()
    limited("1000/minute")
    assert mina.get("/superthread/stats").json()["total_documents"] == 0
    saved = mina.post("/superthread/memories", json=body, headers=key)
    assert (saved.status_code, "idempotent-replayed" in saved.headers) == (201, False)


def test_too_many_requests_at_once_of_one_token_are_refused(settings, limited):
    limited("off")
    settings.HUB_CONCURRENT_REQUESTS = 2

    async def scenario():
        release, over = asyncio.Event(), []

        async def application(scope, receive, send):
            over.append(bill.is_refused())
            await release.wait()

        wrapped = rate_limiting.RateLimiting(application)
        scope = {
            "type": "http", "method": "GET", "path": "/superthread/info",
            "headers": [], "client": ("192.0.2.1", 1), request_guard.ADDED: [],
        }  # fmt: skip
        running = [asyncio.create_task(wrapped(scope, None, None)) for _ in range(3)]
        await asyncio.sleep(0)
        release.set()
        await asyncio.gather(*running)
        await wrapped(scope, None, None)
        return over

    assert asyncio.run(scenario()) == [False, False, True, False]


def test_attempts_to_log_in_are_limited_by_address(nobody, limited):
    limited(login="2/minute")
    attempt = {"data": {"login": "mina@example.com", "password": "guess"}}
    answers = [nobody.post("/login", **attempt).status_code for _ in range(3)]
    assert answers[:2] != [429, 429]
    assert answers[2] == 429


def test_processes_of_a_host_count_together_and_lose_nothing(tmp_path):
    with ProcessPoolExecutor(3, multiprocessing.get_context("spawn")) as pool:
        list(pool.map(processes.count, [tmp_path / "limits.map"] * 3, ["key"] * 3, [500] * 3))
    assert MappedStorage(tmp_path / "limits.map").incr("key", 60, 0) == 1500


def test_where_there_is_room_each_key_has_a_count_of_its_own(tmp_path):
    storage = MappedStorage(tmp_path / "limits.map")
    for number in range(2000):
        storage.incr(f"key{number}", 60, number)
    assert [storage.incr(f"key{number}", 60, 0) for number in range(2000)] == list(range(2000))


def test_a_full_table_is_stricter_and_forgets_nothing(tmp_path, monkeypatch):
    from memory_hub.rate_limits import mapped_storage

    monkeypatch.setattr(mapped_storage, "_SLOTS", 4)
    storage = MappedStorage(tmp_path / "limits.map")
    counts = [storage.incr(f"key{number}", 60) for number in range(100)]
    # And counts nothing that was not spent.
    assert 20 < max(counts) <= 100
    assert all(storage.incr(f"key{number}", 60) > 1 for number in range(100))


def test_a_count_starts_anew_after_its_time(tmp_path, monkeypatch):
    from memory_hub.rate_limits import mapped_storage

    storage = MappedStorage(tmp_path / "limits.map")
    storage.incr("key", 60, 5)
    now = time.time()
    monkeypatch.setattr(mapped_storage, "time", SimpleNamespace(time=lambda: now + 61))
    assert storage.incr("key", 60) == 1
