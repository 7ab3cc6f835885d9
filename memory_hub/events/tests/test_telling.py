"""Who is told of a change, in which order, and what they write."""

from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from memory_hub.core.features import Features
from memory_hub.core.identity import OPERATOR
from memory_hub.events import telling
from memory_hub.events.event import Event
from memory_hub.events.order import Stage
from superthread.generations import outdate


@dataclass(frozen=True, slots=True)
class Rang(Event):
    """Something that a test's app tells of."""

    times: int


@dataclass(frozen=True, slots=True)
class Knocked(Event):
    """Something else."""


@pytest.fixture
def told(monkeypatch):
    """What subscribers of a test's app were told, by name; they are named last stage first."""
    told = []

    def subscriber(name, *kinds):
        @telling.hears(*kinds)
        def hear(events):
            told.append((name, list(events)))
            return [("UPDATE superthread_search_fresh SET known = known", [])]

        return hear

    brings = Features(
        subscribers={Stage.RECORD: ("record",), Stage.INDEX: ("index",), Stage.ANSWERS: ("all",)}
    )

    made = {
        "record": subscriber("record", Rang),
        "index": subscriber("index", Knocked),
        "all": subscriber("all", Event),
    }
    telling.subscribers.cache_clear()
    monkeypatch.setattr(telling, "installed", SimpleNamespace(features=lambda: (brings,)))
    monkeypatch.setattr(telling, "import_string", made.__getitem__)
    yield told
    telling.subscribers.cache_clear()


def _of(kind, *more):
    return kind(OPERATOR.actor, OPERATOR.origin, *more)


def test_a_stage_may_be_its_number_and_one_that_is_none_is_refused(monkeypatch):
    def brings(stage):
        app = Features(subscribers={stage: ("superthread.generations.outdate",)})
        monkeypatch.setattr(telling, "installed", SimpleNamespace(features=lambda: (app,)))
        return telling.subscribers.__wrapped__()

    assert brings(2) == brings(Stage.ANSWERS) == (outdate,)
    with pytest.raises(ValueError, match="9"):
        brings(9)


def test_the_apps_are_told_in_this_order():
    named = [f"{one.__module__}.{one.__qualname__}" for one in telling.subscribers()]
    assert named == [
        "superthread.services.upkeep.departures.follow",
        "superthread.services.upkeep.readdressing.follow",
        "superthread.scanning.judging.follow",
        "google_docs.access.ended.follow",
        "integrations.oauth.subscribers.follow",
        "memory_hub.accounts.generations.outdate",
        "superthread.generations.outdate",
        "superthread.derived_rows.path_names.follow",
        "superthread.derived_rows.links.follow",
        "superthread.derived_rows.identifiers.follow",
        "superthread.search.index.subscriber.follow",
        "memory_hub.accounts.recorded.record",
        "superthread.feed.recorded.record",
        "superthread.feed.webhooks.recorded.record",
        "google_docs.recorded.record",
        "integrations.mcp.recorded.record",
        "web.accounts.readdressed.tell_former",
        "web.webhooks.tell_owner",
    ]


def test_each_hears_what_it_asked_for_at_once_and_in_its_turn(db, told):
    rings = [_of(Rang, 1), _of(Rang, 2)]
    with transaction.atomic():
        telling.tell(*rings)
        telling.tell(_of(Knocked))
    assert [name for name, _ in told] == ["all", "record", "all", "index"]
    assert told[0][1] == told[1][1] == rings


def test_what_they_write_goes_in_one_round_trip(db, told):
    with CaptureQueriesContext(connection) as captured, transaction.atomic(durable=False):
        telling.tell(_of(Rang, 1))
    written = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(written) == 1
    assert "".join(written).count("SET known") == 2


def test_nothing_told_asks_the_database_nothing(db, told, django_assert_num_queries):
    with django_assert_num_queries(0):
        telling.tell()
    assert told == []


def test_an_event_outside_a_transaction_is_refused(transactional_db, told):
    with pytest.raises(transaction.TransactionManagementError):
        telling.tell(_of(Knocked))
    assert told == []
