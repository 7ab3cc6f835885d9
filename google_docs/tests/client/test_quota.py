"""Our own buckets keep an identity under Google's limits."""

import pytest

from google_docs.client.quota import DOCS_WRITE, EDIT, Buckets, QuotaLimits
from google_docs.errors import GoogleRateLimited
from google_docs.tests.client.test_retry import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


def _buckets(clock: Clock, **limits: float) -> Buckets:
    return Buckets(QuotaLimits(**limits), patience=5, clock=clock, sleep=clock.sleep)


def test_a_minutes_worth_passes_at_once_and_the_next_waits(run, clock):
    buckets = _buckets(clock, docs_writes=60)
    for _ in range(60):
        run(buckets.take("a", DOCS_WRITE, 20))
    assert clock.slept == []

    run(buckets.take("a", DOCS_WRITE, 20))
    assert clock.slept == [pytest.approx(1.0)]


def test_past_our_patience_the_caller_is_told_when_to_come_back(run, clock):
    buckets = _buckets(clock, docs_writes=6)  # one each ten seconds
    for _ in range(6):
        run(buckets.take("a", DOCS_WRITE, 20))
    with pytest.raises(GoogleRateLimited) as refused:
        run(buckets.take("a", DOCS_WRITE, 20))
    assert refused.value.headers == {"Retry-After": "10"}


def test_a_refused_call_takes_nothing(run, clock):
    buckets = _buckets(clock, docs_writes=6)
    for _ in range(6):
        run(buckets.take("a", DOCS_WRITE, 20))
    for _ in range(3):
        with pytest.raises(GoogleRateLimited):
            run(buckets.take("a", DOCS_WRITE, 20))
    clock.now += 10
    run(buckets.take("a", DOCS_WRITE, 20))
    assert clock.slept == []


def test_one_identity_does_not_use_up_anothers(run, clock):
    buckets = _buckets(clock, drive=50)
    run(buckets.take("a", EDIT, 1))
    run(buckets.take("b", EDIT, 1))
    assert clock.slept == []


def test_the_workers_share_a_limit():
    assert QuotaLimits().shared_by(2).docs_writes == 30
