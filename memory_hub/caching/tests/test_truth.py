"""The checkers of script/bench http, in small, against a hub of several workers."""

import os
import signal
import time

import pytest

from benchmarks.http.truth import Person, check_leaks, check_stale


@pytest.fixture(params=["local", pytest.param("redis", marks=pytest.mark.drill)])
def hub(request, new_hub):
    variables = {"HUB_RATE_LIMIT": "off"}
    if request.param == "redis":
        variables["REDIS_URL"] = request.getfixturevalue("redis_server").url
    return new_hub(workers=3, **variables)


@pytest.mark.drill
def test_no_read_is_older_than_a_write_and_no_answer_outlives_its_permission(hub):
    found = check_stale(hub, reads=300, clients=2)
    assert (found["old details"], found["old lists"]) == (0, 0)
    assert found["writes"] > 5
    found = check_leaks(hub, flips=2)
    assert found == {"flips": 7, "grant": 0, "team": 0, "scope": 0, "token": 0}
    _edit_from_a_command(hub)


def _edit_from_a_command(hub):
    """What a management command writes counts like any other write."""
    person = Person(hub, "mina@example.com")
    doc_id = person.save("before")
    path = f"/superthread/memories/{doc_id}"
    for _ in range(9):
        assert person.ask("GET", path).json()["category"] == "default"
    for category, code in COMMANDS.items():
        hub.manage("shell", "--no-imports", "--command", code)
        assert {person.ask("GET", path).json()["category"] for _ in range(9)} == {category}


COMMANDS = {
    "edited": "from superthread.models import Memory; Memory.objects.update(category='edited')",
    "typed": """
from django.db import connection, transaction
from memory_hub.caching import bump_after_commit
with transaction.atomic():
    bump_after_commit("memories/one/another")
    connection.cursor().execute("update superthread_memory set category = 'typed'")
""",
}


FAULTS = {
    "hung": lambda redis: redis.hang(),
    "refused": lambda redis: redis.stop(),
    "flushed": lambda redis: redis.client().flushall(),
    "restarted": lambda redis: (redis.stop(), redis.start()),
    "out of memory": lambda redis: redis.client().config_set("maxmemory", "1"),
}
REPAIRS = {
    "hung": lambda redis: redis.resume(),
    "refused": lambda redis: redis.start(),
    "out of memory": lambda redis: redis.client().config_set("maxmemory", "0"),
}


@pytest.mark.drill
def test_no_fault_of_redis_is_an_error_or_an_old_answer(new_hub, redis_server):
    hub = new_hub(workers=2, REDIS_URL=redis_server.url, HUB_RATE_LIMIT="off")
    person = Person(hub, "mina@example.com")
    path = f"/superthread/memories/{person.save('0')}"
    number = 0
    for name, fault in FAULTS.items():
        _warm(person, path)
        fault(redis_server)
        for _ in range(5):
            number += 1
            changed = person.ask("PATCH", path, json={"content": str(number)})
            shown = [person.ask("GET", path) for _ in range(4)]
            assert changed.status_code == 200, (name, changed.text)
            assert [one.status_code for one in shown] == [200] * 4, name
            assert {one.json()["content"] for one in shown} == {str(number)}, name
        if name in REPAIRS:
            REPAIRS[name](redis_server)
    _wait_for_hits(hub, person, path)


def _warm(person, path):
    for _ in range(6):
        assert person.ask("GET", path).status_code == 200


def _wait_for_hits(hub, person, path):
    """The cache works again by itself, once the breaker has let a call through."""
    watcher = Person(
        hub, "ops@example.com", hub.token("ops@example.com", "--scopes", "monitoring:read")
    )

    def hits():
        rows = watcher.ask("GET", "/monitoring/cache").json()["caches"]
        return next(row["hits"] for row in rows if row["name"] == "responses")

    before, deadline = hits(), time.monotonic() + 30
    while hits() == before:
        assert time.monotonic() < deadline, "no answer from the cache after the repair"
        person.ask("GET", path)


@pytest.mark.drill
def test_a_worker_that_was_killed_takes_the_kept_answers_along(new_hub):
    hub = new_hub(workers=2)
    person = Person(hub, "mina@example.com")
    path = f"/superthread/memories/{person.save('before')}"
    _warm(person, path)
    generations = hub.data_dir / "cache" / "generations.map"
    epoch = generations.read_bytes()[8:16]
    os.kill(hub.workers()[0], signal.SIGKILL)
    deadline = time.monotonic() + 20
    while generations.read_bytes()[8:16] == epoch:
        assert time.monotonic() < deadline
        time.sleep(0.02)
