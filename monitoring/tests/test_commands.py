"""The commands: a table or JSON of the same figures, and a reset that waits."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from monitoring.models import Reset, WorkerProcess
from monitoring.record.flusher import flusher
from monitoring.store import tables

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def reported() -> None:
    """One worker has reported two requests and one timed function."""
    flusher.recorder.record("/a", "GET", 200, 2_000_000)
    flusher.recorder.record("/a", "GET", 500, 4_000_000)
    flusher.recorder.record("job", "FUNCTION", 0, 1_000_000)
    flusher.flush()


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_stats_prints_a_table(reported):
    lines = run("stats").splitlines()
    assert lines[0].startswith("2 requests since ")
    assert "50.00 % errors" in lines[0]
    assert "1 workers reporting" in lines[1]
    (row,) = [line.split() for line in lines if "/a" in line]
    assert row[:5] == ["GET", "/a", "2", "1", "3.00"]
    assert [line for line in lines if line.startswith("job")]


def test_stats_prints_the_answer_of_the_endpoint_as_json(reported):
    answer = json.loads(run("stats", "--json", "--window", "5m"))
    assert answer["summary"]["total_requests"] == 2
    assert answer["endpoints"][0]["max_time_ms"] == 4.0


def test_stats_before_the_first_request_says_so():
    assert "No requests yet." in run("stats")


def test_stats_watches_until_it_is_interrupted(reported, monkeypatch):
    shown = []

    def interrupt_the_third(seconds: float) -> None:
        shown.append(seconds)
        if len(shown) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr("monitoring.management.commands.stats.sleep", interrupt_the_third)
    monkeypatch.setattr("monitoring.management.commands.stats.connections.close_all", lambda: None)
    lines = run("stats", "--watch", "0.5", "--json").splitlines()
    assert [json.loads(line)["summary"]["total_requests"] for line in lines] == [2, 2, 2]
    assert shown == [0.5, 0.5, 0.5]


def test_a_lost_worker_is_said(reported):
    WorkerProcess.objects.update(lost=True)
    assert "Lost: worker" in run("stats")


def test_reset_waits_for_the_workers(reported, monkeypatch):
    def meanwhile(seconds: float) -> None:
        flusher.flush()

    monkeypatch.setattr("monitoring.record.resets.sleep", meanwhile)
    assert run("reset_stats").strip() == "Epoch 2: 1/1 workers."
    assert tables.totals(2) == {}
    assert Reset.objects.get().by == "reset_stats"


def test_reset_fails_when_a_worker_does_not_follow(reported):
    with pytest.raises(CommandError, match=r"Epoch 2: 0/1 workers\."):
        run("reset_stats", "--wait", "0")
