"""Do harm to a real hub under load and say what came of it; exit status 1 when a goal is missed.

Real gunicorn, PostgreSQL and files, on free ports and in temporary directories: nothing of a hub
in use is touched.
"""

import argparse
import contextlib
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.faults import backup, capacity, clock, disk, endless, postgres, processes, redis
from benchmarks.faults.hall import Finding, Hall
from testing.postgres import PostgresServer
from testing.servers.hub import HubServer, new_database
from testing.servers.redis import RedisServer

FAULTS = {
    "hup": processes.graceful_restart,
    "term": processes.graceful_stop,
    "kill": processes.killed_workers,
    "pg-fast": lambda hall: postgres.database_restart(hall, "fast"),
    "pg-immediate": lambda hall: postgres.database_restart(hall, "immediate"),
    "pg-terminate": postgres.terminated_backends,
    "pg-hung": postgres.hung_server,
    "lock": endless.lock_never_given_up,
    "redis": redis.redis_faults,
    "endless": endless.endless_request,
    "loop": endless.blocked_loop,
    "clock": clock.clock_jumps,
    "disk": disk.full_disk,
    "backup": backup.backup_drill,
    "overload": capacity.overload,
    "steady": capacity.steady,
}
NEEDS_POSTGRES = {"pg-fast", "pg-immediate", "pg-terminate", "pg-hung", "lock"}
LONG = {"steady"}  # ten minutes: only when named


@contextlib.contextmanager
def hall(options: argparse.Namespace, database: str) -> Iterator[Hall]:
    """Servers for one fault, all gone afterwards."""
    with contextlib.ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hub-faults-")))
        own = None
        if database == "postgres":
            own = stack.enter_context(
                PostgresServer(durable=True, settings=("max_connections=200",))
            )
        store = RedisServer(directory)
        store.start()
        stack.callback(store.stop)

        def empty_hub(
            workers: int = 2,
            home: Path | None = None,
            server: PostgresServer | None = own,
            **variables: Any,
        ) -> HubServer:
            url = new_database(server.url()) if server else None
            variables = {
                "HUB_RATE_LIMIT": "off",
                "HUB_WORKER_CLASS": options.worker or "",
            } | variables
            return HubServer(
                Path(tempfile.mkdtemp(dir=home or directory)), url, workers, **variables
            )

        def new_hub(**options_of_hub: Any) -> HubServer:
            hub = empty_hub(**options_of_hub)
            stack.callback(hub.stop)
            return hub.start()

        given = (options.seconds, options.rate, options.kills, options.steady)
        yield Hall(new_hub, empty_hub, own, store, *given)


def show(finding: Finding, database: str) -> None:
    print(f"{'ok    ' if finding.ok else 'MISSED'} {finding.fault} on {database}: {finding.goal}")
    for name, value in finding.figures.items():
        print(f"         {name}: {json.dumps(value)}")


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("script/bench faults", description=__doc__)
    parser.add_argument(
        "faults", nargs="*", help=f"of {', '.join(FAULTS)}; default: all but steady"
    )
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--rate", type=float, default=50, help="requests a second (50)")
    parser.add_argument("--seconds", type=float, default=10, help="of load around a fault (10)")
    parser.add_argument("--kills", type=int, default=50, help="workers to kill (50)")
    parser.add_argument("--steady", type=float, default=600, help="seconds of steady load (600)")
    parser.add_argument("--worker", choices=["gunicorn", "uvicorn"], help="the hub's own default")
    options = parser.parse_args(arguments)
    if unknown := set(options.faults) - set(FAULTS):
        parser.error(f"no such fault: {', '.join(sorted(unknown))}")
    return options


def main(arguments: list[str]) -> int:
    options = parsed(arguments)
    databases = ["sqlite", "postgres"] if options.database == "both" else [options.database]
    findings = []
    for name in options.faults or [fault for fault in FAULTS if fault not in LONG]:
        for database in databases:
            if database == "sqlite" and name in NEEDS_POSTGRES:
                continue
            with hall(options, database) as place:
                findings.append(FAULTS[name](place))
            show(findings[-1], database)
    return 0 if all(finding.ok for finding in findings) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
