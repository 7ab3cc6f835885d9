"""Reads are repeated freely, writes only when nothing can have been committed."""

import pytest

from google_docs.client.retry import Policy, Safety, persist
from google_docs.errors import (
    BadAnswer,
    Gone,
    GoogleDocsError,
    GoogleRateLimited,
    NoAnswer,
    StorageFull,
)
from testing.google import Fault

RATE = [
    Fault.drive(403, "userRateLimitExceeded"),
    Fault.drive(403, "sharingRateLimitExceeded"),
    Fault.docs(429, "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED"),
    Fault.html(429),
]
BROKEN = [Fault.drive(500, "internalError"), Fault("truncate"), Fault("fin")]


class Clock:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.now, self.slept = 0.0, []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def _try(run, failures: list[GoogleDocsError], safety: Safety, policy: Policy | None = None):
    """What persist makes of these failures before a success, and how long it slept."""
    clock, left = Clock(), list(failures)

    async def attempt(remaining: float) -> str:
        if left:
            raise left.pop(0)
        return "done"

    answer = run(
        persist(
            attempt,
            safety=safety,
            policy=policy or Policy(),
            clock=clock,
            sleep=clock.sleep,
            rng=lambda: 1.0,
        )
    )
    return answer, clock.slept


def test_pauses_grow_and_stay_under_the_cap(run):
    answer, slept = _try(run, [BadAnswer() for _ in range(4)], Safety.READ, Policy(cap=3))
    assert (answer, slept) == ("done", [1.0, 2.0, 3, 3])


def test_retry_after_is_a_lower_bound(run):
    _, slept = _try(run, [GoogleRateLimited().after(7)], Safety.READ)
    assert slept[0] >= 7


def test_a_pause_beyond_the_deadline_is_not_begun(run):
    with pytest.raises(GoogleRateLimited):
        _try(run, [GoogleRateLimited().after(60)], Safety.READ)


def test_the_fifth_failure_is_the_last(run):
    with pytest.raises(BadAnswer):
        _try(run, [BadAnswer() for _ in range(5)], Safety.READ, Policy(deadline=1000))


@pytest.mark.parametrize("safety", Safety)
def test_a_google_that_is_gone_is_told_at_once(run, safety):
    with pytest.raises(Gone):
        _try(run, [Gone.for_(3)], safety)


@pytest.mark.parametrize("failure", [BadAnswer(), NoAnswer()])
def test_a_write_that_may_have_happened_is_not_repeated(run, failure):
    with pytest.raises(type(failure)):
        _try(run, [failure], Safety.ONCE)


def test_a_write_that_certainly_did_not_happen_is_repeated(run):
    assert _try(run, [GoogleRateLimited()], Safety.ONCE)[0] == "done"


def test_what_another_try_cannot_cure_is_told_at_once(run):
    with pytest.raises(StorageFull):
        _try(run, [StorageFull()], Safety.READ)


@pytest.mark.parametrize("fault", RATE + BROKEN, ids=repr)
def test_a_read_survives(double, calls, run, fault):
    file = run(calls.create_document({"name": "one"}, "text"))
    double.faults.add("drive.files.get", fault)
    assert run(calls.file(file["id"]))["id"] == file["id"]


@pytest.mark.parametrize("carried_out", [False, True])
@pytest.mark.parametrize("fault", RATE, ids=repr)
def test_a_save_survives_rate_limits_and_is_made_once(docs, double, fault, carried_out):
    docs.save("the folder exists")
    double.faults.add("drive.files.create", fault.after() if carried_out else fault, times=2)
    assert docs.post("memories", json={"content": "one"}).status_code == 201
    assert [file.name for file in double.world.files.values()].count("one") == 1
