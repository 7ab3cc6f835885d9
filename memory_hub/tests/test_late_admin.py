"""The admin's pages are there when they are asked, and not before."""

import pytest
from django.contrib import admin
from django.core import checks
from django.test import Client

from memory_hub.late_admin import discover
from superthread.models import Memory
from testing.servers.programs import printed

PROGRAM = """
import sys
import threading
import django
django.setup()
from django.urls import resolve, reverse

resolve("/superthread/memories"), resolve("/login"), reverse("account_login")
print([name for name in sys.modules if name.endswith(".admin") and name != "django.contrib.admin"])
gate, found = threading.Barrier(8), []

def ask(number):
    gate.wait()
    if number % 2:
        found.append(reverse("admin:superthread_memory_changelist"))
    else:
        resolve("/admin/superthread/memory/")

threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
from django.contrib import admin
print(found)
print(type(admin.site._wrapped).__name__)
print(sorted({model._meta.app_label for model in admin.site._registry}))
"""


def test_the_pages_are_imported_by_the_first_who_asks_and_once(tmp_path):
    before, found, site, apps = printed(PROGRAM, tmp_path)
    assert before == "[]"
    assert found == str(["/admin/superthread/memory/"] * 4)
    assert site == "UnfoldAdminSite"
    assert "superthread" in apps
    # Of allauth's own pages there are none.
    assert not any(name in apps for name in ("account'", "mfa", "usersessions", "socialaccount"))


STRANGER = """
import sys
import django
django.setup()
from django.test import Client

client = Client(headers={"host": "localhost"})
pages = ["/admin", "/admin/", "/admin/superthread/memory/?q=a%20b&p=1", "/admin/none"]
told = [getattr(client, how)(path) for path in pages for how in ("get", "post", "options")]
print(told[-1]["Location"])
print([name for name in sys.modules if name.endswith(".admin") and name != "django.contrib.admin"])
print({one.status_code for one in told})
"""


def test_a_stranger_is_sent_to_log_in_before_any_page_is_imported(tmp_path):
    location, imported, told = printed(STRANGER, tmp_path)
    assert location == "/admin/login/?next=/admin/none"
    assert imported == "[]"
    assert told == "{302}"


PATHS = [
    "",
    "superthread/memory/?q=a%20b&p=1",
    "no/page",
    "superthread/memory",
    "logout/",
    "login/x",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_a_stranger_is_told_what_the_admin_tells(client, settings, method, path):
    here = getattr(client, method)(f"/admin/{path}")
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if "admin_door" not in one]
    admins = getattr(Client(), method)(f"/admin/{path}")
    told = [(one.status_code, {**one.headers, "Expires": ""}) for one in (here, admins)]
    assert told[0] == told[1]


@pytest.mark.django_db
def test_the_door_is_open_for_who_is_logged_in(mina, client):
    assert client.get("/admin/superthread/memory/").status_code == 302
    mina.user.is_staff = mina.user.is_superuser = True
    mina.user.save()
    client.force_login(mina.user)
    assert client.get("/admin/superthread/memory/").status_code == 200


def test_the_system_checks_see_the_pages(monkeypatch):
    discover()
    page = type(admin.site.get_model_admin(Memory))
    monkeypatch.setattr(page, "list_display", ["no_such_column"])
    found = checks.run_checks(tags=[checks.Tags.admin])
    assert [one.id for one in found] == ["admin.E108"]


@pytest.mark.django_db
def test_a_page_for_people_leads_to_the_admin(mina, client):
    mina.user.is_staff = True
    mina.user.save()
    client.force_login(mina.user)
    assert 'href="/admin/"' in client.get("/memories").content.decode()
