"""How long an answer is kept: not beyond its caller, what it shows, or a write."""

import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.utils import timezone

from memory_hub.accounts import services as accounts
from memory_hub.accounts.models import Token, User
from memory_hub.accounts.principal import principal_of
from memory_hub.accounts.secrets import digest
from memory_hub.caching.tests.exchange import hits, response_cache
from memory_hub.core.identity import OPERATOR
from memory_hub.http import response_cache as responses
from superthread.models import Memory
from superthread.services import revise


def revoke(tokens):
    token = tokens.get()
    accounts.revoke_token(token_id=token.pk, user_id=token.user_id, by=OPERATOR)


# Each gets the token as a query.
ENDS = {
    "revoked": revoke,
    "revoked in the admin": lambda tokens: tokens.update(revoked_at=timezone.now()),
    "user deactivated": lambda tokens: User.objects.filter(tokens__in=tokens).update(
        is_active=False
    ),
    "deleted": lambda tokens: tokens.delete(),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_an_ended_credential_opens_no_kept_answer(mina, end):
    path = f"/superthread/memories/{mina.save()['doc_id']}"
    tag = mina.get(path).headers["etag"]
    conditional = {"headers": {"If-None-Match": tag}}
    warm = [mina.get(path).status_code, mina.get(path, **conditional).status_code]
    with mina.threads.committing():
        end(Token.objects.filter(digest=digest(mina.token)))
    after = [mina.get(path).status_code, mina.get(path, **conditional).status_code]
    assert (warm, after) == ([200, 304], [401, 401])


def moved_clock(monkeypatch, seconds):
    now = time.time()
    monkeypatch.setattr(responses, "time", SimpleNamespace(time=lambda: now + seconds))


@pytest.mark.parametrize("path", ["memories", "memories/{}", "versions/{}", "stats"])
def test_an_answer_is_not_kept_beyond_the_expiry_of_what_it_shows(mina, monkeypatch, path):
    soon = (timezone.now() + timedelta(seconds=100)).isoformat()
    path = "/superthread/" + path.format(mina.save(expires_at=soon)["doc_id"])
    mina.get(path)
    before = hits()
    mina.get(path)
    assert hits() == before + 1
    moved_clock(monkeypatch, 101)
    mina.get(path)
    assert hits() == before + 1


def test_an_answer_is_not_kept_beyond_the_expiry_of_the_credential(mina, monkeypatch):
    Token.objects.update(expires_at=timezone.now() + timedelta(seconds=100))
    mina.get("/superthread/info")
    moved_clock(monkeypatch, 101)
    before = hits()
    mina.get("/superthread/info")
    assert hits() == before


@pytest.mark.parametrize("together", [False, True])
def test_an_answer_read_while_a_write_commits_is_not_kept(mina, monkeypatch, settings, together):
    """A slow reader: it read before the write and answers after it."""
    from superthread.reads import named

    settings.HUB_GROUPED_READS = together
    memory = mina.save("before")
    path = f"/superthread/memories/{memory['doc_id']}"
    # The caller is known from here on.
    mina.get("/superthread/info")
    find = named.by_ids

    def find_then_write(*names, **how):
        row = find(*names, **how)
        monkeypatch.setattr(named, "by_ids", find)
        by = principal_of(mina.user, "command")
        revise.revise(doc_id=memory["doc_id"], changes={"content": "after"}, by=by)
        return row

    monkeypatch.setattr(named, "by_ids", find_then_write)
    assert mina.get(path).json()["content"] == "before"
    assert mina.get(path).json()["content"] == "after"


def test_errors_and_unknown_callers_are_not_kept(mina, nobody):
    entries = len(response_cache.answers)
    for path in ("memories/nothing", "memories?limit=0", "health", "unknown"):
        mina.get(f"/superthread/{path}")
        nobody.get(f"/superthread/{path}")
    assert len(response_cache.answers) == entries


def test_a_rolled_back_write_outdates_nothing(mina):
    path = f"/superthread/memories/{mina.save()['doc_id']}"
    mina.get(path)
    with mina.threads.committing(), transaction.atomic():
        Memory.objects.update(category="never")
        transaction.set_rollback(True)
    before = hits()
    mina.get(path)
    assert hits() == before + 1


def test_who_is_known_by_one_answer_is_known_with_their_teams(mina):
    mina.post("/accounts/teams", json={"team_key": "alpha"})
    team = mina.save(scope="team", team_key="alpha")
    # What this depends on are no teams.
    assert mina.get(f"/superthread/memories/{team['doc_id']}").status_code == 200
    listed = mina.get("/superthread/memories", params={"scope": "all"})
    assert [memory["doc_id"] for memory in listed.json()["memories"]] == [team["doc_id"]]
