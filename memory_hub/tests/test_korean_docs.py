"""The Korean pages beside the English ones: the same sections, which name the same things."""

import re
from pathlib import Path

import pytest

from testing.servers.hub import ROOT

DOCS = ROOT / "docs"
PAIRS = {"README.ko.md": ROOT / "README.md"} | {
    f"docs/ko/{page.name}": DOCS / page.name for page in sorted((DOCS / "ko").glob("*.md"))
}
# Pages that are English alone: whoever reads them reads the code as well.
ENGLISH_ALONE = {
    "architecture.md": "how it is built",
    "tests.md": "how it is tested",
}
# Sections that are English alone: figures, which are measured anew, and how pages are built.
SECTIONS_ALONE = {
    "connect.md": {"What was tried"},
    "google-docs.md": {"What it costs"},
    "journal.md": {"What it costs"},
    "mcp.md": {"Why an own layer", "What a call costs"},
    "mem0.md": {"Measured"},
    "operations.md": {"What watching costs, and how true it is"},
    "paths.md": {"What it costs"},
    "purge.md": {"What it costs"},
    "safe-writes.md": {"Measured"},
    "search.md": {"Measured"},
    "transfer.md": {"Measured"},
    "web.md": {
        "For developers: how a page is built",
        "Beside other web apps",
        "What pages cost",
    },
}
# Sections whose figures, with their commands, are English alone among what is told in both.
FIGURES_ALONE = {"operations.md": {"Neighbours", "Growth", "Drills"}}
# What queries are made of, which has a Korean example.
TRANSLATED = {'"phrases"', "-without", "beginning*"}
HEADING = re.compile(r"^(##+) (.*)$", re.MULTILINE)
HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
FENCE = re.compile(r"^ *```.*?\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\]\(([^)\s:]+)\)")
SETTING = re.compile(r"\b(?:[A-Z]+_[A-Z_*]+|DEBUG)\b")


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _code_lines(text: str) -> list[str]:
    return [line.strip() for block in FENCE.findall(text) for line in block.splitlines()]


def _named(text: str) -> set[str]:
    """What stands between backticks outside of blocks, each on one line."""
    return {_one_line(name) for name in INLINE.findall(FENCE.sub("", text))}


def _sections(text: str) -> list[tuple[str, str, str]]:
    """Of each section the signs of its heading, its words, and what is below; above all, none."""
    hidden = FENCE.sub(lambda block: block[0].replace("\n#", "\n "), text)
    above, *parts = HEADING.split(hidden)
    return [("", "", above), *zip(parts[0::3], parts[1::3], parts[2::3], strict=True)]


def _both(korean: Path, english: Path) -> tuple[list[tuple[str, str, str]], ...]:
    """The sections of the English page that have a Korean one, and those of the Korean page."""
    alone = SECTIONS_ALONE.get(english.name, set())
    told = _sections(english.read_text())
    assert alone <= {words for _, words, _ in told}
    return [one for one in told if one[1] not in alone], _sections(korean.read_text())


def _blocks(section: str) -> int:
    """How many blocks of code it has, between fences or indented."""
    return len(re.findall(r"^ *```|\n\n {4}\S", section, re.MULTILINE))


def _firsts(section: str) -> list[str]:
    """The code in the first column of its tables, row by row and without what is in Korean."""
    cells = re.findall(r"^\| ?([^|]*)\|", FENCE.sub("", section), re.MULTILINE)
    return [name for cell in cells for name in INLINE.findall(cell) if not HANGUL.search(name)]


def _settings(text: str) -> dict[str, set[str]]:
    """The variables in the first column of the tables, with numbers and code of their defaults."""
    rows = re.findall(r"^\| ([^|]*)\|([^|]*)\|", text, re.MULTILINE)
    return {
        name: set(re.findall(r"`[^`]+`|\d[\w.]*", default))
        for cell, default in rows
        for name in SETTING.findall(cell)
    }


def _anchors(text: str) -> set[str]:
    """The anchors of the headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.*)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.fixture(params=PAIRS)
def pair(request):
    """The path of a Korean page, and of its English one."""
    return ROOT / request.param, PAIRS[request.param]


def test_each_has_an_english_page_and_both_lead_to_each_other(pair):
    korean, english = pair
    assert english.exists()
    for page, other, words in ((korean, english, "English"), (english, korean, "한국어")):
        head = page.read_text().split("\n## ")[0]
        there = re.search(rf"\[{words}\]\(([^)]+)\)", head)
        assert there, f"{page.name} does not lead to {other}"
        assert (page.parent / there[1]).resolve() == other


def test_every_english_page_has_a_korean_one_unless_it_is_told_why_not():
    without = {page.name for page in DOCS.glob("*.md")} - {page.name for page in PAIRS.values()}
    assert without == set(ENGLISH_ALONE)


def test_sections_code_and_rows_of_tables_are_those_of_the_english_page(pair):
    told, found = _both(*pair)
    assert [signs for signs, _, _ in found] == [signs for signs, _, _ in told]
    for (_, title, there), (_, words, here) in zip(told, found, strict=True):
        assert _blocks(here) == _blocks(there), f"{words} has other blocks of code than {title}"
        assert _firsts(here) == _firsts(there), f"{words} has other rows than {title}"


def test_what_a_section_names_in_english_its_korean_one_names_too(pair):
    figures = FIGURES_ALONE.get(pair[1].name, set())
    for (_, title, there), (_, _, here) in zip(*_both(*pair), strict=True):
        said = _one_line(here)
        named = {name for name in _named(there) if not HANGUL.search(name)} - TRANSLATED
        assert title in figures or {name for name in named if name not in said} == set(), title


def test_links_lead_to_pages_and_headings_that_exist_and_are_korean_where_there_are_such(pair):
    korean, english = pair
    for link in LINK.findall(INLINE.sub("", FENCE.sub("", korean.read_text()))):
        name, _, anchor = link.partition("#")
        target = (korean.parent / name).resolve() if name else korean
        assert target.exists(), link
        if anchor:
            assert anchor in _anchors(target.read_text()), link
        elif target != english:
            assert target not in PAIRS.values(), f"{link} has a Korean page"


def test_code_is_that_of_the_english_page_but_for_what_is_in_korean(pair):
    korean, english = pair
    said = _code_lines(english.read_text())
    words = set(" ".join(said).split())
    for line in _code_lines(korean.read_text()):
        if not HANGUL.search(line):
            assert line in said, line
            continue
        code = re.sub(r'"[^"]*"', lambda text: '""' if HANGUL.search(text[0]) else text[0], line)
        for word in code.split("  #")[0].split():
            assert word in words or '""' in word, f"{word} in {line}"


def test_what_is_named_in_backticks_is_named_in_english_too(pair):
    korean, english = pair
    said = _one_line(english.read_text())
    names = {name for name in _named(korean.read_text()) if not HANGUL.search(name)}
    gone = {name for name in names if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said)}
    assert gone == set()


def test_the_tables_have_the_same_settings_and_defaults(pair):
    korean, english = pair
    assert _settings(korean.read_text()) == _settings(english.read_text())
