"""A database goes back to what the first release made of it, and forth again with its data."""

import re
import subprocess
import sys

import pytest

from testing.servers.hub import ROOT

# In one process, as django-admin would run them one after the other.
RUN = """
import sys
from unittest import mock
import django
django.setup()
from django.core.management import call_command
directory = sys.argv[1]
quiet = {"verbosity": 0, "interactive": False}
call_command("migrate", **quiet)
call_command("create_token", "mina@example.com")
call_command("set_member", "alpha", "mina@example.com")
owned = ("--as", "mina@example.com", "--allow-public")
call_command("import_memories", f"{directory}/hub.jsonl", *owned, verbosity=0)
from superthread.jobs import drop_old_indexes
from superthread.models import Grant, Link, Memory, SearchDocument
Grant.objects.create(memory=Memory.objects.first(), email="jun@example.com", role=2, accepted=True)
call_command("export_memories", f"{directory}/before", "--with", "history,grants", verbosity=0)
from memory_hub.journal.models import Origin
origins = [*Origin.objects.order_by("pk").values()]
call_command("migrate", "journal", "0003", **quiet)
call_command("migrate", "journal", **quiet)
present = [*Origin.objects.values()]
print("origins", len(origins), all(one in present for one in origins))
for app in ("superthread", "google_docs", "idempotency", "monitoring", "accounts", "journal"):
    call_command("migrate", app, "0001", **quiet)
with mock.patch("time.sleep") as slept:
    call_command("migrate", **quiet)
print("turns", slept.call_count)
print("old indexes", drop_old_indexes(), drop_old_indexes())
print("links", Link.objects.count())
call_command("reindex", "--all", "--quiet")
call_command("export_memories", f"{directory}/after", "--with", "history,grants", verbosity=0)
call_command("check", "--tag", "database", "--database", "default", "--fail-level", "WARNING")
call_command("makemigrations", "--check", "--dry-run", verbosity=0)
print("indexed", SearchDocument.objects.exclude(terms=None).count())
"""
LINES = """\
{"content": "Jun has the [[key]].", "category": "keys", "metadata": {"a": 1}, "source": "one"}
{"content": "The team meets at noon.", "scope": "team", "team_key": "alpha", "source": "two"}
{"content": "Everyone may know this.", "scope": "public", "source": "three"}
"""


@pytest.fixture
def hub(nursery, tmp_path):
    return nursery.hub(tmp_path)


@pytest.mark.drill
def test_a_database_goes_back_to_the_first_release_and_forth_with_its_data(hub, tmp_path):
    (tmp_path / "hub.jsonl").write_text(LINES)
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(tmp_path)],
        cwd=ROOT,
        env=hub.environment | {"DJANGO_SETTINGS_MODULE": "memory_hub.settings"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    before, after = ((tmp_path / name).read_text() for name in ("before", "after"))
    assert len(before.splitlines()) >= 3
    assert "jun@example.com" in before
    assert after == before
    assert "indexed 3\n" in done.stdout
    assert "links 1\n" in done.stdout
    # On PostgreSQL, where they are not moved, they are in the inbox still.
    assert re.search(r"origins \d+ True\n", done.stdout)
    assert ("origins 0 " in done.stdout) == ("DATABASE_URL" in hub.environment)
    # Until then the release before, which may go on serving, has them.
    assert "old indexes 12 0\n" in done.stdout
    # SQLite's writers get their turn after each migration; PostgreSQL's need none.
    (turns,) = re.findall(r"turns (\d+)", done.stdout)
    assert (int(turns) > 20) == ("DATABASE_URL" not in hub.environment)
