"""Whether the statistics add up: real workers, known outcomes, a reset and a kill under load."""

import argparse
import asyncio
import json
import os
import signal
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from benchmarks.monitoring.load import Call, Outcome, send_all
from testing.servers.hub import HubServer, new_database

SCOPES = "memories:read,memories:write,monitoring:read,monitoring:write"
LIST = "/superthread/memories"
REPORT = "/monitoring/performance"
WITHIN = 30.0  # seconds for the workers to report
# Times, over fresh connections: every worker answers some.
ASKED = 12


def main(options: argparse.Namespace) -> None:
    server = os.environ.get("TEST_DATABASE_URL")
    with tempfile.TemporaryDirectory(prefix="memory-hub-bench-") as directory:
        hub = HubServer(
            Path(directory),
            new_database(server) if server else None,
            workers=options.workers,
            HUB_LOG_FORMAT="json",
            HUB_RATE_LIMIT="off",
        )
        with hub:
            token = hub.token("ops@example.com", "--scopes", SCOPES)
            headers = {"Authorization": f"Bearer {token}"}
            with httpx.Client(base_url=hub.url, headers=headers, timeout=60) as client:
                Bench(hub, token, client).run(options.requests)


class Bench:
    """One hub and what is asked of it."""

    def __init__(self, hub: HubServer, token: str, client: httpx.Client) -> None:
        self.hub, self.token, self.client = hub, token, client
        saved = client.post(LIST, json={"content": "Jun has the key."}).json()
        self.calls = calls_about(saved["doc_id"])

    def run(self, requests: int) -> None:
        self.exact(requests)
        self.reset_under_load(requests // 4)
        self.kill_under_load(requests // 4)

    def load(self, requests: int) -> Outcome:
        some = [self.calls[number % len(self.calls)] for number in range(requests)]
        return asyncio.run(send_all(self.hub.port, self.token, some))

    def exact(self, requests: int) -> None:
        """Everything that was sent, from every worker, with its extremes and percentiles."""
        self.reset()
        already = self.hub.log.stat().st_size
        started = time.perf_counter()
        outcome = self.load(requests)
        rate = requests / (time.perf_counter() - started)
        print(f"exact: {requests} requests, {len(self.hub.workers())} workers, {rate:.0f}/s")
        check("every answer is the expected one", not outcome.unexpected, outcome.unexpected)
        wanted = dict(outcome.counts)
        found = self.settled(wanted)
        check("counts by route, method and status are exact", found == wanted)
        reports = [self.counts() for _ in range(ASKED)]
        check(f"{ASKED} questions to any worker, one answer", all(r == wanted for r in reports))
        self.check_times(already, outcome)

    def check_times(self, already: int, outcome: Outcome) -> None:
        rows = {(r["endpoint"], r["method"]): r for r in self.report()["endpoints"]}
        logged = self.durations(already)
        worst, extremes = 0.0, True
        for (route, method), values in logged.items():
            row = rows[route, method]
            ends = (min(values), max(values))
            shown = (round(row["min_time_ms"] * 1e6), round(row["max_time_ms"] * 1e6))
            extremes = extremes and ends == shown
            for rank in (50, 95, 99):
                true = np.percentile(values, rank) / 1e6
                worst = max(worst, abs(row[f"p{rank}_ms"] - true) / true)
        check("min and max are exact", extremes)
        check(f"percentiles off by {worst:.2%} at most (6.25 %)", worst <= 0.0625)
        seen = np.percentile(outcome.seconds, (50, 99)) * 1000
        print(f"  seen by the client: p50 {seen[0]:.1f} ms, p99 {seen[1]:.1f} ms")

    def reset_under_load(self, requests: int) -> None:
        """Two resets while requests are answered: both epochs together hold all of them."""
        before = self.scraped()
        acknowledged = []

        def reset_twice() -> None:
            for _ in range(2):
                time.sleep(1)
                acknowledged.append(self.reset())

        resetting = threading.Thread(target=reset_twice)
        resetting.start()
        outcome = self.load(requests)
        resetting.join()
        wanted = before + outcome.counts.total()
        found = eventually(self.scraped, wanted)
        check(f"{requests} requests over two resets: none lost or doubled", found == wanted)
        print(f"  acknowledged: {acknowledged}")

    def kill_under_load(self, requests: int) -> None:
        """Kill a worker: what is missing is at most what it answered since its last report."""
        self.reset()
        already = self.hub.log.stat().st_size
        victim = self.hub.workers()[0]
        killed_at = []

        def kill() -> None:
            time.sleep(7)
            os.kill(victim, signal.SIGKILL)
            killed_at.append(time.time())

        killing = threading.Thread(target=kill)
        killing.start()
        outcome = self.load(requests)
        killing.join()
        eventually(lambda: [w["pid"] for w in self.summary()["workers_lost"]], [victim])
        lost = self.summary()["workers_lost"]
        check("the lost worker is named in the answer", [w["pid"] for w in lost] == [victim])
        time.sleep(6)  # the last reports of the others
        missing = outcome.counts.total() - sum(self.counts().values())
        answered = self.last_answers(already, victim, killed_at[0] - 5)
        print(f"  {outcome.counts.total()} answered, {missing} missing; the worker answered at")
        print(f"  least {answered} in its last 5 s (its log may lack the last quarter second)")
        rate = answered / 4.75
        check("the loss is within its last 5 s", 0 <= missing <= answered + rate * 0.25 + 1)

    def reset(self) -> str:
        answer = self.client.post("/monitoring/reset-performance").json()
        return f"{answer['acknowledged']}/{answer['workers']}"

    def report(self) -> dict[str, Any]:
        # A connection of its own: whichever worker is free answers.
        return httpx.get(f"{self.hub.url}{REPORT}", headers=self.client.headers, timeout=60).json()

    def summary(self) -> dict[str, Any]:
        return self.report()["summary"]

    def counts(self) -> dict[tuple[str, str, int], int]:
        """Return what the hub counted of the routes that the load asks."""
        routes = {(call.route, call.method) for call in self.calls}
        return {
            (row["endpoint"], row["method"], int(status)): count
            for row in self.report()["endpoints"]
            if (row["endpoint"], row["method"]) in routes
            for status, count in row["status_codes"].items()
        }

    def settled(self, wanted: dict[tuple[str, str, int], int]) -> dict[tuple[str, str, int], int]:
        return eventually(self.counts, wanted)

    def scraped(self) -> int:
        """Return how many requests of the load's routes there were over all epochs."""
        routes = {f'http_route="{call.route}"' for call in self.calls}
        lines = self.client.get("/monitoring/metrics").text.splitlines()
        return sum(
            int(line.rsplit(" ", 1)[1])
            for line in lines
            if line.startswith("http_server_request_duration_seconds_count{")
            and line.partition("{")[2].partition(",")[0] in routes
        )

    def lines(self, already: int) -> list[dict[str, Any]]:
        with self.hub.log.open("rb") as log:
            log.seek(already)
            return [json.loads(line) for line in log if b'"event.duration"' in line]

    def durations(self, already: int) -> dict[tuple[str, str], list[int]]:
        routes = {(call.route, call.method) for call in self.calls}
        found: dict[tuple[str, str], list[int]] = {}
        for line in self.lines(already):
            key = line["url.path"], line["http.request.method"]
            if key in routes:
                found.setdefault(key, []).append(line["event.duration"])
        return found

    def last_answers(self, already: int, pid: int, since: float) -> int:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(since))
        lines = self.lines(already)
        return sum(line["process.pid"] == pid and line["@timestamp"] >= stamp for line in lines)


def calls_about(doc_id: str) -> list[Call]:
    """Return one call for every outcome the hub has for a memory."""
    one, absent = f"{LIST}/{doc_id}", f"{LIST}/{doc_id[::-1]}"
    template = f"{LIST}/{{doc_id}}"
    save = b'{"content": "Mina has it."}'
    return [
        Call("GET", LIST, LIST, 200),
        Call("GET", f"{LIST}?limit=0", LIST, 400),
        Call("GET", LIST, LIST, 401, with_token=False),
        Call("POST", LIST, LIST, 201, save),
        Call("POST", LIST, LIST, 400, b'{"content": ""}'),
        Call("GET", one, template, 200),
        Call("HEAD", one, template, 200),
        Call("GET", absent, template, 404),
        Call("PUT", one, template, 405, b"{}"),
        Call("GET", f"/superthread/versions/{doc_id}", "/superthread/versions/{doc_id}", 200),
        Call("GET", f"/superthread/permissions/{doc_id}", "/superthread/permissions/{doc_id}", 200),
        Call("GET", "/superthread/stats", "/superthread/stats", 200),
        Call("GET", "/superthread/info/", "/superthread/info", 200),
        Call("GET", "/accounts/me", "/accounts/me", 200),
        Call("GET", "/monitoring/pool", "/monitoring/pool", 200),
        Call("GET", "/superthread/no-such-path", "_unmatched", 404),
    ]


def eventually(look: Any, wanted: Any) -> Any:
    """Look until it is what is wanted, for some time; return the last look."""
    deadline = time.monotonic() + WITHIN
    while (found := look()) != wanted and time.monotonic() < deadline:
        time.sleep(0.5)
    return found


def check(what: str, good: bool, detail: Counter | None = None) -> None:
    print(f"  {'ok  ' if good else 'FAIL'} {what}" + (f": {detail}" if detail else ""))
