"""What templates and code say to people, and what catalogues have for it. No program of gettext is
needed: templates are read by Django's own patterns, code by its syntax tree."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from django.template.base import DebugLexer, Lexer, TokenType
from django.utils.translation.template import (
    block_re,
    constant_re,
    endblock_re,
    inline_re,
    plural_re,
)

from memory_hub.core import errors

ROOT = Path(__file__).resolve().parents[3]
# All packages that speak to people on pages.
PACKAGES = ("web", "integrations", "monitoring", "superthread", "google_docs", "memory_hub")
_MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop"}
_PLURALS = {"ngettext", "ngettext_lazy"}
# The errors of the hub, `BadInput.at` and the serializers' own.
_REFUSING = {name for name, one in vars(errors).items() if isinstance(one, type)}
_REFUSING |= {"at", "ErrorDetail"}


class Saying(NamedTuple):
    """A message; ``plural`` where it is said of a number."""

    one: str
    plural: str | None = None


def templates() -> Iterator[Path]:
    """All templates of the project."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("templates/**/*.*")):
            # What allauth would say beside the page is left away by empty texts of ours.
            spoken = path.suffix in (".html", ".txt") and path.parent.name != "messages"
            if spoken and "tests" not in path.parts:
                yield path


def catalogues() -> Iterator[Path]:
    """All catalogues of Korean."""
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("locale/ko/LC_MESSAGES/*.po"))


def modules(*packages: str) -> Iterator[Path]:
    """All code of these packages that is not a test."""
    for package in packages or PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "tests" not in path.parts and "migrations" not in path.parts:
                yield path


def of_template(text: str) -> Iterator[Saying]:
    """What a template has marked."""
    inside: list[list[str]] | None = None
    for token in Lexer(text).tokenize():
        if inside is not None:
            if token.token_type == TokenType.BLOCK and endblock_re.match(token.contents):
                yield Saying(*("".join(part) for part in inside))
                inside = None
            elif token.token_type == TokenType.BLOCK and plural_re.match(token.contents):
                inside.append([])
            elif token.token_type == TokenType.VAR:
                inside[-1].append(f"%({token.contents})s")
            else:
                inside[-1].append(token.contents.replace("%", "%%"))
        elif token.token_type == TokenType.BLOCK:
            if found := inline_re.match(token.contents):
                yield Saying(found[1].strip("\"'"))
            elif block_re.match(token.contents):
                inside = [[]]
            for constant in constant_re.findall(token.contents):
                yield Saying(constant[2:-1].strip("\"'"))


def of_module(source: str) -> Iterator[Saying]:
    """What code has marked."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        texts = [one.value for one in node.args if isinstance(one, ast.Constant)]
        if name in _MARKS and texts:
            yield Saying(texts[0])
        elif name in _PLURALS and len(texts) > 1:
            yield Saying(texts[0], texts[1])


def every_saying() -> set[Saying]:
    """All messages of the project."""
    found: set[Saying] = set()
    for path in templates():
        found.update(of_template(path.read_text()))
    for path in modules():
        found.update(of_module(path.read_text()))
    return found


def refusals(source: str) -> Iterator[str]:
    """The whole sentences that code refuses something with; a number stands for each value."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name not in _REFUSING:
            continue
        for one in node.args:
            parts = one.values if isinstance(one, ast.JoinedStr) else [one]
            text = "".join(_text(part) for part in parts)
            if " " in text and text.endswith("."):
                yield text


def _text(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return part.value if isinstance(part.value, str) else ""
    return "7" if isinstance(part, ast.FormattedValue) else ""


class Texts(HTMLParser):
    """The texts that people read of a page: between tags, and of attributes that are read out."""

    SILENT = ("script", "style", "kbd", "code", "svg")
    READ = ("alt", "aria-label", "content", "data-label", "placeholder", "title")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.silent += tag in self.SILENT
        for name in self.READ:
            if name == "content" and tag == "meta":
                continue
            self.found.append(named.get(name) or "")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in self.SILENT

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)


# Names, which are the same in every language.
_NAMES = re.compile(r"Memory Hub|p95|UTC|API|account\.json|memories-\.jsonl|\bwide\b")


def unmarked(text: str) -> list[str]:
    """What a template says that nobody has marked for translation."""
    kept, inside = [], False
    for token in DebugLexer(text).tokenize():
        if token.token_type == TokenType.BLOCK and block_re.match(token.contents):
            inside = True
        elif token.token_type == TokenType.BLOCK and endblock_re.match(token.contents):
            inside = False
        elif token.token_type == TokenType.TEXT and not inside:
            kept.append(token.contents)
    parser = Texts()
    parser.feed("".join(kept))
    said = [one.strip() for one in parser.found]
    return [one for one in said if re.search(r"[^\W\d_]{2,}", _NAMES.sub("", one))]


HANGUL = re.compile("[가-힣]")
_LATIN = re.compile(r"[A-Za-z]{2,}")
# Texts of people, and icons, which are words of a font.
_DATA = re.compile(r"<textarea.*?</textarea>|<span[^>]*material-symbols[^>]*>[^<]*</span>", re.S)


def english(text: str) -> bool:
    """Whether a text has words, and none of them in Korean."""
    return bool(_LATIN.search(text)) and not HANGUL.search(text)


def english_of(html: str) -> list[str]:
    """The texts of a page that have words, and none of them in Korean; each once."""
    parser = Texts()
    parser.feed(_DATA.sub("", html))
    return sorted({one.strip() for one in parser.found if english(one)})
