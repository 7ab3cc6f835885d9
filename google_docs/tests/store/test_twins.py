"""What has one key is one file: which of them stays, and what becomes of the others."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from google_docs.client.retry import Policy
from google_docs.errors import BadAnswer, GoogleRateLimited, ReauthorizationRequired
from google_docs.store import exactly_once
from google_docs.store.exactly_once import create_once, of_each_key
from google_docs.tests.store.settling import settled
from testing.clients.in_process import _loop
from testing.google import Fault
from testing.google.world import FOLDER

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


def _body(folder: str, **own: str) -> dict:
    return {"name": "one", "parents": [folder], "appProperties": {"mh_id": "key"} | own}


@pytest.fixture
def folder(calls, run):
    return run(calls.create_folder({"name": "hub"}))["id"]


def test_what_never_went_out_is_not_looked_for(calls, double, folder, run):
    async def create():
        raise ReauthorizationRequired("Nothing was sent.")

    before = len(double.seen)
    with pytest.raises(ReauthorizationRequired):
        run(create_once(calls, create, key="key", folder=folder))
    assert len(double.seen) == before


def _two_folders(calls, folder: str, made: list[str]):
    """A create that makes two of them and answers nothing."""

    async def create():
        for _ in range(2):
            body = _body(folder, mh_kind="folder")
            made.append((await calls.create_folder(body))["id"])
        raise BadAnswer("The connection broke.")

    return create


def test_of_two_folders_with_one_key_the_later_one_lies_in_the_trash(calls, double, folder, run):
    made: list[str] = []
    kept = run(create_once(calls, _two_folders(calls, folder, made), key="key", folder=folder))
    assert kept["id"] == made[0]
    assert [double.world.files[one].trashed for one in made] == [False, True]


def test_of_two_folders_with_one_key_none_goes_with_what_lies_in_it(calls, double, folder, run):
    made: list[str] = []
    both = _two_folders(calls, folder, made)

    async def create():
        try:
            await both()
        finally:
            await calls.create_document(_body(made[1], mh_id="another"), "of somebody")

    assert run(create_once(calls, create, key="key", folder=folder))["id"] == made[0]
    assert [double.world.files[one].trashed for one in made] == [False, False]
    assert {double.world.files[one].mime for one in made} == {FOLDER}


def test_a_save_is_answered_though_its_mark_cannot_be_written(calls, double, folder, run):
    lost = [BadAnswer("The connection broke.")]

    async def create():
        if lost:
            raise lost.pop()
        return await calls.create_document(_body(folder), "text")

    double.faults.add("drive.files.update", Fault.drive(500, "internalError"), times=30)
    saved = run(create_once(calls, create, key="key", folder=folder))
    assert saved["id"] in double.world.files


def test_what_was_answered_after_a_loss_is_marked(calls, double, folder, run):
    lost = [BadAnswer("The connection broke.")]

    async def create():
        if lost:
            raise lost.pop()
        return await calls.create_document(_body(folder), "text")

    saved = run(create_once(calls, create, key="key", folder=folder))
    assert double.world.files[saved["id"]].properties["hub"]["mh_kept"] == "1"


def test_a_create_is_given_up_when_its_time_is_over(calls, folder, run):
    # Half of the first pause is twice the time.
    calls.policy = Policy(tries=5, base=0.2, cap=9.0, deadline=0.05)
    tried = []

    async def create():
        tried.append(1)
        raise GoogleRateLimited("Google refuses, and nothing was carried out.")

    with pytest.raises(GoogleRateLimited):
        run(create_once(calls, create, key="key", folder=folder))
    assert len(tried) == 1


@pytest.mark.parametrize("settled_after", [timedelta(0), timedelta(minutes=2)])
def test_a_list_ends_the_twins_that_it_meets_once_their_maker_is_through(
    docs, double, monkeypatch, settled_after
):
    monkeypatch.setattr(exactly_once, "SETTLED", settled_after)
    saved = docs.save("the only one")
    twin = double.world.copy_as_human(saved["doc_id"])
    (listed,) = docs.get("memories").json()["memories"]
    _loop.run_until_complete(settled())
    assert listed["doc_id"] == saved["doc_id"]
    assert (twin in double.world.files) == (settled_after > timedelta(0))


def test_what_google_makes_after_the_answer_is_found_when_it_is_looked_for(
    calls, double, folder, run, monkeypatch
):
    lost, waits = [BadAnswer("The connection broke.")], []

    async def create():
        if lost:
            raise lost.pop()
        return await calls.create_document(_body(folder), "text")

    async def scenario() -> str:
        over = asyncio.Event()

        async def sleep(seconds: float) -> None:
            if seconds >= calls.transport.timeout:
                waits.append(seconds / calls.transport.timeout)
                await over.wait()

        monkeypatch.setattr(
            exactly_once, "asyncio", SimpleNamespace(**{**vars(asyncio), "sleep": sleep})
        )
        saved = await create_once(calls, create, key="key", folder=folder)
        late = await calls.create_document(_body(folder), "text")
        over.set()
        await settled()
        assert saved["id"] in double.world.files
        return late["id"]

    assert run(scenario()) not in double.world.files
    assert waits == [2, 2]


def _file(name: str, made: timedelta = timedelta(), edited: timedelta = timedelta(), **own: str):
    return {
        "id": name,
        "createdTime": (NOON + made).isoformat(),
        "modifiedTime": (NOON + made + edited).isoformat(),
        "appProperties": {"mh_id": "key"} | own,
    }


SECOND = timedelta(seconds=1)
FIRST = _file("first")


@pytest.mark.parametrize(
    ("other", "is_twin"),
    [
        (_file("other", timedelta(minutes=10)), True),
        (_file("other", timedelta(minutes=10) + SECOND), False),
        (_file("other", edited=timedelta(minutes=1)), True),
        (_file("other", edited=timedelta(minutes=1) + SECOND), False),
        (_file("other", mh_id="of another"), False),
    ],
)
def test_a_copy_made_later_or_edited_is_a_file_of_its_own(other, is_twin):
    shown, twins = of_each_key([FIRST, other])
    assert sorted(file["id"] for file in shown) == (["first"] if is_twin else ["first", "other"])
    assert twins == ([[FIRST, other]] if is_twin else [])


def test_the_one_that_was_answered_stays_though_another_is_older():
    answered = _file("answered", SECOND, mh_kept="1")
    assert of_each_key([FIRST, answered, answered]) == ([answered], [[answered, FIRST]])
    # Two that were answered are two memories.
    assert len(of_each_key([_file("another", mh_kept="1"), answered])[0]) == 2


def test_what_has_no_key_is_shown_as_it_is():
    plain = [{"id": "a"}, {"id": "b", "appProperties": {}}]
    assert of_each_key(plain) == (plain, [])
