"""Endpoints over the API: made, looked at, changed, paused, resumed, tested, deleted."""

import pytest

from memory_hub.accounts.restrictions import Restriction
from superthread.feed.webhooks.models import Webhook
from superthread.tests.feed.webhooks.conftest import HOOKS

URL = "https://hooks.example.com/t/0123456789"


def made(client, **given):
    answer = client.post(HOOKS, json={"url": URL, **given})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_one_is_made_and_its_secret_is_told_once(mina):
    answer = mina.post(HOOKS, json={"url": URL, "description": "mine"})
    assert answer.headers["Cache-Control"] == "no-store"
    one = answer.json()
    secret = one.pop("secret")
    assert secret.startswith("whsec_")
    assert (one["url"], one["state"], one["reason"]) == (URL, "active", None)
    assert mina.get(HOOKS).json() == {"webhooks": [one]}
    assert mina.get(f"{HOOKS}/{one['id']}").json() == one
    stored = Webhook.objects.get()
    assert secret not in str(vars(stored))
    assert secret.removeprefix("whsec_") not in str(vars(stored))


def test_what_is_wanted_is_changed_field_by_field(mina):
    mina.post("/accounts/teams", json={"team_key": "alpha"})
    one = made(mina, scopes=["personal"], team_keys=["alpha"], kinds=["memory.gone"])
    assert (one["scopes"], one["team_keys"], one["kinds"]) == (
        ["personal"],
        ["alpha"],
        ["memory.gone"],
    )
    changed = mina.patch(f"{HOOKS}/{one['id']}", json={"kinds": [], "team_keys": []}).json()
    assert (changed["scopes"], changed["team_keys"], changed["kinds"]) == (["personal"], [], [])
    moved = mina.patch(f"{HOOKS}/{one['id']}", json={"url": f"{URL}/other"}).json()
    assert moved == changed | {"url": f"{URL}/other"}


def test_it_is_paused_resumed_and_deleted(mina):
    path = f"{HOOKS}/{made(mina)['id']}"
    for _ in range(2):
        paused = mina.post(f"{path}/pause").json()
        assert (paused["state"], paused["reason"]) == ("paused", "owner")
    for _ in range(2):
        resumed = mina.post(f"{path}/resume").json()
        assert (resumed["state"], resumed["reason"], resumed["paused_at"]) == ("active", None, None)
    assert mina.delete(path).status_code == 204
    assert mina.get(path).status_code == 404
    assert mina.get(HOOKS).json() == {"webhooks": []}


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/url", "required"),
        ({"url": "http://hooks.example.com/"}, "/url", "bad-url"),
        ({"url": "ftp://hooks.example.com/"}, "/url", "bad-url"),
        ({"url": "https:///path"}, "/url", "bad-url"),
        ({"url": "https://user:pass@hooks.example.com/"}, "/url", "bad-url"),
        ({"url": "https://hooks.example.com/#part"}, "/url", "bad-url"),
        ({"url": "https://hooks.example.com:99999/"}, "/url", "bad-url"),
        ({"url": "https://hooks.example.com/a b"}, "/url", "bad-url"),
        ({"url": "https://hööks.example.com/"}, "/url", "bad-url"),
        ({"url": "https://hooks.example.com/" + "x" * 2048}, "/url", "too-long"),
        ({"url": "https://127.0.0.1/"}, "/url", "private-address"),
        ({"url": "https://[::1]/"}, "/url", "private-address"),
        ({"url": "https://169.254.169.254/latest"}, "/url", "private-address"),
        ({"url": "https://[64:ff9b::7f00:1]/"}, "/url", "private-address"),
        ({"url": URL, "scopes": ["secret"]}, "/scopes/0", "invalid-choice"),
        ({"url": URL, "scopes": "personal"}, "/scopes", "not-a-list"),
        ({"url": URL, "kinds": ["memory.eaten"]}, "/kinds/0", "invalid-choice"),
        ({"url": URL, "team_keys": ["nowhere"]}, "/team_keys", "unknown-team"),
        ({"url": URL, "cursor": "x"}, "/cursor", "bad-cursor"),
        ({"url": URL, "secret": "mine"}, "/secret", "unknown-field"),
    ],
)
def test_what_is_no_endpoint_is_refused(mina, body, pointer, code):
    answer = mina.post(HOOKS, json=body)
    assert answer.status_code == 400
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert not Webhook.objects.exists()


def test_others_have_none_of_it(mina, api, nobody):
    path = f"{HOOKS}/{made(mina)['id']}"
    jun = api("jun@example.com")
    assert jun.get(HOOKS).json() == {"webhooks": []}
    for method, where, body in (
        ("GET", path, None),
        ("PATCH", path, {"description": "x"}),
        ("DELETE", path, None),
        ("POST", f"{path}/pause", None),
        ("POST", f"{path}/resume", None),
        ("POST", f"{path}/rotate", None),
        ("POST", f"{path}/test", None),
        ("GET", f"{path}/deliveries", None),
    ):
        answer = jun.request(method, where, **({"json": body} if body else {}))
        assert answer.status_code == 404, (method, where)
        assert nobody.request(method, where).status_code == 401
    assert Webhook.objects.get().state == "active"
    for absent in ("0", "x", "9" * 30):
        assert mina.get(f"{HOOKS}/{absent}").status_code == 404


@pytest.mark.parametrize("scopes", [["webhooks:manage"], ["memories:read", "memories:write"]])
def test_it_takes_both_scopes(api, scopes):
    plain = api("mina@example.com", scopes=scopes)
    answer = plain.post(HOOKS, json={"url": URL})
    assert (answer.status_code, answer.json()["code"]) == (403, "missing-scope")


def test_restricted_tokens_are_refused_as_by_the_feed(api):
    client = api("mina@example.com", restriction=Restriction(personal=True))
    for method in ("GET", "POST"):
        answer = client.request(method, HOOKS, **({"json": {}} if method == "POST" else {}))
        assert (answer.status_code, answer.json()["code"]) == (403, "token-restricted")


def test_a_person_has_twenty_at_most(mina, api):
    for _ in range(20):
        made(mina)
    assert mina.post(HOOKS, json={"url": URL}).status_code == 409
    made(api("jun@example.com"))


def test_an_idempotency_key_makes_one_and_tells_its_secret_again(mina):
    options = {"json": {"url": URL}, "headers": {"Idempotency-Key": "a-key"}}
    first, again = mina.post(HOOKS, **options), mina.post(HOOKS, **options)
    assert first.json() == again.json()
    assert Webhook.objects.count() == 1
