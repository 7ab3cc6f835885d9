"""Databases of hubs that are filled before anything is asked, the same for every checkout."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import psycopg2

from benchmarks.http.dataset import GUEST, USER
from testing.servers.hub import HubServer, new_database


class Place(NamedTuple):
    """Of the data of hubs: a checkout, the URL of a database (None is SQLite), a directory."""

    root: Path
    url: str | None
    directory: Path

    def copy(self, to: Path, server_url: str | None) -> "Place":
        """The same data in that directory, and in another database of the same server; nobody is
        connected to this one."""
        shutil.copytree(self.directory, to, dirs_exist_ok=True)
        url = new_database(server_url, urlsplit(self.url).path[1:]) if self.url else None
        return Place(self.root, url, to)


class Data(NamedTuple):
    """Where they are, tokens of the user and of a guest, and the ids of the user's memories."""

    place: Place
    token: str
    guest: str
    doc_ids: list[str]


def filled(places: Iterable[Place], lines: str) -> list[Data]:
    """Saves the memories, a line of JSON each, in every place; all places at the same time."""
    servers = {place: _migrated(place) for place in places}
    with ThreadPoolExecutor() as fillers:
        all_ids = list(fillers.map(partial(_fill, lines=lines), servers.values()))
    return [
        Data(place, server.token(USER), server.token(GUEST), ids)
        for (place, server), ids in zip(servers.items(), all_ids, strict=True)
    ]


def _migrated(place: Place) -> HubServer:
    server = HubServer(place.directory, place.url, root=place.root, HUB_LOG_LEVEL="ERROR")
    server.manage("migrate", "--verbosity", "0")
    return server


def _fill(server: HubServer, lines: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.http.inside", USER],
        input=lines,
        cwd=server.root,
        env=server.environment | {"DJANGO_SETTINGS_MODULE": "memory_hub.settings"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    url = server.environment.get("DATABASE_URL")
    if url:
        settle(url)
    return json.loads(done.stdout)


def settle(url: str) -> None:
    """Does at once what PostgreSQL does by itself in the minute after a table was filled."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
