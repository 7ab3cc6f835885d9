"""When the job that erases traces is through, and when it has to come again."""

import pytest

from superthread.models.search import SearchTerm, SearchWord
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


def test_the_job_comes_again_while_a_word_is_left_for_near_spellings(mina, monkeypatch):
    own = word()
    memory = mina.save(own)
    mina.delete(f"{MEMORIES}/{memory['doc_id']}?permanent=true")
    moments = iter([True])
    with monkeypatch.context() as patch:
        patch.setattr(erasing.pruning, "_is_alone", lambda _: next(moments, False))
        with pytest.raises(erasing.TracesLeft):
            erase()
    assert not SearchTerm.objects.filter(text=own).exists()
    assert SearchWord.objects.filter(text=own).exists()
    erase()
    assert not SearchWord.objects.filter(text=own).exists()


def test_words_for_near_spellings_go_some_at_a_time(mina, monkeypatch):
    words = [word() for _ in range(8)]
    memory = mina.save(" ".join(words))
    mina.delete(f"{MEMORIES}/{memory['doc_id']}?permanent=true")
    monkeypatch.setattr(erasing.pruning, "NOTES", 5)
    monkeypatch.setattr(erasing.pruning, "NOTES_AT_ONCE", 2)
    delete, sizes = erasing.pruning._delete_left_over, []
    monkeypatch.setattr(
        erasing.pruning,
        "_delete_left_over",
        lambda notes: sizes.append(len(notes)) or delete(notes),
    )
    erase()
    assert sizes == [2, 2, 1, 2, 1]
    assert not SearchWord.objects.filter(text__in=words).exists()
