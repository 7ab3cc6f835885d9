"""Logs and errors hold no token and nothing that people wrote, whatever a test does.

``conftest.py`` looks at what each test logs, ``HubServer`` at the log of each hub that it stops.
"""

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2

TOKEN = re.compile(r"\bmh[a-z]?_[0-9A-Za-z]{36}\b")
# The fields of a request that people write in.
TEXTS = ("content", "query")
# Characters: a shorter text stands in a log by chance.
SHORTEST, LONGEST = 12, 80
# Memories of a hub whose text is looked for.
STORED = 300

written: set[str] = set()  # by the test that runs


def note(body: Any) -> None:
    """Remember the texts in the body of a request, to be found in no log."""
    if isinstance(body, list):
        for part in body:
            note(part)
    elif isinstance(body, dict):
        for name, value in body.items():
            if name in TEXTS and isinstance(value, str):
                written.update(telling(value))
            else:
                note(value)


def telling(text: str) -> Iterable[str]:
    """Yield a part of every line that stands nowhere by chance."""
    for line in text[: 10 * LONGEST].splitlines():
        part = line.strip()[:LONGEST]
        if len(part) >= SHORTEST and len(set(part)) > SHORTEST // 2:
            yield part


def leaks(log: str, texts: Iterable[str]) -> list[str]:
    """Return the tokens in a log, and those of the texts that are in it."""
    return [*set(TOKEN.findall(log)), *(text for text in texts if text in log)]


def leaks_of(log: Path, data_dir: Path, database_url: str | None) -> list[str]:
    """Return what the log of a hub should not hold: tokens, and text of its memories."""
    try:
        stored = _stored(data_dir, database_url)
    except (sqlite3.Error, psycopg2.Error):
        # Of a hub without a database, or with a dead one.
        stored = []
    texts = {part for (content,) in stored for part in telling(content)}
    return leaks(log.read_text(errors="replace"), texts | written)


def _stored(data_dir: Path, database_url: str | None) -> list[tuple[str]]:
    if database_url:
        connection: Any = psycopg2.connect(database_url, connect_timeout=2)
    else:
        # Only reading: what a crash left is the hub's to put in order.
        connection = sqlite3.connect(f"file:{data_dir}/hub.sqlite3?mode=ro", uri=True)
    with closing(connection), closing(connection.cursor()) as cursor:
        cursor.execute(f"SELECT content FROM superthread_memory ORDER BY id DESC LIMIT {STORED}")
        return cursor.fetchall()
