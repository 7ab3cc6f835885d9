"""Behind a pooler that hands out connections by transaction, and what tells that there is one."""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlsplit

import httpx
import psycopg2
import pytest
from django.db import connection, transaction

from memory_hub.database.plans import PlansLost
from memory_hub.database.postgresql import pooler
from memory_hub.database.postgresql.base import existing_pool
from superthread.reads.named import row_of
from superthread.tests.access.worlds import person
from testing.clients.in_process import client_for
from testing.clients.late import own_threads
from testing.servers.pgbouncer import PROGRAM, PgBouncer

MEMORIES = "/superthread/memories"
pytestmark = pytest.mark.only_on("postgresql")
LIMITS = {"statement_timeout": 10, "lock_timeout": 3, "idle_in_transaction_session_timeout": 10}


@pytest.fixture
def preparing(monkeypatch, transactional_db):
    """This process prepares as if it had met no pooler, whatever happens here, and no connection
    has plans of the tests before, nor loses some that tests behind count on."""
    new_connections()
    monkeypatch.setattr(pooler, "_pooled", False)
    yield
    new_connections()


def new_connections() -> None:
    connection.close()
    if pool := existing_pool(connection.alias):
        pool.close()


def forget_plans(like: str) -> int:
    """As a pooler does that gives another connection; returns how many plans went."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE name LIKE %s", [like])
        names = [name for (name,) in cursor.fetchall()]
        for name in names:
            cursor.execute(f'DEALLOCATE "{name}"')
    return len(names)


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_a_lost_plan_is_met_once_and_its_answer_is_right(preparing):
    with own_threads(1):
        mina = client_for("mina@example.com")
        saved = mina.save()
        by = person("mina@example.com")
        assert row_of(doc_id=saved["doc_id"], by=by)["content"] == saved["content"]
        assert forget_plans("superthread_memory_%") == 1
        assert row_of(doc_id=saved["doc_id"], by=by)["content"] == saved["content"]
        assert not pooler.may_prepare()


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_a_transaction_that_lost_its_plans_is_done_again_in_the_same_request(preparing):
    with own_threads(1) as threads:
        mina = client_for("mina@example.com")
        saved = mina.save()
        path = f"{MEMORIES}/{saved['doc_id']}"
        assert mina.patch(path, json={"content": "second"}).status_code == 200
        lost = threads._executor.submit(lambda: (forget_plans("superthread_memory_%"),
                                                 connection.close()))  # fmt: skip
        assert lost.result()[0] >= 1
        answer = mina.patch(path, json={"content": "third"}, headers={"Idempotency-Key": "one"})
        assert (answer.status_code, answer.json()["revision"]) == (200, 3)
        assert not pooler.may_prepare()


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_outside_of_requests_the_transaction_is_told(preparing):
    with own_threads(1):
        saved = client_for("mina@example.com").save()
    by = person("mina@example.com")
    row_of(doc_id=saved["doc_id"], by=by)
    forget_plans("superthread_memory_%")
    with pytest.raises(PlansLost), transaction.atomic():
        row_of(doc_id=saved["doc_id"], by=by)


@pytest.mark.drill
@pytest.mark.skipif(PROGRAM is None, reason="PgBouncer is not installed")
def test_pgbouncer_by_transaction_with_default_settings_serves_or_is_refused_by_name(
    nursery, tmp_path
):
    hub = nursery.hub(tmp_path, 2, HUB_RATE_LIMIT="off")
    direct = hub.environment["DATABASE_URL"]
    database = urlsplit(direct).path[1:]
    with PgBouncer(os.environ["TEST_DATABASE_URL"]) as bouncer:
        hub.environment["DATABASE_URL"] = bouncer.url(database)
        refused = hub.run_command("prepare")
        assert refused.returncode == 1
        assert "PgBouncer" in refused.stderr
        assert "ALTER ROLE CURRENT_USER SET lock_timeout" in refused.stderr
        with closing(psycopg2.connect(direct)) as owner, owner.cursor() as cursor:
            for name, seconds in LIMITS.items():
                cursor.execute(f"ALTER DATABASE {database} SET {name} = '{seconds}s'")
            owner.commit()
        with closing(psycopg2.connect(bouncer.url("pgbouncer"))) as console:
            console.autocommit = True
            console.cursor().execute("RECONNECT")
        assert hub.run_command("prepare").returncode == 0
        with hub:
            statuses = saves(hub, 120)
        assert statuses == {201: 120, 200: 240}
        assert "time limits are not in force" not in hub.log.read_text()


def saves(hub, count: int) -> Counter:
    statuses: Counter = Counter()
    headers = {"Authorization": f"Bearer {hub.token('mina@example.com')}"}
    with httpx.Client(base_url=hub.url, headers=headers, timeout=60) as client:

        def one(number: int) -> None:
            keyed = {"Idempotency-Key": f"key-{number}"} if number % 2 else {}
            saved = client.post(MEMORIES, json={"content": f"note {number}"}, headers=keyed)
            path = f"{MEMORIES}/{saved.json().get('doc_id')}"
            changed = client.patch(path, json={"content": f"changed {number}"})
            listed = client.get(MEMORIES, params={"limit": number % 30 + 1})
            statuses.update([saved.status_code, changed.status_code, listed.status_code])

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(one, range(count)))
    return statuses
