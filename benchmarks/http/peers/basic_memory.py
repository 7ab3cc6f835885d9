"""basic-memory's own HTTP API, for the calls that it and the hub both have.

It needs a Python from 3.12 on, which the hub does not, so it comes from an environment of its own.
It keeps notes as files beside an SQLite database. It has no token and no cache here.
"""

import itertools
import json
import secrets
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from benchmarks.http.connection import request
from benchmarks.http.contenders import Contender, Field
from benchmarks.http.dataset import Texts
from benchmarks.http.load import Requests
from benchmarks.processor import wait_for_rest

NAME = "basic-memory"
# The loads that it can be asked for.
CALLS = ("detail", "list of 20", "search", "save")
OPTION, REQUIREMENTS = "basic-memory", Path(__file__).with_name("basic_memory.txt")
HELP = (
    "also basic-memory, of this Python with basic_memory.txt, or of one that is made in"
    " var/basic-memory"
)
RECENT = "/memory/recent?type=entity&page_size=20&max_related=0"
# It takes some 100 ms to index a note: with more than so many it is waited for longer than for all
# others.
MOST = 1_000
SETTLES_WITHIN = 600.0  # seconds


def start(field: Field, python: str, count: int) -> Contender:
    """A server with one project, an empty home and the first `count` memories as its notes, `MOST`
    at most."""
    count = min(count, MOST)
    home = field.directory()
    write(home / "notes", field.texts.memories(count))
    contender = field.foreign(NAME, "basic_memory.api.app:app", variables(home), python=python)
    contender.version = f"{field.versions(python, NAME)}, with {count:,} notes"
    wait_for_rest(contender.processes, SETTLES_WITHIN)
    project = _project(contender.port)
    contender.doc_ids = ids(contender.port, project, count)
    if len(contender.doc_ids) != count:
        raise RuntimeError(f"{NAME} has {len(contender.doc_ids)} of {count} notes")
    contender.calls = {
        "detail": partial(detail, project, contender.doc_ids),
        "list of 20": partial(recent, project),
        "search": partial(search, project, field.texts),
        "save": partial(save, project, field.texts),
    }
    return contender


def variables(home: Path) -> dict[str, str]:
    """What is in its environment; its notes are in ``home / "notes"``."""
    return {
        "HOME": str(home),
        # The directory of its first project, main.
        "BASIC_MEMORY_HOME": str(home / "notes"),
        "BASIC_MEMORY_CONFIG_DIR": str(home / "config"),  # with the database
        "BASIC_MEMORY_LOG_LEVEL": "WARNING",
        "LOGFIRE_IGNORE_NO_CONFIG": "1",
        # Up to 0.23; after that see note().
        "BASIC_MEMORY_SEMANTIC_SEARCH_ENABLED": "false",
    }


def _project(port: int) -> str:
    """The path of the calls of the first project."""
    found = httpx.get(f"http://127.0.0.1:{port}/v2/projects/").raise_for_status().json()
    return f"/v2/projects/{found['projects'][0]['external_id']}"


def write(notes: Path, memories: Iterator[dict[str, str]]) -> None:
    """The memories as files, which a server indexes when it starts."""
    for number, memory in enumerate(memories):
        path = notes / memory["category"] / f"Memory {number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\nembed: false\n---\n\n{memory['content']}\n")


def ids(port: int, project: str, count: int) -> list[str]:
    """The ids of its first `count` notes, newest first."""
    found: list[str] = []
    with httpx.Client(base_url=f"http://127.0.0.1:{port}{project}", timeout=60) as client:
        for page in range(1, count // 20 + 2):
            answer = client.get(f"{RECENT}&page={page}").raise_for_status().json()
            found += [one["primary_result"]["external_id"] for one in answer["results"]]
    return found


def note(title: str, memory: dict[str, str]) -> dict[str, Any]:
    """The body that saves a memory, without an embedding: that would need a model."""
    return {
        # Also the name of the file: no two are the same.
        "title": title,
        "directory": memory["category"],
        "content": memory["content"],
        "entity_metadata": {"embed": False},
    }


def detail(project: str, doc_ids: list[str]) -> Requests:
    paths = [f"{project}/knowledge/entities/{one}" for one in doc_ids]
    return itertools.cycle([request("GET", path, "") for path in paths]).__next__


def recent(project: str) -> Requests:
    return itertools.repeat(request("GET", f"{project}{RECENT}", "")).__next__


def search(project: str, texts: Texts) -> Requests:
    asked = [{"text": one, "entity_types": ["entity"]} for one in texts.queries(200)]
    bodies = [json.dumps(one).encode() for one in asked]
    path = f"{project}/search/?page_size=20"
    return itertools.cycle([request("QUERY", path, "", body) for body in bodies]).__next__


def save(project: str, texts: Texts) -> Requests:
    new = list(texts.memories(200, seed=7))
    return _saves(f"{project}/knowledge/entities", new).__next__


def _saves(path: str, memories: list[dict[str, str]]) -> Iterator[bytes]:
    run = secrets.token_hex(4)
    for number, memory in enumerate(itertools.cycle(memories)):
        body = json.dumps(note(f"Save {run} {number}", memory)).encode()
        yield request("POST", path, "", body)
