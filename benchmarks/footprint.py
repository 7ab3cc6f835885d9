"""What a hub needs by itself: processor to its first answer, memory at rest and after batches.

script/bench footprint
script/bench footprint --before CHECKOUT --database postgresql --rounds 5

Master and workers, added up, of a hub on an empty database, started anew in each round; with
another checkout's in turn. Processor time is user and system; the first answer is a list that is
asked for every 5 ms until it comes. Memory is PSS (`/proc/PID/smaps_rollup`) at rest, and of the
largest worker right after batches of 1,000 memories and some seconds later.
"""

import argparse
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import httpx

from benchmarks.batch import content
from benchmarks.hubs import DATABASES
from testing.postgres import start_postgres
from testing.servers.hub import ROOT, HubServer, new_database

TICKS = os.sysconf("SC_CLK_TCK")
STARTS_WITHIN = 60.0  # seconds
# Seconds after which a hub has done what it does at its start, and has given back what was freed.
RESTS_AFTER = 4.0
GIVES_BACK_AFTER = 25.0
AT_ONCE = 4  # batches


class Measured:
    """One hub: its data, and figures by name, a value per round."""

    def __init__(self, root: Path, directory: Path, url: str | None, workers: int) -> None:
        self.server = HubServer(
            directory, url, workers, root=root, HUB_RATE_LIMIT="off", HUB_LOG_LEVEL="WARNING"
        )
        # Code is compiled once, as where a hub is installed, and beside the checkout.
        self.server.environment["PYTHONPYCACHEPREFIX"] = str(directory / "compiled")
        self.server.environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self.server.manage("migrate", "--verbosity", "0")
        self.server.migrated = True
        self.token = self.server.token("bench@example.com")
        self.figures: dict[str, list[float]] = {}

    def note(self, name: str, value: float) -> None:
        self.figures.setdefault(name, []).append(value)

    def warm_up(self) -> None:
        """A start after which all code is compiled."""
        with self.server:
            self.server.all_workers()

    def round(self, batches: int) -> None:
        """A start, a rest and some batches."""
        headers = {"Authorization": f"Bearer {self.token}"}
        self.server.launch()
        with ExitStack() as stack:
            stack.callback(self.server.stop)
            client = httpx.Client(base_url=self.server.url, headers=headers, timeout=120)
            stack.enter_context(client)
            _wait_for_an_answer(client)
            self.note("processor to the first answer, s", self._processor())
            self.server.all_workers()
            time.sleep(RESTS_AFTER)
            self.note("processor until at rest, s", self._processor())
            self.note("PSS of all at rest, MB", sum(map(_pss, self._processes())))
            self.note("of its own of all at rest, MB", sum(map(_own, self._processes())))
            self.note("PSS of a worker at rest, MB", max(map(_pss, self.server.workers())))
            if batches:
                self._batches(client, batches)

    def _batches(self, client: httpx.Client, count: int) -> None:
        def send(number: int) -> None:
            drafts = [{"content": f"{number} {content(one)}"} for one in range(1000)]
            answer = client.post("/superthread/batch/save", json={"memories": drafts})
            answer.raise_for_status()

        with ThreadPoolExecutor(AT_ONCE) as senders:
            list(senders.map(send, range(count)))
        self.note("PSS of a worker at batches, MB", max(map(_pss, self.server.workers())))
        time.sleep(GIVES_BACK_AFTER)
        self.note("PSS of a worker after batches, MB", max(map(_pss, self.server.workers())))

    def _processes(self) -> list[int]:
        return [self.server.process.pid, *self.server.workers()]

    def _processor(self) -> float:
        """Seconds of master, workers and those that were workers."""
        return sum(map(_cpu_seconds, self._processes()))


def _wait_for_an_answer(client: httpx.Client) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        try:
            client.get("/superthread/memories").raise_for_status()
        except httpx.TransportError:
            time.sleep(0.005)
        else:
            return
    raise RuntimeError("The hub does not answer")


def _cpu_seconds(process: int) -> float:
    """User and system, with that of children that have ended."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:15])) / TICKS


def _pss(process: int) -> float:
    return _of_smaps(process, "Pss:")


def _own(process: int) -> float:
    """Without pages of files, which the system may drop and read again."""
    return _of_smaps(process, "Pss_Anon:")


def _of_smaps(process: int, name: str) -> float:
    """MB."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text()
    return int(lines.partition(name)[2].split()[0]) / 1024


def main() -> None:
    options = parse()
    server_url = start_postgres() if options.database == "postgresql" else None
    roots = {"this": ROOT}
    if options.before:
        roots["before"] = options.before.resolve()
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as directory:
        hubs = {}
        for name, root in roots.items():
            place = Path(directory) / name
            place.mkdir()
            url = new_database(server_url) if server_url else None
            hubs[name] = Measured(root, place, url, options.workers)
            hubs[name].warm_up()
        for number in range(options.rounds):
            for name in list(hubs)[:: 1 if number % 2 else -1]:
                hubs[name].round(options.batches)
    _tell(options, hubs)


def _tell(options: argparse.Namespace, hubs: dict[str, Measured]) -> None:
    print(f"{options.database}, {options.workers} workers; medians of {options.rounds} rounds")
    for name, values in hubs["this"].figures.items():
        line = f"{name:36} {median(values):7.2f}"
        if "before" in hubs:
            before = hubs["before"].figures[name]
            ratios = [a / b for a, b in zip(values, before, strict=True)]
            line += f"   before {median(before):7.2f}   ratio {median(ratios):.2f}"
            line += f" ({min(ratios):.2f} to {max(ratios):.2f})"
        print(line)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/bench footprint",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument(
        "--before", metavar="CHECKOUT", type=Path, help="another checkout's hub too"
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batches", type=int, default=8, help="of 1,000 memories, in each round")
    return parser.parse_args()


if __name__ == "__main__":
    main()
