"""Links find titles by their ends, for which there is an index, and nothing else goes by it."""

import pytest
from django.db import connection

from superthread.tests.reads.linking import linked
from testing.looked_at import statements_of


def test_a_link_leads_to_its_very_title_among_those_that_begin_and_end_so(mina):
    alike = [f"Notes of the {day} about the deployment" for day in ("first", "next", "last")]
    titles = [*alike[:2], "배포 절차와 되돌리기", "b"]
    ids = [mina.save(f"# {title}\nSome.")["doc_id"] for title in titles]
    content = ", ".join(f"[[{title}]]" for title in [*titles, alike[2]])
    links = linked(mina, mina.save(content)["doc_id"])["links"]
    assert [one["memory"] and one["memory"]["doc_id"] for one in links] == [*ids, None]


@pytest.mark.only_on("sqlite")
def test_titles_are_looked_for_by_their_index_and_nothing_else_is(mina):
    source = mina.save("[[A title]]")["doc_id"]
    statements = statements_of(lambda: linked(mina, source))
    statements.append("SELECT path FROM superthread_memory WHERE deleted_at IS NULL")
    found = [sql for sql in statements if "memory_title_ends" in _plan_of(sql)]
    assert found
    assert all('"title" IN (' in sql for sql in found)


def _plan_of(sql):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return " ".join(row[-1] for row in cursor.fetchall())
