"""What is deleted for good: none of its bytes is left in any file."""

import os
import secrets
import sqlite3
import time
from datetime import timedelta
from pathlib import Path
from string import ascii_lowercase

import httpx
import psycopg2
import pytest
from django.db import connection
from django.utils import timezone

from memory_hub.caching import registry
from memory_hub.idempotency import answers
from memory_hub.idempotency.models import KeptAnswer
from memory_hub.jobs import schedule
from memory_hub.jobs.models import ScheduledJob
from superthread.models.search import SearchTerm, SearchWord
from superthread.services import erasing

MEMORIES = "/superthread/memories"
LIMITS = {"HUB_RATE_LIMIT": "off", "HUB_REWRITE_MB": 256}
# Seconds until a job has come, on a loaded machine.
WITHIN = 120.0


def erase():
    """The job, within the transaction of the test: there its log cannot be emptied."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(erasing, "_file_cleared", lambda: True)
        return erasing.erase_traces()


def word():
    """A word that nothing else has, and that the analyzer leaves as it is."""
    return "zq" + "".join(secrets.choice(ascii_lowercase) for _ in range(18)) + "k"


def test_the_words_of_a_purged_memory_go_and_those_that_others_have_stay(mina):
    own, shared = word(), word()
    memory = mina.save(f"{own} and {shared}")
    mina.save(f"{shared} alone")
    mina.delete(f"{MEMORIES}/{memory['doc_id']}?permanent=true")
    erase()
    for table in (SearchTerm, SearchWord):
        texts = set(table.objects.values_list("text", flat=True))
        assert own not in texts
        assert shared in texts


@pytest.mark.django_db(transaction=True)
def test_deleting_for_good_asks_for_the_job_that_erases_soon(mina):
    schedule.rows()
    ScheduledJob.objects.update(next_run_at=timezone.now() + timedelta(hours=20))
    memory = mina.save()
    mina.delete(f"{MEMORIES}/{memory['doc_id']}")
    row = ScheduledJob.objects.get(pk=erasing.JOB)
    assert row.next_run_at > timezone.now() + timedelta(hours=1)
    mina.delete(f"{MEMORIES}/{memory['doc_id']}?permanent=true")
    row.refresh_from_db()
    assert row.next_run_at < timezone.now() + timedelta(minutes=1)


def test_what_a_worker_keeps_of_a_purged_memory_is_dropped(mina):
    text = word()
    memory = mina.save(text)
    for _ in range(2):
        assert mina.get(f"{MEMORIES}/{memory['doc_id']}").is_success
    mina.delete(f"{MEMORIES}/{memory['doc_id']}?permanent=true")
    erase()
    caches = [one() for one, _ in registry.housekeeper()._members]
    kept = [
        entry.value.body
        for cache in caches
        if cache is not None and cache.name == "responses"
        for entry in list(cache._entries.values())
    ]
    assert not [body for body in kept if text.encode() in body]


def test_a_key_whose_answer_was_purged_is_refused_after_its_day_as_well(mina):
    key = {"Idempotency-Key": "late"}
    body = {"content": word()}
    memory = mina.post(MEMORIES, json=body, headers=key).json()
    plain = KeptAnswer.objects.get().fingerprint
    mina.delete(f"{MEMORIES}/{memory['doc_id']}?permanent=true")
    assert KeptAnswer.objects.get().fingerprint != plain
    KeptAnswer.objects.update(created_at=timezone.now() - timedelta(days=40))
    assert answers.purge_old() == 0
    late = mina.post(MEMORIES, json=body, headers=key)
    assert (late.status_code, late.json()["code"]) == (410, "idempotency-answer-purged")
    # After its day the key may be another request's.
    other = mina.post(MEMORIES, json={"content": "Something else."}, headers=key)
    assert other.status_code == 201


@pytest.mark.only_on("sqlite")
@pytest.mark.django_db
def test_sqlite_overwrites_what_is_deleted():
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete")
        assert cursor.fetchone() == (1,)


class Texts:
    """What is written and must be gone: short ones, long ones, of texts, titles and metadata."""

    def __init__(self):
        self.marks = []

    def mark(self):
        self.marks.append(word())
        return self.marks[-1]

    def body(self, length=0):
        marks = [self.mark() for _ in range(3)]
        filling = " ".join(secrets.token_hex(8) for _ in range(length // 17))
        content = f"{marks[0]} begins.\n{filling}\n한글 {marks[1]} ends."
        return {"content": content, "metadata": {"note": marks[2], "tags": [self.mark()]}}


class Person:
    def __init__(self, hub, email):
        headers = {"Authorization": f"Bearer {hub.token(email)}"}
        self.client = httpx.Client(base_url=hub.url, headers=headers, timeout=60)

    def ask(self, method, path, **more):
        key = {} if method == "GET" else {"Idempotency-Key": secrets.token_hex(8)}
        answer = self.client.request(method, path, headers=key, **more)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None


def used(mina, jun, texts, length):
    """The ids of memories that were saved, changed, searched, shared and read in all ways."""
    bodies = [texts.body(length) for _ in range(3)]
    saved = mina.ask("POST", MEMORIES, json=bodies[0])["doc_id"]
    batch = mina.ask("POST", "/superthread/batch/save", json={"memories": bodies[1:]})
    ids = [saved, *(one["doc_id"] for one in batch["results"])]
    for doc_id in ids:
        mina.ask("PATCH", f"{MEMORIES}/{doc_id}", json=texts.body(length))
        mina.ask("POST", f"/superthread/permissions/{doc_id}", json=SHARED)
        jun.ask("POST", f"/superthread/shares/{doc_id}", json={"accept": True})
        mina.ask("PATCH", f"{MEMORIES}/{doc_id}", json={"metadata": {"now": texts.mark()}})
        for person in (mina, jun):
            for _ in range(2):
                person.ask("GET", f"{MEMORIES}/{doc_id}")
                person.ask("GET", f"{MEMORIES}?scope=all")
    for mark in list(texts.marks):
        mina.ask("POST", "/superthread/search", json={"query": mark})
    versions = f"/superthread/versions/{saved}"
    mina.ask("POST", f"{versions}?description={texts.mark()}")
    mina.ask("GET", f"{versions}/diff", params={"from": 1, "to": 2})
    return ids


SHARED = {"permissions": {"jun@example.com": "editor"}}


def files(directory):
    return [path for path in Path(directory).rglob("*") if path.is_file()]


def where(hub):
    """The directories of the hub's files and of its database's."""
    url = hub.environment.get("DATABASE_URL")
    return [hub.data_dir, *([data_of(url)] if url else [])]


def found(marks, directories):
    """Which marks stand in which files, as they are written."""
    left = []
    for path in (path for directory in directories for path in files(directory)):
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            continue
        left += [(path.name, mark) for mark in marks if mark.encode() in data]
    return left


def long_in_trash(hub, doc_id):
    """As if it had been moved there a month ago."""
    url = hub.environment.get("DATABASE_URL")
    if url:
        with psycopg2.connect(url) as server, server.cursor() as cursor:
            cursor.execute(
                "UPDATE superthread_memory SET deleted_at = deleted_at - interval '31 days' "
                "WHERE doc_id = %s",
                [doc_id],
            )
        return
    with sqlite3.connect(hub.data_dir / "hub.sqlite3", timeout=60) as file:
        file.execute(
            "UPDATE superthread_memory SET deleted_at = datetime(deleted_at, '-31 days') "
            "WHERE doc_id = ?",
            [doc_id.replace("-", "")],
        )
    file.close()


@pytest.fixture
def people():
    """``people(hub)``: Mina and Jun, whose connections end with the test."""
    made = []

    def make(hub):
        made.extend(Person(hub, f"{name}@example.com") for name in ("mina", "jun"))
        return made

    yield make
    for person in made:
        person.client.close()


@pytest.mark.drill
@pytest.mark.parametrize("length", [0, 3_000, 300_000])
def test_no_file_holds_a_byte_of_what_was_deleted_for_good(new_hub, people, tmp_path, length):
    hub, texts = new_hub(workers=2, **LIMITS), Texts()
    mina, jun = people(hub)
    jun.ask("POST", MEMORIES, json={"content": "Of somebody else, which stays."})
    one, other, third = used(mina, jun, texts, length)
    hub.manage("export_memories", str(tmp_path / "export.jsonl"), "--with", "history,grants")
    exported = (tmp_path / "export.jsonl").read_text()
    assert all(mark in exported for mark in texts.marks)
    assert found(texts.marks, where(hub))
    mina.ask("DELETE", f"{MEMORIES}/{one}?permanent=true")
    for doc_id in (other, third):
        mina.ask("DELETE", f"{MEMORIES}/{doc_id}")
    mina.ask("DELETE", f"{MEMORIES}/{third}?permanent=true")
    long_in_trash(hub, other)
    hub.manage("purge_expired")
    assert mina.ask("GET", "/superthread/trash")["count"] == 0
    assert_gone(hub, texts.marks)


def assert_gone(hub, marks):
    url = hub.environment.get("DATABASE_URL")
    if url:
        hub.manage("erase_traces", "--rewrite")
        assert everything(url, marks) == []
    until = time.monotonic() + WITHIN
    while left := found(marks, where(hub)):
        assert time.monotonic() < until, left
        time.sleep(0.5)


def data_of(url):
    """Where the server has the files of the database."""
    with psycopg2.connect(url) as server, server.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SHOW data_directory")
        (root,) = cursor.fetchone()
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        return os.path.join(root, "base", str(cursor.fetchone()[0]))


def everything(url, marks):
    """Tables that have a mark in a row."""
    with psycopg2.connect(url) as server, server.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        left = []
        for table in tables:
            cursor.execute(
                f'SELECT count(*) FROM "{table}" AS r WHERE r::text LIKE ANY (%s)',
                [[f"%{mark}%" for mark in marks]],
            )
            if cursor.fetchone()[0]:
                left.append(table)
        return left
