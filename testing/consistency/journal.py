"""What clients of a hub that is killed know: journals, and whether the hub's data agrees.

Each client writes a line before a call (what it is about to store) and one after its success. What
was begun and never acknowledged may be stored or not, whole. So:

    acknowledged ⊆ stored ⊆ acknowledged ∪ unknown
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2


class Journal:
    """One client's file; every line is on its way to the disk before the call it tells of."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("a", buffering=1)
        self._calls = 0

    def begin(self, tokens: list[str]) -> int:
        """Notes what a call is about to store, all or nothing; returns the call's number."""
        self._calls += 1
        self._file.write(json.dumps({"call": self._calls, "tokens": tokens}) + "\n")
        return self._calls

    def acknowledge(self, call: int) -> None:
        """Notes that the hub said the call was carried out."""
        self._file.write(json.dumps({"call": call, "acknowledged": True}) + "\n")

    def close(self) -> None:
        self._file.close()


@dataclass
class Known:
    """All journals together: tokens by call."""

    acknowledged: list[list[str]] = field(default_factory=list)
    unknown: list[list[str]] = field(default_factory=list)

    @classmethod
    def read(cls, paths: Iterable[Path]) -> "Known":
        known = cls()
        for path in paths:
            lines = [json.loads(line) for line in path.read_text().splitlines()]
            done = {line["call"] for line in lines if line.get("acknowledged")}
            for line in lines:
                if "tokens" in line:
                    kind = known.acknowledged if line["call"] in done else known.unknown
                    kind.append(line["tokens"])
        return known


class Rows:
    """The hub's tables as they lie there, read past the hub."""

    def __init__(self, data_dir: Path, database_url: str | None) -> None:
        self.is_sqlite = database_url is None
        if database_url is None:
            self._connection: Any = sqlite3.connect(data_dir / "hub.sqlite3")
        else:
            self._connection = psycopg2.connect(database_url)

    def all(self, sql: str) -> list[tuple]:
        cursor = self._connection.cursor()
        cursor.execute(sql)
        return cursor.fetchall()

    def close(self) -> None:
        self._connection.close()


# What must find nothing, and what it would mean.
BROKEN = {
    "a memory without its newest version": """
        SELECT m.id FROM superthread_memory m LEFT JOIN superthread_version v
        ON v.memory_id = m.id AND v.number = m.version
        WHERE v.id IS NULL OR v.content <> m.content""",
    "a gap in the numbers of versions": """
        SELECT memory_id FROM superthread_version
        GROUP BY memory_id HAVING count(*) <> max(number) OR min(number) <> 1""",
    "a version that its memory does not count": """
        SELECT v.id FROM superthread_version v LEFT JOIN superthread_memory m
        ON m.id = v.memory_id WHERE m.id IS NULL OR v.number > m.version""",
    "a memory that is not indexed": """
        SELECT m.id FROM superthread_memory m LEFT JOIN superthread_search_document d
        ON d.memory_id = m.id WHERE d.memory_id IS NULL""",
    "a memory whose words are not indexed": """
        SELECT memory_id FROM superthread_search_document WHERE terms IS NULL OR terms = ''""",
    "an index row without a memory": """
        SELECT d.memory_id FROM superthread_search_document d LEFT JOIN superthread_memory m
        ON m.id = d.memory_id WHERE m.id IS NULL""",
    "segments of the index that do not add up": """
        SELECT 1 WHERE (SELECT coalesce(sum(memories - length(gone) / 2), 0)
        FROM superthread_search_segment) + (SELECT count(*) FROM superthread_search_fresh)
        < (SELECT count(*) FROM superthread_search_document)""",
    "pages of the index without a segment": """
        SELECT key FROM superthread_search_page WHERE key / 2147483648 NOT IN
        (SELECT id FROM superthread_search_segment)
        AND key / 2147483648 NOT IN (SELECT id FROM superthread_search_aside)""",
}


def check(known: Known, rows: Rows) -> list[str]:
    """What is wrong with the stored rows; empty when they agree with what the clients know."""
    contents = rows.all("SELECT content FROM superthread_memory")
    stored = {token for (content,) in contents for token in content.split()}
    wrong = [
        f"acknowledged but lost: {tokens}"
        for tokens in known.acknowledged
        if not stored.issuperset(tokens)
    ]
    wrong += [
        f"half a batch: {tokens}"
        for tokens in known.unknown
        if not stored.issuperset(tokens) and not stored.isdisjoint(tokens)
    ]
    heard_of = {token for tokens in [*known.acknowledged, *known.unknown] for token in tokens}
    wrong += [f"stored but never sent: {token}" for token in stored - heard_of]
    wrong += [meaning for meaning, sql in BROKEN.items() if rows.all(sql)]
    if rows.is_sqlite:
        if (found := rows.all("PRAGMA integrity_check")) != [("ok",)]:
            wrong.append(f"PRAGMA integrity_check: {found}")
        wrong += [f"foreign key: {row}" for row in rows.all("PRAGMA foreign_key_check")]
    return wrong
