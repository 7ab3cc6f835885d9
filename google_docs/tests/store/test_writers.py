"""Simultaneous writers, lost answers: one winner, one effect."""

import asyncio
from types import SimpleNamespace

import pytest

from google_docs.preconditions import expected_revisions
from testing.google import Fault


def _together(docs, requests: list[tuple[str, str, dict]]):
    from testing.clients.in_process import _loop

    async def crowd():
        return await asyncio.gather(
            *(docs.client._send(verb, f"/google-docs/{path}", o) for verb, path, o in requests)
        )

    return _loop.run_until_complete(crowd())


@pytest.mark.parametrize("sent", ["ALm37.x", "ALm37.x.0a1b2c3d"])
def test_a_revision_may_hold_a_point_itself(sent):
    request = SimpleNamespace(META={"HTTP_IF_MATCH": f'"{sent}"'})
    assert "ALm37.x" in expected_revisions(request)


@pytest.mark.drill
def test_of_ten_writers_with_one_tag_one_wins_each_of_twenty_rounds(docs, threads):
    # One user may have half of it.
    threads.queue = 40
    saved = docs.save("round 0")
    path, revision = f"memories/{saved['doc_id']}", saved["revision"]
    for turn in range(20):
        answers = _together(
            docs,
            [
                ("PATCH", path, {"json": {"content": f"round {turn} of writer {n}"},
                                 "headers": {"If-Match": f'"{revision}"'}})
                for n in range(10)
            ],
        )  # fmt: skip
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses == [200] + [412] * 9
        winner = next(answer for answer in answers if answer.status_code == 200).json()
        present = docs.read(saved["doc_id"])
        assert present["content"] == winner["content"]
        revision = present["revision"]


def test_without_a_tag_the_last_write_wins_and_none_is_an_error(docs):
    saved = docs.save("start")
    path = f"memories/{saved['doc_id']}"
    answers = _together(docs, [("PATCH", path, {"json": {"content": f"{n}"}}) for n in range(3)])
    assert {answer.status_code for answer in answers} == {200}
    assert docs.read(saved["doc_id"])["content"] in {"0", "1", "2"}


def test_whom_others_always_forestall_gives_up_after_three_times(docs, double):
    saved = docs.save("start")
    times = []

    def forestall() -> None:
        times.append(1)
        double.world.edit_as_human(saved["doc_id"], f"typed {len(times)} times")
        # Some day the person has enough.
        double.world.before_update = forestall if len(times) < 9 else None

    double.world.before_update = forestall
    answer = docs.patch(f"memories/{saved['doc_id']}", json={"content": "mine"})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert len(times) == 3
    assert docs.read(saved["doc_id"])["content"] == "typed 3 times"


def test_the_same_text_once_more_writes_nothing(docs, double):
    saved = docs.save("the same")
    changed = docs.patch(f"memories/{saved['doc_id']}", json={"content": "the same"}).json()
    assert (changed["content"], changed["revision"]) == ("the same", saved["revision"])
    assert "docs.documents.batchUpdate" not in double.seen


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", ["rst", "fin"])
def test_a_change_whose_answer_is_lost_is_made_once(docs, double, kind, when):
    saved = docs.save("old")
    double.faults.add("docs.documents.batchUpdate", Fault(kind, when))
    answer = docs.patch(
        f"memories/{saved['doc_id']}",
        json={"content": "new"},
        headers={"If-Match": f'"{saved["revision"]}"'},
    )
    assert answer.status_code == 200
    assert docs.read(saved["doc_id"])["content"] == "new"
    assert docs.read(saved["doc_id"])["revision"] == answer.json()["revision"]
    texts = [text for _, text in double.world.files[saved["doc_id"]].texts]
    assert texts == ["old", "new"]


def test_a_change_that_is_never_answered_is_given_up_and_not_made(docs, double):
    saved = docs.save("old")
    double.faults.add("docs.documents.batchUpdate", Fault("rst", "before"), times=50)
    answer = docs.patch(f"memories/{saved['doc_id']}", json={"content": "new"})
    assert answer.status_code == 502
    assert docs.read(saved["doc_id"])["content"] == "old"


@pytest.mark.parametrize("kind", ["rst", "fin", "truncate"])
def test_a_save_whose_answer_is_lost_is_made_once(docs, double, kind):
    docs.save("the folder exists")
    double.faults.add("drive.files.create", Fault(kind, "after"))
    saved = docs.save("new")
    assert [f.id for f in double.world.files.values() if f.name == "new"] == [saved["doc_id"]]


@pytest.mark.parametrize("kind", ["rst", "fin"])
def test_a_snapshot_whose_answer_is_lost_is_made_once(docs, double, kind):
    saved = docs.save("new")
    double.faults.add("drive.files.copy", Fault(kind, "after"))
    assert docs.post(f"versions/{saved['doc_id']}").status_code == 201
    assert len([f for f in double.world.files.values() if f.document]) == 2
