"""What looks for entries goes by an index, however long the journal is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from superthread.tests.feed.acts import now, one_of

JOURNAL = "journal_entry"


def scans(client, path, **params):
    """Plans of the request's statements that read the journal from one end to the other."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path, params=params).status_code == 200
    found = []
    for sql in {one["sql"] for one in captured.captured_queries}:
        if JOURNAL not in sql or not sql.startswith("SELECT"):
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            plan = [row[-1] for row in cursor.fetchall()]
        found += [(step, sql) for step in plan if _reads_all(step) and "LIMIT 1" not in sql[-8:]]
    return found


def _reads_all(step):
    """Whether a step of a plan reads all entries between two positions, or all there are."""
    of_entries = any(name in step for name in (JOURNAL, " one", " later"))
    return of_entries and (step.startswith("SCAN") or "rowid>" in step)


@pytest.mark.only_on("sqlite")
def test_no_request_reads_the_journal_from_end_to_end(people):
    mina = people[0]
    memory = mina.save("Of the team.", scope="team", team_key="alpha")
    mina.patch(one_of(memory), json={"scope": "personal"})
    moment = now()
    mina.save("Another.")
    assert scans(mina, "/superthread/changes") == []
    assert scans(mina, one_of(memory), at=moment) == []
    assert scans(mina, "/superthread/memories", at=moment, scope="all") == []
    assert scans(mina, "/superthread/audit", doc_id=memory["doc_id"]) == []
