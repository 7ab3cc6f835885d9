"""A PostgreSQL that ends, or only reads, in the middle of a request: 503, and the truth."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import httpx
import psycopg2
import pytest
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from memory_hub.database.commits import TruthfulCommits
from testing.clients.in_process import client_for
from testing.clients.late import everything, own_threads

pytestmark = pytest.mark.only_on("postgresql")
MEMORIES = "/superthread/memories"
# Statements of a request; more than any has.
MOST = 60


class Killer:
    """Ends the server's side of a connection right before its nth statement, or its commit."""

    def __init__(self, monkeypatch, database: str) -> None:
        self.database, self.left, self.at_commit = database, -1, False
        run, commit = TruthfulCommits._execute_in_time, BaseDatabaseWrapper._commit

        def counted(connection, execute, sql, params, many, context):
            if self.left == 0:
                self._kill(connection)
            self.left -= 1
            return run(connection, execute, sql, params, many, context)

        def committed(connection):
            if self.left >= 0:
                self.at_commit = True
                self._kill(connection)
            return commit(connection)

        monkeypatch.setattr(TruthfulCommits, "_execute_in_time", counted)
        monkeypatch.setattr(BaseDatabaseWrapper, "_commit", committed)

    def before(self, statement: int) -> None:
        self.left, self.at_commit = statement, False

    def _kill(self, connection) -> None:
        self.left = -1
        pid = connection.connection.info.backend_pid
        with closing(psycopg2.connect(self.database)) as other, other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
            assert cursor.fetchone() == (True,)


@pytest.fixture
def killer(monkeypatch, transactional_db):
    parameters = connections["default"].get_connection_params()
    wanted = {name: parameters[name] for name in ("host", "port", "user", "dbname")}
    return Killer(monkeypatch, psycopg2.extensions.make_dsn(**wanted))


@pytest.mark.django_db(transaction=True, databases="__all__")
@pytest.mark.parametrize("keyed", [False, True])
@pytest.mark.parametrize("verb", ["POST", "PATCH", "DELETE"])
def test_at_whatever_statement_it_ends_the_answer_is_503_and_true(killer, verb, keyed):
    with own_threads(1):
        mina = client_for("mina@example.com")
        path = MEMORIES if verb == "POST" else f"{MEMORIES}/{mina.save()['doc_id']}"
        options = {"json": {"content": "new"}} if verb != "DELETE" else {}
        options |= {"headers": {"Idempotency-Key": "one"}} if keyed else {}
        before = everything()
        for statement in range(MOST):
            killer.before(statement)
            answer = mina.request(verb, path, **options)
            assert answer.status_code == 503, (statement, answer.text)
            code, retry = answer.json()["code"], answer.headers.get("Retry-After")
            expected = ("outcome-unknown", None) if killer.at_commit else ("unavailable", "1")
            assert (code, retry) == expected, statement
            assert everything() == before
            if killer.at_commit:
                break
        assert killer.at_commit
        killer.before(-1)
        assert mina.request(verb, path, **options).status_code in (200, 201, 204)


@pytest.mark.drill
def test_a_server_that_only_reads_is_503_for_writes_and_left_when_another_one_leads(new_hub):
    hub = new_hub(workers=1, HUB_RATE_LIMIT="off")
    url = hub.environment["DATABASE_URL"]
    headers = {"Authorization": f"Bearer {hub.token('mina@example.com')}"}
    with httpx.Client(base_url=hub.url, headers=headers, timeout=30) as client:
        saved = client.post(MEMORIES, json={"content": "before"}).json()
        path = f"{MEMORIES}/{saved['doc_id']}"
        as_it_is(url, "ALTER DATABASE {} SET default_transaction_read_only = on")
        writes = [
            client.post(MEMORIES, json={"content": "no"}),
            client.patch(path, json={"content": "no"}, headers={"Idempotency-Key": "one"}),
            client.delete(path),
            client.post("/accounts/teams", json={"team_key": "alpha"}),
        ]
        assert [one.status_code for one in writes] == [503] * 4, [one.text for one in writes]
        assert {one.headers.get("Retry-After") for one in writes} == {"1"}
        assert client.get(path).json()["content"] == "before"
        # Have several connections lie in the pool.
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(lambda _: client.get(f"{MEMORIES}?limit=3"), range(24)))
        # Another server leads; the connections that only read are still open.
        as_it_is(url, "ALTER DATABASE {} RESET default_transaction_read_only", end=False)
        found = [client.patch(path, json={"content": f"{n}"}).status_code for n in range(6)]
        # The first one finds out, for all.
        assert found[1:] == [200] * 5


def as_it_is(url: str, statement: str, *, end: bool = True) -> None:
    """Changes a default of the database; ``end``: for all of its sessions."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("SET default_transaction_read_only = off")
        name = connection.info.dbname
        cursor.execute(statement.format(name))
        if end:
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = %s AND pid <> pg_backend_pid()",
                [name],
            )
