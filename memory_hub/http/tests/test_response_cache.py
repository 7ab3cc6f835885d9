"""The response cache against the slow way: the same answers, and none after they were true."""

import itertools
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.utils import timezone

from memory_hub.accounts import services as accounts
from memory_hub.accounts.models import Membership, User
from memory_hub.caching.tests.exchange import ask, cached, hits, response_cache, uncached
from memory_hub.core.identity import OPERATOR
from memory_hub.http import response_cache as responses
from superthread.models import Grant, Memory
from superthread.services import lifecycle

PEOPLE = ("owner", "viewer", "editor", "admin", "member", "stranger")


@pytest.fixture
def world(api):
    """Memories of every scope, and one caller of every role on them."""
    people = {name: api(f"{name}@example.com") for name in PEOPLE}
    owner, member = people["owner"], people["member"]
    owner.post("/accounts/teams", json={"team_key": "alpha"})
    owner.put("/accounts/teams/alpha/members/member@example.com", json={"role": "member"})
    memories = {
        "personal": owner.save("Jun has the key. " * 100),
        "team": owner.save("The team meets at noon.", scope="team", team_key="alpha"),
        "public": owner.save("Everyone may know this.", scope="public"),
    }
    grants = {f"{role}@example.com": role for role in ("viewer", "editor", "admin")}
    for memory in memories.values():
        path = f"/superthread/permissions/{memory['doc_id']}"
        assert owner.post(path, json={"permissions": grants}).status_code == 200
    member.save("Something else.")
    return SimpleNamespace(people=people, memories=memories)


def routes(memories):
    """Every GET route of the store, with each of the memories."""
    yield from ("/superthread/stats", "/superthread/info", "/superthread/memories")
    for scope in ("personal", "team", "public", "all"):
        yield f"/superthread/memories?scope={scope}&limit=2"
    yield "/superthread/memories?scope=nonsense"
    for memory in memories:
        doc_id = memory["doc_id"]
        yield f"/superthread/memories/{doc_id}"
        yield f"/superthread/permissions/{doc_id}"
        yield f"/superthread/versions/{doc_id}"
        yield f"/superthread/versions/{doc_id}/diff?from=1"


def differences(world, **headers):
    """Where the cache, asked until it has the answer, says something else than the slow way."""
    found = []
    for name, path in itertools.product(PEOPLE, list(routes(world.memories.values()))):
        token = world.people[name].token
        slow = ask(uncached, token, path, **headers).essence()
        answers = [ask(cached, token, path, **headers).essence() for _ in range(2)]
        if answers != [slow, slow]:
            found.append((name, path))
    return found


VARIANTS = [
    {},
    {"accept_encoding": "gzip"},
    {"accept_encoding": "gzip;q=0"},
    {"accept_encoding": "identity;q=1, *;q=0"},
    {"accept_encoding": "br, GZIP;q=0.5"},
    {"origin": "https://elsewhere.example"},
    {"origin": "https://friend.example", "accept_encoding": "gzip"},
    {"if_none_match": "*"},
    {"if_none_match": '"1"'},
    {"host": "evil.example"},
    {"x_forwarded_proto": "https"},
    {"cookie": "sessionid=unknown"},
]


@pytest.mark.parametrize("headers", VARIANTS, ids=str)
def test_a_kept_answer_is_the_slow_one_to_the_byte(world, headers, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://friend.example"]
    before = hits()
    assert differences(world, **headers) == []
    if "host" not in headers:
        assert hits() > before


def test_what_cannot_be_answered_at_once_is_kept_all_the_same(world, monkeypatch):
    # As where another server has to be asked whether it is still true.
    monkeypatch.setattr(responses.ResponseCache, "at_once", lambda cache, scope: None)
    before = hits()
    assert differences(world) == []
    assert hits() > before


def test_an_answer_has_to_fit_with_all_that_it_is_kept_under(world, monkeypatch):
    token, path = world.people["owner"].token, "/superthread/stats"
    room = len(ask(cached, token, path).body) + responses._OVERHEAD
    for more, found in ((50, 0), (10_000, 2)):
        monkeypatch.setattr(response_cache, "_most", room + more)
        response_cache.answers.clear()
        before = hits()
        for _ in range(3):
            ask(cached, token, path)
        assert hits() - before == found


def test_one_answer_never_takes_the_place_of_hundreds(mina):
    for size, found in ((300_000, 2), (500_000, 0)):
        path = f"/superthread/memories/{mina.save('long ' * (size // 5))['doc_id']}"
        before = hits()
        for _ in range(3):
            assert len(ask(cached, mina.token, path).body) > size
        assert hits() - before == found


def test_a_kept_answer_to_head_is_the_slow_one(world):
    token, path = world.people["owner"].token, "/superthread/memories"
    slow = ask(uncached, token, path, "HEAD").essence()
    kept = [ask(cached, token, path, "HEAD").essence() for _ in range(2)]
    assert kept == [slow, slow]
    assert slow[2] == b""


def test_a_tag_that_matches_is_answered_304_from_the_cache(world):
    token = world.people["viewer"].token
    path = f"/superthread/memories/{world.memories['personal']['doc_id']}"
    tag = dict(ask(uncached, token, path).headers)[b"etag"].decode()
    first = ask(cached, token, path, if_none_match=tag)
    before = hits()
    again = ask(cached, token, path, if_none_match=tag)
    assert (first, again.status, again.body) == (again, 304, b"")
    assert hits() == before + 1


@pytest.mark.parametrize("name", sorted(responses.HARMLESS - {b"content-length"}))
def test_headers_left_out_of_the_key_change_no_answer(mina, name):
    memory = mina.save("word " * 400)
    path = f"/superthread/memories/{memory['doc_id']}"
    plain = ask(uncached, mina.token, path).essence()
    for value in ("no-cache", "text/html", "https", "for=evil;proto=https", "*/*;q=0"):
        with_header = ask(uncached, mina.token, path, **{name.decode(): value})
        assert with_header.essence() == plain


def test_a_repeated_credential_is_never_answered_from_the_cache(mina):
    scope_headers = [(b"authorization", b"Bearer a"), (b"authorization", b"Bearer b")]
    scope = {
        "type": "http", "method": "GET", "scheme": "http", "path": "/", "query_string": b"",
        "headers": scope_headers,
    }  # fmt: skip
    assert responses._keys(scope) is None


def change(world, memory, **fields):
    owner = world.people["owner"]
    answer = owner.patch(f"/superthread/memories/{memory['doc_id']}", json=fields)
    assert answer.status_code == 200, answer.text


def grant(world, memory, **roles):
    permissions = {f"{name}@example.com": role for name, role in roles.items()}
    path = f"/superthread/permissions/{memory['doc_id']}"
    answer = world.people["owner"].post(path, json={"permissions": permissions})
    assert answer.status_code == 200, answer.text


def team(world, method, path="", **fields):
    answer = world.people["owner"].request(method, f"/accounts/teams/alpha{path}", **fields)
    assert answer.status_code < 300, answer.text


def by_sql(world, memory):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE superthread_memory SET title = 'by hand'")


def restore(world, memory):
    change(world, memory, content="Another state.")
    path = f"/superthread/versions/{memory['doc_id']}"
    first = world.people["owner"].get(path).json()["versions"][-1]["version_id"]
    answer = world.people["owner"].post(f"{path}/restore/{first}")
    assert answer.status_code == 200


def trash_and_back(world, memory):
    owner, path = world.people["owner"], f"/superthread/memories/{memory['doc_id']}"
    assert owner.delete(path).status_code == 204
    # The cache may keep that it is gone.
    owner.get(path)
    assert owner.post(f"{path}/undelete").status_code == 200


def name_version(world, memory):
    path = f"/superthread/versions/{memory['doc_id']}?description=here"
    assert world.people["owner"].post(path).status_code == 201


def purge_expired(world, memory):
    Memory.objects.filter(doc_id=memory["doc_id"]).update(expires_at=timezone.now())
    assert lifecycle.purge_due(by=OPERATOR) == 1


def save_in_admin(world, memory):
    stored = Memory.objects.get(doc_id=memory["doc_id"])
    stored.category = "moved"
    with transaction.atomic():
        stored.save()


WRITES = {
    "content": lambda w, m: change(w, m, content="New words."),
    "expiry": lambda w, m: change(w, m, expires_at="2999-01-01T00:00:00Z"),
    "to team": lambda w, m: change(w, m, scope="team", team_key="alpha"),
    "to public": lambda w, m: change(w, m, scope="public"),
    "to personal": lambda w, m: change(w, m, scope="personal"),
    "save personal": lambda w, m: w.people["owner"].save("One more."),
    "save team": lambda w, m: w.people["owner"].save("One more.", scope="team", team_key="alpha"),
    "save public": lambda w, m: w.people["member"].save("One more.", scope="public"),
    "restore": restore,
    "name a version": name_version,
    "trash and back": trash_and_back,
    "purge": lambda w, m: w.people["owner"].delete(
        f"/superthread/memories/{m['doc_id']}?permanent=true"
    ),
    "purge expired": purge_expired,
    "grant": lambda w, m: grant(w, m, stranger="editor"),
    "another role": lambda w, m: grant(w, m, viewer="admin"),
    "revoke": lambda w, m: grant(w, m, viewer=None, admin=None),
    "default role": lambda w, m: team(w, "PATCH", json={"default_role": "editor"}),
    "join": lambda w, m: team(w, "PUT", "/members/stranger@example.com", json={"role": "admin"}),
    "leave": lambda w, m: team(w, "DELETE", "/members/member@example.com"),
    "admin page": save_in_admin,
    "bulk update": lambda w, m: Memory.objects.update(category="bulk"),
    "bulk grant": lambda w, m: Grant.objects.all().delete(),
    "raw SQL": by_sql,
    "other address": lambda w, m: User.objects.filter(email="owner@example.com").update(
        email="renamed@example.com"
    ),
    "membership by hand": lambda w, m: Membership.objects.all().delete(),
    "operator": lambda w, m: accounts.place_member(
        key="alpha", email="stranger@example.com", role="member", default_role="editor", by=OPERATOR
    ),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
@pytest.mark.parametrize("scope", ["personal", "team"])
def test_after_any_write_the_cache_says_what_the_slow_way_says(world, scope, write):
    tokens = {name: world.people[name].token for name in ("owner", "viewer", "member", "stranger")}
    everything = list(itertools.product(tokens, routes([world.memories[scope]])))
    for name, path in everything:
        ask(cached, tokens[name], path)
    with world.people["owner"].threads.committing():
        write(world, world.memories[scope])
    for name, path in everything:
        kept, slow = (ask(app, tokens[name], path).essence() for app in (cached, uncached))
        assert kept == slow, (name, path)
