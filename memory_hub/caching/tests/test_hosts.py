"""Two hosts on one PostgreSQL and one Redis: nothing old, whatever happens to either or to both."""

import itertools

import httpx
import psycopg2
import pytest

from testing.consistency.hosts import DIE_AT, FAULTS, TwoHosts, revive
from testing.consistency.pairs import MEMORIES, Person, check_pairs
from testing.servers.redis import RedisServer

pytestmark = [pytest.mark.only_on("postgresql"), pytest.mark.drill]
APPLICATION = "testing.consistency.dying:application"
# Each of the twelve kinds some times before a fault, in it and after it.
PAIRS = 300
CLIENTS = 4


@pytest.fixture(scope="module")
def hosts(nursery, tmp_path_factory):
    directory = tmp_path_factory.mktemp("hosts")
    redis = RedisServer(directory)
    redis.start()

    def hub(place, **variables):
        return nursery.hub(place, 1, application=APPLICATION, **variables)

    with TwoHosts(directory, hub, redis) as two:
        yield two
    redis.stop()


@pytest.fixture(autouse=True)
def healed(hosts):
    hosts.heal()
    revive(hosts.a)


@pytest.fixture
def owner(hosts):
    person = Person(hosts, hosts.token("owner@example.com"))
    yield person
    person.close()


@pytest.mark.parametrize("fault", FAULTS)
def test_what_one_host_acknowledged_the_other_shows(hosts, fault):
    found = check_pairs(hosts, FAULTS[fault], PAIRS, CLIENTS)
    assert (found.wrong, found.failed, found.pairs) == (0, [], PAIRS)
    assert found.seen > PAIRS / 3


@pytest.mark.parametrize("fault", ["well", "cut from A"])
def test_a_host_that_dies_at_any_step_of_a_write_leaves_nothing_old_elsewhere(hosts, owner, fault):
    made = owner.ask(0, "POST", MEMORIES, json={"content": "0"}).json()
    path = f"{MEMORIES}/{made['doc_id']}"
    outcomes = set()
    for step in itertools.count(1):
        FAULTS[fault].harm(hosts)
        for _ in range(3):
            assert owner.ask(1, "GET", path).status_code == 200
        (hosts.a.data_dir / DIE_AT).write_text(str(step))
        try:
            answer = owner.ask(0, "PATCH", path, json={"content": str(step)})
        except httpx.TransportError:
            answer = None
        (hosts.a.data_dir / DIE_AT).unlink()
        shown = owner.ask(1, "GET", path).json()["content"]
        stored = _stored(hosts, made["doc_id"])
        assert shown == stored, f"old after a death at step {step}"
        outcomes.add(stored == str(step))
        FAULTS[fault].repair(hosts)
        if answer is not None:
            assert answer.status_code == 200
            break
        revive(hosts.a)
    # Some died before their commit and some after it.
    assert outcomes == {False, True}
    assert step > 5


def _stored(hosts, doc_id):
    connection = psycopg2.connect(hosts.a.environment["DATABASE_URL"])
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT content FROM superthread_memory WHERE doc_id = %s", [doc_id])
        (content,) = cursor.fetchone()
    connection.close()
    return content
