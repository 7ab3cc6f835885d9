"""What a person typed, taken apart: words, "phrases", -exclusions and beginnings*."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from superthread.search.analysis.analyzer import plain_words
from superthread.search.analysis.english import word_term
from superthread.search.analysis.korean import certain_terms
from superthread.search.analysis.normalize import fold
from superthread.search.query_terms import QueryTerm, asked_terms

# Characters after NFC: a prompt, a stack trace.
LONGEST_QUERY = 16_384
# Characters; what is longer was pasted, and its signs are text.
LONGEST_SHORT = 512

# How signs are read: with care, never, or always.
AUTO, PLAIN = "auto", "plain"
SYNTAXES = (AUTO, PLAIN, "web")

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_CLAUSE = re.compile(r'(?:(?<!\S)(?P<minus>-))?"(?P<phrase>[^"]*)"|(?<!\S)-(?P<word>[.#@$]?\w\S*)')
_ALNUM = r"[^\W_가-힣\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]"
_NAME = re.compile(rf"(?:{_ALNUM}|_)+")
_HANGUL = re.compile("[가-힣]")
# Behind a dash surely no word that is to be left out: a flag, a number, a setting.
_OPTION = re.compile(r"\w|\d{1,5}(?:[.,]\d+)?[°%]?[A-Za-z]{0,2}|\S+=\S*")
_OPTION_ALONE = re.compile(r"[A-Z0-9]")
_BEGINNING = re.compile(r"(?<!\S)([A-Za-z0-9_]{3,64})\*(?!\S)")

# What stands in the index: all terms of the first group, or instead all of the next.
Requirement = tuple[tuple[str, ...], ...]


class BadQuery(ValueError):
    """The query cannot be asked; the message says why and `code` names it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


NOTHING_ASKED = "The query has no word to search for."


@dataclass(frozen=True)
class Query:
    """A query ready to be looked up.

    `wanted` are alternatives (the more the better), `phrases` must all occur and `unwanted`
    must not; both keep their case, which tells the words of an identifier. `doubtful` may be
    unwanted or options of a command: the memories tell. `compounds` are neighbouring words written
    as one, looked up where they exist; `beginnings` are beginnings of words. `whole` is what was
    typed, for a query without a word.
    """

    wanted: tuple[QueryTerm, ...]
    compounds: tuple[str, ...]
    phrases: tuple[str, ...]
    unwanted: tuple[str, ...]
    doubtful: tuple[str, ...]
    beginnings: tuple[str, ...]
    whole: str

    @cached_property
    def terms(self) -> tuple[str, ...]:
        return tuple(one.term for one in self.wanted)


def parse(text: str, syntax: str = AUTO) -> Query:
    """Read a query; raises BadQuery where it is too long or asks for nothing."""
    text = unicodedata.normalize("NFC", text)
    if len(text) > LONGEST_QUERY:
        raise BadQuery("too-long", f"A query has at most {LONGEST_QUERY} characters.")
    folded = fold(text).translate(_QUOTES)
    if not _says_something(folded):
        raise BadQuery("empty-query", NOTHING_ASKED)
    if syntax == PLAIN or (syntax == AUTO and len(text) > LONGEST_SHORT):
        return _query(folded)
    return _with_signs(folded, syntax)


def _with_signs(folded: str, syntax: str) -> Query:
    phrases, unwanted, doubtful = [], [], []
    for clause in _CLAUSE.finditer(folded):
        said = _said(clause)
        if clause["word"] is not None and syntax == AUTO:
            doubtful += [] if _is_option(clause) else [said]
        elif _says_something(said):
            (unwanted if clause["minus"] or clause["word"] else phrases).append(said)
    # Whoever writes quotes knows the signs.
    if phrases:
        unwanted, doubtful = unwanted + doubtful, []
    keep_options = syntax == AUTO
    loose = _CLAUSE.sub(lambda one: one[0] if keep_options and _is_option(one) else " ", folded)
    if not phrases and not _says_something(loose.replace("-", "").replace('"', "")):
        # An option alone, as -Xmx512m is one.
        if not any(_OPTION_ALONE.search(word) for word in doubtful):
            raise BadQuery("empty-query", NOTHING_ASKED)
        return _query(folded)
    beginnings = [found.casefold() for found in _BEGINNING.findall(loose)]
    loose = _BEGINNING.sub(" ", loose)
    return _query(loose, phrases, unwanted, doubtful, beginnings)


def read_as(query: Query, options: Collection[str]) -> Query:
    """The query with the doubtful words among `options` read as text, the others left out."""
    text = [query.whole, *(f"-{word}" for word in query.doubtful if word in options)]
    unwanted = [*query.unwanted, *(word for word in query.doubtful if word not in options)]
    return _query(" ".join(text), query.phrases, unwanted, (), query.beginnings)


def _query(
    loose: str,
    phrases: Sequence[str] = (),
    unwanted: Sequence[str] = (),
    doubtful: Sequence[str] = (),
    beginnings: Sequence[str] = (),
) -> Query:
    return Query(
        wanted=tuple(asked_terms("\n".join([loose, *phrases]))),
        compounds=_compounds(loose),
        phrases=tuple(dict.fromkeys(phrases)),
        unwanted=tuple(dict.fromkeys(unwanted)),
        doubtful=tuple(dict.fromkeys(doubtful)),
        beginnings=tuple(dict.fromkeys(beginnings)),
        whole=" ".join(loose.split()),
    )


def _said(clause: re.Match[str]) -> str:
    """The words of a clause; behind a dash without the punctuation that follows."""
    word = clause["word"]
    return " ".join(clause["phrase"].split()) if word is None else word.rstrip(",.;:!?")


def _is_option(clause: re.Match[str]) -> bool:
    return clause["word"] is not None and _OPTION.fullmatch(_said(clause)) is not None


def option_pattern(word: str) -> re.Pattern[str]:
    """Finds `-word` in text without case, within a line: at its head the dash is a bullet."""
    return re.compile(rf"(?<=\S)[ \t]+-{re.escape(fold(word).casefold())}(?!\w)")


def plain(text: str) -> str:
    """`text` as phrases are compared: folded, without case, white space runs as one space."""
    return " ".join(fold(text).casefold().split())


def phrase_pattern(phrase: str) -> re.Pattern[str]:
    """Finds `phrase` in `plain` text. Words of letters are whole; Hangul may carry a particle."""
    phrase = plain(phrase)
    literal = re.escape(phrase)
    # Looked back at from behind: a pattern that begins with plain text takes a seventh of the time.
    head = rf"(?<!{_ALNUM}{literal})" if re.match(_ALNUM, phrase) else ""
    tail = rf"(?!{_ALNUM})" if re.match(_ALNUM, phrase[-1]) else ""
    return re.compile(literal + tail + head)


def phrase_requirements(phrase: str) -> list[Requirement]:
    """What every memory with this phrase has in the index, to narrow the look; may be empty.

    An identifier is there as a whole, or by its words where the phrase begins or ends inside it.
    Which words it has is told by its case, which the phrase need not share.
    """
    certain: list[str] = []
    identifiers: list[Requirement] = []
    for start, end, found in plain_words(phrase):
        run = phrase[start:end]
        if _HANGUL.match(run):
            certain += certain_terms(run, begins=start > 0, ends=end < len(phrase))
        elif _is_identifier(run, found):
            identifiers.append((found[:1], found[1:]))
        else:
            certain += _telling(found)
    return [(tuple(dict.fromkeys(certain)),), *identifiers] if certain else identifiers


def exclusion(unwanted: str) -> Requirement | None:
    """What of an unwanted word stands in the index; None where only the text can tell."""
    found = list(plain_words(unwanted))
    if " " in unwanted or len(found) != 1 or found[0][:2] != (0, len(unwanted)):
        return None
    ((start, end, terms),) = found
    if _is_identifier(unwanted[start:end], terms):
        return (terms[:1],)
    return (told,) if (told := _telling(terms)) else None


def _is_identifier(run: str, found: tuple[str, ...]) -> bool:
    """Whether the terms are those of a whole and of the words in it."""
    return len(found) > 1 and _NAME.fullmatch(run) is not None


def _telling(found: tuple[str, ...]) -> tuple[str, ...]:
    """Without single syllables: they are terms of some words only that have them."""
    return tuple(term for term in found if len(term) > 1 or term.isascii())


def _says_something(text: str) -> bool:
    """Whether anything visible is in it: not only white space, control and format characters."""
    return any(unicodedata.category(char)[0] not in "ZC" for char in text)


def _compounds(text: str) -> tuple[str, ...]:
    """`time zone` is also looked up as `timezone`."""
    loose = [word for word in re.findall(r"[^\W\d_]+|[^\w\s]", text) if word]
    pairs = (
        (first, second)
        for first, second in pairwise(loose)
        if _is_plain_word(first) and _is_plain_word(second)
    )
    return tuple(dict.fromkeys(word_term(first + second) for first, second in pairs))


def _is_plain_word(word: str) -> bool:
    return word.isascii() and word.isalpha() and len(word) > 1 and bool(word_term(word))
