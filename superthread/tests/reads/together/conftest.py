"""Memories of all kinds, and what is answered about them in groups."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from memory_hub.accounts.models import Token
from memory_hub.accounts.restrictions import Restriction
from memory_hub.accounts.secrets import digest
from memory_hub.caching.tests.exchange import ask, uncached
from superthread.models import Grant, Memory
from superthread.views.plain import reads

ROLES = ("viewer", "editor", "admin")
METADATA = {
    "tags": ["배포", "a/b"],
    "numbers": [1e22, -0.0, 1.5, 2**63 - 1],
    "nested": {"é": None, "z": True, "a": "\u2028</script>"},
}


@pytest.fixture
def world(api):
    """Memories of all kinds, and who may and may not read them."""
    people = {name: api(f"{name}@example.com") for name in (*ROLES, "owner", "member", "stranger")}
    owner = people["owner"]
    owner.post("/accounts/teams", json={"team_key": "alpha"})
    owner.put("/accounts/teams/alpha/members/member@example.com", json={"role": "member"})
    tokens = {name: one.token for name, one in people.items()}
    for name, restriction in {
        "own alone": Restriction(personal=True),
        "one category": Restriction(category="kept"),
        "one folder": Restriction(path_prefix="notes/"),
        "reading alone": Restriction(read_only=True),
    }.items():
        tokens[name] = api("owner@example.com", restriction=restriction).token
    tokens["writing alone"] = api("owner@example.com", scopes=["memories:write"]).token
    tokens["expired"] = api("owner@example.com").token
    tokens["revoked"] = api("owner@example.com").token
    tokens |= {"unknown": "mh_" + "a" * 43, "none": None}
    saved = {
        "short": owner.save("Jun has the key."),
        "long": owner.save("배포는 화요일에. " * 200, metadata=METADATA, category="kept"),
        "huge": owner.save("word " * 20_000),
        "with a path": owner.save("At a path.", path="notes/한글 one.md"),
        "team's": owner.save("Noon.", scope="team", team_key="alpha", metadata={"a": 1.0}),
        "public": owner.save("Everyone may know.", scope="public"),
        "expiring": owner.save("Soon.", expires_at="2199-01-01T00:00:00Z"),
        "expired": owner.save("Gone."),
        "in the trash": owner.save("Thrown away."),
        "offered": owner.save("Take it?"),
        "whole second": owner.save("On the second."),
    }
    ids = {name: one["doc_id"] for name, one in saved.items()}
    grants = {f"{role}@example.com": role for role in ROLES}
    for doc_id in ids.values():
        path = f"/superthread/permissions/{doc_id}"
        assert owner.post(path, json={"permissions": grants}).status_code == 200
    Grant.objects.exclude(memory__doc_id=ids["offered"]).update(accepted=True)
    past = timezone.now() - timedelta(seconds=1)
    Memory.objects.filter(doc_id=ids["expired"]).update(expires_at=past)
    second = past.replace(microsecond=0)
    Memory.objects.filter(doc_id=ids["whole second"]).update(created_at=second, updated_at=second)
    assert owner.delete(f"/superthread/memories/{ids['in the trash']}").status_code == 204
    for token in tokens.values():
        # Known to the process from now on, also those that end here.
        ask(uncached, token, "/superthread/info")
    Token.objects.filter(digest=digest(tokens["expired"])).update(
        created_at=past - timedelta(days=1), expires_at=past
    )
    Token.objects.filter(digest=digest(tokens["revoked"])).update(revoked_at=past)
    tags = [f'"{one["revision"]}"' for one in saved.values()]
    shown = ask(uncached, tokens["owner"], f"/superthread/memories/{ids['short']}")
    tags.append(dict(shown.headers)[b"etag"].decode())
    versions = owner.get(f"/superthread/versions/{ids['short']}").json()["versions"]
    version_id = versions[0]["version_id"]
    return SimpleNamespace(tokens=tokens, ids=ids, tags=tags, version_id=version_id)


@pytest.fixture
def by_view(monkeypatch):
    """What the gets of views have answered to each group."""
    groups, original = [], reads._by_view

    def watched(group):
        groups.append(original(group))
        return groups[-1]

    monkeypatch.setattr(reads, "_by_view", watched)
    return groups


@pytest.fixture
def together(monkeypatch):
    """The ids or paths of each group of reads of what is named."""
    groups, original = [], reads._together

    def watched(group):
        groups.append([one.asked.parts.get("doc_id") or one.asked.text for one in group])
        return original(group)

    monkeypatch.setattr(reads, "_together", watched)
    return groups
