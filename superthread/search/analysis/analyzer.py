"""Text to index terms, the same for memories and queries, in Korean, English and code.

Terms are what the index stores. Any change of `counted_terms`, or of what is counted, needs a new
`VERSION`: the hub then says at start-up that memories were indexed by another version, and
`reindex` renews them.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from itertools import islice
from typing import TypeVar

from memory_hub.core.recent import Recent
from superthread.search.analysis import pieces
from superthread.search.analysis.encoded import is_key
from superthread.search.analysis.english import (
    CLITICS,
    NEGATIONS,
    STOP_WORDS,
    plain_terms,
    word_term,
)
from superthread.search.analysis.forms import plain_spellings, spelling
from superthread.search.analysis.korean import PARTICLES, bigrams, hangul_terms, parted
from superthread.search.analysis.language import language_of
from superthread.search.analysis.normalize import fold
from superthread.search.analysis.signs import joints, tokens, written_tokens

T = TypeVar("T", bound=Hashable)
VERSION = 7

# Longer terms are cut: PostgreSQL takes no index entry above 2 704 bytes, and nobody types them.
LONGEST_TERM = 64

# Longer runs are keys, hashes and encoded data: one term each, not taken apart.
LONGEST_RUN = 256
LONGEST_REMEMBERED = 16  # few write longer words twice
MOST_REMEMBERED = 16_384
AT_ONCE = 1_024  # runs that are read together
# Characters from which on a text may have more terms than are kept, and their order decides which.
ORDERED_FROM = 8_192

_HANGUL, _CJK = "가-힣", "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_LETTERS = rf"[^\W{_HANGUL}{_CJK}]"
# The second alternative is the third without accents and apostrophes, which is quicker to tell.
RUN = re.compile(
    rf"[{_HANGUL}]++|[A-Za-z0-9_]++(?![^\x00-&(-\x7f])"
    rf"|{_LETTERS}++(?:['’]{_LETTERS}++)*+|[{_CJK}]++"
)
# The same of ASCII alone; without apostrophes they are what is between these.
_ASCII_RUN = re.compile("[A-Za-z0-9_]++(?:'[A-Za-z0-9_]++)*+")
_TO_SPACES = bytes(
    code if code < 128 and (chr(code).isalnum() or chr(code) == "_") else 32 for code in range(256)
)
HANGUL_LETTER, _CJK_LETTER = re.compile(f"[{_HANGUL}]"), re.compile(f"[{_CJK}]")
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
# Hangul right behind letters of another script. It begins with a set: all else is passed over at
# the speed of C.
_ATTACHED = re.compile(rf"[{_HANGUL}](?:(?<=[^\W{_HANGUL}].)|(?<=[{_CJK}].))[{_HANGUL}]*+")
# The words inside parseInvoiceDate, HTTPServer and TP1234.
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_APOSTROPHE = re.compile("['’]")


# A run of letters of one script at start:end of the folded text, and its terms.
Word = tuple[int, int, tuple[str, ...]]
# The terms of a run of letters of one script, and the bits of its spelling.
Reading = tuple[tuple[str, ...], int]


# Before a stop word that is written like a name: The Who, IT.
NAME = "^"


def counted_terms(text: str) -> tuple[dict[str, int], dict[str, int]]:
    """How often each term occurs in a memory's text, and the bits of its spellings there."""
    folded = fold(language_of(text))
    frequencies: dict[str, int] = {}
    spelt: dict[str, int] = {}
    for read, times in _read_in_parts(_counted_runs(folded)):
        _count(read, times, frequencies, spelt)
    written = _tally((term, folded[start:end]) for start, end, term in written_tokens(folded))
    read = (((term,), token_spelling(text)) for term, text in written)
    _count(read, written.values(), frequencies, spelt)
    pairs = _tally(term for _, _, term in joints(folded))
    _count((((term,), 0) for term in pairs), pairs.values(), frequencies, spelt)
    return frequencies, spelt


def _tally(items: Iterable[T]) -> dict[T, int]:
    """As a Counter, whose making takes longer than counting the few that most texts have."""
    counts: dict[T, int] = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    return counts


def _count(
    read: Iterable[Reading],
    times: Iterable[int],
    frequencies: dict[str, int],
    spelt: dict[str, int],
) -> None:
    """Adds the terms of what was read so many times."""
    for (terms, bits), often in zip(read, times, strict=True):
        for term in terms:
            if term in spelt:
                frequencies[term] += often
                spelt[term] |= bits
            else:
                frequencies[term], spelt[term] = often, bits


def _read_in_parts(seen: Mapping[str, int]) -> Iterator[tuple[list[Reading], Iterable[int]]]:
    """What the runs say and how often, a part at a time: meanwhile no other thread has the
    interpreter. Of one text no more is remembered than leaves room for what others say."""
    if len(seen) <= AT_ONCE:
        yield readings(seen), seen.values()
        return
    left = iter(seen.items())
    for start in range(0, len(seen), AT_ONCE):
        part = dict(islice(left, AT_ONCE))
        yield readings(part, remembering=start < MOST_REMEMBERED // 2), part.values()


def _counted_runs(folded: str) -> Counter[str]:
    """How often each of ``runs`` stands in a text, without a step of Python's for each."""
    if folded.isascii():
        seen = Counter[str]()
        for some in _runs_of_ascii(folded):
            seen.update(some)
        return seen
    if len(folded) > ORDERED_FROM:
        return Counter(run for _, _, run in runs(folded))
    seen = Counter(RUN.findall(folded))
    attached = _ATTACHED.findall(folded)
    for run in PARTICLES.intersection(attached):
        seen[run] -= attached.count(run)
        if not seen[run]:
            del seen[run]
    return seen


def _runs_of_ascii(folded: str) -> Iterator[list[str]]:
    """The runs of a text of ASCII in order, a piece at a time."""
    for piece in pieces.cut(folded):
        if "'" in piece:
            yield _ASCII_RUN.findall(piece)
        else:
            # By bytes, which are looked up at a tenth of the price of letters.
            yield piece.encode("ascii").translate(_TO_SPACES).decode("ascii").split()


def token_spelling(as_written: str) -> int:
    """The bits of the spelling of what stands beside words; none of a pair of syllables."""
    return 0 if HANGUL_LETTER.match(as_written) else spelling(as_written)


def words(folded: str) -> list[Word]:
    """The words of a text that `fold` has seen, and what stands beside them (`signs`), by place;
    words without terms (stop words) are left out."""
    beside = [(start, end, (term,)) for start, end, term in tokens(folded)]
    return sorted([*_words(folded), *beside], key=lambda word: (word[0], -word[1]))


def plain_words(folded: str) -> Iterator[Word]:
    """Runs of letters alone: what every text with these words in it has for certain."""
    for start, end, found in _words(folded):
        if certain := tuple(term for term in found if term[0] != NAME):
            yield start, end, certain


def _words(folded: str) -> Iterator[Word]:
    for start, end, run in runs(folded):
        if found := terms_of(run):
            yield start, end, found


def runs(folded: str) -> Iterator[tuple[int, int, str]]:
    """The runs of letters of one script, by place."""
    end_before = -1
    for match in RUN.finditer(folded):
        run = match[0]
        start, end = match.span()
        # The particle of a foreign word, as in Redis를, says nothing by itself.
        if start != end_before or run not in PARTICLES:
            yield start, end, run
        end_before = end


def terms_of(run: str) -> tuple[str, ...]:
    """The terms that a run is found by."""
    return reading(run)[0]


def reading(run: str) -> Reading:
    """What a run says."""
    return _remembered.get(run) or readings((run,))[0]


def readings(runs: Collection[str], *, remembering: bool = True) -> list[Reading]:
    """What distinct runs say, in their order; those that were not met lately are read together."""
    found = _remembered.found(runs)
    if len(found) == len(runs):
        return list(found.values())
    new = _read_all([run for run in runs if run not in found])
    if remembering:
        _remembered.keep({run: one for run, one in new.items() if len(run) <= LONGEST_REMEMBERED})
    found |= new
    return [found[run] for run in runs]


def _read_all(runs: list[str]) -> dict[str, Reading]:
    plain = [run for run in runs if run.isascii() and (run.isdigit() or _is_small(run))]
    plain = [run for run in plain if len(run) <= LONGEST_RUN]
    found = {
        run: ((term[:LONGEST_TERM],), bits) if term else _NOTHING
        for run, term, bits in zip(plain, plain_terms(plain), plain_spellings(plain), strict=True)
    }
    return found | {run: _read(run) for run in runs if run not in found}


def _is_small(run: str) -> bool:
    return run.isalpha() and run.islower()


def _read(run: str) -> Reading:
    if HANGUL_LETTER.match(run):
        stem, particle = parted(run)
        # One syllable says too little: most are verbs, counters and negations.
        return hangul_terms(run, stem), spelling(stem, particle) if len(run) > 1 else 0
    if found := _run_terms(run):
        return found, spelling(_without_clitic(run))
    return _NOTHING


def _without_clitic(run: str) -> str:
    _, *tail = _APOSTROPHE.split(run) if not run.isalnum() else [run]
    return run[: -len(tail[-1]) - 1] if tail and tail[-1].casefold() in CLITICS else run


def _run_terms(run: str) -> tuple[str, ...]:
    """The terms of a run of letters of one script other than Hangul."""
    if _CJK_LETTER.match(run):
        # One character inside a word is looked for as well.
        return (*bigrams(run), *HAN.findall(run)) if len(run) > 1 else (run,)
    return letter_terms(run) if len(run) <= LONGEST_RUN else _data_term(run)


_NOTHING: Reading = (), 0
# What anybody has written stays here: a few megabytes of usual words, 25 of made-up Korean ones.
_remembered = Recent[str, Reading](MOST_REMEMBERED)


def letter_terms(run: str) -> tuple[str, ...]:
    """The terms of a run of letters and digits, of any script that has spaces between words."""
    # Most words, and the quick way.
    if run.isascii() and _is_small(run):
        return tuple(filter(None, [word_term(run)[:LONGEST_TERM]]))
    pieces = _APOSTROPHE.split(run)
    if len(pieces) > 1 and pieces[-1].casefold() in CLITICS:
        tail = pieces.pop().casefold()
        if tail == "t" and pieces[-1].casefold() in NEGATIONS:
            pieces.pop()
    return tuple(term[:LONGEST_TERM] for piece in pieces for term in _piece_terms(piece) if term)


def _data_term(run: str) -> tuple[str, ...]:
    return (run[:LONGEST_TERM].casefold()[:LONGEST_TERM],)


def _piece_terms(raw: str) -> list[str]:
    raw = _without_accents(raw)
    if raw.isalpha() and (raw.islower() or raw.istitle()):
        return [word_term(raw) or _name_of(raw)]
    if raw.casefold() in STOP_WORDS:
        return [_name_of(raw), NAME + raw]
    parts = [part for piece in raw.split("_") for part in _PART.findall(piece)]
    if ("_" not in raw and len(parts) < 2) or is_key(raw):
        return [word_term(raw)]
    # An identifier is found as a whole and by the words in it.
    whole = word_term(raw) if raw.isalpha() else raw.casefold().strip("_")
    return [whole, *(word_term(part) for part in parts if len(part) > 1 or part.isdigit())]


def _name_of(stop_word: str) -> str:
    """The term of a stop word that begins with a capital; "" for any other."""
    return NAME + stop_word.casefold() if stop_word[0].isupper() and len(stop_word) > 1 else ""


def _without_accents(raw: str) -> str:
    """Café and cafe are one word. Only for letters outside Hangul, which this would take apart."""
    if raw.isascii():
        return raw
    return "".join(c for c in unicodedata.normalize("NFKD", raw) if not unicodedata.combining(c))
