"""No change without its event: every write there is tells exactly what it did, by whom and from
where, once it is committed."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import transaction
from django.test import TestCase
from django.utils import timezone

from memory_hub.accounts import services
from memory_hub.accounts.management.commands import changepassword
from memory_hub.accounts.models import Membership, Team, Token, User
from memory_hub.core.identity import OPERATOR, Actor, Via
from memory_hub.events import telling
from memory_hub.events.event import Event
from memory_hub.late_admin import discover
from superthread.models import Grant, Hold, Memory, Version
from superthread.tests.routes import methods, routes
from superthread.tests.writes.events.as_told import filled, kind_of, read
from superthread.tests.writes.events.every_act import ADMIN, COMMANDS
from superthread.tests.writes.events.every_write import (
    GOOGLE,
    JUN,
    MINA,
    ROUTES,
    SILENT,
    SORA,
)
from testing.clients.admin_site import Browser
from testing.journaling import journaling
from testing.telling import everything_told, recording

# Attempts to log in, and what Google's own tests look at.
ELSEWHERE = {
    *("axes/accessattempt/", "axes/accessfailurelog/", "axes/accesslog/"),
    "google_docs/connection/",
}


@pytest.mark.parametrize(
    ("route", "write"),
    [(route, write) for route, writes in ROUTES.items() for write in writes],
    ids=lambda value: value if isinstance(value, str) else f"{value.events} {value.body}",
)
def test_a_request_tells_exactly_what_it_did(world, route, write):
    with journaling() as entries:
        client, events = _sent(world, route, write, times=1)
    assert sorted(map(read, events)) == sorted(write.events)
    assert sorted(entry.kind for entry in entries) == sorted(map(kind_of, events))
    token = Token.objects.get(prefix=client.token[:9])
    for event in events:
        assert event.actor == Actor(client.user.pk, token.pk)
        assert event.origin.via is Via.REST
        assert (event.origin.request_id, event.origin.address) == ("of-this-test", "127.0.0.1")
    for entry in entries:
        assert (entry.actor_id, entry.token_id, entry.via) == (client.user.pk, token.pk, "rest")
        assert entry.change == entries[0].change
        assert entry.origin.request_id == "of-this-test"
        assert entry.origin.address == "127.0.0.1"


@pytest.mark.parametrize(
    "route", ["POST superthread/memories", "POST superthread/batch/save", "POST accounts/tokens"]
)
def test_what_is_answered_again_is_told_once(world, route):
    write = ROUTES[route][0]
    with journaling() as entries:
        _, events = _sent(world, route, write, times=2, **{"Idempotency-Key": "a-key"})
    assert sorted(map(read, events)) == sorted(write.events)
    assert len(entries) == len(events)


def _sent(world, route, write, times, **headers):
    people, ids = world
    method, _, path = route.partition(" ")
    for name, value in {**ids, **filled(write.fills, ids)}.items():
        path = path.replace(f"<str:{name}>", value).replace(f"<path:{name}>", value)
    client, headers = people[write.who], {"X-Request-ID": "of-this-test", **headers}
    options = {} if write.body is None else {"json": filled(write.body, ids)}
    with recording() as events:
        for _ in range(times):
            client.request(method, f"/{path}{write.query}", headers=headers, **options)
    return client, events


def test_every_route_that_writes_is_in_the_table():
    found = {
        f"{method} {template}"
        for under in ("accounts/", "superthread/", "google-docs/")
        for template, view in routes(under)
        for method in methods(view)
        if method != "GET" and not template.startswith(GOOGLE)
    }
    known = {route for route in [*ROUTES, *SILENT] if GOOGLE not in route}
    assert found == known, "Say in superthread/tests/writes/events/every_write.py what it tells."


@pytest.fixture
def admin_world(world):
    """The keys of what there is, for the pages of the admin."""
    _, ids = world
    people = {name: services.ensure_user(f"{name}@example.com", by=OPERATOR) for name in ("idle",)}
    services.place_member(key="empty", email="idle@example.com", role="member", by=OPERATOR)
    out = services.ensure_user("out@example.com", by=OPERATOR)
    User.objects.filter(pk=out.pk).update(is_active=False)
    vouched = User.objects.create_user("vouched@example.com", vouched_by="mina@example.com")
    Authenticator.objects.create(user=vouched, type=Authenticator.Type.WEBAUTHN, data={})
    group = Group.objects.create(name="keepers")
    group.user_set.add(User.objects.get(email=SORA))
    return {
        "memory": Memory.objects.get(doc_id=ids["doc_id"]).pk,
        "trashed": Memory.objects.get(doc_id=ids["trashed"]).pk,
        "version": Version.objects.get(version_id=ids["version_id"]).pk,
        "hold": Hold.objects.get().pk,
        "grant": Grant.objects.get(email=SORA).pk,
        "token": ids["token_id"],
        "place": Membership.objects.get(email=JUN, team__key="alpha").pk,
        "lead": Membership.objects.get(email=MINA, team__key="alpha").pk,
        "group": group.pk,
        "permission": Permission.objects.get(codename="view_user").pk,
        "alpha": Team.objects.get(key="alpha").pk,
        "empty": Team.objects.get(key="empty").pk,
        "jun": User.objects.get(email=JUN).pk,
        "idle": people["idle"].pk,
        "out": out.pk,
        "vouched": vouched.pk,
        "webhook": ids["webhook_id"],
        "paused_webhook": ids["paused_webhook"],
    }


@pytest.mark.parametrize("name", ADMIN)
def test_an_act_at_the_admin_tells_exactly_what_it_did(admin_world, name):
    root, act = Browser(), ADMIN[name]
    with recording() as events, journaling() as entries:
        answer = root.send(
            f"/admin/{filled(act.page, admin_world)}", **filled(act.fields, admin_world)
        )
    assert sorted(map(read, events)) == sorted(act.events), answer.content
    for event in events:
        assert event.actor == Actor(root.user.pk)
        assert (event.origin.via, event.origin.address) == (Via.ADMIN, "127.0.0.1")
    assert sorted(entry.kind for entry in entries) == sorted(map(kind_of, events))
    assert {(entry.actor_id, entry.via) for entry in entries} <= {(root.user.pk, "admin")}


def test_every_action_of_the_admin_is_in_the_table(db):
    found = set()
    discover()
    for model, page in admin.site._registry.items():
        if model._meta.app_label in ("accounts", "superthread", "webhooks"):
            found.update(one for one in page.actions if isinstance(one, str))
            found.update(page.actions_detail)
    assert found == {name for name in ADMIN if " " not in name}


def test_every_page_of_the_admin_that_writes_is_in_the_table(db, rf):
    """Unless it is of something else than memories, and accounts and what they may."""
    asked = rf.get("/admin/")
    asked.user = User(is_superuser=True, is_staff=True, is_active=True)
    discover()
    found = {
        f"{model._meta.app_label}/{model._meta.model_name}/"
        for model, page in admin.site._registry.items()
        for way in (page.has_add_permission, page.has_change_permission, page.has_delete_permission)
        if way(asked)
    }
    known = {page for page in found if any(act.page.startswith(page) for act in ADMIN.values())}
    assert found - known == ELSEWHERE


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_tells_exactly_what_it_did(world, tmp_path, name, monkeypatch):
    people, ids = world
    long_ago = timezone.now() - timedelta(days=31)
    if name == "purge_expired":
        Memory.objects.filter(doc_id=ids["trashed"]).update(deleted_at=long_ago)
        Memory.objects.filter(doc_id=ids["doc_id"]).update(
            created_at=long_ago, updated_at=long_ago, expires_at=long_ago
        )
    if name == "reindex":
        Memory.objects.filter(doc_id=ids["doc_id"]).update(title="by older rules")
    lines = tmp_path / "memories.jsonl"
    grants = {"new@example.com": "viewer"}
    whole = {"content": "two", "revision": 7, "grants": grants, "source": "s"}
    lines.write_text(json.dumps({"content": "one"}) + "\n" + json.dumps(whole))
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "correct horse battery")
    monkeypatch.setattr(changepassword, "getpass", lambda *_: "correct horse battery")
    arguments, wanted, via = COMMANDS[name]
    arguments = filled(arguments, {"lines": str(lines), "old": ids["old"]})
    committed = TestCase.captureOnCommitCallbacks(execute=True)
    with recording() as events, journaling() as entries, everything_told(), committed:
        call_command(name, *arguments, stdout=StringIO(), stderr=StringIO())
    assert sorted(map(read, events)) == sorted(wanted)
    for event in events:
        assert event.origin.via == via
        assert event.actor == (Actor(people["mina"].user.pk) if via == "import" else Actor())
    assert sorted(entry.kind for entry in entries) == sorted(map(kind_of, events))
    assert {entry.via for entry in entries} <= {via}


def test_nothing_is_told_of_what_is_rolled_back(db):
    @transaction.atomic
    def cut_off():
        services.ensure_user("new@example.com", by=OPERATOR)
        raise ZeroDivisionError

    committed = TestCase.captureOnCommitCallbacks(execute=True)
    refused = pytest.raises(ZeroDivisionError)
    with recording() as events, journaling() as entries, committed, refused:
        cut_off()
    assert (events, entries) == ([], [])


def test_a_refused_write_tells_nothing(world):
    people, ids = world
    team = {"json": {"scope": "team", "team_key": "alpha"}}
    path = f"/superthread/memories/{ids['doc_id']}"
    refused = [
        ("jun", "PATCH", path, {"json": {"content": "x"}}),
        ("mina", "PATCH", path, {"json": {"content": "x"}, "headers": {"If-Match": '"9-x"'}}),
        ("sora", "PATCH", path, team),
        ("mina", "DELETE", "/accounts/teams/alpha", {}),
        ("mina", "DELETE", "/accounts/teams/alpha/members/mina@example.com", {}),
        ("mina", "POST", "/accounts/teams", {"json": {"team_key": "alpha"}}),
        ("mina", "DELETE", "/accounts/tokens/0", {}),
    ]
    for name, method, where, options in refused:
        with recording() as events:
            assert people[name].request(method, where, **options).status_code >= 400, where
        assert events == [], where


def test_every_kind_of_event_is_recorded():
    """A new one is added to the `recorded.py` of its app."""
    heard = {
        kind.__qualname__
        for subscriber in telling.subscribers()
        if subscriber.__module__.endswith(".recorded")
        for kind in subscriber.hears
    }
    kinds = Event.__subclasses__()
    assert {kind.__qualname__ for kind in kinds if ".tests." not in kind.__module__} <= heard


def test_a_write_without_an_event_is_an_error_in_tests(mina):
    def write():
        with everything_told(), mina.threads.committing(), transaction.atomic():
            Memory.objects.update(category="another")

    with pytest.raises(AssertionError, match="superthread_memory"):
        write()
