"""What all together may take of a worker, and what is said to those who find nothing left."""

import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.hashers import make_password

from memory_hub.accounts.hashers import NICE, PBKDF2, Argon2
from memory_hub.core import budget
from memory_hub.core.budget import Budget, Spent
from testing.polling import wait_until


def test_what_is_left_is_given_and_what_is_not_is_refused():
    pot = Budget("things", 10)
    with pot.holding(6):
        pot.take(4)
        with pytest.raises(Spent, match="Too many things at once"):
            pot.take(1)
        pot.give_back(4)
    assert pot.spent == 0


def test_one_who_needs_more_than_all_there_is_gets_it_alone():
    pot = Budget("things", 10)
    with pot.holding(20), pytest.raises(Spent):
        pot.take(1)
    with pot.holding(1), pytest.raises(Spent):
        pot.take(20)


def test_as_many_as_may_wait_do_and_the_others_are_refused_at_once():
    pot, waiting = Budget("things", 1, waiting=2, patience=30.0), threading.Barrier(3)
    pot.take(1)

    def wait() -> None:
        waiting.wait(30)
        with pot.holding(1):
            pass

    with ThreadPoolExecutor(2) as threads:
        both = [threads.submit(wait) for _ in range(2)]
        waiting.wait(30)
        wait_until(lambda: pot._waiting == 2)
        with pytest.raises(Spent):
            pot.take(1)
        pot.give_back(1)
        for one in both:
            one.result(30)
    assert pot.spent == 0


def test_patience_ends():
    pot = Budget("things", 1, waiting=1, patience=0.01)
    with pot.holding(1), pytest.raises(Spent):
        pot.take(1)
    assert pot._waiting == 0


@pytest.mark.parametrize("kind", [Argon2, PBKDF2])
def test_two_passwords_are_hashed_at_a_time(kind, monkeypatch):
    under_way, seen, lock = [], [], threading.Lock()

    class Counting(Budget):
        def take(self, amount, **how):
            super().take(amount, **how)
            with lock:
                under_way.append(1)
                seen.append(len(under_way))

        def give_back(self, amount):
            with lock:
                under_way.pop()
            super().give_back(amount)

    monkeypatch.setattr(kind, "memory_cost", 64, raising=False)
    monkeypatch.setattr(kind, "iterations", 1000, raising=False)
    monkeypatch.setattr(
        "memory_hub.accounts.hashers.passwords", Counting("passwords", 2, waiting=9, patience=30.0)
    )
    hasher = kind()
    with ThreadPoolExecutor(8) as threads:
        hashed = list(threads.map(hasher.encode, [f"pass {n}" for n in range(8)], ["salt" * 6] * 8))
        right = threads.map(hasher.verify, [f"pass {n}" for n in range(8)], hashed)
        assert list(right) == [True] * 8
    assert len(seen) == 16
    assert max(seen) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere priorities are of processes")
@pytest.mark.parametrize("kind", [Argon2, PBKDF2])
def test_threads_that_hash_step_back_behind_all_others(kind, monkeypatch):
    def priority() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    told = []
    plain = kind.__mro__[2]
    encode = plain.encode
    monkeypatch.setattr(plain, "encode", lambda *args: told.append(priority()) or encode(*args))
    monkeypatch.setattr(kind, "memory_cost", 64, raising=False)
    monkeypatch.setattr(kind, "iterations", 1000, raising=False)
    before = priority()
    hashed = kind().encode("a long password", "salt" * 6)
    assert kind().verify("a long password", hashed)
    assert not kind().verify("another password", hashed)
    assert set(told) == {max(before, NICE)}
    assert priority() == before


def test_a_child_of_a_process_that_has_hashed_hashes_too():
    hasher = PBKDF2()
    hasher.iterations = 1000
    hashed = hasher.encode("a long password", "salt" * 6)
    if not (child := os.fork()):
        signal.alarm(30)
        os._exit(not hasher.verify("a long password", hashed))
    assert os.waitpid(child, 0)[1] == 0


@pytest.fixture
def staff(mina, settings):
    settings.PASSWORD_HASHERS = ["memory_hub.accounts.hashers.Argon2"]
    mina.user.password = make_password("right and long enough")
    mina.user.is_staff = True
    mina.user.save()
    return mina


def test_who_logs_in_while_too_many_do_may_try_again(staff, nobody, client, monkeypatch):
    form = {"login": "mina@example.com", "password": "right and long enough"}
    monkeypatch.setattr(budget.passwords, "spent", 2)
    monkeypatch.setattr(budget.passwords, "_may_wait", 0)
    refused = client.post("/login", form)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    assert "nothing was changed" in refused.content.decode()
    monkeypatch.setattr(budget.passwords, "spent", 0)
    assert client.post("/login", form).status_code == 302
    assert budget.passwords.spent == 0


def test_a_password_hashed_in_another_way_is_hashed_anew_at_the_next_log_in(
    staff, client, settings
):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    staff.user.password = make_password("right and long enough")
    staff.user.save()
    settings.PASSWORD_HASHERS = ["memory_hub.accounts.hashers.Argon2"]
    form = {"login": "mina@example.com", "password": "right and long enough"}
    assert client.post("/login", form).status_code == 302
    staff.user.refresh_from_db()
    assert "m=65536,t=3,p=4" in staff.user.password


def test_a_long_answer_is_compressed_by_the_thread_that_made_it(mina, monkeypatch):
    doc_id = mina.save("long " * 20_000)["doc_id"]
    by, compress = [], "memory_hub.http.middleware.compressed"

    def noted(*data):
        by.append(threading.current_thread().name)
        return b"compressed"

    monkeypatch.setattr(compress, noted)
    with_gzip = {"Accept-Encoding": "gzip"}
    tag = mina.head(f"/superthread/memories/{doc_id}", headers=with_gzip).headers["ETag"]
    assert tag.endswith('-gzip"')
    assert [name.startswith("hub-work") for name in by] == [True]
