"""The clock of the hub's machine is set: an hour on, an hour back, ten days on."""

import os
import struct
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import httpx

from benchmarks.faults.hall import Finding, Hall, summary
from benchmarks.faults.load import MEMORIES
from testing.servers.hub import HubServer

SHIFTED = Path(__file__).with_name("shifted")
HOUR, DAY = 3600.0, 86400.0
JUMPS = {"+1 h": HOUR, "-1 h": -HOUR, "+10 d": 10 * DAY}
# Lifetimes of tokens in seconds, and whether they are expired after each of the jumps.
LIFETIMES = {
    HOUR / 2: (True, False, True),
    9 * DAY: (False, False, True),
    11 * DAY: (False, False, False),
}
HONOURED_WITHIN = 60.0  # seconds
READ = ("/monitoring/performance", "/monitoring/slowest", "/monitoring/cache")


class Clock:
    """What ``shifted/sitecustomize.py`` reads from the file: seconds ahead of this machine."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.set(0.0)

    @property
    def variables(self) -> dict[str, str]:
        """For the environment of a hub that goes by this clock."""
        return {"PYTHONPATH": str(SHIFTED), "SHIFTED_CLOCK": self._file.name}

    def set(self, seconds: float) -> None:
        # In place: the hub has the file mapped.
        os.pwrite(self._file.fileno(), struct.pack("d", seconds), 0)


def clock_jumps(hall: Hall) -> Finding:
    """All under load, with the rate limit on: its windows are of the wall clock."""
    with tempfile.NamedTemporaryFile() as file:
        return _jump(hall, Clock(file))


def _jump(hall: Hall, clock: Clock) -> Finding:
    hub = hall.new_hub(workers=2, HUB_RATE_LIMIT="600000/minute", **clock.variables)
    watch = hub.token("watch@example.com", "--scopes", "monitoring:read")
    expiries, bad, revisions = [], [], []
    with hall.load(hub) as load:
        tokens = {life: _new_token(hub, load.headers, life) for life in LIFETIMES}
        load.wait(hall.seconds / 5)
        edited = load.other_memory()
        for number, seconds in enumerate(JUMPS.values()):
            clock.set(seconds)
            expired = {life: LIFETIMES[life][number] for life in tokens}
            expiries.append(_seconds_until_honoured(hub, tokens, expired))
            revisions += _edit(hub, load.headers, edited)
            load.wait(hall.seconds / 3)
            bad += _negative_durations(hub, watch)
    failed = [o for o in load.outcomes if o.failed]
    order = _order(hub, load.headers, edited)
    in_order = revisions == sorted(set(revisions)) and order == sorted(order, reverse=True)
    moved = _newest_is_days_ahead(hub, load.headers)
    ok = moved and in_order and not failed and not bad and not load.wrong and not load.lost_writes()
    figures = {
        **summary(load.outcomes),
        "wrong_answers": len(load.wrong),
        "expiry_honoured_after_s": dict(zip(JUMPS, expiries, strict=True)),
        "negative_durations": bad,
        "order_by_revision": in_order,
    }
    goal = "order by revision, no negative durations, tokens honour expiry within 60 s"
    return Finding("clock set", goal, ok and max(expiries) <= HONOURED_WITHIN, figures)


def _client(hub: HubServer, token: str) -> httpx.Client:
    return httpx.Client(base_url=hub.url, headers={"Authorization": f"Bearer {token}"}, timeout=30)


def _new_token(hub: HubServer, headers: dict[str, str], life: float) -> str:
    """The secret of a token that lives so many seconds."""
    until = datetime.now(UTC) + timedelta(seconds=life)
    body = {"name": "short", "scopes": ["memories:read"], "expires_at": until.isoformat()}
    answer = httpx.post(f"{hub.url}/accounts/tokens", json=body, headers=headers)
    return answer.raise_for_status().json()["token"]


def _seconds_until_honoured(
    hub: HubServer, tokens: dict[float, str], expired: dict[float, bool]
) -> float:
    """How long until each token is refused, or accepted, as the clock says; inf if not in time."""
    began = time.monotonic()
    while time.monotonic() - began < HONOURED_WITHIN + 1:
        refused = {}
        for life, token in tokens.items():
            with _client(hub, token) as client:
                # Twice, for an answer that is kept.
                refused[life] = [client.get(MEMORIES).status_code == 401 for _ in range(2)]
        if all(refused[life] == [expired[life]] * 2 for life in tokens):
            return round(time.monotonic() - began, 2)
        time.sleep(0.2)
    return float("inf")


def _edit(hub: HubServer, headers: dict[str, str], doc_id: str) -> list[int]:
    with httpx.Client(base_url=hub.url, headers=headers, timeout=30) as client:
        answers = [
            client.patch(f"{MEMORIES}/{doc_id}", json={"content": f"edit {n} {time.monotonic()}"})
            for n in range(3)
        ]
    return [answer.raise_for_status().json()["revision"] for answer in answers]


def _order(hub: HubServer, headers: dict[str, str], doc_id: str) -> list[Any]:
    """The numbers and the times of all versions, as listed: newest first."""
    with httpx.Client(base_url=hub.url, headers=headers, timeout=30) as client:
        page = client.get(f"/superthread/versions/{doc_id}", params={"limit": 50}).json()
    return [(version["number"], version["created_at"]) for version in page["versions"]]


def _negative_durations(hub: HubServer, token: str) -> list[Any]:
    """What the statistics show below zero, and pages that do not answer."""
    with _client(hub, token) as client:
        answers = [client.get(path) for path in READ]
    bad: list[Any] = [answer.status_code for answer in answers if answer.status_code != 200]
    rows = [row for answer in answers for row in answer.json().get("endpoints", [])]
    for row in rows:
        bad += [
            (name, value)
            for name, value in row.items()
            if isinstance(value, int | float) and value < 0
        ]
    return bad


def _newest_is_days_ahead(hub: HubServer, headers: dict[str, str]) -> bool:
    """The proof that the clock was set at all."""
    with httpx.Client(base_url=hub.url, headers=headers, timeout=30) as client:
        newest = client.get(MEMORIES).json()["memories"][0]["updated_at"]
    return newest[:10] > time.strftime("%Y-%m-%d", time.gmtime(time.time() + 9 * DAY))
