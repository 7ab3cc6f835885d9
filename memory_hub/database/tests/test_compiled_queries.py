"""Statements that PostgreSQL plans once a connection: few of them, and never too many."""

import pytest
from django.db import connection
from django.db.models import IntegerField, Value

from memory_hub.accounts.models import User
from memory_hub.database import plans
from memory_hub.database.compiled_queries import CompiledQuery, Parameter

LIST = "/superthread/memories"
pytestmark = [pytest.mark.only_on("postgresql"), pytest.mark.django_db]


def planned() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements")
        return {name for (name,) in cursor.fetchall()}


def shape(number: int) -> CompiledQuery:
    """A query of its own for each number."""
    wanted = User.objects.filter(pk=Parameter("id", IntegerField())).order_by()
    return CompiledQuery(lambda: wanted.annotate(told=Value(number)).values("email", "told"))


def test_a_connection_keeps_a_bounded_number_of_plans_those_used_last(monkeypatch, threads):
    monkeypatch.setattr(plans, "MOST_PLANS", 5)
    with connection.cursor() as cursor:
        # What the tests before have had planned on this connection.
        cursor.execute("DEALLOCATE ALL")
    plans._prepared.pop(connection.connection, None)
    user = User.objects.create(email="mina@example.com")
    shapes = [shape(number) for number in range(12)]
    for _ in range(2):
        for number, query in enumerate(shapes):
            assert query(id=user.pk) == [{"email": "mina@example.com", "told": number}]
            shapes[0](id=user.pk)  # always among those used last
            assert len(planned()) <= 5
    assert shapes[0]._compiled.name in planned()


def test_lists_of_every_limit_share_a_few_statements(mina):
    saved = [mina.save(f"note {number}")["doc_id"] for number in range(12)]
    mina.get(LIST)
    before = planned()
    for limit in range(1, 101):
        page = mina.get(LIST, params={"limit": limit}).json()
        assert [one["doc_id"] for one in page["memories"]] == saved[::-1][:limit]
        assert (page["next_cursor"] is None) == (limit >= 12)
    assert len(planned() - before) <= 3
