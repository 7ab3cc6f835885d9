"""Generations in the mapped file: one host, many processes."""

import itertools
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import pytest
from django.db import transaction

from memory_hub.caching import bump_after_commit, generations
from memory_hub.caching.generations import Generations, current
from memory_hub.caching.generations.change import AnnouncedChange
from memory_hub.caching.generations.mapped import (
    EXPECTED_SECONDS,
    MappedGenerations,
    expected_generation,
    is_expected,
    random_generation,
)
from memory_hub.caching.tests import processes
from memory_hub.caching.tests.asking import is_current


@pytest.fixture
def store(tmp_path):
    return MappedGenerations(tmp_path / "generations.map")


@pytest.fixture(scope="module")
def others():
    with ProcessPoolExecutor(3, multiprocessing.get_context("spawn")) as pool:
        yield pool


def test_a_bump_outdates_the_stamps_of_its_key_and_no_others(store):
    generations = Generations(store)
    one, other = generations.stamp(["one"]), generations.stamp(["other"])
    generations.bump("one")
    assert not is_current(generations, one)
    assert is_current(generations, other)


def test_a_stamp_taken_after_the_bump_is_current(store):
    generations = Generations(store)
    generations.bump("one")
    assert is_current(generations, generations.stamp(["one"]))


def test_each_key_of_a_stamp_is_held_against_its_own_number(store):
    generations = Generations(store)
    generations.bump("one")
    generations.bump("other")
    stamp = generations.stamp(["one", "other"])
    assert is_current(generations, stamp)
    generations.bump("other")
    assert not is_current(generations, stamp)


def test_a_bump_of_another_process_outdates_a_stamp(store, tmp_path, others):
    generations = Generations(store)
    stamp = generations.stamp(["one", "other"])
    others.submit(processes.bump, tmp_path, "other").result()
    assert not is_current(generations, stamp)


def test_bumping_everything_outdates_every_stamp(store):
    generations = Generations(store)
    stamps = [generations.stamp([]), generations.stamp(["one"])]
    generations.bump_all()
    assert not any(is_current(generations, stamp) for stamp in stamps)


def test_nothing_is_kept_under_what_a_commit_is_about_to_change(store):
    generations, change = Generations(store), expected_generation()
    before = generations.stamp(["one"])
    generations.expect(["one"], change)
    assert not is_current(generations, before)
    assert generations.stamp(["other", "one"]) is None
    assert generations.stamp(["other"]) is not None
    generations.bump("one", expected=change)
    assert is_current(generations, generations.stamp(["one"]))


def test_of_two_changes_under_way_the_later_one_is_still_awaited(store):
    generations = Generations(store)
    first, second = expected_generation(), expected_generation()
    generations.expect(["one"], first)
    generations.expect(["one"], second)
    generations.bump("one", expected=first)
    assert generations.stamp(["one"]) is None
    generations.bump("one", expected=second)
    between = generations.stamp(["one"])
    generations.bump("one", expected=first)  # whichever of them commits last
    assert not is_current(generations, between)


def test_a_change_that_was_rolled_back_is_not_awaited_for_ever(store, monkeypatch):
    generations, change = Generations(store), expected_generation()
    now = time.monotonic()
    generations.expect(["one"], change)
    monkeypatch.setattr(time, "monotonic", lambda: now + EXPECTED_SECONDS + 1)
    late = generations.stamp(["one"])
    assert is_current(generations, late)
    generations.bump("one", expected=change)  # or came very late
    assert not is_current(generations, late)


def test_a_change_is_awaited_for_its_seconds_and_no_longer(store, monkeypatch):
    generations, now = Generations(store), 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    generations.expect(["one"], expected_generation())
    now += EXPECTED_SECONDS - 1
    assert generations.stamp(["one"]) is None
    now += 1
    assert generations.stamp(["one"]) is not None


def test_a_commit_that_comes_late_is_awaited_anew(store, monkeypatch):
    generations, now = Generations(store), 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    change = AnnouncedChange(generations)
    change.expect(["one"])
    now += EXPECTED_SECONDS
    assert generations.stamp(["one"]) is not None
    with change.committing():
        assert generations.stamp(["one"]) is None


def test_a_change_of_everything_is_announced_and_over(store):
    generations = Generations(store)
    change = AnnouncedChange(generations)
    change.everything = True
    with change.committing():
        assert generations.stamp(["one"]) is None
    change.publish()
    assert is_current(generations, generations.stamp(["one"]))


def test_of_two_changes_of_everything_each_outdates_what_was_kept_before_it(store):
    generations = Generations(store)
    first, second = expected_generation(), expected_generation()
    store.expect_all(first)
    store.expect_all(second)
    store.bump_all(first)
    assert generations.stamp([]) is None
    store.bump_all(second)
    between = generations.stamp([])
    # Whichever of them commits last.
    store.bump_all(first)
    assert not is_current(generations, between)


def test_no_number_says_that_its_key_is_about_to_change():
    numbers = [random_generation() for _ in range(2000)]
    assert len(set(numbers)) == 2000
    assert not any(map(is_expected, numbers))
    # Whatever second its other bits may say.
    announced = expected_generation()
    assert is_expected(announced)
    assert not is_expected(announced & ~0x8000)


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_a_transaction_announces_its_change_before_it_commits():
    key = "memories/of a test"
    with transaction.atomic():
        bump_after_commit(key)
        assert current().stamp([key]) is None
    assert is_current(current(), current().stamp([key]))


def test_no_number_ever_comes_back_however_processes_race(store, tmp_path, others):
    before = store.read(["one"])[1]
    runs = [others.submit(processes.bump_and_collect, tmp_path, "one", 3000) for _ in range(3)]
    seen = [run.result() for run in runs]
    assert before not in {number for numbers in seen for number in numbers}
    # A process may read another's bump instead of its own, but what it had read earlier is gone.
    for numbers in seen:
        changes = [a for a, b in itertools.pairwise(numbers) if a != b]
        assert len(changes) == len(set(changes)) == len(numbers) - 1


def test_processes_that_make_the_file_together_agree(tmp_path, others):
    epochs = set(others.map(partial(processes.make_file), [tmp_path] * 6))
    assert len(epochs) == 1


def test_numbers_outlive_the_process_that_wrote_them(store, tmp_path):
    store.bump(["one"])
    assert MappedGenerations(tmp_path / "generations.map").read(["one"]) == store.read(["one"])


def test_a_removed_file_outdates_everything_and_is_followed(store, tmp_path, others):
    generations = Generations(store)
    stamp = generations.stamp(["one"])
    store.path.unlink()
    others.submit(processes.bump, tmp_path, "one").result()
    store.follow_file()
    assert not is_current(generations, stamp)
    again = generations.stamp(["one"])
    others.submit(processes.bump, tmp_path, "one").result()
    assert not is_current(generations, again)


@pytest.mark.parametrize("bump", [lambda store: store.bump(["one"]), MappedGenerations.bump_all])
def test_what_is_bumped_after_the_file_was_removed_is_bumped_for_all(store, bump):
    store.path.unlink()
    bump(store)
    assert MappedGenerations(store.path).read(["one"]) == store.read(["one"])


def test_where_no_new_file_can_be_made_the_one_before_serves_on(store, tmp_path, others, caplog):
    generations = Generations(store)
    stamp = generations.stamp(["one"])
    store.path.unlink()
    # As on a full disk, no file can be made in its place.
    store.path.mkdir()
    generations.bump("one")
    assert not is_current(generations, stamp)
    assert "Cannot make generations.map" in caplog.text
    again = generations.stamp(["one"])
    store.path.rmdir()
    store.follow_file()
    assert not is_current(generations, again)


def test_a_file_of_something_else_is_refused(tmp_path):
    path = tmp_path / "generations.map"
    path.write_bytes(b"something else")
    with pytest.raises(RuntimeError, match="not a file of this version"):
        MappedGenerations(path)


def test_the_file_is_for_its_owner_only(store):
    assert store.path.stat().st_mode & 0o077 == 0


def test_without_redis_nobody_reads_the_news(data_directory):
    here = generations.current()
    assert (here.shared, here.news) == (None, None)


@pytest.mark.only_on("sqlite")
def test_of_what_sqlite_holds_no_other_host_is_told(data_directory, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    here = generations.current()
    assert (here.shared, here.news) == (None, None)


@pytest.mark.only_on("postgresql")
def test_several_hosts_read_the_news(data_directory, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert generations.current().news is not None
