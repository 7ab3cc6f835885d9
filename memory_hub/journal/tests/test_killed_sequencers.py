"""Whoever is killed meanwhile: every entry once, in the order of each writer, no change torn."""

import os
import signal
import subprocess
import sys
from itertools import chain, groupby

import pytest
from django.db import connection, transaction

from memory_hub.core.identity import Actor, Origin
from memory_hub.database.statements import run
from memory_hub.journal import sealing, sequencer
from memory_hub.journal.append import append
from memory_hub.journal.facts import Fact
from memory_hub.journal.models import Entry, Waiting
from memory_hub.journal.verifying import verify
from testing.servers.hub import ROOT


def started(*arguments):
    """A process on this test's database."""
    settings = connection.settings_dict
    variables = {"DJANGO_SETTINGS_MODULE": "testing.settings", "HUB_POOL_SIZE": "2"}
    code = (
        "import runpy, sys\n"
        "from django.conf import settings\n"
        f"settings.DATABASES['default']['NAME'] = {str(settings['NAME'])!r}\n"
        f"sys.argv = ['writer', *{arguments!r}]\n"
        "runpy.run_module('memory_hub.journal.tests.writer', run_name='__main__')\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | variables,
        stdout=subprocess.PIPE,
        text=True,
    )


def follow(seen):
    """What a follower that remembers its position takes in next."""
    after = seen[-1][0] if seen else 0
    more = Entry.objects.filter(position__gt=after).order_by("position")
    seen += more.values_list("position", "kind", "change")


@transaction.atomic
def long_transaction(steps):
    run(append([Fact("long.0.0", Actor(1), Origin("rest", "long"))]))
    steps()
    run(append([Fact("long.0.1", Actor(1), Origin("rest", "long"))]))


@pytest.mark.drill
@pytest.mark.only_on("postgresql")
def test_every_entry_is_followed_once_though_sequencers_are_killed(transactional_db):
    writers = [started("writer", name, "400") for name in "abcd"]
    seen, kills = [], 0
    while any(writer.poll() is None for writer in writers) or kills < 5:
        victim = started("sequencer")
        for _ in range(3):
            victim.stdout.readline()
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        victim.stdout.close()
        kills += 1
        follow(seen)
    written = [line.split() for writer in writers for line in writer.stdout.read().splitlines()]
    for writer in writers:
        writer.stdout.close()
        assert writer.wait() == 0
    while not sequencer.sequence(patience_ms=10_000):
        pass
    while sealing.seal():
        pass
    follow(seen)
    assert [position for position, _, _ in seen] == list(range(1, len(seen) + 1))
    assert sorted(kind for _, kind, _ in seen) == sorted(chain.from_iterable(written))
    # Each transaction's entries stand together and in order, each writer's transactions too.
    runs = [[kind for _, kind, _ in group] for _, group in groupby(seen, key=lambda one: one[2])]
    assert sorted(runs) == sorted(written)
    for name in "abcd":
        mine = [kinds for kinds in runs if kinds[0].startswith(name)]
        assert mine == [kinds for kinds in written if kinds[0].startswith(name)]
    assert not Waiting.objects.exists()
    assert verify().problems == []


@pytest.mark.drill
@pytest.mark.only_on("postgresql")
def test_others_are_followed_beside_a_transaction_that_stays_open(transactional_db):
    seen = []

    def steps():
        writer = started("writer", "quick", "20")
        lines = writer.communicate()[0].splitlines()
        helper = started("sequencer")
        helper.stdout.readline()
        helper.stdout.readline()
        helper.kill()
        helper.communicate()
        # Still inside: its own are seen by nobody, the others' have their positions.
        assert Entry.objects.count() == sum(len(line.split()) for line in lines)

    long_transaction(steps)
    sequencer.sequence()
    follow(seen)
    assert [kind for _, kind, _ in seen][-2:] == ["long.0.0", "long.0.1"]
