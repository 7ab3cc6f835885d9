"""The admin's pages are there when they are asked, and not before."""

import pytest
from django.contrib import admin
from django.core import checks

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
