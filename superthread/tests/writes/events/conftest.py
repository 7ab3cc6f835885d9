"""What there is before the write that a table tells of."""

import pytest

from memory_hub.accounts import services
from memory_hub.core.identity import OPERATOR
from superthread.models import Version
from superthread.services import holds
from superthread.tests.writes.events.every_write import JUN, SORA


@pytest.fixture
def world(api):
    """Mina's memories and teams, with Jun in them and Sora beside; and the ids of all that."""
    people = {name: api(f"{name}@example.com") for name in ("mina", "jun", "sora")}
    people["keeper"] = api("keeper@example.com", is_staff=True)
    mina = people["mina"]
    for key in ("alpha", "beta", "empty"):
        mina.post("/accounts/teams", json={"team_key": key})
    services.place_member(key="alpha", email=JUN, role="member", by=OPERATOR)
    mina.put(f"/accounts/teams/beta/members/{JUN}", json={"role": "member"})
    mina.put(f"/accounts/blocks/{SORA}")
    one = mina.save("Jun has the key.")
    mina.post(_permissions(one), json={"permissions": {SORA: "viewer"}})
    shared = mina.save("Of the team.", scope="team", team_key="alpha")
    mina.post(_permissions(shared), json={"permissions": {JUN: "viewer"}})
    trashed = mina.save("Not any more.")
    mina.delete(f"/superthread/memories/{trashed['doc_id']}")
    offered = mina.save("For Jun.")
    mina.post(f"/superthread/memories/{offered['doc_id']}/transfer", json={"to": JUN})
    pathed = mina.save("At a path.", path="kept.md")
    mina.save("See [[gone]].")
    mina.save("At a path.", path="team.md", scope="team", team_key="alpha")
    mina.save("At a path.", path="public.md", scope="public")
    old = mina.save("First.", category="old")
    mina.patch(f"/superthread/memories/{old['doc_id']}", json={"content": "Second."})
    first = Version.objects.get(memory__doc_id=old["doc_id"], number=1)
    kept = mina.save("Kept.")["doc_id"]
    hold = holds.place(doc_id=kept, reason="a case", by=OPERATOR)
    made = mina.post("/accounts/tokens", json={"scopes": ["accounts:manage"]}).json()
    maker = type(mina)(made["token"], mina.user, mina.threads)
    maker.post("/accounts/tokens", json={"scopes": ["accounts:manage"]})
    # A name that is nobody's (RFC 6761).
    there = {"json": {"url": "https://hooks.invalid/"}}
    hook, paused = (mina.post("/superthread/webhooks", **there).json()["id"] for _ in range(2))
    mina.post(f"/superthread/webhooks/{paused}/pause")
    ids = {
        "doc_id": one["doc_id"],
        "trashed": trashed["doc_id"],
        "offered": offered["doc_id"],
        "old": old["doc_id"],
        "version_id": str(first.version_id),
        "token_id": str(made["id"]),
        "hold_id": str(hold.pk),
        "team_key": "alpha",
        "email": JUN,
        "path": "kept.md",
        "pathed": pathed["doc_id"],
        "webhook_id": str(hook),
        "export_id": mina.post("/superthread/exports", json={}).json()["id"],
        "import_id": mina.post("/superthread/imports", content=b"text").json()["id"],
        "paused_webhook": str(paused),
    }
    return people, ids


def _permissions(memory):
    return f"/superthread/permissions/{memory['doc_id']}"
