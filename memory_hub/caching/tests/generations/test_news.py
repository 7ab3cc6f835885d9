"""The row of PostgreSQL that says what may be kept when Redis does not."""

import threading
import time
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection

from memory_hub.caching.generations import Generations, news
from memory_hub.caching.generations.mapped import MappedGenerations
from memory_hub.caching.generations.news import News, news_connection
from memory_hub.caching.generations.redis import RedisGenerations
from memory_hub.caching.models import News as Row
from memory_hub.jobs import rounds

pytestmark = [pytest.mark.only_on("postgresql"), pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """The same proportions, a fifth of the time."""
    for name in ("LEAVE", "LAPSED", "PERIOD", "QUIET", "SPARE"):
        monkeypatch.setattr(news, name, getattr(news, name) / 5)


class Reader(News):
    """News that tell of every turn of their thread."""

    def __init__(self, connect=news_connection, alone=lambda: False):
        super().__init__(self._dial, alone)
        self.dial, self.turned = connect, threading.Condition()

    def _dial(self):
        return self.dial()

    def _turn(self, **options):
        error = super()._turn(**options)
        with self.turned:
            self.turned.notify_all()
        return error

    def until(self, condition):
        """Wait for turns until the condition holds."""
        self.epoch()
        with self.turned:
            assert self.turned.wait_for(condition, 10)


@pytest.fixture
def reader():
    """Makes processes that read the row; they end with their connection."""
    made = []

    def make(**options):
        made.append(Reader(**options))
        return made[-1]

    yield make
    for one in made:
        one.dial = fail
        if one._connection is not None:
            one._connection.close()


def fail():
    raise OperationalError("It is away.")


def test_a_process_keeps_nothing_before_it_has_read_the_row(reader):
    one = reader()
    assert one.epoch() is None
    one.until(lambda: one.epoch() is not None)


def test_in_a_silence_nobody_uses_anything_and_afterwards_all_is_outdated(reader):
    here, there = reader(), reader()
    there.until(lambda: there.epoch() is not None)
    before = there.epoch()
    with here.silence():
        assert there.epoch() is None
    there.until(lambda: there.epoch() is not None)
    assert there.epoch() != before


def test_the_second_write_of_an_outage_waits_for_nobody(reader, monkeypatch):
    here = reader()
    with here.silence():
        pass
    told = Row.objects.get().epoch
    waits = []
    monkeypatch.setattr(news, "time", SimpleNamespace(monotonic=time.monotonic, sleep=waits.append))
    with here.silence():
        pass
    assert Row.objects.get().epoch == told
    assert waits == []


def test_a_silence_goes_on_while_a_commit_takes_long(reader):
    here, there = reader(), reader()
    there.until(lambda: there.epoch() is not None)
    with here.silence():
        first = Row.objects.get().quiet_until
        here.until(lambda: Row.objects.get().quiet_until > first)
        assert there.epoch() is None


def test_while_redis_stays_away_a_silence_goes_on_for_the_next_write(reader):
    here = reader(alone=lambda: True)
    with here.silence():
        first = Row.objects.get().quiet_until
    here.until(lambda: Row.objects.get().quiet_until > first)


def test_a_process_that_does_not_reach_the_row_keeps_nothing_and_says_so_once(reader, caplog):
    def failed():
        return sum(each.failed for each in rounds.read() if each.name == "news")

    one, before = reader(), failed()
    one.until(lambda: one.epoch() is not None)
    one.dial = fail
    one._connection.close()
    one.until(lambda: one.epoch() is None)
    with pytest.raises(OperationalError), one.silence():
        pytest.fail("It must not commit.")
    said = [told for told in caplog.messages if told.startswith("Cannot reach the row of news")]
    assert len(said) == 1
    one.until(lambda: failed() > before)


def test_a_writer_does_not_wait_for_a_database_that_says_nothing(reader, monkeypatch):
    monkeypatch.setattr(news, "PATIENCE", 0.1)
    answers = threading.Event()

    def hang():
        answers.wait(5)
        fail()

    one = reader(connect=hang)
    try:
        with pytest.raises(OperationalError, match="in time"), one.silence():
            pytest.fail("It must not commit.")
    finally:
        answers.set()


def test_a_row_that_is_missing_is_made(reader):
    Row.objects.all().delete()
    with reader().silence():
        assert Row.objects.count() == 1


def test_before_there_is_a_table_writers_go_on_and_nobody_keeps_anything(reader):
    one, writer = reader(), reader()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE hub_news RENAME TO hub_news_to_come")
    try:
        with writer.silence():
            one.until(lambda: one._reading is not None)
            assert one.epoch() is None
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE hub_news_to_come RENAME TO hub_news")
    one.until(lambda: one.epoch() is not None)


def test_a_lost_connection_is_made_anew_for_a_write(reader):
    one = reader()
    one.until(lambda: one.epoch() is not None)
    with connection.cursor() as cursor:
        pid = one._connection.get_backend_pid()
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    with one.silence():
        assert one._connection.get_backend_pid() != pid


def test_what_is_owed_is_settled_without_redis_and_without_a_request(reader, tmp_path):
    local = MappedGenerations(tmp_path / "generations.map")
    nowhere = RedisGenerations("redis://127.0.0.1:1/0")
    one = reader(alone=lambda: made.settle())
    made = Generations(local, nowhere, one)
    before = Row.objects.values_list("epoch", flat=True).first()
    local.owe()
    one.until(lambda: not local.owed)
    assert Row.objects.get().epoch != before
