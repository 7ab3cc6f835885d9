"""The pages for whoever reads the code next tell the truth about where things are."""

import ast
import inspect
import os
import re
from fnmatch import filter as matching
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/architecture.md").read_text()
PAGES = [*ROOT.glob("README*.md"), *sorted(ROOT.glob("docs/**/*.md"))]
BLOCK = re.compile(r"^ *```.*?\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
# A file, or a folder with its slash; below a folder of ours also a file without an ending.
PATH = re.compile(r"(?:[\w.*-]+/)+(?:[\w-]+\.\w+)?")
BELOW = re.compile(r"([\w.-]+)/[\w./*-]+")
# The name of a file by itself, where the page has said which folder it is about.
NAME = re.compile(r"[\w-]+\.(?:py|js|css|html)")
# Folders of memories, of a host and of other programs, which pages speak of as well.
FOREIGN = re.compile(
    r"(?:notes|memories|langgraph/memories|prompts|personal|team|public|var|tls|\.venv|\.cursor|\.vscode)/"
)
ASKED = (
    "where a token is checked",
    "where a 413 is made",
    "who may read a memory",
    "what a save writes",
    "how a kept answer is outdated",
    "where a metric is defined",
    "where Google's 429 is handled",
    "where a background job is declared",
    "where the dashboard's chart data come from",
    "where the points of a search stand",
)


@cache
def _there() -> frozenset[str]:
    """Files and folders, these with and without a slash: from the top, from up to two folders
    below it, and by their names alone."""
    known: set[str] = set()
    for folder, below, files in os.walk(ROOT):
        below[:] = [name for name in below if name not in {".git", ".venv", "__pycache__", "var"}]
        here = Path(folder).relative_to(ROOT).parts
        for name in (*files, *below, *(f"{one}/" for one in below)):
            steps = (*here, name)
            known |= {"/".join(steps[skipped:]) for skipped in range(min(3, len(steps)))}
            known.add(name)
    return frozenset(known)


def _told(text: str) -> set[str]:
    """The paths and names of files of ours that a page has in backticks or in a block of code."""
    quoted = re.findall(r"`([^`]+)`", BLOCK.sub("", text))
    ours = {one for one in quoted if PATH.fullmatch(one) or NAME.fullmatch(one)}
    for word in " ".join((*quoted, *BLOCK.findall(text))).split():
        below = BELOW.fullmatch(word.removeprefix("./"))
        if below and (ROOT / below[1]).is_dir():
            ours.add(below[0])
    return {word for word in ours if not FOREIGN.match(word)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_on_a_page_exists(page):
    there = _there()
    told = _told(page.read_text())
    assert {path for path in told - there if not matching(there, path)} == set()


def test_paths_are_known_from_what_looks_like_them():
    text = (
        "`web/lazy.py` and `lazy.py` of `web/`, `script/test`, `6000/minute`, `notes/deploy.md`,"
        " `team/KEY/`, `application/json`, `manage.py jobs`\n\n"
        "```sh\nscript/mutate web/problems.py --most 3\n```\n"
    )
    quoted = {"web/lazy.py", "lazy.py", "web/", "script/test"}
    assert _told(text) == quoted | {"script/mutate", "web/problems.py"}


@pytest.mark.parametrize("question", ASKED)
def test_what_a_newcomer_asks_has_its_line(question):
    [line] = [line for line in PAGE.splitlines() if line.startswith(f"| {question} |")]
    assert re.search(r"`[\w/]+\.py`", line)


def test_the_page_has_at_most_ten_words_of_its_own():
    words = PAGE.partition("Words of our own:")[2].partition("\n## ")[0]
    told = re.findall(r"^- (.+?):", words, re.M)
    assert 0 < sum(one.count("**") // 2 for one in told) <= 10


def _offered_to_code() -> list[tuple[str, ast.Call]]:
    """What the page tells that code may call, as it writes that, each with its module."""
    part = PAGE.partition("### Caches, timings and the pool")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([\w.]+)` \| (.*) \|$", part, re.M)
    return [
        (module, ast.parse(text, mode="eval").body)
        for module, told in rows
        for text in re.findall(r"`@?(?:with )?(\w+\([^`]*\))`", told)
    ]


def test_what_code_may_use_is_there_with_the_defaults_that_are_told():
    calls = _offered_to_code()
    assert len(calls) >= 10
    for module, call in calls:
        takes = inspect.signature(getattr(import_module(module), call.func.id)).parameters
        for keyword in call.keywords:
            assert takes[keyword.arg].default == ast.literal_eval(keyword.value), keyword.arg


def test_what_code_may_use_the_product_uses_itself():
    """Outside of where it is made: what nobody needs is not kept for somebody to come."""
    made = {call.func.id: module.replace(".", "/") for module, call in _offered_to_code()}
    # What the decorator does for a function.
    del made["invalidate"]
    unused = {f'caches["{cache}"]' for cache in ("default", "shared", "ttl")}
    unused |= {f"{name}(" for name in made}
    for top in ("memory_hub", "superthread", "google_docs", "integrations", "monitoring", "web"):
        for path in (ROOT / top).rglob("*.py"):
            here, text = path.relative_to(ROOT), path.read_text()
            if "tests" in here.parts:
                continue
            unused -= {
                one
                for one in unused
                if one in text and not str(here).startswith(made.get(one[:-1], "/"))
            }
    assert unused == set()
