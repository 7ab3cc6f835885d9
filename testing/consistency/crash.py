"""Killing a hub under writers that keep journals."""

import os
import random
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import httpx

from testing.consistency.journal import Journal, Known, Rows, check
from testing.consistency.races import MEMORIES, Caller
from testing.servers.hub import HubServer

BATCH = 10  # memories per batch
ACKNOWLEDGED_BETWEEN = 25  # calls before the next kill
# Seconds for a hub to come back and go on.
PATIENCE = 120.0


class Writers:
    """Threads that save, save batches and append to memories of their own until stopped."""

    def __init__(self, caller: Caller, directory: Path, count: int) -> None:
        self.caller, self.stopping = caller, threading.Event()
        self.progress = threading.Condition()
        self.acknowledged = 0
        self.paths = [directory / f"journal{number}" for number in range(count)]
        self.errors: list[BaseException] = []
        self.threads = [
            threading.Thread(target=self._run, args=(number,)) for number in range(count)
        ]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        """Waits for the calls under way. Raises what a writer did not expect."""
        self.stopping.set()
        for thread in self.threads:
            thread.join()
        if self.errors:
            raise self.errors[0]

    def wait_for(self, calls: int) -> None:
        """Returns when so many more calls were acknowledged."""
        with self.progress:
            target = self.acknowledged + calls
            if not self.progress.wait_for(
                lambda: self.acknowledged >= target or self.errors, PATIENCE
            ):
                raise RuntimeError("The hub does not go on after a kill.")

    def _run(self, number: int) -> None:
        journal = Journal(self.paths[number])
        try:
            self._write(number, journal)
        except BaseException as error:  # told to whoever waits
            with self.progress:
                self.errors.append(error)
                self.progress.notify_all()
        finally:
            journal.close()

    def _write(self, writer: int, journal: Journal) -> None:
        dice = random.Random(writer)
        own: str | None = None  # the memory this writer appends to
        step = 0
        while not self.stopping.is_set():
            step += 1
            name = f"w{writer}s{step}"
            kind = dice.choice(["save", "batch", "append"])
            if kind == "batch":
                tokens = [f"{name}b{n}" for n in range(BATCH)]
                body = {"memories": [{"content": token} for token in tokens], "atomic": True}
                self._call(journal, tokens, "POST", "/superthread/batch/save", body)
            elif kind == "append" and own:
                # The row itself is read anew: an append that got no answer may be in it.
                content = self._read(own)
                if content is not None:
                    body = {"content": f"{content} {name}"}
                    self._call(journal, [name], "PATCH", f"{MEMORIES}/{own}", body)
            else:
                answer = self._call(journal, [name], "POST", MEMORIES, {"content": name})
                own = answer.json()["doc_id"] if answer else own

    def _read(self, doc_id: str) -> str | None:
        answer = self._send("GET", f"{MEMORIES}/{doc_id}")
        return answer.json()["content"] if answer is not None else None

    def _call(
        self, journal: Journal, tokens: list[str], method: str, path: str, body: dict
    ) -> httpx.Response | None:
        call = journal.begin(tokens)
        answer = self._send(method, path, body)
        if answer is None:
            return None
        journal.acknowledge(call)
        with self.progress:
            self.acknowledged += 1
            self.progress.notify_all()
        return answer

    def _send(self, method: str, path: str, body: dict | None = None) -> httpx.Response | None:
        """The answer; None where there is none, or one of a hub that cannot just now."""
        try:
            answer = self.caller.http.request(method, path, json=body)
        except httpx.TransportError:
            return None
        if answer.status_code >= 500:
            return None
        answer.raise_for_status()
        return answer


def kill_a_worker(hub: HubServer) -> None:
    """SIGKILL to one worker process, as the kernel does when memory runs out."""
    workers = hub.workers()
    if workers:
        os.kill(random.choice(workers), signal.SIGKILL)


def crash(
    hub: HubServer, caller: Caller, kill: Callable[[], None], *, kills: int, writers: int
) -> tuple[int, Callable[[], list[str]]]:
    """Writes while ``kill`` is called ``kills`` times; every time after some progress.

    Returns how many calls were acknowledged, and the check to run when the hub has stopped.
    """
    running = Writers(caller, hub.data_dir, writers)
    running.start()
    try:
        for _ in range(kills):
            running.wait_for(ACKNOWLEDGED_BETWEEN)
            kill()
        running.wait_for(ACKNOWLEDGED_BETWEEN)
    finally:
        running.stop()

    def judge() -> list[str]:
        rows = Rows(hub.data_dir, hub.environment.get("DATABASE_URL"))
        try:
            return check(Known.read(running.paths), rows)
        finally:
            rows.close()

    return running.acknowledged, judge
