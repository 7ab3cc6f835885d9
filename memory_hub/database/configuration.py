"""Django's DATABASES: SQLite in the data directory, or PostgreSQL.

Presets by HUB_ENVIRONMENT, every value by a variable:

| variable | unit | dev, prod, test |
| --- | --- | --- |
| HUB_POOL | 1 or 0 | 1; 0: no pool, connections kept open per thread |
| HUB_POOL_SIZE | connections per process | 5, 20, 2 |
| HUB_POOL_OVERFLOW | more of them under load | 10, 40, 0 |
| HUB_POOL_TIMEOUT | seconds to wait for one | 2 |
| HUB_POOL_RECYCLE | seconds one is used at most | 3600 |
| HUB_POOL_PRE_PING | 1 or 0 | 1 |
| HUB_CONN_MAX_AGE | seconds, without the pool | 60 |
| HUB_CONNECT_TIMEOUT | seconds (PostgreSQL's library takes at least 2) | 2 |
| HUB_STATEMENT_TIMEOUT | seconds, 0 for none | 10 |
| HUB_LOCK_TIMEOUT | seconds, 0 for none | 3 |
| HUB_IDLE_TRANSACTION_TIMEOUT | seconds, 0 for none | 10 |
"""

import math
from pathlib import Path
from typing import Any

from memory_hub.conf import env

ENGINE = "memory_hub.database.postgresql"
# FULL: an acknowledged write survives a power cut. Of a file's pages each thread keeps SQLite's own
# 2 MB; all are in the kernel's cache, once for all. What is deleted is overwritten with zeros.
MEMORIES = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
    "PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON;"
)
# Statistics never wait for memories. A power cut may cost the last of them, never the file.
STATISTICS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
# Connections kept, and how many more under load, for each process.
SIZES = {"dev": (5, 10), "prod": (20, 40), "test": (2, 0)}
# What a page of PostgreSQL costs that is sought, beside one that is read in its turn.
SEEKING = 1.1
# A peer that vanished without a word is noticed within 5 + 3 * 2 seconds, also mid-query.
KEEPALIVE = {
    "keepalives": "1",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "11000",  # milliseconds
}


def postgresql(environment: str, server: dict[str, Any]) -> dict[str, Any]:
    """A DATABASES entry for ``server``: NAME, USER, PASSWORD, HOST, PORT, OPTIONS.

    ``environment`` is dev, prod or test. OPTIONS of the URL win over ours.
    """
    options = {
        # Whole seconds, and none would be for ever.
        "connect_timeout": str(max(1, math.ceil(env.seconds("HUB_CONNECT_TIMEOUT", 2)))),
        "application_name": "memory-hub",
        **KEEPALIVE,
        "options": _session_options(),
        **server.get("OPTIONS", {}),
    }
    entry = {**server, "ENGINE": ENGINE, "OPTIONS": options, "ATOMIC_REQUESTS": False}
    if not env.flag("HUB_POOL", default=True):
        age = env.integer("HUB_CONN_MAX_AGE", 60)
        return entry | {"CONN_MAX_AGE": age, "CONN_HEALTH_CHECKS": True}
    size, overflow = SIZES[environment]
    return entry | {
        # Given back after every unit of work: the pool keeps it open, not the thread.
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,
        "POOL": {
            "size": env.integer("HUB_POOL_SIZE", size, least=1),
            "max_overflow": env.integer("HUB_POOL_OVERFLOW", overflow),
            "timeout": env.seconds("HUB_POOL_TIMEOUT", 2),
            "recycle": round(env.seconds("HUB_POOL_RECYCLE", 3600)),
            "pre_ping": env.flag("HUB_POOL_PRE_PING", default=True),
        },
    }


def _session_options() -> str:
    """Settings of every session, for libpq to send with the connection: no query of their own."""
    limits = {
        "statement_timeout": env.seconds("HUB_STATEMENT_TIMEOUT", 10),
        "lock_timeout": env.seconds("HUB_LOCK_TIMEOUT", 3),
        "idle_in_transaction_session_timeout": env.seconds("HUB_IDLE_TRANSACTION_TIMEOUT", 10),
    }
    settings = {name: round(seconds * 1000) for name, seconds in limits.items()}
    # Few rows of a large table are read in the order of an index: seeking them is not taken for
    # four times as dear as reading all, as it is where a disk turns.
    settings |= {"random_page_cost": SEEKING}
    # Django asks for UTC; a session that begins in it saves the question.
    return " ".join(f"-c {name}={value}" for name, value in {**settings, "TimeZone": "UTC"}.items())


def databases(environment: str, data_directory: Path, statistics: str) -> dict[str, dict[str, Any]]:
    """PostgreSQL where DATABASE_URL names one (for tests TEST_DATABASE_URL too); else two files,
    one for memories and one, by the name ``statistics``, for these."""
    timeout = env.seconds("HUB_SQLITE_TIMEOUT", 20)
    url = "TEST_DATABASE_URL" if environment == "test" else "DATABASE_URL"
    server = env.database_url("DATABASE_URL") or env.database_url(url)
    if server:
        return {"default": postgresql(environment, server)}
    memories = _sqlite(data_directory / "hub.sqlite3", MEMORIES, timeout)
    if environment == "test":
        # A file, not ":memory:": the test's worker threads and processes open it too.
        memories["TEST"] = {"NAME": data_directory / "test.sqlite3"}
    beside = _sqlite(data_directory / f"{statistics}.sqlite3", STATISTICS, timeout)
    beside["TEST"] = {"NAME": data_directory / f"test-{statistics}.sqlite3"}
    return {"default": memories, statistics: beside}


def _sqlite(path: Path, pragmas: str, timeout: float) -> dict[str, Any]:
    return {
        "ENGINE": "memory_hub.database.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # A deferred transaction that reads and then writes fails at once with "database is
            # locked", whatever the timeout.
            "transaction_mode": "IMMEDIATE",
            "timeout": timeout,
            "init_command": pragmas,
        },
    }
