"""Every memory lives in one space: its owner's, its team's or everybody's."""

import pytest
from django.db import IntegrityError, connection, transaction

from memory_hub.accounts import services
from memory_hub.accounts.spaces import space_of_team
from memory_hub.core.identity import OPERATOR
from superthread.models import Memory, SearchDocument
from superthread.models.space import PLACE, PUBLIC_SPACE, space_of


def spaces() -> dict[str, tuple[int, int]]:
    """Of each memory its own space and that of its document in the index."""
    documents = dict(SearchDocument.objects.values_list("memory_id", "space"))
    found = Memory.objects.values("pk", "doc_id", "space", *PLACE)
    assert all(row["space"] == space_of(row) for row in found)
    return {str(row["doc_id"]): (row["space"], documents[row["pk"]]) for row in found}


@pytest.fixture
def team(mina):
    for email in ("mina@example.com", "jun@example.com"):
        services.place_member(key="alpha", email=email, role="admin", by=OPERATOR)
    return Memory._meta.get_field("team").related_model.objects.get(key="alpha")


def test_a_memory_moves_from_space_to_space(mina, api, team):
    memory = mina.save("A note.")["doc_id"]
    url = f"/superthread/memories/{memory}"
    owner = Memory.objects.get().owner_id
    seen = [spaces()[memory]]
    for place in ({"scope": "team", "team_key": "alpha"}, {"scope": "public"}):
        assert mina.patch(url, json=place).status_code == 200
        seen.append(spaces()[memory])
    assert mina.patch(url, json={"scope": "personal"}).status_code == 200
    mina.post(f"{url}/transfer", json={"to": "jun@example.com"})
    jun = api("jun@example.com")
    assert jun.post(f"{url}/transfer", json={"accept": True}).status_code == 200
    seen.append(spaces()[memory])
    receiver = Memory.objects.get().owner_id
    expected = [owner, space_of_team(team.pk), PUBLIC_SPACE, receiver]
    assert seen == [(one, one) for one in expected]


def test_the_space_follows_whoever_writes_the_place(mina, team):
    memory = mina.save("A note.")["doc_id"]
    Memory.objects.update(scope=1, team=team)
    assert spaces()[memory] == (space_of_team(team.pk),) * 2
    Memory.objects.update(space=12345)
    assert spaces()[memory] == (space_of_team(team.pk),) * 2


def test_a_memory_that_the_release_before_has_saved_has_a_space(mina):
    mina.save("A note.")
    Memory.objects.create(
        **Memory.objects.values("owner_id", "title", "content", "size").get(),
        created_at=Memory.objects.get().created_at,
        updated_at=Memory.objects.get().updated_at,
    )
    assert [one.space for one in Memory.objects.all()] == [Memory.objects.first().owner_id] * 2


def test_a_document_that_the_release_before_has_written_has_a_space(mina):
    memory = mina.save("A note.")["doc_id"]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE kept AS SELECT memory_id, analyzer, length, term_ids "
            "FROM superthread_search_document"
        )
        cursor.execute("DELETE FROM superthread_search_document")
        cursor.execute(
            "INSERT INTO superthread_search_document (memory_id, analyzer, length, term_ids, "
            "left_out, holder) SELECT memory_id, analyzer, length, term_ids, 0, 0 FROM kept"
        )
    assert spaces()[memory] == (Memory.objects.get().owner_id,) * 2


@pytest.mark.only_on("postgresql")
def test_no_row_gets_by_the_constraint(mina):
    mina.save("A note.")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE superthread_memory DISABLE TRIGGER superthread_memory_space")
        with pytest.raises(IntegrityError):
            cursor.execute("UPDATE superthread_memory SET space = 12345")
        transaction.set_rollback(True)
