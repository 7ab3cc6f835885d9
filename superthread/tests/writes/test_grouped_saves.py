"""Saves that are carried out without Django's request say and write what the view does."""

import json
from datetime import UTC, datetime
from itertools import count
from types import SimpleNamespace
from uuid import UUID

import orjson
import pytest
from django.db import IntegrityError, connection
from hypothesis import given
from hypothesis import strategies as st

from memory_hub.accounts.restrictions import Restriction
from memory_hub.caching.tests.exchange import ask, ask_together, uncached
from memory_hub.core import request_stats
from memory_hub.core.request_stats import RequestStats
from memory_hub.journal import tallies
from memory_hub.journal.models import Entry, Origin, Waiting
from superthread.models import Memory, Version
from superthread.services import save
from superthread.views.plain import saves
from testing.examples import examples, taken_back

MOMENT = datetime(2026, 11, 1, 12, tzinfo=UTC)
SECRET = "export GITHUB_TOKEN=ghp_" + "a1B2c3" * 6
SAVE, BATCH = "/superthread/memories", "/superthread/batch/save"


@pytest.fixture
def tokens(api):
    """Tokens of people and for purposes, all known to the process."""
    owner, member = api("owner@example.com"), api("member@example.com")
    owner.post("/accounts/teams", json={"team_key": "alpha"})
    owner.put("/accounts/teams/alpha/members/member@example.com", json={"role": "member"})
    owner.save("There before.", path="taken.md")
    scopes = {
        "writing alone": ["memories:write"],
        "reading alone": ["memories:read"],
        "not publishing": ["memories:read", "memories:write"],
    }
    restrictions = {
        "own alone": Restriction(personal=True),
        "one category": Restriction(category="kept"),
        "one folder": Restriction(path_prefix="notes/"),
        "read-only": Restriction(read_only=True),
    }
    found = {"owner": owner.token, "member": member.token}
    found |= {name: api("owner@example.com", scopes=some).token for name, some in scopes.items()}
    for name, one in restrictions.items():
        found[name] = api("owner@example.com", restriction=one).token
    for token in found.values():
        ask(uncached, token, "/superthread/info")
    return found | {"unknown": "mh_" + "a" * 43, "none": None}


@pytest.fixture
def same_ids(monkeypatch):
    """Has what is saved next get the ids and the moments that the first got."""
    monkeypatch.setattr(save, "timezone", SimpleNamespace(now=lambda: MOMENT))

    def again():
        numbers = count(1)
        monkeypatch.setattr(save, "new_uuid", lambda: UUID(int=next(numbers)))

    return again


CALLERS = (
    *("owner", "member", "writing alone", "reading alone", "not publishing", "own alone"),
    *("one category", "one folder", "read-only", "unknown", "none"),
)
TEAM = {"scope": "team", "team_key": "alpha"}
DRAFTS = (
    {"content": "Jun has the key."},
    {"content": "배포는 화요일에.", "category": "kept", "metadata": {"tags": ["배포"], "n": -0.0}},
    {"content": "# Deploys\n\nOn Tuesdays.", "path": "notes/deploys.md"},
    {"content": "There already.", "path": "taken.md"},
    {"content": "Up.", "path": "../up"},
    {"content": "Noon.", **TEAM},
    {"content": "Noon.", "scope": "team", "team_key": "beta"},
    {"content": "Noon.", "scope": "team"},
    {"content": SECRET, **TEAM},
    {"content": SECRET},
    {"content": "Everyone may know.", "scope": "public"},
    {"content": SECRET, "scope": "public", "metadata": {"a": 1}},
    {"content": "Soon.", "expires_at": "2199-01-01T00:00:00+09:00"},
    {"content": "Gone.", "expires_at": "2020-01-01T00:00:00Z"},
    {"content": "When?", "created_at": "2020-01-01T00:00:00Z"},
    {"content": "long " * 300},
    {"content": "longer " * 2_000},
    {"content": " ".join(f"w{number}" for number in range(2_200)), **TEAM},
    {"content": "\u200b\n"},
    {"content": "\ud800"},
    {"content": 1, "category": None, "scope": "nobody's"},
    {"content": "x", "unknown": True},
    {},
)
BODIES = (
    *(b"{", b"[]", b"null", b'{"content": NaN}', b'{"content": "a", "content": "b"}'),
    *(b"\xef\xbb\xbf" + b'{"content": "BOM"}', b'{"content": "\xff"}', b'{"content": "\\u0000"}'),
    b'{"content": "deep", "metadata": ' + b'{"a":' * 70 + b"1" + b"}" * 71,
)
BATCHES = ([], {}, None, DRAFTS[:2], DRAFTS[:6], DRAFTS[5:14], list(DRAFTS), [*DRAFTS[:2]] * 600)
QUERIES = (
    *("", "", "", "?fields=doc_id,size", "?content=none", "?report_duplicates=true", "?x=1"),
    *("?report_duplicates=false", "?%ff", "?content=none&content=full", "?at=2020-01-01T00:00:00Z"),
)
HEADERS = {
    "content_type": (
        "text/plain",
        "application/json; charset=utf-8",
        "application/merge-patch+json",
    ),
    "content_encoding": ("gzip",),
    "accept_encoding": ("gzip", "identity"),
    "idempotency_key": ("one",),
    "origin": ("https://friend.example", "https://elsewhere.example"),
    "host": ("evil.example",),
    "x_forwarded_proto": ("https",),
    "x_api_key": ("mh_nonsense",),
    "cookie": ("sessionid=unknown",),
    "if_match": ('"1"',),
    "expect": ("100-continue",),
    "user_agent": ("curl/8",),
}


def _json(value):
    # As clients in Python write it, escapes of half pairs included.
    return json.dumps(value).encode()


@st.composite
def questions(draw):
    """A path and a body, most of them in order."""
    query = draw(st.sampled_from(QUERIES))
    if draw(st.booleans()):
        drafts = st.sampled_from(DRAFTS).map(_json)
        return SAVE + query, draw(drafts | st.sampled_from((*BODIES, b"", None)))
    how = draw(st.dictionaries(st.sampled_from(("atomic", "dry_run")), st.booleans()))
    body = _json({"memories": draw(st.sampled_from(BATCHES)), **how})
    return BATCH + query, draw(st.just(body) | st.sampled_from((*BODIES, b"")))


def _written():
    """What there is of memories, of their versions, and of what the journal says of them."""
    facts = ("kind", "actor_id", "token_id", "via", "doc_id", "revision", "owner_id", "space")
    if connection.vendor == "postgresql":
        entries = Waiting.objects.values_list(*facts, "origin")
        told = [
            (*one, came.get("request_id"), came.get("address")) for *one, came in entries if came
        ]
    else:
        came = Origin.objects.values_list("request_id", "address")
        told = [*Entry.objects.values_list(*facts), *came]
    return (
        [{**row, "id": 0} for row in Memory.objects.order_by("doc_id").values()],
        sorted(Version.objects.values_list("memory__doc_id", "number", "content", "author_id")),
        sorted(map(str, told)),
    )


@examples(120)
@given(
    caller=st.sampled_from((*CALLERS, *["owner"] * 8, *["writing alone"] * 3)),
    question=questions(),
    scan=st.sampled_from(("off", "flag", "refuse")),
    chosen=st.lists(st.sampled_from(sorted(HEADERS)), max_size=1),
    data=st.data(),
)
def test_a_save_is_answered_and_written_as_the_view_does_it(
    tokens, same_ids, settings, caller, question, scan, chosen, data
):
    settings.CORS_ALLOWED_ORIGINS = ["https://friend.example"]
    settings.HUB_SCAN = scan
    path, body = question
    headers = {"content_type": "application/json"}
    headers |= {name: data.draw(st.sampled_from(HEADERS[name])) for name in chosen}

    def asked():
        same_ids()
        answer = ask(uncached, tokens[caller], path, "POST", body=body, **headers)
        return answer, _written(), tallies.take()

    tallies.take()
    settings.HUB_GROUPED_SAVES = False
    view, written, counted = taken_back(asked)
    settings.HUB_GROUPED_SAVES = True
    # Twice: what middleware say is learned the first time.
    for plain, also, noted in [taken_back(asked) for _ in range(2)]:
        assert plain.essence() == view.essence()
        if "gzip" not in headers.get("accept_encoding", ""):
            assert plain == view
        assert (also, noted) == (written, counted)


@pytest.fixture
def together(monkeypatch):
    """What was saved together: how many in each group."""
    groups = []
    carry_out = saves._groups._read

    def watched(group):
        groups.append(len(group))
        return carry_out(group)

    monkeypatch.setattr(saves._groups, "_read", watched)
    return groups


def _save_together(tokens, *, content_type="application/json", **draft):
    body = _json({"content": "Jun has the key.", **draft})
    asked = [(token, SAVE, "POST", body) for token in tokens]
    return ask_together(uncached, asked, content_type=content_type)


def test_saves_of_one_token_are_carried_out_together(tokens, together):
    answers = _save_together([tokens["owner"]] * 3 + [tokens["member"]] * 2)
    assert {one.status for one in answers} == {201}
    assert sorted(together) == [2, 3]
    told = [orjson.loads(one.body) for one in answers]
    assert [one["owner"].partition("@")[0] for one in told] == ["owner"] * 3 + ["member"] * 2
    assert len({one["doc_id"] for one in told}) == 5
    assert {f"/superthread/memories/{one['doc_id']}" for one in told} == {
        dict(one.headers)[b"location"].decode() for one in answers
    }


def test_nobody_fails_for_what_another_of_the_group_sends(tokens, together):
    bodies = [_json({"content": text}) for text in ("One.", " ", "Two.")] + [b"{"]
    asked = [(tokens["owner"], SAVE, "POST", body) for body in bodies]
    answers = ask_together(uncached, asked, content_type="application/json")
    assert [one.status for one in answers] == [201, 400, 201, 400]
    assert together == [4]


def test_what_the_database_refuses_of_one_is_told_to_nobody_else(tokens, together, monkeypatch):
    store_all = save._store_together._write

    def refusing(group):
        if any(row["category"] == "bad" for one in group for row in one.rows):
            raise IntegrityError("refused")
        return store_all(group)

    monkeypatch.setattr(save._store_together, "_write", refusing)
    bodies = [_json({"content": "One.", "category": name}) for name in ("good", "bad", "good")]
    asked = [(tokens["owner"], SAVE, "POST", body) for body in bodies]
    answers = ask_together(uncached, asked, content_type="application/json")
    assert [one.status for one in answers] == [201, 409, 201]
    assert Memory.objects.filter(category="good").count() == 2
    assert together == [3]


def test_a_save_in_a_group_is_noted_as_one_of_its_own(tokens, together, settings):
    def noted(body):
        present = RequestStats()
        token = request_stats.current.set(present)
        try:
            ask(uncached, tokens["owner"], SAVE, "POST", body=body, content_type="application/json")
        finally:
            request_stats.current.reset(token)
        assert present.wait_ns > 0
        assert present.db_ns > 0
        return present.route, present.user_id

    body = _json({"content": "Jun has the key."})
    grouped = noted(body)
    assert together == [1]
    settings.HUB_GROUPED_SAVES = False
    assert noted(body) == grouped


def test_what_is_long_or_not_plain_is_left_to_the_view(tokens, together):
    _save_together([tokens["owner"]], content="word " * 2_000)
    _save_together([tokens["owner"]], content_type="application/json;charset=utf-8")
    ask(
        uncached, tokens["owner"], SAVE, "POST", body=b"{}", content_type="application/json", te="x"
    )
    assert together == [1]
