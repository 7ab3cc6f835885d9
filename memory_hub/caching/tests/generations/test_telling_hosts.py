"""Whom a change is told: Redis, and where it does not hear, the row of news in its place."""

from contextlib import contextmanager

import pytest
from django.db import DatabaseError

from memory_hub.caching.generations import Generations, redis_connection
from memory_hub.caching.generations.change import AnnouncedChange
from memory_hub.caching.generations.mapped import MappedGenerations
from memory_hub.caching.generations.redis import RedisGenerations
from memory_hub.caching.tests.asking import is_current, run
from memory_hub.core.circuit_breaker import Breaker


class Row:
    """Stands for the row of news: how often it was written, and whether it can be."""

    def __init__(self):
        self.silences = self.told = 0
        self.quiet, self.fails = False, False

    def epoch(self):
        return 1

    @contextmanager
    def silence(self):
        if self.fails:
            raise DatabaseError
        self.silences += 1
        yield

    def tell(self):
        self.told += 1

    def is_quiet(self):
        return self.quiet


@pytest.fixture
def host(tmp_path, redis_server, monkeypatch):
    # A machine that does other things too answers late, and that is no fault here.
    monkeypatch.setattr(redis_connection, "TIMEOUT", 10.0)
    made = []

    def make(name):
        shared = RedisGenerations(redis_server.url, breaker=Breaker(0.0))
        made.append(shared)
        return Generations(MappedGenerations(tmp_path / name / "map"), shared, Row())

    yield make
    for shared in made:
        shared.close()


def commit(generations, *keys, everything=False):
    change = AnnouncedChange(generations)
    change.everything = everything
    change.expect(keys)
    with change.committing():
        pass
    change.publish()


@pytest.mark.parametrize("quiet", [False, True])
def test_what_redis_hears_is_told_to_nobody_else(host, quiet):
    here, there = host("here"), host("there")
    stamp, other = there.stamp(["one"]), there.stamp(["other"])
    # As after an outage that has just ended.
    here.news.quiet = quiet
    commit(here, "one")
    here.bump("two")
    assert here.news.silences == 0
    assert (is_current(there, stamp), is_current(there, other)) == (False, True)
    assert there.stamp(["one"]) is not None
    assert not here.local.owed


def test_what_redis_does_not_hear_is_told_in_a_silence_once(host, redis_server):
    here = host("here")
    redis_server.stop()
    here.news.quiet = True
    commit(here, "one")
    assert here.news.silences == 1


def test_a_silence_that_ended_before_the_news_is_declared_again(host, redis_server):
    here = host("here")
    redis_server.stop()
    commit(here, "one")
    assert here.news.silences == 2
    assert not here.local.owed


def test_bumping_everything_outdates_what_other_hosts_kept(host):
    here, there = host("here"), host("there")
    stamps = [there.stamp([]), there.stamp(["one"])]
    here.bump_all()
    assert not any(is_current(there, stamp) for stamp in stamps)
    assert (here.news.silences, here.local.owed) == (0, 0)


@pytest.mark.parametrize("wait", [True, False])
def test_bumping_everything_without_redis_is_told_or_owed(host, redis_server, wait):
    here = host("here")
    redis_server.stop()
    here.bump_all(wait=wait)
    assert here.news.silences == int(wait)
    assert bool(here.local.owed) != wait


def test_what_nobody_could_be_told_is_owed_until_it_is_told(host, redis_server):
    here = host("here")
    redis_server.stop()
    here.news.fails = True
    here.bump("one")
    assert here.local.owed
    assert here.stamp(["one"]) is None
    here.settle()
    assert (here.news.told, here.local.owed) == (1, 0)
    # Nothing is owed: nothing is told.
    here.settle()
    assert here.news.told == 1


def test_what_is_owed_stays_so_where_there_is_no_row_either(host, redis_server):
    here = host("here")
    redis_server.stop()
    here.news = None
    here.bump("one")
    here.settle()
    assert here.local.owed


def test_a_bump_on_the_loop_reaches_other_hosts(host):
    here, there = host("here"), host("there")
    stamp = there.stamp(["one"])
    run(here, here.abump("one"))
    assert not is_current(there, stamp)


def test_a_stamp_of_the_first_keys_is_the_one_that_they_would_have(host):
    here = host("here")
    whole = here.stamp(["one", "two", "three"])
    assert whole.first(1) == here.stamp(["one"])
    assert whole.first(2) == here.stamp(["one", "two"])
    assert whole.without_first() == here.stamp(["two", "three"])


def test_calls_one_after_the_other_share_a_connection(host, redis_server):
    here = host("here")
    here.stamp(["one"])
    before = redis_server.client().info("stats")["total_connections_received"]
    for _ in range(20):
        here.stamp(["one"])
    # The question itself is one.
    after = redis_server.client().info("stats")["total_connections_received"]
    assert after - before == 1


def test_unless_told_otherwise_each_has_a_breaker_of_its_own(redis_server):
    one, other = (RedisGenerations(redis_server.url) for _ in range(2))
    assert one.bump(["one"])
    assert one.breaker is not other.breaker
    one.close()


def test_that_redis_is_away_is_seen_and_said_once_and_ends_with_it(host, redis_server, caplog):
    here = host("here")
    assert not here.shared.look()
    redis_server.stop()
    for _ in range(3):
        assert here.stamp(["one"]) is None
    assert here.shared.look()
    assert caplog.text.count("Redis does not answer (ConnectionError)") == 1
    redis_server.start()
    assert not here.shared.look()
    assert here.stamp(["one"]) is not None
