"""Reads and refusals beside changes: who is shown them, in which order, by which filters."""

import pytest

from memory_hub.core.identity import Identity
from memory_hub.journal import accesses, sequencer, tallies
from superthread.tests.feed.acts import accept, one_of, share
from testing.clients.admin_site import Browser

pytestmark = pytest.mark.usefixtures("nothing_counted")

AUDIT = "/superthread/audit"
SORA = "sora@example.com"


@pytest.fixture
def read(people):
    """Mina's memory, which Sora reads three times; Jun is refused it twice."""
    mina, jun, sora = people
    memory = mina.save("Jun has the key.")
    share(mina, memory, sora="viewer")
    accept(sora, memory)
    for _ in range(3):
        sora.get(one_of(memory))
    for _ in range(2):
        jun.get(one_of(memory))
    # As a worker does it: entries are numbered before what was counted is written down.
    sequencer.sequence()
    accesses.flush()
    return memory


def asked(client, **query):
    answer = client.get(AUDIT, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["entries"]


def test_who_read_a_memory_and_how_often(people, read):
    mina, _, sora = people
    shown, *changes = asked(mina, doc_id=read["doc_id"])
    token = sora.get("/accounts/tokens").json()["tokens"][0]["id"]
    assert (shown["type"], shown["count"], shown["actor"]) == ("read.whole", 3, SORA)
    assert (shown["token_id"], shown["doc_id"]) == (token, read["doc_id"])
    assert shown["position"] is None
    assert shown["at"] <= shown["until"]
    # Where it was read from is not a memory's admin's to know.
    assert "address" not in shown
    assert [one["type"] for one in changes] == ["grant.accepted", "grant.offered", "memory.created"]
    assert {one["count"] for one in changes} == {1}
    assert "Jun has the key." not in str(shown)


def test_who_reads_it_is_for_its_admins_alone(people, read):
    _, jun, sora = people
    assert sora.get(AUDIT, params={"doc_id": read["doc_id"]}).status_code == 403
    assert jun.get(AUDIT, params={"doc_id": read["doc_id"]}).status_code == 404


def test_what_one_read_and_was_refused_is_ones_own(people, read):
    _, jun, sora = people
    (mine,) = asked(sora, only="reads")
    assert (mine["type"], mine["count"], mine["doc_id"]) == ("read.whole", 3, read["doc_id"])
    (refused,) = asked(jun, only="refusals")
    assert (refused["type"], refused["count"]) == ("refused.404", 2)
    assert refused["detail"] == {"route": "/superthread/memories/{doc_id}"}
    assert refused["doc_id"] is None


def test_it_is_narrowed_by_what_and_who_and_when(people, read):
    mina, _, sora = people
    of_it = {"doc_id": read["doc_id"]}
    assert [one["type"] for one in asked(mina, **of_it, only="reads")] == ["read.whole"]
    assert len(asked(mina, **of_it, only="changes")) == 3
    assert len(asked(mina, **of_it, kind="grant.")) == 2
    assert len(asked(mina, **of_it, kind="read.")) == 1
    assert asked(mina, **of_it, kind="grant") == []
    assert len(asked(mina, **of_it, actor=SORA)) == 2
    assert len(asked(mina, **of_it, actor="me")) == 2
    assert asked(mina, **of_it, actor="nobody@example.com") == []
    token = sora.get("/accounts/tokens").json()["tokens"][0]["id"]
    assert len(asked(mina, **of_it, token_id=token)) == 2
    (shown,) = asked(mina, **of_it, only="reads")
    assert asked(mina, **of_it, only="reads", until=shown["at"]) == []
    assert asked(mina, **of_it, only="reads", since="2100-01-01T00:00:00Z") == []
    assert asked(mina, **of_it, only="reads", since=shown["until"]) == [shown]
    assert mina.get(AUDIT, params={"only": "looks"}).status_code == 400


def test_page_by_page_nothing_is_left_out_or_shown_twice(people, read):
    mina, _, sora = people
    reader = Identity(sora.user.pk, SORA, frozenset())
    for number in range(4):
        mina.patch(one_of(read), json={"content": f"Number {number}."})
        sora.get(f"{one_of(read)}?content=none")
        tallies.read("read.version", 10_000 + number, reader)
        accesses.flush()
    for client, query in ((mina, {"doc_id": read["doc_id"]}), (sora, {})):
        whole = asked(client, **query)
        assert {one["position"] is None for one in whole} == {True, False}
        for limit in (1, 2, 3):
            found, cursor = [], {}
            while cursor is not None:
                page = client.get(AUDIT, params={**query, **cursor, "limit": limit}).json()
                assert len(page["entries"]) <= limit
                found += page["entries"]
                following = page["next_cursor"]
                cursor = {"cursor": following} if following else None
            assert found == whole


def test_staff_see_everybodys_and_what_is_gone(people, read):
    mina, _, _ = people
    staff = Browser()

    def by_staff(**query):
        answer = staff.get(AUDIT, query)
        assert answer.status_code == 200, answer.content
        return answer.json()["entries"]

    kinds = {one["type"] for one in by_staff(actor="all")}
    assert {"read.whole", "refused.404", "memory.created"} <= kinds
    (shown,) = by_staff(actor=SORA, only="reads")
    assert shown["address"] == ""
    mina.delete(f"{one_of(read)}?permanent=true")
    assert mina.get(AUDIT, params={"doc_id": read["doc_id"]}).status_code == 404
    gone = by_staff(doc_id=read["doc_id"])
    assert {"memory.purged", "read.whole"} <= {one["type"] for one in gone}
    assert {one["doc_id"] for one in gone} == {read["doc_id"]}
    assert staff.get(AUDIT, {"doc_id": read["doc_id"][:-1]}).status_code == 404
