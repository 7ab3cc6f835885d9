"""The admin's pages: read-only, ordered, filtered, and a reset for those who may."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from memory_hub.accounts.models import User
from monitoring.models import SlowQuery, SlowRequest
from monitoring.record.flusher import flusher
from monitoring.store import tables

pytestmark = pytest.mark.django_db(databases="__all__")

ENDPOINTS = "/admin/monitoring/endpointtotal/"


@pytest.fixture
def person() -> User:
    return User.objects.create(email="ops@example.com", is_staff=True, is_active=True)


@pytest.fixture
def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def chief(browser: Client, person: User) -> Client:
    """A browser of a superuser."""
    User.objects.filter(pk=person.pk).update(is_superuser=True)
    return browser


@pytest.fixture
def reported() -> None:
    for _ in range(3):
        flusher.recorder.record("/often", "GET", 200, 1_000_000)
    flusher.recorder.record("/slowly", "GET", 500, 900_000_000)
    flusher.flush()


def order_of(page: str) -> list[str]:
    return re.findall(r"(/often|/slowly)\b", page)


def test_endpoints_are_shown_in_any_order(chief, reported):
    page = chief.get(ENDPOINTS).content.decode()
    assert order_of(page) == ["/often", "/slowly"]
    by_time = chief.get(f"{ENDPOINTS}?order=-p95_ms").content.decode()
    assert order_of(by_time) == ["/slowly", "/often"]
    assert "4 requests since" in page
    assert re.findall(r"<td[^>]*>(.*?)</td>", page)[:3] == ["/often", "GET", "3"]


def test_endpoints_are_filtered_by_window(chief, reported):
    tables.begin_epoch("test")
    assert order_of(chief.get(ENDPOINTS).content.decode()) == []
    recent = chief.get(f"{ENDPOINTS}?window=5m").content.decode()
    assert order_of(recent) == ["/often", "/slowly"]


@pytest.mark.parametrize("query", ["order=password", "window=nonsense", "order=-"])
def test_a_bad_order_or_window_is_the_usual_one(chief, reported, query):
    page = chief.get(f"{ENDPOINTS}?{query}")
    assert page.status_code == 200
    assert order_of(page.content.decode()) == ["/often", "/slowly"]


def test_the_reset_is_carried_out_and_recorded(chief, reported):
    answer = chief.post(f"{ENDPOINTS}reset/", follow=True)
    assert "epoch 2, 1/1 workers" in answer.content.decode()
    assert LogEntry.objects.get().change_message == "Reset the statistics: epoch 2."
    page = chief.get("/admin/monitoring/reset/").content.decode()
    assert "ops@example.com" in page


def test_the_reset_needs_its_permission_and_a_post(browser, chief, person, reported):
    assert chief.get(f"{ENDPOINTS}reset/").status_code == 405
    User.objects.filter(pk=person.pk).update(is_superuser=False)
    person.user_permissions.add(Permission.objects.get(codename="view_endpointtotal"))
    page = browser.get(ENDPOINTS)
    assert page.status_code == 200
    assert "Reset statistics" not in page.content.decode()
    assert browser.post(f"{ENDPOINTS}reset/").status_code == 403
    assert tables.current_ledger().epoch == 1


def test_staff_without_a_permission_see_nothing(browser, reported):
    assert browser.get(ENDPOINTS).status_code == 403
    assert browser.get(f"{ENDPOINTS}pools/").status_code == 403


def test_slow_requests_and_queries_are_listed_and_cannot_be_changed(chief):
    at = timezone.now()
    request = SlowRequest.objects.create(
        at=at, route="/slow", method="GET", status=200, duration_ms=900, db_ms=1, wait_ms=1
    )
    SlowQuery.objects.create(at=at, database="default", duration_ms=200, statement="SELECT 1")
    assert "/slow" in chief.get("/admin/monitoring/slowrequest/").content.decode()
    assert "SELECT 1" in chief.get("/admin/monitoring/slowquery/").content.decode()
    assert chief.get("/admin/monitoring/slowrequest/add/").status_code == 403
    assert chief.post(f"/admin/monitoring/slowrequest/{request.pk}/delete/").status_code == 403


@pytest.mark.parametrize(
    "page", ["workerprocess/", "endpointtotal/pools/", "endpointtotal/caches/"]
)
def test_workers_and_pools_have_pages(chief, reported, page):
    assert chief.get(f"/admin/monitoring/{page}").status_code == 200
