"""When the job that erases traces is through, and when it has to come again."""

import pytest

from superthread.services import erasing
from superthread.tests.writes.removal.test_no_trace import MEMORIES, erase, word


@pytest.mark.only_on("sqlite")
def test_the_job_comes_again_while_the_log_cannot_be_emptied(mina, monkeypatch):
    rewritten = []
    monkeypatch.setattr(erasing, "rewrite", rewritten.append)
    monkeypatch.setattr(erasing, "emptied", lambda _: False)
    with pytest.raises(erasing.TracesLeft):
        erasing.erase_traces()
    assert rewritten == []


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("most", [256, 0])
def test_a_small_database_is_written_anew(mina, monkeypatch, settings, most):
    settings.HUB_REWRITE_MB = most
    rewritten = []
    monkeypatch.setattr(erasing, "rewrite", rewritten.append)
    monkeypatch.setattr(erasing, "emptied", lambda _: True)
    erasing.erase_traces()
    assert len(rewritten) == (1 if most else 0)


def test_the_job_comes_again_while_words_are_left_and_tells_how_many_went(mina, monkeypatch):
    memory = mina.save(word())
    mina.delete(f"{MEMORIES}/{memory['doc_id']}?permanent=true")
    assert erase() >= 1
    monkeypatch.setattr(erasing.pruning, "has_unused", lambda: True)
    with pytest.raises(erasing.TracesLeft):
        erase()
