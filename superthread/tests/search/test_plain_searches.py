"""Searches that are answered without Django's request say what the view says, each to its own."""

import json
from types import SimpleNamespace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory_hub.accounts.models import Membership
from memory_hub.accounts.restrictions import Restriction
from memory_hub.caching.tests.exchange import ask, ask_together, uncached
from memory_hub.core import request_stats
from memory_hub.core.request_stats import RequestStats
from memory_hub.journal import tallies
from superthread.models import Grant
from superthread.search import service
from superthread.views import search
from superthread.views.plain import searches
from testing.examples import examples

SEARCH = "/superthread/search"
JSON = {"content_type": "application/json"}


@pytest.fixture
def tokens(api):
    """Tokens of people and for purposes, all known to the process, and memories that they may find
    or may not."""
    people = {
        name: api(f"{name}@example.com") for name in ("owner", "member", "viewer", "stranger")
    }
    owner = people["owner"]
    owner.post("/accounts/teams", json={"team_key": "alpha"})
    owner.put("/accounts/teams/alpha/members/member@example.com", json={"role": "member"})
    owner.save("The release manager deploys on Tuesdays.", category="kept")
    owner.save("배포 일정은 화요일.", path="notes/deploys.md", metadata={"tags": ["a"]})
    owner.save("Deploys of the team.", scope="team", team_key="alpha")
    owner.save("Everyone deploys.", scope="public")
    owner.save("deploys " * 3_000)
    shared = owner.save("Shared deploys.")["doc_id"]
    viewer = {"permissions": {"viewer@example.com": "viewer"}}
    owner.post(f"/superthread/permissions/{shared}", json=viewer)
    Grant.objects.update(accepted=True)
    Membership.objects.update(accepted=True)
    found = {name: one.token for name, one in people.items()}
    for name, restriction in {
        "own alone": Restriction(personal=True),
        "one category": Restriction(category="kept"),
        "one folder": Restriction(path_prefix="notes/"),
    }.items():
        found[name] = api("owner@example.com", restriction=restriction).token
    found["writing alone"] = api("owner@example.com", scopes=["memories:write"]).token
    for token in found.values():
        ask(uncached, token, "/superthread/info")
    return found | {"unknown": "mh_" + "a" * 43, "none": None}


@pytest.fixture
def no_time(monkeypatch):
    """Has every search take no time: how long it took stands in the answer."""
    monkeypatch.setattr(search, "time", SimpleNamespace(perf_counter_ns=lambda: 0))


CALLERS = (
    *("owner", "member", "viewer", "stranger", "own alone", "one category", "one folder"),
    *("writing alone", "unknown", "none"),
)
QUESTIONS = (
    *({"query": text} for text in ("deploys", "배포", '"release manager" -draft', "deploy*", "")),
    *({"query": "deploys", "limit": 2, "explain": True, "content": "summary"}, {"query": "of the"}),
    {"query": "deploys", "fields": ["title", "size"], "scope": "team", "team_key": "alpha"},
    {"query": "deploys", "tag": "a", "owner": "me", "updated_from": "2020-01-01T00:00:00Z"},
    {"query": "deploys", "at": "2020-01-01T00:00:00Z"},
    {"query": "deploys", "cursor": "nonsense"},
    {"query": "deploys", "scope": "team"},
    *({"query": 1}, {"query": "a", "x": 1}, {}, [], None, {"query": "-deploys"}),
)
BODIES = (
    *(b"{", b"", b'{"query": NaN}', b'{"query": "a", "query": "b"}', b'{"query": "\xff"}'),
    b'{"query": "' + b"word " * 10_000 + b'"}',
)
HEADERS = {
    "content_type": ("text/plain", "application/json; charset=utf-8", "application/json;x=y"),
    "content_encoding": ("gzip",),
    "accept_encoding": ("gzip", "identity"),
    "accept": ("text/event-stream",),
    "idempotency_key": ("one",),
    "origin": ("https://friend.example", "https://elsewhere.example"),
    "host": ("evil.example",),
    "x_forwarded_proto": ("https",),
    "x_api_key": ("mh_nonsense",),
    "cookie": ("sessionid=unknown",),
    "if_none_match": ("*",),
    "user_agent": ("curl/8",),
}


def _json(value):
    return json.dumps(value).encode()


@examples(120)
@given(
    caller=st.sampled_from((*CALLERS, *["owner"] * 6)),
    body=st.sampled_from(QUESTIONS).map(_json) | st.sampled_from(BODIES),
    end=st.sampled_from(("", "", "", "?x=1", "?content=summary", "/")),
    chosen=st.lists(st.sampled_from(sorted(HEADERS)), max_size=2, unique=True),
    data=st.data(),
)
def test_a_search_is_answered_and_noted_as_the_view_does_it(
    tokens, no_time, settings, caller, body, end, chosen, data
):
    settings.CORS_ALLOWED_ORIGINS = ["https://friend.example"]
    headers = JSON | {name: data.draw(st.sampled_from(HEADERS[name])) for name in chosen}

    def asked():
        answer = ask(uncached, tokens[caller], SEARCH + end, "POST", body=body, **headers)
        return answer, tallies.take()

    tallies.take()
    settings.HUB_GROUPED_READS = False
    view, counted = asked()
    settings.HUB_GROUPED_READS = True
    # Twice: what middleware say is learned the first time.
    for plain, noted in [asked() for _ in range(2)]:
        assert plain.essence() == view.essence()
        if "gzip" not in headers.get("accept_encoding", ""):
            assert plain == view
        assert noted == counted


def test_every_caller_gets_what_the_view_finds_for_them(tokens, no_time, settings):
    questions = [(tokens[caller], _json(QUESTIONS[0])) for caller in CALLERS]
    plain = [_search(*one) for one in questions]
    settings.HUB_GROUPED_READS = False
    assert plain == [_search(*one) for one in questions]


@pytest.fixture
def plainly(monkeypatch):
    """The bodies of what was answered without Django's request."""
    asked, by_view = [], searches._by_view

    def watched(one):
        asked.append(one.body)
        return by_view(one)

    monkeypatch.setattr(searches, "_by_view", watched)
    return asked


def _search(token, body, **headers):
    return ask(uncached, token, SEARCH, "POST", body=body, **JSON, **headers)


def test_plain_searches_go_without_djangos_request_and_are_each_callers_own(tokens, plainly):
    body, names = _json({"query": "deploys"}), ("owner", "member", "viewer", "stranger")
    questions = [(tokens[name], SEARCH, "POST", body) for name in names * 2]
    answers = ask_together(uncached, questions, **JSON)
    assert plainly == [body] * len(questions)
    counts = [orjson.loads(one.body)["count"] for one in answers]
    assert counts == [6, 2, 2, 1] * 2


@pytest.mark.parametrize(
    "body",
    [{"query": "deploys"}, {"query": "deploys", "explain": True, "limit": 100}, {"query": 1}, {}],
    ids=["usual", "long", "refused", "empty"],
)
def test_a_plain_search_costs_what_the_view_charges(api, limited, plainly, settings, body):
    api("owner@example.com").save("deploys " * 9_000, scope="public")
    told = []
    for is_plain in (True, False):
        settings.HUB_GROUPED_READS = is_plain
        limited("20/minute")
        client = api(f"{is_plain}@example.com")
        # The first one makes the token known.
        answers = [client.post(SEARCH, json=body) for _ in range(22)]
        assert (len(plainly) > 2) == is_plain
        plainly.clear()
        told.append([_price(one) for one in answers])
    assert told[0] == told[1]
    assert told[0][-1][0] == 429


def _price(answer):
    names = ("ratelimit-limit", "ratelimit-remaining", "retry-after")
    return answer.status_code, *(answer.headers.get(name) for name in names)


def test_what_is_not_plain_is_left_to_the_view(tokens, plainly, settings):
    body = _json({"query": "deploys"})
    assert _search(tokens["owner"], body, x_anything="at all").status == 200
    settings.HUB_AUDIT_READS = "every"
    assert _search(tokens["owner"], body).status == 200
    assert plainly == []


def test_a_search_that_fails_is_not_made_again(tokens, plainly, monkeypatch):
    calls = []

    def failing(**_):
        calls.append(1)
        raise ValueError("of the search itself")

    monkeypatch.setattr(service, "search", failing)
    assert _search(tokens["owner"], _json({"query": "deploys"})).status == 500
    assert (len(calls), len(plainly)) == (1, 1)


def test_a_plain_search_is_noted_as_the_view_notes_it(tokens, plainly, settings):
    def noted():
        present = RequestStats()
        token = request_stats.current.set(present)
        try:
            _search(tokens["owner"], _json({"query": "deploys"}))
        finally:
            request_stats.current.reset(token)
        assert present.wait_ns > 0
        assert present.db_ns > 0
        return present.route, present.user_id

    without = noted()
    settings.HUB_GROUPED_READS = False
    assert noted() == without
    assert len(plainly) == 1
