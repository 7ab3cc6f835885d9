"""A hub of one size in a process of its own: filled, then asked what its reads and writes need."""

import os
import tempfile
import time
from collections.abc import Callable
from itertools import cycle
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.held import set_up
from testing import ordinary
from testing.filled import fill, make_people, settle
from testing.looked_at import milliseconds_of, pages_of, steps_of

TEAMS, LISTED = 500, 20
# Searches that are measured, those of other words before them, and the words of each.
SEARCHES, BEFORE, WORDS = 200, 40, (1, 5)
# Acts of a round: after so many saves they are folded.
TIMES = 128
# Memories whose details are asked for, and letters of one that is saved.
DETAILS, LETTERS = 1_000, 150


class Looked(NamedTuple):
    """What an act looks at: pages or steps; and for how many milliseconds PostgreSQL does."""

    pages: int
    ms: float


class Spent(NamedTuple):
    """Milliseconds of the clock and of the processor, this process's and the database's."""

    clock: float
    processor: float


def serve(pipe: Connection, database: str, size: int) -> None:
    """Answers each name of a method of Inside and its arguments with what it returns, as long as
    the pipe is open."""
    os.environ |= {"HUB_STATEMENT_TIMEOUT": "0"}
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as directory:
        set_up(database, directory)
        from memory_hub.http.application import settle as settle_process

        settle_process()  # as a worker does
        hub = Inside(database, size)
        while True:
            try:
                name, *arguments = pipe.recv()
            except EOFError:
                return
            pipe.send(getattr(hub, name)(*arguments))


class Inside:
    """A hub that is filled, and what it can be asked."""

    def __init__(self, database: str, size: int) -> None:
        self._database = database
        self._by, self._guest = make_people(TEAMS)
        fill(0, size, with_ordinary=True)
        settle()

    def looked_at(self) -> dict[str, Looked]:
        """What reads look at, by their names."""
        from django.conf import settings

        # Statements are looked at with their values.
        settings.HUB_PREPARED_STATEMENTS = False
        try:
            return {name: self._looked(act) for name, act in _reads(self._by, self._guest).items()}
        finally:
            settings.HUB_PREPARED_STATEMENTS = True

    def _looked(self, act: Callable[[], Any]) -> Looked:
        if self._database == "postgresql":
            return Looked(pages_of(act), milliseconds_of(act))
        act()  # once for its plans
        return Looked(steps_of(act), 0.0)

    def searches(self) -> list[list[Spent]]:
        """What searches of ordinary words take, each by itself: asked for the first time in this
        process, and all of them again."""
        for query in ordinary.texts(BEFORE, WORDS, seed=1):
            _search(self._by, query)
        queries = ordinary.texts(SEARCHES, WORDS, seed=2)
        return [[_spent(_search, self._by, query) for query in queries] for _ in range(2)]

    def acts(self, name: str) -> float:
        """Milliseconds of the processor that one of TIMES acts takes."""
        act = _acts(self._by)[name]
        act()
        return _spent(lambda: [act() for _ in range(TIMES)]).processor / TIMES


def _spent(act: Callable[..., Any], *arguments: Any) -> Spent:
    clock, processor = time.perf_counter(), _processor_seconds()
    act(*arguments)
    ends = time.perf_counter() - clock, _processor_seconds() - processor
    return Spent(*(1000 * one for one in ends))


def _processor_seconds() -> float:
    """Of this process, and on PostgreSQL of the one that serves its connection."""
    from django.db import connection

    spent = time.process_time()
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        told = Path(f"/proc/{connection.connection.get_backend_pid()}/schedstat").read_text()
        spent += int(told.split()[0]) / 1e9
    return spent


def _search(by: Any, query: str) -> Any:
    from superthread.search.service import search

    return search(query=query, by=by, limit=LISTED, show=lambda one: one.highlight)


def _acts(by: Any) -> dict[str, Callable[[], Any]]:
    """What is asked for again and again, by its name."""
    from superthread.models import Memory
    from superthread.reads.named import row_of
    from superthread.services.save import save
    from superthread.store_terms import Draft

    reads = _reads(by, by)
    every = Memory.objects.filter(owner=by.user_id).order_by("pk").values_list("doc_id", flat=True)
    ids = cycle(every[:: max(every.count() // DETAILS, 1)])
    texts = cycle(ordinary.texts(TIMES, (20, 20), seed=3))
    return {
        "a detail": lambda: row_of(doc_id=next(ids), by=by),
        **{name: reads[name] for name in ("personal list", "list of a team", "all, 500 teams")},
        "a save": lambda: save(Draft(next(texts)[:LETTERS]), by=by),
    }


def _reads(by: Any, guest: Any) -> dict[str, Callable[[], Any]]:
    from datetime import timedelta

    from django.utils.dateparse import parse_datetime

    from superthread.models import Memory
    from superthread.reads import listing, memories
    from superthread.reads.filters import Condition, Filters
    from superthread.reads.named import row_of
    from superthread.reads.statistics import statistics

    latest = Memory.objects.order_by("-pk")[0]
    early = parse_datetime("2026-01-01T00:02:00Z")
    mine = Memory.objects.filter(owner=by.user_id).order_by("pk")[0].doc_id

    def page(by: Any = by, **how: Any) -> Callable[[], Any]:
        return lambda: memories.page(by=by, limit=LISTED, show=lambda row: row["title"], **how)

    def filtered(scope: str = "all", team_key: str | None = None, **how: Any) -> Callable[[], Any]:
        place = {"scope": scope, "team_key": team_key, "category": None}
        rest = {"sort": "updated", "limit": LISTED, "cursor": None, "shape": memories.WHOLE}
        return lambda: listing.page(
            by=by, filters=Filters(**how), place=place, show=lambda row: row["title"], **rest
        )

    return {
        "detail": lambda: row_of(doc_id=mine, by=by),
        "personal list": page(),
        "list of a team": page(scope="team", team_key="team-0"),
        "all, 500 teams": page(scope="all"),
        "all, granted an eighth": page(guest, scope="all"),
        "all by creation": page(scope="all", sort="created"),
        "a frequent category": page(scope="all", category="c3"),
        "a category of few": page(scope="all", category="seldom"),
        "a category of none": page(scope="all", category="none"),
        "two categories": filtered(categories=("seldom", "c3")),
        "an owner of few": filtered("team", "team-0", owner="seldom@example.com"),
        "changed early": filtered("team", "team-0", updated_before=early),
        "made late": filtered(created_from=latest.created_at - timedelta(seconds=9)),
        "made early": filtered("team", "team-0", created_before=early),
        "a tag": filtered(conditions=(Condition(("tags",), "contains", "x"),)),
        "statistics": lambda: statistics(by=by),
        "a common word": lambda: _search(by, "common"),
        "a phrase": lambda: _search(by, '"meeting notes"'),
    }
