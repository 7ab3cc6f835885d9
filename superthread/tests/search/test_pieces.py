"""Long texts are looked through a piece at a time, with the same outcome, while others work."""

import gc
import random
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from superthread.search.analysis import analyzer, english, pieces, signs
from superthread.search.analysis.analyzer import counted_terms

PARTS = [
    *("word", "Names", "don't", "upload_worker", "café", "Redis를", "배포는", "안", "됨", "漢字"),
    *("C++", "F#", "50%", "--force", ".NET", "=>", "<=", "🚀", "1,234,567", "010-1234-5678"),
    *("1 234 567", "\x00", "-x", "@mina", "2024-01-05", "(", ")", ", ", ". ", "\n", "\t", "  "),
]
TEXTS = st.lists(st.sampled_from(PARTS), max_size=60).flatmap(
    lambda parts: st.sampled_from(["", " "]).map(lambda between: between.join(parts))
)


@pytest.fixture(scope="module")
def small():
    """Pieces of a few characters."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "PIECE", 7)
        patch.setattr(english, "AT_ONCE", 2)
        yield


@pytest.mark.usefixtures("small")
@given(TEXTS)
def test_terms_are_the_same_wherever_pieces_meet(text):
    told = counted_terms(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "PIECE", 10**6)
        patch.setattr(english, "AT_ONCE", 10**6)
        patch.setattr(analyzer, "_remembered", type(analyzer._remembered)(16))
        assert counted_terms(text) == told


@pytest.mark.parametrize(
    "text", ["." + "a" * 2_000 + " -x", "=> " * 900, "+82 10 1234 5678, " * 900]
)
@pytest.mark.parametrize("pattern", [signs._SIGN, signs._GROUPS])
def test_what_goes_on_behind_a_piece_is_found_whole(monkeypatch, pattern, text):
    monkeypatch.setattr(pieces, "PIECE", 100)
    found = [match.span() for match in pieces.found(pattern, text)]
    assert found == [match.span() for match in pattern.finditer(text)]


def test_nobody_waits_for_long_while_a_long_text_is_counted():
    """Each call that keeps the interpreter is short, by what the thread has computed in it: a
    thirtieth of the whole, and an eighth where the text is looked through at once."""
    draw = random.Random(1)
    words = ["".join(draw.choices("abcdefghijklmnop", k=5)) for _ in range(36_000)]
    text = "\n".join(" ".join(words[at : at + 9]) for at in range(0, len(words), 9))
    whole, longest = _counting_and_longest(text)
    assert longest < whole / 14


def _counting_and_longest(text: str) -> tuple[float, float]:
    """Seconds that a thread computes for its terms, and the most between two turns of this one."""
    begin, ended, seen = threading.Event(), threading.Event(), threading.Event()

    def count() -> None:
        begin.wait()
        counted_terms(text)
        ended.set()
        # Its clock ends with it.
        seen.wait()

    thread = threading.Thread(target=count)
    thread.start()
    with _many_turns():
        turns = [_computed_by(thread)]
        begin.set()
        while not ended.is_set():
            time.sleep(0)
            turns.append(_computed_by(thread))
    seen.set()
    thread.join()
    return turns[-1] - turns[0], max(after - before for before, after in pairwise(turns))


def _computed_by(thread: threading.Thread) -> float:
    return time.clock_gettime(time.pthread_getcpuclockid(thread.ident))


@contextmanager
def _many_turns() -> Iterator[None]:
    """Threads are changed wherever they can be; the collector, which stops all of them, is off."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        sys.setswitchinterval(usual)
