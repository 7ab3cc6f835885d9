"""Writes whose effect is outside the database: coroutines that call another service."""

import asyncio
import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.http import HttpResponse
from django.utils import timezone

from memory_hub.api.views import HubView
from memory_hub.core.errors import Conflict, HubError, JsonAnswer
from memory_hub.idempotency import execute
from memory_hub.idempotency.models import KeptAnswer, State
from testing.clients import in_process as testing


class Service:
    """The other service: counts what it was asked to do."""

    def __init__(self):
        self.calls, self.error = 0, None

    async def call(self):
        self.calls += 1
        if self.error:
            raise self.error
        return JsonAnswer({"calls": self.calls}, 201)


class LostAnswer(HubError):
    status, untouched = 504, False


class NeverSent(HubError):
    status, untouched = 502, True


@pytest.fixture
def service():
    return Service()


@pytest.fixture
def send(service, mina, monkeypatch):
    """Sends a POST to a view with an async handler through the whole application."""

    async def post(self: HubView, request, doc_id: str) -> HttpResponse:
        return await service.call()

    from superthread.views.memories import UndeleteView

    monkeypatch.setattr(UndeleteView, "post", post)
    monkeypatch.setattr(UndeleteView, "shown_again", HubView.shown_again)  # it is no memory
    headers = {"Idempotency-Key": "outside"}
    return lambda: mina.post("/superthread/memories/x/undelete", headers=headers)


def test_a_coroutine_is_carried_out_once(send, service):
    first, second = send(), send()
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert service.calls == 1


def test_a_secret_answer_is_sealed_when_it_takes_the_place_of_the_reservation(
    send, service, monkeypatch
):
    async def secret():
        return JsonAnswer({"secret": "opensesame"}, 201, {"Cache-Control": "no-store"})

    monkeypatch.setattr(service, "call", secret)
    first, second = send(), send()
    assert b"opensesame" not in bytes(KeptAnswer.objects.get().body)
    assert (second.status_code, second.json()) == (201, first.json())


@pytest.mark.parametrize("error", [Conflict(), NeverSent()])
def test_a_failure_without_effect_frees_the_key(send, service, error):
    service.error = error
    assert send().status_code == error.status
    service.error = None
    assert send().status_code == 201
    assert service.calls == 2


@pytest.mark.parametrize("error", [LostAnswer(), RuntimeError()])
def test_a_failure_that_leaves_the_effect_open_is_told_so_and_not_repeated(send, service, error):
    service.error = error
    assert send().status_code in (500, 504)
    service.error = None
    again = send()
    assert again.status_code == 409
    assert again.json()["code"] == "idempotency-outcome-unknown"
    assert service.calls == 1


def test_a_request_that_is_cut_off_has_an_unknown_outcome_at_once(
    send, service, monkeypatch, settings
):
    carry_out = service.call

    async def endless():
        await carry_out()
        await asyncio.sleep(60)

    monkeypatch.setattr(service, "call", endless)
    settings.HUB_REQUEST_SECONDS = 0.5
    assert send().status_code == 503
    testing._loop.run_until_complete(asyncio.gather(*execute.under_way))
    again = send()
    assert (again.status_code, again.json()["code"]) == (409, "idempotency-outcome-unknown")
    assert service.calls == 1


def test_an_answer_is_kept_when_the_request_is_cut_off_while_it_is_stored(
    send, service, monkeypatch, settings
):
    late, settle = threading.Event(), execute._settle

    def settle_late(claim, answer):
        late.wait(10)
        settle(claim, answer)

    monkeypatch.setattr(execute, "_settle", settle_late)
    settings.HUB_REQUEST_SECONDS = 0.5
    assert send().status_code == 503
    late.set()
    testing._loop.run_until_complete(asyncio.gather(*execute.under_way))
    again = send()
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")


def test_a_twin_of_a_coroutine_in_flight_is_a_conflict(send, service, monkeypatch):
    twins = []

    async def slow():
        twins.append(await _send_meanwhile(send))
        return JsonAnswer({}, 201)

    monkeypatch.setattr(service, "call", slow)
    assert send().status_code == 201
    assert twins[0].status_code == 409
    assert twins[0].json()["code"] == "idempotency-in-flight"


async def _send_meanwhile(send):
    """The same request on the running loop: the client's own loop is busy with the first."""
    sent = []

    class Nested:
        def run_until_complete(self, coroutine):
            sent.append(coroutine)

    loop, testing._loop = testing._loop, Nested()
    try:
        send()
    finally:
        testing._loop = loop
    return await sent[0]


def test_after_a_crash_the_outcome_is_told_to_be_unknown(send, service):
    assert send().status_code == 201
    # As a process that died while calling the service would leave it.
    crashed = timezone.now() - timedelta(minutes=5)
    KeptAnswer.objects.update(state=State.BEGUN, created_at=crashed)
    again = send()
    assert (again.status_code, again.json()["code"]) == (409, "idempotency-outcome-unknown")
    assert service.calls == 1


def test_a_request_that_is_cut_off_while_it_reserves_its_key_frees_it(
    send, service, monkeypatch, settings
):
    late, reserve = threading.Event(), execute._reserve

    def reserve_late(claim):
        late.wait(10)
        return reserve(claim)

    monkeypatch.setattr(execute, "_reserve", reserve_late)
    settings.HUB_REQUEST_SECONDS = 0.3
    assert send().status_code == 503
    late.set()
    while execute.under_way:
        testing._loop.run_until_complete(asyncio.gather(*execute.under_way))
        testing._loop.run_until_complete(asyncio.sleep(0))
    settings.HUB_REQUEST_SECONDS = 10
    assert (send().status_code, service.calls) == (201, 1)


def test_a_key_that_could_not_be_reserved_is_left_alone_when_the_request_was_cut_off(
    send, service, monkeypatch, settings, caplog
):
    late = threading.Event()

    def fail_late(claim):
        late.wait(10)
        raise DatabaseError

    monkeypatch.setattr(execute, "_reserve", fail_late)
    settings.HUB_REQUEST_SECONDS = 0.3
    assert send().status_code == 503
    late.set()
    # Until all that follows from it has been done.
    while execute.under_way:
        testing._loop.run_until_complete(asyncio.wait(execute.under_way))
    testing._loop.run_until_complete(asyncio.sleep(0))
    assert "Could not settle a key: DatabaseError" in caplog.text
    assert "Exception in callback" not in caplog.text


@pytest.mark.parametrize("status", [400, 499, 500, 502])
def test_an_answer_that_is_an_error_is_not_kept(send, service, monkeypatch, status):
    carry_out = service.call

    async def refuse():
        return JsonAnswer({}, status)

    monkeypatch.setattr(service, "call", refuse)
    assert send().status_code == status
    monkeypatch.setattr(service, "call", carry_out)
    # Below 500 nothing was done; from there on nobody knows.
    assert send().status_code == (201 if status < 500 else 409)


def test_an_error_of_the_hub_itself_leaves_the_outcome_open(send, service):
    service.error = HubError()
    assert send().status_code == 500
    service.error = None
    assert send().json()["code"] == "idempotency-outcome-unknown"


@pytest.fixture
def logged(monkeypatch):
    lines = []
    monkeypatch.setattr(execute.logger, "error", lambda line, *args: lines.append(line % args))
    return lines


def test_an_answer_that_cannot_be_kept_is_told_and_logged(send, service, monkeypatch, logged):
    def lose(claim, answer):
        raise DatabaseError("what it said")

    monkeypatch.setattr(execute.answers, "keep", lose)
    assert send().status_code == 201
    assert logged == ["Could not keep an answer: DatabaseError"]
    assert (send().json()["code"], service.calls) == ("idempotency-in-flight", 1)


def test_what_goes_wrong_with_a_key_is_logged_and_what_the_caller_did_is_not(
    send, monkeypatch, logged
):
    KeptAnswer.objects.all().delete()
    assert send().status_code == 201
    KeptAnswer.objects.update(state=State.BEGUN)
    assert send().status_code == 409
    assert logged == []

    def fail(claim):
        raise RuntimeError

    monkeypatch.setattr(execute, "_reserve", fail)
    assert send().status_code == 500
    assert logged == ["Could not settle a key: RuntimeError"]
