"""The page for whoever reads the code next tells the truth about where things are."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/architecture.md").read_text()
# A path as the page writes it, from the top of the checkout: a file, or a folder with its slash.
PATHS = sorted(set(re.findall(r"`((?:[\w.-]+/)+(?:[\w-]+\.\w+)?)`", PAGE)))
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


@pytest.mark.parametrize("path", PATHS)
def test_every_path_on_the_page_exists(path):
    known = [*ROOT.glob(path), *ROOT.glob(f"*/{path}"), *ROOT.glob(f"*/*/{path}")]
    assert known, f"{path} is not there"


@pytest.mark.parametrize("question", ASKED)
def test_what_a_newcomer_asks_has_its_line(question):
    [line] = [line for line in PAGE.splitlines() if line.startswith(f"| {question} |")]
    assert re.search(r"`[\w/]+\.py`", line)


def test_the_page_has_at_most_ten_words_of_its_own():
    words = PAGE.partition("Words of our own:")[2].partition("\n## ")[0]
    told = re.findall(r"^- (.+?):", words, re.M)
    assert 0 < sum(one.count("**") // 2 for one in told) <= 10
