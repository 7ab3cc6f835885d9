"""What a person typed, taken apart: words, "phrases" and -exclusions."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from superthread.search.analyzer import terms, words
from superthread.search.english import word_term
from superthread.search.korean import certain_terms
from superthread.search.normalize import fold

LONGEST_QUERY = 512  # characters after NFC

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_CLAUSE = re.compile(r'(?:(?<!\S)(?P<minus>-))?"(?P<phrase>[^"]*)"|(?<!\S)-(?P<word>[^\s"-]\S*)')
_ALNUM = r"[^\W_가-힣\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]"
_NAME = re.compile(rf"(?:{_ALNUM}|_)+")
_HANGUL = re.compile("[가-힣]")

# What stands in the index: all terms of the first group, or instead all of the next.
Requirement = tuple[tuple[str, ...], ...]


class BadQuery(ValueError):
    """The query cannot be asked; the message says why and `code` names it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Query:
    """A query ready to be looked up.

    `terms` are alternatives (the more the better), `phrases` must all occur and `unwanted`
    must not; both keep their case, which tells the words of an identifier. `compounds` are
    neighbouring words written as one, looked up where they exist.
    """

    terms: tuple[str, ...]
    compounds: tuple[str, ...]
    phrases: tuple[str, ...]
    unwanted: tuple[str, ...]


def parse(text: str) -> Query:
    """Read a query; raises BadQuery where it is too long or asks for nothing."""
    text = unicodedata.normalize("NFC", text)
    if len(text) > LONGEST_QUERY:
        raise BadQuery("too-long", f"A query has at most {LONGEST_QUERY} characters.")
    folded = fold(text).translate(_QUOTES)
    phrases, unwanted = [], []
    for clause in _CLAUSE.finditer(folded):
        wanted = clause["phrase"] is not None and not clause["minus"]
        phrase = clause["phrase"] if clause["word"] is None else clause["word"]
        phrase = " ".join(phrase.split())
        if _says_something(phrase):
            (phrases if wanted else unwanted).append(phrase)
    loose = _CLAUSE.sub(" ", folded)
    if not phrases and not _says_something(loose.replace("-", "").replace('"', "")):
        raise BadQuery("empty-query", "The query has no word to search for.")
    wanted_text = "\n".join([loose, *phrases])
    return Query(
        terms=tuple(dict.fromkeys(terms(wanted_text))),
        compounds=_compounds(loose),
        phrases=tuple(dict.fromkeys(phrases)),
        unwanted=tuple(dict.fromkeys(unwanted)),
    )


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
    for start, end, found in words(phrase):
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
    found = list(words(unwanted))
    if " " in unwanted or len(found) != 1:
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
