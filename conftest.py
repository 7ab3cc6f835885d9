"""Fixtures of all tests. ``TEST_DATABASE_URL`` picks PostgreSQL, SQLite is the default."""

import gc
import os
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from testing import discretion, effort, selection


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--all`` takes the drills in; ``--turns`` shares tests out to the two kinds of database."""
    parser.addoption("--all", action="store_true", help="run the tests marked as drills too")
    parser.addoption(
        "--turns", action="store_true", help="run what another run tries on the other database once"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Tests are told how much they may try before they are collected."""
    effort.drills = config.getoption("--all")
    # How long something takes is nothing that a test asserts: a machine may have other work.
    settings.register_profile(
        "unhurried",
        deadline=None,
        max_examples=effort.at_most(settings.default.max_examples),
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("unhurried")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A module that this run takes no test of is not even imported."""
    place = os.path.relpath(collection_path, config.rootpath)
    return selection.is_left_out(place, _kind()) or None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected stays to the end: the garbage collector looks for nothing in it, now or
    later. With thousands of tests each of its rounds would take long."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_sessionfinish() -> None:
    """Ends what goes on in the loop of requests inside the process, where there were any."""
    if client := sys.modules.get("testing.clients.in_process"):
        client.close_loop()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what this run is not for, and puts first what takes long."""
    drills, turns = config.getoption("--all"), config.getoption("--turns")
    other = {item for item in items if not selection.is_for(item, _kind(), drills, turns)}
    if turns and not drills:
        other |= selection.left_to_others(items)
    config.hook.pytest_deselected(items=list(other))
    items[:] = [item for item in items if item not in other]
    begun = [item for item in items if _begins_processes(item)]
    # Processes may meet a machine that stands still, and among fifteen thousand tests beside drills
    # so may any: one failure may be the machine's, two are the hub's. The report names them.
    for item in items if drills else begun:
        item.add_marker(pytest.mark.flaky(reruns=1))
    # Modules with such tests take longest: none is left to one process while the other is through.
    first, size = {_module(item) for item in begun}, Counter(map(_module, items))
    items.sort(key=lambda item: (_module(item) not in first, -size[_module(item)], _module(item)))


def _kind() -> str:
    return "postgresql" if os.environ.get("TEST_DATABASE_URL") else "sqlite"


def _begins_processes(item: pytest.Item) -> bool:
    return bool(item.get_closest_marker("drill")) or "nursery" in getattr(item, "fixturenames", ())


def _module(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test fails at its end when something was logged that must not be."""
    report = yield
    if call.when == "teardown":
        logged = "\n".join(text for name, text in report.sections if "stdout" not in name)
        found = discretion.leaks(logged, discretion.written)
        discretion.written.clear()
        if found and report.passed:
            report.outcome = "failed"
            report.longrepr = f"Logged what must not be: {found}"
    return report


@pytest.fixture(autouse=True)
def _nothing_of_others() -> None:
    """No test meets ids of words that another one has rolled back: a save would be tried twice. Nor
    does one fold what others have written."""
    if vocabulary := sys.modules.get("superthread.search.index.vocabulary"):
        vocabulary.forget()
    if wake := sys.modules.get("superthread.search.index.wake"):
        wake.forget()


@pytest.fixture
def young(db: None) -> None:
    """A journal without entries and seals that begins at its first position, whatever tests have
    left of its sequence."""
    from django.db import connection

    from memory_hub.journal.models import Entry, Origin, Seal

    for model in (Entry, Origin, Seal):
        model.objects.all().delete()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [Entry._meta.db_table])


@pytest.fixture
def nothing_counted() -> Iterator[None]:
    """No reads or refusals are counted yet, and none that the test has counted stay."""
    from memory_hub.journal import tallies

    tallies.forget()
    yield
    tallies.forget()


@pytest.fixture
def limited(settings: Any, tmp_path: Path, monkeypatch: Any) -> Iterator[Callable[[str], None]]:
    """``limited("10/minute")``: that limit, counted in a directory of the test's own, in a minute
    that does not end."""
    from testing import limits

    limits.stop_the_clock(monkeypatch)
    yield partial(limits.begin, settings, tmp_path)
    limits.forget_limits()


@pytest.fixture
def threads(db: None) -> Iterator[Any]:
    """Worker threads inside the test's transaction."""
    from memory_hub.threads.worker_pool import use_worker_threads
    from testing.clients.in_process import SharedConnectionThreads, forget_announced

    forget_announced()
    shared = SharedConnectionThreads()
    use_worker_threads(shared)
    yield shared
    use_worker_threads(None)
    shared.close()


@pytest.fixture
def api(threads: Any) -> Callable[..., Any]:
    """``api("mina@example.com", scopes=[…])``: a client with a fresh token of that user."""
    from testing.clients.in_process import client_for

    return partial(client_for, threads=threads)


@pytest.fixture
def mina(api: Callable[..., Any]) -> Any:
    """A client of an ordinary user with all scopes."""
    return api("mina@example.com")


@pytest.fixture
def nobody(threads: Any) -> Any:
    """A client without a credential."""
    from testing.clients.in_process import Client

    return Client(threads=threads)


@pytest.fixture
def follow(threads: Any) -> Iterator[Callable[..., Any]]:
    """``follow(client, path, **headers)``: a stream of events, left at the end of the test."""
    from testing.clients.streams import Followed

    followed = []

    def begin(client: Any, path: str, **headers: str) -> Any:
        followed.append(Followed(client, path, **headers))
        return followed[-1]

    yield begin
    for one in followed:
        one.leave()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A database that is migrated, of the kind that this run tests, and its copies."""
    from testing.migrated import Migrated, shared_by_the_run

    base = shared_by_the_run(tmp_path_factory.getbasetemp())
    return Migrated(base, os.environ.get("TEST_DATABASE_URL"))


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Whether tests inside the process find their database there: files, copied beforehand."""
    return not os.environ.get("TEST_DATABASE_URL")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, migrated: Any
) -> None:
    """The database of tests inside the process begins as a copy too."""
    from django.db import connections

    for connection in connections.all():
        migrated.prepare(connection.settings_dict)


@pytest.fixture(scope="session")
def nursery(migrated: Any) -> Any:
    """``nursery.hub(directory, workers=2, HUB_…=…)``: a hub that is not started, with a database of
    its own, of the kind that this run tests."""
    from testing.servers.hub import Nursery

    return Nursery(migrated.copy)


@pytest.fixture(scope="session")
def shared_hub(nursery: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A started hub that nothing is asked of but by people of the test's own."""
    with nursery.hub(tmp_path_factory.mktemp("hub")) as hub:
        yield hub


@pytest.fixture
def new_hub(nursery: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """``new_hub(workers=2, HUB_…=…)``: a started one."""
    started = []

    def make(workers: int = 2, **variables: Any) -> Any:
        directory = tmp_path / f"hub{len(started)}"
        directory.mkdir()
        hub = nursery.hub(directory, workers, **variables)
        started.append(hub)
        return hub.start()

    yield make
    for hub in started:
        hub.stop()


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[Any]:
    """A real redis-server of the test's own, to be stopped, hung and restarted."""
    from testing.servers.redis import RedisServer

    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def wire(hub: Any) -> Iterator[Any]:
    """A connection to the `hub` of the test's file, to write what a client library would not."""
    from testing.clients.wire import Wire

    made = Wire(hub)
    yield made
    made.close()


@pytest.fixture
def protocol() -> Iterator[Any]:
    """The server's protocol on a connection that holds what is written to it."""
    from testing.clients.protocol import new_protocol

    made = new_protocol()
    yield made
    made.connection_lost(None)
