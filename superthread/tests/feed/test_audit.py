"""Who did what: an auditor's questions, and who may ask them."""

from memory_hub.journal import sealing, sequencer
from superthread.tests.feed.acts import accept, one_of, share
from testing.clients.admin_site import Browser

AUDIT = "/superthread/audit"
JUN = "jun@example.com"


def asked(client, **query):
    answer = client.get(AUDIT, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["entries"]


def types(entries):
    return [one["type"] for one in entries]


def test_who_shared_it_with_whom_and_with_which_token(people):
    mina, _, sora = people
    memory = mina.save("Jun has the key.")
    share(mina, memory, sora="viewer")
    accept(sora, memory)
    mina.patch(one_of(memory), json={"scope": "team", "team_key": "alpha"})
    moved, accepted, offered, created = asked(mina, doc_id=memory["doc_id"])
    assert types((created, offered, accepted, moved)) == [
        "memory.created",
        "grant.offered",
        "grant.accepted",
        "memory.moved",
    ]
    assert offered["detail"]["email"] == "sora@example.com"
    assert offered["detail"]["after"] == "viewer"
    mine = mina.get("/accounts/tokens").json()["tokens"][0]["id"]
    assert (offered["actor"], offered["token_id"]) == ("mina@example.com", mine)
    assert accepted["actor"] == "sora@example.com"
    # Where another came from is not a memory's admin's to know.
    assert "address" not in accepted
    assert offered["address"] == "127.0.0.1"
    assert moved["place"] == {"scope": "team", "team_key": "alpha"}
    assert moved["old_place"] == {"scope": "personal", "team_key": None}
    assert "Jun has the key." not in str((created, offered, accepted, moved))


def test_a_memory_is_audited_by_its_admins_alone(people):
    mina, jun, sora = people
    memory = mina.save("Of the team.", scope="team", team_key="alpha")
    assert jun.get(AUDIT, params={"doc_id": memory["doc_id"]}).status_code == 403
    assert sora.get(AUDIT, params={"doc_id": memory["doc_id"]}).status_code == 404
    mina.delete(one_of(memory))
    # In the trash it is its admins' still.
    assert types(asked(mina, doc_id=memory["doc_id"])) == ["memory.trashed", "memory.created"]
    mina.delete(f"{one_of(memory)}?permanent=true")
    assert mina.get(AUDIT, params={"doc_id": memory["doc_id"]}).status_code == 404


def test_a_team_is_audited_by_its_admins_alone(people):
    mina, jun, sora = people
    mina.save("Personal.")
    memory = mina.save("Of the team.", scope="team", team_key="alpha")
    mina.put("/accounts/teams/alpha/members/kim@example.com", json={"role": "member"})
    for client, status in ((jun, 403), (sora, 404)):
        assert client.get(AUDIT, params={"team_key": "alpha"}).status_code == status
    entries = asked(mina, team_key="alpha")
    assert types(entries)[:2] == ["membership.invited", "memory.created"]
    assert {one["place"]["team_key"] for one in entries} == {"alpha"}
    assert types(asked(mina, team_key="alpha", doc_id=memory["doc_id"])) == ["memory.created"]
    assert asked(mina, team_key="alpha", actor=JUN, kind="memory.") == []
    assert asked(mina, team_key="alpha", only="reads") == []


def test_ones_own_acts_are_ones_own_and_what_a_token_touched_is_found(people):
    mina, jun, _ = people
    memory = mina.save("Mine.")
    assert memory["doc_id"] in {one["doc_id"] for one in asked(mina)}
    assert {one["actor"] for one in asked(jun)} == {JUN}
    token = mina.get("/accounts/tokens").json()["tokens"][0]["id"]
    touched = asked(mina, token_id=token)
    assert memory["doc_id"] in {one["doc_id"] for one in touched}
    assert asked(mina, token_id=token + 1000) == []


def test_by_kind_by_time_and_page_by_page(mina):
    memories = [mina.save(str(number)) for number in range(5)]
    mina.delete(one_of(memories[0]))
    created = asked(mina, kind="memory.created")
    assert [one["doc_id"] for one in created] == [one["doc_id"] for one in reversed(memories)]
    assert asked(mina, until=created[-1]["at"], kind="memory.created") == []
    assert len(asked(mina, since=created[-1]["at"], kind="memory.created")) == 5
    found, cursor = [], ""
    while cursor is not None:
        query = {"kind": "memory.created", "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = mina.get(AUDIT, params=query).json()
        found, cursor = found + page["entries"], page["next_cursor"]
    assert found == created
    first = mina.get(AUDIT, params={"limit": 1}).json()["next_cursor"]
    assert mina.get(AUDIT, params={"kind": "x", "cursor": first}).status_code == 400


def test_everybodys_are_for_staff_in_a_session(people, api):
    mina, _, _ = people
    staff = api("staff@example.com", is_staff=True)
    for client in (mina, staff):
        assert client.get(AUDIT, params={"actor": "all"}).status_code == 403
    assert mina.get(AUDIT, params={"actor": JUN}).status_code == 403
    entries = Browser().get(f"{AUDIT}?actor=all").json()["entries"]
    assert {"mina@example.com", JUN} <= {one["actor"] for one in entries}


def test_it_needs_its_scope(api, nobody):
    plain = api(JUN, scopes=["memories:read"])
    for path in (AUDIT, f"{AUDIT}/head"):
        assert plain.get(path).status_code == 403
        assert nobody.get(path).status_code == 401


def test_the_head_is_told(mina):
    mina.save("One.")
    sequencer.sequence()
    sealing.seal()
    found = mina.get(f"{AUDIT}/head").json()
    assert (found["position"], found["hash"]) == (
        sealing.head().position,
        sealing.head().hash.hex(),
    )
