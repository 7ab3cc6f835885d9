"""Generations in Redis: several hosts, and every fault that Redis can have."""

import asyncio
from contextlib import ExitStack

import pytest
from redis.retry import Retry

from memory_hub.caching.generations import Generations
from memory_hub.caching.generations.change import AnnouncedChange
from memory_hub.caching.generations.mapped import MappedGenerations
from memory_hub.caching.generations.redis import ANNOUNCED_SECONDS, RedisGenerations
from memory_hub.caching.generations.redis_connection import Line, options
from memory_hub.caching.tests.asking import is_current, run
from memory_hub.core.circuit_breaker import Breaker
from memory_hub.core.deadline import TimeIsUp
from memory_hub.core.errors import Unavailable


class Clock:
    """Time for the breaker, moved by hand."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def host(tmp_path, redis_server, clock):
    """Makes the generations of a process on a host: the mapped file is the host's own."""
    with ExitStack() as at_the_end:

        def make(name: str) -> Generations:
            shared = RedisGenerations(redis_server.url, breaker=Breaker(5, clock=clock))
            at_the_end.callback(shared.close)
            return Generations(MappedGenerations(tmp_path / name / "generations.map"), shared)

        yield make


def test_a_bump_on_one_host_outdates_the_stamp_of_another(host):
    here, there = host("here"), host("there")
    one, other = there.stamp(["one"]), there.stamp(["other"])
    here.bump("one")
    assert not is_current(there, one)
    assert is_current(there, other)


async def _stamp_together(generations, count):
    return await asyncio.gather(*(generations.astamp([f"key{i}"]) for i in range(count)))


def test_coroutines_and_threads_read_the_same_numbers(host):
    here = host("here")
    stamps = run(here, _stamp_together(here, 50))
    assert [here.stamp([f"key{i}"]) for i in range(50)] == stamps


def test_simultaneous_readers_share_round_trips(host, redis_server):
    here = host("here")

    async def scenario():
        await _stamp_together(here, 100)
        before = redis_server.client().info("commandstats")["cmdstat_mget"]["calls"]
        await _stamp_together(here, 100)
        return redis_server.client().info("commandstats")["cmdstat_mget"]["calls"] - before

    assert run(here, scenario()) <= 2


def test_a_current_stamp_costs_one_round_trip(host, redis_server):
    here, client = host("here"), redis_server.client()

    async def scenario():
        stamp = await here.astamp(["one", "other"])
        before = client.info("stats")["total_commands_processed"]
        assert await here.ais_current(stamp)
        asked_for_the_count = 1
        return client.info("stats")["total_commands_processed"] - before - asked_for_the_count

    assert run(here, scenario()) == 1


@pytest.mark.parametrize("forget", ["flushall", "evict", "restart"])
def test_a_redis_that_forgot_makes_no_old_answer_valid_again(host, redis_server, forget):
    here = host("here")
    first = here.stamp(["one"])
    if forget == "flushall":
        redis_server.client().flushall()
    elif forget == "evict":
        redis_server.client().delete("hub:generation:one")
    else:
        redis_server.stop()
        redis_server.start()
    assert not is_current(here, first)
    assert here.stamp(["one"]) is None or is_current(here, here.stamp(["one"]))


def test_a_snapshot_from_before_a_bump_makes_no_old_answer_valid_again(host, redis_server):
    here, there = host("here"), host("there")
    old = there.stamp(["one"])
    client = redis_server.client()
    client.save()
    here.bump("one")
    redis_server.stop()
    redis_server.start()
    assert redis_server.client().get("hub:generation:one") is not None
    assert not is_current(there, old)


@pytest.mark.parametrize("fault", ["hang", "stop"])
def test_while_redis_is_away_nothing_is_kept_and_the_breaker_saves_the_wait(
    host, redis_server, fault, monkeypatch
):
    here = host("here")
    stamp = here.stamp(["one"])
    getattr(redis_server, fault)()
    assert not is_current(here, stamp)
    asked = []
    monkeypatch.setattr(here.shared._pool, "get_connection", lambda: asked.append("once more"))
    for _ in range(20):
        assert here.stamp(["one"]) is None
    assert asked == []


def test_a_bump_that_redis_missed_outdates_everything_once_redis_is_back(host, redis_server, clock):
    here, there = host("here"), host("there")
    stamp = there.stamp(["one"])
    redis_server.hang()
    here.bump("one")
    redis_server.resume()
    assert here.local.owed
    clock.now += 6
    assert here.stamp(["one"]) is None  # no reader pays
    here.settle()
    assert here.stamp(["one"]) is not None
    assert not is_current(there, stamp)


def test_what_one_process_owes_another_of_its_host_pays(host, redis_server):
    here, neighbour = host("here"), host("here")
    unrelated = neighbour.stamp(["unrelated"])
    redis_server.hang()
    here.bump("one")
    redis_server.resume()
    assert not is_current(neighbour, unrelated)
    neighbour.settle()
    assert not here.local.owed
    assert not is_current(neighbour, unrelated)


def test_under_an_announced_change_no_host_keeps_or_uses_anything(host):
    here, there = host("here"), host("there")
    old, change = there.stamp(["one"]), announced(here, "one")
    assert there.stamp(["one"]) is None
    assert not is_current(there, old)
    assert there.stamp(["other"]) is not None
    change.publish()
    assert not is_current(there, old)
    assert is_current(there, there.stamp(["one"]))


def announced(generations, *keys, everything=False):
    """A change that is told to others and not committed yet."""
    change = AnnouncedChange(generations)
    change.everything = everything
    change.expect(keys)
    assert generations.shared.announce(change._names(), change._number)
    return change


def test_everything_can_be_announced(host):
    here, there = host("here"), host("there")
    change = announced(here, everything=True)
    assert there.stamp(["one"]) is None
    change.publish()
    assert there.stamp(["one"]) is not None


def test_of_two_hosts_changes_the_one_under_way_is_still_awaited(host):
    here, there, third = host("here"), host("there"), host("third")
    first, second = announced(here, "one"), announced(there, "one")
    second.publish()
    assert third.stamp(["one"]) is None
    first.publish()
    assert third.stamp(["one"]) is not None


def test_what_a_dead_host_announced_lapses_and_then_hides_nothing(host, redis_server):
    here, there = host("here"), host("there")
    client, key = redis_server.client(), "hub:generation:one"
    announced(here, "one")
    assert 0 < client.ttl(key) <= ANNOUNCED_SECONDS
    client.set(key, "pending 1f@1")  # announced in 1970
    announced(there, "one").publish()
    assert client.get(key) is None


def test_a_commit_that_did_not_happen_is_awaited_by_nobody(host):
    here, there = host("here"), host("there")
    here.news = Never()
    change = AnnouncedChange(here)
    change.expect(["one"])

    def commit():
        with change.committing():
            assert there.stamp(["one"]) is None
            raise TimeIsUp(Unavailable())

    with pytest.raises(TimeIsUp):
        commit()
    assert there.stamp(["one"]) is not None
    assert is_current(here, here.stamp(["one"]))


class Never:
    """News that nobody needs while Redis is well."""

    def epoch(self):
        return 1


def test_a_bump_reaches_the_own_host_even_without_redis(host, redis_server):
    here, neighbour = host("here"), host("here")
    stamp = neighbour.stamp(["one"])
    redis_server.stop()
    here.bump("one")
    assert not neighbour.is_locally_current(stamp)


def test_redis_out_of_memory_outdates_all_the_same(host, redis_server):
    here, there = host("here"), host("there")
    stamp = there.stamp(["one"])
    redis_server.client().config_set("maxmemory", "1")
    here.bump("one")
    assert not is_current(there, stamp)
    assert there.stamp(["one"]) is None
    redis_server.client().config_set("maxmemory", "0")
    assert there.stamp(["one"]) is not None


def test_coroutines_recover_after_a_restart_without_a_restart_of_the_hub(host, redis_server, clock):
    here = host("here")

    async def scenario():
        first = await here.astamp(["one"])
        redis_server.stop()
        gone = await here.astamp(["one"])
        redis_server.start()
        clock.now += 6
        back = await here.astamp(["one"])
        return first, gone, back

    first, gone, back = run(here, scenario())
    assert gone is None
    assert back is not None
    assert back != first


def test_what_is_bumped_after_another_needs_no_connection_of_its_own(host, redis_server):
    here = host("here")
    here.bump("one")
    client = redis_server.client()
    before = len(client.client_list())
    for _ in range(3):
        here.bump("one")
    assert len(client.client_list()) == before


def test_no_connection_tries_again_by_itself():
    assert options(Retry)["retry"].get_retries() == 0


def test_a_hung_redis_holds_coroutines_up_once_and_briefly(host, redis_server, monkeypatch):
    here, asked = host("here"), []
    exchange = Line._exchange

    async def noted(line, names):
        asked.append(len(names))
        return await exchange(line, names)

    async def scenario():
        await here.astamp(["one"])
        redis_server.hang()
        monkeypatch.setattr(Line, "_exchange", noted)
        return await _stamp_together(here, 50)

    assert run(here, scenario()) == [None] * 50
    # All wait together for one time limit, with an epoch and a key each.
    assert asked == [100]
