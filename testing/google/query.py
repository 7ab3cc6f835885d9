"""The search grammar of files.list (`q`): parsed strictly, an unknown term is an error."""

import re
from collections.abc import Callable
from typing import Any

Test = Callable[[Any], bool]

_TOKEN = re.compile(
    r"""\s*(?:(?P<string>'(?:\\.|[^'\\])*')|(?P<op><=|>=|!=|=|<|>)|(?P<sign>[(){}])"""
    r"""|(?P<word>[A-Za-z]+))"""
)
MAX_TERM = 200


class BadQuery(ValueError):
    """What Google answers with 400 `invalid`, located at `q`."""


def parse(text: str) -> Test:
    """Turn a query into a test of a `Candidate`: anything with the attributes used below."""
    parser = _Parser(_tokens(text))
    test = parser.either()
    if parser.tokens:
        raise BadQuery(f"unexpected {parser.tokens[0][1]}")
    return test


def uses_full_text(text: str) -> bool:
    """Whether the query searches the full-text index (then no `orderBy` is allowed)."""
    return any(kind == "word" and value == "fullText" for kind, value in _tokens(text))


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match:
            raise BadQuery(f"cannot read at {at}")
        kind = match.lastgroup or ""
        value = match.group(kind)
        if kind == "string":
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        found.append((kind, value))
        at = match.end()
    return found


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens

    def take(self, kind: str, value: str | None = None) -> str:
        if not self.tokens or self.tokens[0][0] != kind or value not in {None, self.tokens[0][1]}:
            raise BadQuery(f"{value or kind} is missing")
        return self.tokens.pop(0)[1]

    def next_is(self, kind: str, value: str) -> bool:
        return bool(self.tokens) and self.tokens[0] == (kind, value)

    def either(self) -> Test:
        tests = [self.both()]
        while self.next_is("word", "or"):
            self.tokens.pop(0)
            tests.append(self.both())
        return lambda file: any(test(file) for test in tests)

    def both(self) -> Test:
        tests = [self.term()]
        while self.next_is("word", "and"):
            self.tokens.pop(0)
            tests.append(self.term())
        return lambda file: all(test(file) for test in tests)

    def term(self) -> Test:
        if self.next_is("word", "not"):
            self.tokens.pop(0)
            if self.next_is("word", "not"):
                raise BadQuery("not not")
            test = self.term()
            return lambda file: not test(file)
        if self.next_is("sign", "("):
            self.tokens.pop(0)
            test = self.either()
            self.take("sign", ")")
            return test
        if self.tokens and self.tokens[0][0] == "string":
            return self.membership()
        return self.comparison()

    def membership(self) -> Test:
        value = self.take("string")
        self.take("word", "in")
        field = self.take("word")
        if field == "parents":
            return lambda file: value in file.parents
        if field in {"owners", "writers", "readers"}:
            return lambda file: file.has_role(value, field)
        raise BadQuery(f"{field} is not a collection")

    def comparison(self) -> Test:
        field = self.take("word")
        if field == "appProperties":
            return self.property()
        if field == "trashed":
            return self.trashed()
        if field == "fullText":
            self.take("word", "contains")
            return _full_text(self.take("string"))
        if field in {"name", "mimeType"}:
            return self.text(field)
        if field in {"modifiedTime", "createdTime"}:
            return self.moment(field)
        raise BadQuery(f"{field} is not a search term")

    def property(self) -> Test:
        self.take("word", "has")
        self.take("sign", "{")
        self.take("word", "key")
        self.take("op", "=")
        key = self.take("string")
        self.take("word", "and")
        self.take("word", "value")
        self.take("op", "=")
        value = self.take("string")
        self.take("sign", "}")
        return lambda file: file.properties.get(key) == value

    def trashed(self) -> Test:
        if not self.tokens or self.tokens[0][0] != "op":
            return lambda file: file.trashed
        operator = self.take("op")
        wanted = self.take("word")
        if operator not in {"=", "!="} or wanted not in {"true", "false"}:
            raise BadQuery("trashed")
        return lambda file: (file.trashed == (wanted == "true")) == (operator == "=")

    def text(self, field: str) -> Test:
        if self.next_is("word", "contains"):
            self.tokens.pop(0)
            part = self.take("string").lower()
            return lambda file: part in getattr(file, field).lower()
        operator = self.take("op")
        value = self.take("string")
        if operator not in {"=", "!="}:
            raise BadQuery(field)
        return lambda file: (getattr(file, field) == value) == (operator == "=")

    def moment(self, field: str) -> Test:
        operator = self.take("op")
        value = self.take("string")
        compare: dict[str, Callable[[str, str], bool]] = {
            "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b,
            ">=": lambda a, b: a >= b, "=": lambda a, b: a == b, "!=": lambda a, b: a != b,
        }  # fmt: skip
        return lambda file: compare[operator](getattr(file, field), value)


def _full_text(term: str) -> Test:
    """Whole tokens only, all of them; a term in double quotes is a phrase."""
    if len(term) > MAX_TERM:
        raise BadQuery("fullText")
    phrase = len(term) > 1 and term.startswith('"') and term.endswith('"')
    wanted = _words(term)

    def test(file: Any) -> bool:
        words = _words(file.indexed_text)
        if not phrase:
            return bool(wanted) and set(wanted) <= set(words)
        size = len(wanted)
        return bool(wanted) and any(
            words[at : at + size] == wanted for at in range(len(words) - size + 1)
        )

    return test


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
