"""An import has points of its own: neither does it use up those of requests, nor they its own."""

import json
import time
from types import SimpleNamespace
from uuid import UUID

import pytest

from memory_hub.rate_limits import counters, limiter
from memory_hub.rate_limits.prices import FILE_BYTES, WRITE
from superthread.imports import runner
from superthread.models import Import
from testing.limits import forget_limits

URL, INFO = "/superthread/imports", "/superthread/info"


class Clock:
    """Stands still for those who count and wait, but where one of them sleeps. ``asleep`` is called
    at each sleep."""

    def __init__(self):
        self.now, self.slept = time.time() // 60 * 60 + 30, 0.0
        self.asleep = lambda: None

    def time(self):
        return self.now

    monotonic = time

    def sleep(self, seconds):
        self.asleep()
        self.now += seconds
        self.slept += seconds


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    for module in (limiter, counters):
        monkeypatch.setattr(module, "time", SimpleNamespace(time=clock.time))
    monkeypatch.setattr(runner, "time", clock)
    return clock


@pytest.fixture
def limited(settings, tmp_path, clock):
    """Sets the limit of a test, counted in a directory of its own."""

    def limit(rate):
        settings.HUB_RATE_LIMIT, settings.DATA_DIR = rate, tmp_path
        forget_limits()

    yield limit
    forget_limits()


def left(answer):
    return int(answer.headers["ratelimit-remaining"])


def file_of(count):
    return "\n".join(json.dumps({"content": f"note {n}"}) for n in range(count)).encode()


def sent(client, data):
    answer = client.post(URL, content=data, params={"filename": "a.jsonl"})
    assert answer.status_code == 202, answer.text
    return answer


def test_what_an_import_saves_uses_up_no_points_of_requests(mina, limited, clock):
    limited("100/minute")
    answer = sent(mina, file_of(400))
    where, before = answer.headers["Location"], left(answer)
    answers = []
    clock.asleep = lambda: answers.append(mina.get(where))
    runner.carry_out(UUID(where.rpartition("/")[2]))
    # Of 300 points: then it waited for the next minute, with a look at it each second.
    assert clock.slept == len(answers) == 31
    assert [left(one) for one in answers[:30]] == [before - 1 - n for n in range(30)]
    said = "Goes on within 31 s: the 300 points of your imports are used up."
    assert {one.json()["why"] for one in answers} == {said}
    job = mina.get(where).json()
    assert (job["state"], job["counts"], job["why"]) == ("done", {"saved": 400}, "")


def test_who_has_used_up_their_points_is_refused_and_their_import_is_not(mina, limited, clock):
    limited("20/minute")
    where = sent(mina, file_of(20)).headers["Location"]
    while (asked := mina.get(INFO)).status_code == 200:
        assert left(asked) < 20
    refused = mina.post(URL, content=file_of(1))
    assert (refused.status_code, refused.json()["code"]) == (429, "rate-limited")
    assert int(refused.headers["Retry-After"]) > 0
    assert Import.objects.count() == 1
    runner.carry_out(UUID(where.rpartition("/")[2]))
    assert clock.slept == 0
    clock.now += 60
    assert mina.get(where).json()["counts"] == {"saved": 20}


def test_all_imports_of_a_user_share_one_allowance_and_others_have_their_own(
    mina, api, limited, clock
):
    limited("20/minute")
    places = [sent(client, file_of(60)) for client in (mina, api("jun@example.com"))]
    places.append(sent(mina, file_of(60)))
    slept = []
    for place in places:
        runner.carry_out(UUID(place.headers["Location"].rpartition("/")[2]))
        slept.append(clock.slept)
    assert slept[:2] == [0, 0]
    assert slept[2] > 0


def test_one_that_waits_may_be_cancelled(mina, limited, clock):
    limited("20/minute")
    where = sent(mina, file_of(200)).headers["Location"]
    clock.asleep = lambda: mina.delete(where)
    runner.carry_out(UUID(where.rpartition("/")[2]))
    assert mina.get(where).json()["state"] == "cancelled"
    assert clock.slept <= 2


def test_where_nothing_is_limited_no_import_waits(mina, limited, clock):
    limited("off")
    where = sent(mina, file_of(200)).headers["Location"]
    runner.carry_out(UUID(where.rpartition("/")[2]))
    assert (mina.get(where).json()["state"], clock.slept) == ("done", 0)


def test_a_file_costs_a_point_for_each_megabyte(mina, limited):
    limited("100/minute")
    data = file_of(1) + b" " * 3 * FILE_BYTES
    before = left(mina.get(INFO))
    declared = sent(mina, data)
    assert left(declared) == before - WRITE - 3

    async def in_pieces():
        yield data

    undeclared = sent(mina, in_pieces())
    assert left(undeclared) == before - 2 * (WRITE + 3)
