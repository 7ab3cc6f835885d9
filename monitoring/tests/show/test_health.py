"""Liveness and readiness, for load balancers: open to all, and true."""

import asyncio
import time
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.contrib.sessions.models import Session
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from memory_hub.caching import stores
from monitoring.show import health

pytestmark = pytest.mark.django_db(databases="__all__")
READY = "/monitoring/health/ready"


@pytest.fixture(autouse=True)
def not_asked_yet():
    health.answers.clear()


@pytest.mark.parametrize(("path", "word"), [("live", "ok"), ("ready", "ready")])
def test_anyone_may_ask(nobody, path, word):
    answer = nobody.get(f"/monitoring/health/{path}")
    assert (answer.status_code, answer.json()) == (200, {"status": word})


@pytest.mark.parametrize("path", ["live", "ready"])
def test_load_balancers_that_ask_for_the_head_only_get_it(nobody, path):
    answer = nobody.head(f"/monitoring/health/{path}")
    assert (answer.status_code, answer.content) == (200, b"")


def test_ready_writes_and_takes_it_back(nobody):
    before = Session.objects.count()
    assert nobody.get(READY).status_code == 200
    assert Session.objects.count() == before


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_ready_fails_when_the_database_takes_no_write(nobody, monkeypatch, error):
    def refuse(*args, **kwargs):
        raise error("attempt to write a readonly database: secret detail")

    monkeypatch.setattr(Session, "save", refuse)
    answer = nobody.get(READY)
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})
    assert nobody.get("/monitoring/health/live").status_code == 200


def test_ready_fails_when_the_database_hangs(nobody, monkeypatch):
    import threading

    release = threading.Event()
    monkeypatch.setattr(health, "READY_WITHIN", 0.01)
    monkeypatch.setattr(health, "write_and_roll_back", release.wait)
    answer = nobody.get(READY)
    release.set()
    assert answer.status_code == 503


def test_whoever_asks_often_has_the_databases_asked_once_a_second(nobody, monkeypatch):
    asked, now = [], time.monotonic()
    monkeypatch.setattr(health, "write_and_roll_back", lambda: asked.append(1))
    # A clock that stands: five requests may take a second on a busy machine.
    monkeypatch.setattr(stores, "time", SimpleNamespace(monotonic=lambda: now))
    assert [nobody.get(READY).status_code for _ in range(5)] == [200] * 5
    assert len(asked) == 1
    now += 1
    assert nobody.get(READY).status_code == 200
    assert len(asked) == 2


@pytest.mark.parametrize("fails", [False, True])
def test_those_who_ask_at_once_wait_for_one_answer(threads, monkeypatch, fails):
    asked = []

    def write():
        asked.append(1)
        if fails:
            raise OperationalError

    async def many():
        return await asyncio.gather(*[health.is_ready() for _ in range(20)])

    monkeypatch.setattr(health, "write_and_roll_back", write)
    assert asyncio.run(many()) == [not fails] * 20
    assert len(asked) == 1


def test_a_leap_day_is_a_day_as_others(nobody, monkeypatch):
    leap_day = datetime(2028, 2, 29, 12, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: leap_day)
    assert nobody.get(READY).status_code == 200
