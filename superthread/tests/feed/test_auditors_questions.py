"""What an auditor asks, answered by the audit alone: who could read it then, who did, who shared it
and under which token, what a stolen token touched, and whether anything was removed since."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from memory_hub.core.text import rfc3339
from memory_hub.journal import accesses, sealing, sequencer
from memory_hub.journal.models import Entry, Origin, Seal
from superthread.tests.feed.acts import accept, one_of, share
from testing.clients.admin_site import Browser

AUDIT = "/superthread/audit"


@pytest.fixture
def auditor(db, nothing_counted):
    """One of the staff, in a session."""
    return Browser()


def told(auditor, **query):
    """All that the audit tells, oldest first."""
    found, cursor = [], {}
    while cursor is not None:
        answer = auditor.get(AUDIT, {"actor": "all", **query, **cursor, "limit": 3})
        assert answer.status_code == 200, answer.content
        page = answer.json()
        found += page["entries"]
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
    return found[::-1]


def now():
    """A moment between what was done and what will be: a worker has numbered what was done."""
    sequencer.sequence()
    accesses.flush()
    return rfc3339(timezone.now())


def roles_until(acts, **detail):
    """Who has which role after these acts; None for who has none any more."""
    roles = {}
    for act in acts:
        said = act["detail"]
        if all(said.get(name) == value for name, value in detail.items()):
            roles[said["email"]] = said["after"]
    return {email for email, role in roles.items() if role}


def readers(auditor, doc_id, moment):
    """The addresses that could read it then, as `docs/journal.md` says."""
    acts = told(auditor, doc_id=doc_id, only="changes", until=moment)
    if not acts or acts[-1]["type"] in ("memory.trashed", "memory.purged"):
        return set()
    place = next(act for act in reversed(acts) if act["place"])["place"]
    found = roles_until(act for act in acts if act["type"].startswith("grant."))
    if place["scope"] == "team":
        key = place["team_key"]
        made = told(auditor, kind="team.created", until=moment)
        places = [
            {"detail": {"team_key": key, "email": act["actor"], "after": "admin"}}
            for act in made
            # Whoever makes a team over the API is in it; staff in the admin are not.
            if act["via"] == "rest" and act["detail"]["team_key"] == key
        ]
        places += told(auditor, kind="membership.", until=moment)
        found |= roles_until(places, team_key=key)
    else:
        found.add(next(act for act in reversed(acts) if act["owner"])["owner"])
    return found


def test_who_could_read_it_on_a_date(auditor, people, api):
    """At each moment it is asked who can; afterwards the audit says the same of that moment."""
    mina, jun, sora = people
    mina.post("/accounts/teams", json={"team_key": "beta"})
    mina.put("/accounts/teams/beta/members/sora@example.com", json={"role": "member"})
    sora.post("/accounts/teams/beta/accept")
    memory = mina.save("Jun has the key.")
    path = f"/superthread/permissions/{memory['doc_id']}"
    everybody = {client.user.email: client for client in people}

    def leave():
        return jun.delete("/accounts/teams/alpha/members/jun@example.com")

    truth = []
    for act in (
        lambda: None,
        lambda: share(mina, memory, sora="viewer"),
        lambda: accept(sora, memory),
        lambda: mina.patch(one_of(memory), json={"scope": "team", "team_key": "alpha"}),
        lambda: mina.post(path, json={"permissions": {"sora@example.com": None}}),
        leave,
        lambda: mina.patch(one_of(memory), json={"scope": "team", "team_key": "beta"}),
        lambda: mina.patch(one_of(memory), json={"scope": "personal"}),
        lambda: mina.delete(one_of(memory)),
    ):
        answer = act()
        assert answer is None or answer.is_success, answer.text
        can = {
            email for email, one in everybody.items() if one.get(one_of(memory)).status_code == 200
        }
        truth.append((now(), can))
    assert len({frozenset(can) for _, can in truth}) >= 4
    for moment, can in truth:
        assert readers(auditor, memory["doc_id"], moment) == can


def test_who_did_read_it(auditor, people):
    mina, jun, sora = people
    memory = mina.save("Jun has the key.")
    share(mina, memory, sora="viewer")
    before = now()
    for _ in range(3):
        sora.get(one_of(memory))
    jun.get(one_of(memory))
    after = now()
    (shown,) = told(auditor, doc_id=memory["doc_id"], only="reads")
    assert (shown["actor"], shown["count"]) == ("sora@example.com", 3)
    assert before <= shown["at"] <= shown["until"] <= after
    assert told(auditor, doc_id=memory["doc_id"], only="reads", until=before) == []


def test_who_shared_it_and_under_which_token(auditor, people, api):
    mina, _, _ = people
    memory = mina.save("Jun has the key.")
    agent = api("mina@example.com")
    share(agent, memory, jun="viewer")
    (offered,) = told(auditor, doc_id=memory["doc_id"], kind="grant.")
    # The later of the two: they are listed newest first.
    token = agent.get("/accounts/tokens").json()["tokens"][0]["id"]
    assert (offered["actor"], offered["token_id"]) == ("mina@example.com", token)
    assert offered["detail"] == {"email": "jun@example.com", "before": None, "after": "viewer"}
    assert offered["address"] == "127.0.0.1"
    assert offered["request_id"]


def test_what_a_stolen_token_touched(auditor, people, api):
    mina, jun, _ = people
    of_jun = jun.save("Of the team.", scope="team", team_key="alpha")
    mine = mina.save("Mine.")
    thief = api("mina@example.com")
    token = thief.get("/accounts/tokens").json()["tokens"][0]["id"]
    thief.patch(one_of(mine), json={"content": "Taken."})
    thief.get(one_of(of_jun))
    thief.get("/superthread/memories/01a22295-18e3-7170-bff6-85b4d13c96ef")
    thief.delete(one_of(mine))
    mina.get(one_of(of_jun))
    now()
    touched = [(one["type"], one["doc_id"]) for one in told(auditor, token_id=token)]
    assert sorted(touched, key=str) == sorted(
        [
            ("memory.updated", mine["doc_id"]),
            ("read.whole", of_jun["doc_id"]),
            ("refused.404", None),
            ("memory.trashed", mine["doc_id"]),
        ],
        key=str,
    )


def verified(**options):
    out = StringIO()
    call_command("verify_journal", stdout=out, stderr=out, **options)
    return out.getvalue()


def test_that_nothing_was_removed_since_the_last_head(young, mina):
    mina.save("One.")
    sequencer.sequence()
    sealing.seal()
    kept = mina.get(f"{AUDIT}/head").json()
    mina.save("Two.")
    sequencer.sequence()
    sealing.seal()
    assert "Good" in verified(head=kept["hash"])
    # The end is taken away together with its seals, as by whoever has the database.
    for table in (Entry, Origin):
        table.objects.filter(position__gte=kept["position"]).delete()
    Seal.objects.filter(last__gte=kept["position"]).delete()
    assert "Good" in verified()
    with pytest.raises(CommandError):
        verified(head=kept["hash"])
