"""A write that outlives its request changes nothing, or the answer says that it may have."""

import threading

import pytest
from django.urls import get_resolver

from memory_hub.accounts import services
from memory_hub.accounts.models import Token, User
from memory_hub.api.views import HubView
from memory_hub.caching import registry
from memory_hub.core.identity import OPERATOR
from memory_hub.http.tests.late_requests import DELTA, MEMORIES, REQUESTS, WEBHOOKS
from monitoring.record import resets
from monitoring.record.timing_middleware import TimingMiddleware
from monitoring.store import tables
from superthread.models import Grant, GrantRole
from superthread.services import holds
from superthread.services.save import save
from superthread.store_terms import Draft
from superthread.tests.access.worlds import person
from superthread.tests.routes import methods, routes
from testing.clients.admin_site import Browser
from testing.clients.in_process import client_for
from testing.clients.late import BEFORE, DURING, PATIENCE, Held, everything, given_up, own_threads

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
WRITES = ("POST", "PUT", "PATCH", "DELETE")
READING = {"superthread/search"}  # POST routes that change nothing
RESET, CACHE = "monitoring/reset-performance", "monitoring/cache/"
# Changes that are no commit of the hub's own tables, and the functions that make them.
ASIDE = {
    RESET: (tables, "begin_epoch"),
    f"{CACHE}clear": (registry, "clear"),
    f"{CACHE}cleanup": (registry, "cleanup"),
}


@pytest.fixture
def mina():
    with own_threads():
        yield client_for("mina@example.com", is_staff=True)


class World:
    """What the requests are about; nothing of it changes while they are all given up."""

    def __init__(self, mina):
        self.ids = {"team_key": "alpha", "email": "jun@example.com", "path": "notes/new.md"}
        # One can be deleted, the other one has memories.
        for key in ("alpha", DELTA["team_key"]):
            services.place_member(key=key, email="mina@example.com", role="admin", by=OPERATOR)
        services.place_member(key="alpha", email="jun@example.com", role="member", by=OPERATOR)
        self.ids["doc_id"] = mina.save()["doc_id"]
        self.trashed = mina.save("in the trash")["doc_id"]
        assert mina.delete(f"/{MEMORIES}/{self.trashed}").status_code == 204
        changed = mina.patch(f"/{MEMORIES}/{self.ids['doc_id']}", json={"content": "second"})
        assert changed.status_code == 200
        listed = mina.get(f"/superthread/versions/{self.ids['doc_id']}").json()
        self.ids["version_id"] = listed["versions"][-1]["version_id"]
        for scope in ({}, {"scope": "public"}, DELTA):
            self.addressed = mina.save("by path", path=self.ids["path"], **scope)["doc_id"]
        mina.save("[[notes/old.md]]", **DELTA)
        kept = mina.save("kept")["doc_id"]
        self.ids["hold_id"] = str(holds.place(doc_id=kept, reason="a case", by=OPERATOR).pk)
        User.objects.filter(pk=mina.user.pk).update(is_staff=True)
        # A name that is nobody's (RFC 6761).
        hook = mina.post(f"/{WEBHOOKS}", json={"url": "https://hooks.invalid/"})
        self.ids["webhook_id"] = str(hook.json()["id"])
        asked = mina.post("/superthread/exports", json={})
        self.ids["export_id"] = asked.json()["id"]
        sent = mina.post("/superthread/imports", content=b"text")
        self.ids["import_id"] = sent.json()["id"]
        shared = save(Draft("shared"), by=person("jun@example.com"))
        Grant.objects.create(memory_id=shared["id"], email=mina.user.email, role=GrantRole.VIEWER)
        self.shared = str(shared["doc_id"])
        token, _ = services.create_token(
            user_id=mina.user.pk, scopes=["memories:read"], by=OPERATOR
        )
        self.ids["token_id"] = str(Token.objects.get(pk=token.pk).pk)

    def path(self, route: str) -> str:
        ids = dict(self.ids)
        if route.endswith("undelete"):
            ids["doc_id"] = self.trashed
        elif route.startswith("superthread/shares"):
            ids["doc_id"] = self.shared
        elif route.endswith("/links"):
            ids["doc_id"] = self.addressed
        elif route.startswith("superthread/by-path/team"):
            ids["team_key"] = DELTA["team_key"]
        for name, value in ids.items():
            route = route.replace(f"<str:{name}>", value).replace(f"<path:{name}>", value)
        return f"/{route}"

    def body(self, body):
        if isinstance(body, dict):
            return {name: self.body(value) for name, value in body.items()}
        if isinstance(body, list):
            return [self.body(value) for value in body]
        return body.format(**self.ids) if isinstance(body, str) else body


@pytest.fixture
def world(mina):
    return World(mina)


def options_of(world, body, key):
    headers = {"Idempotency-Key": key} if key else {}
    return {"headers": headers} | ({"json": world.body(body)} if body is not None else {})


def test_every_write_of_the_hub_is_among_those_tried_here():
    found = {
        (method, route)
        for under in ("accounts/", "superthread/", "monitoring/")
        for route, view in routes(under, get_resolver())
        for method in methods(view)
        if method in WRITES and route not in READING
    }
    assert found == set(REQUESTS) | {("POST", route) for route in ASIDE}


def is_again(before, mina):
    """Whether everything is as before, once the keys of coroutines are given back: their answers do
    not wait for that."""
    for _ in range(20):
        if everything() == before:
            return True
        mina.get("/superthread/health")
    return False


@pytest.mark.parametrize("keyed", [pytest.param(False, marks=pytest.mark.drill), True])
def test_after_503_nothing_changes_any_more(world, mina, settings, keyed):
    settings.HUB_REQUEST_SECONDS = 0.3
    before, wrong, reached = everything(), [], 0
    for number, ((method, route), body) in enumerate(REQUESTS.items()):
        with pytest.MonkeyPatch.context() as patching:
            held = Held(patching, BEFORE)
            options = options_of(world, body, f"key-{number}" if keyed else None)
            answer = given_up(mina, held, method, world.path(route), **options)
        reached += held.reached.is_set()
        told = (answer.status_code, answer.json().get("code"), answer.headers.get("Retry-After"))
        if told != (503, "unavailable", "1"):
            wrong.append(f"{method} {route}: {told}")
        if not is_again(before, mina):
            wrong.append(f"{method} {route}: changed")
            before = everything()
    assert wrong == []
    assert reached > len(REQUESTS) / 2  # the others were late before


@pytest.mark.parametrize("keyed", [False, True])
@pytest.mark.parametrize(("method", "route"), [("POST", MEMORIES), ("PATCH", "one")])
def test_whose_commit_is_under_way_is_told_that_it_may_have_changed(
    world, mina, settings, keyed, method, route, monkeypatch
):
    path = world.path(f"{MEMORIES}/<str:doc_id>" if route == "one" else route)
    options = options_of(world, {"content": "late, but stored"}, "late" if keyed else None)
    settings.HUB_REQUEST_SECONDS = 1
    held, before = Held(monkeypatch, DURING), everything()
    answer = given_up(mina, held, method, path, **options)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (503, "outcome-unknown")
    assert "Retry-After" not in answer.headers
    assert held.reached.is_set()
    assert everything() != before
    settings.HUB_REQUEST_SECONDS = 30
    monkeypatch.undo()
    with own_threads():
        if keyed:
            assert "Idempotency-Key" in problem["detail"]
            again = mina.request(method, path, **options)
            assert again.headers["Idempotent-Replayed"] == "true"
            assert again.json()["doc_id"] == problem["doc_id"]
        found = mina.get(f"/{MEMORIES}/{problem['doc_id']}")
        assert found.json()["content"] == "late, but stored"


class Stopped:
    """A function that waits until the request of its thread is given up."""

    def __init__(self, monkeypatch, owner, name):
        self.reached, self._gate, self.ended = threading.Event(), threading.Event(), []
        real = getattr(owner, name)

        def waiting(*arguments, **named):
            self.reached.set()
            assert self._gate.wait(PATIENCE)
            self.ended.append(name)
            return real(*arguments, **named)

        monkeypatch.setattr(owner, name, waiting)

    def release(self):
        self._gate.set()


@pytest.mark.parametrize("route", ASIDE)
def test_what_is_no_commit_of_ours_is_not_done_after_503(mina, settings, route, monkeypatch):
    settings.HUB_REQUEST_SECONDS = 0.3
    done = []
    owner, name = ASIDE[route]
    monkeypatch.setattr(owner, name, lambda *_, **__: done.append(name) or {})
    epoch = tables.current_ledger().epoch
    stopped = Stopped(monkeypatch, HubView, "no_body")
    answer = given_up(mina, stopped, "POST", f"/{route}")
    told = (answer.status_code, answer.json()["code"], answer.headers.get("Retry-After"))
    assert told == (503, "unavailable", "1")
    assert stopped.ended
    assert done == []
    assert tables.current_ledger().epoch == epoch


@pytest.mark.parametrize("route", ASIDE)
def test_what_is_being_done_when_time_runs_out_may_have_been(mina, settings, route, monkeypatch):
    settings.HUB_REQUEST_SECONDS = 1
    owner, name = ASIDE[route]
    # The commit that is held is to be that of the epoch.
    monkeypatch.setattr(resets, "_count", lambda: None)
    held = Held(monkeypatch, DURING) if route == RESET else Stopped(monkeypatch, owner, name)
    answer = given_up(mina, held, "POST", f"/{route}")
    assert held.reached.is_set()
    assert (answer.status_code, answer.json()["code"]) == (503, "outcome-unknown")
    assert "Retry-After" not in answer.headers


def test_a_reset_that_waits_for_workers_when_time_runs_out_may_have_been(
    mina, settings, monkeypatch
):
    settings.HUB_REQUEST_SECONDS = 1
    monkeypatch.setattr(resets, "acknowledged", lambda epoch: (0, 1))
    epoch = tables.current_ledger().epoch
    with own_threads():
        answer = mina.post(f"/{RESET}")
    assert (answer.status_code, answer.json()["code"]) == (503, "outcome-unknown")
    assert tables.current_ledger().epoch == epoch + 1


def test_a_form_of_the_admin_that_is_given_up_changes_nothing(
    world, mina, settings, monkeypatch, caplog
):
    browser = Browser()
    cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
    form = {"csrfmiddlewaretoken": cookies["csrftoken"], "key": "gamma", "default_role": "viewer"}
    form |= {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    # Nothing but what the browser knows.
    monkeypatch.setattr(mina, "headers", {"Cookie": "; ".join(map("=".join, cookies.items()))})
    settings.HUB_REQUEST_SECONDS = 1
    held, before = Held(monkeypatch, BEFORE), everything()
    answer = given_up(mina, held, "POST", "/admin/accounts/team/add/", data=form)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert "nothing was changed" in answer.text
    assert held.reached.is_set()
    assert everything() == before
    assert "Error" not in caplog.text
    monkeypatch.undo()
    settings.HUB_REQUEST_SECONDS = 30
    with own_threads():
        assert browser.send("/admin/accounts/team/add/", **form).status_code == 302


def test_a_request_that_is_given_up_is_counted_under_its_own_route(
    world, mina, settings, monkeypatch
):
    settings.HUB_REQUEST_SECONDS = 1
    counted = []
    monkeypatch.setattr(
        TimingMiddleware,
        "_count",
        lambda _, scope, present, answer: counted.append(
            (present.route, present.user_id, answer.status)
        ),
    )
    given_up(mina, Held(monkeypatch, BEFORE), "DELETE", world.path(f"{MEMORIES}/<str:doc_id>"))
    assert counted == [(f"/{MEMORIES}/{{doc_id}}", mina.user.pk, 503)]


def test_a_read_that_is_given_up_changes_nothing_and_says_so(world, mina, settings, monkeypatch):
    settings.HUB_REQUEST_SECONDS = 0.0001
    answer = given_up(mina, Held(monkeypatch, BEFORE), "GET", f"/{MEMORIES}")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
