"""Rooms are small: what is too long for one is split before anybody gets lost in it."""

from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Written by a program, or once and for all.
WRITTEN_ONCE = {"migrations", "generated"}


def lines() -> dict[Path, int]:
    """The lines of each file of the checkout by its path there, as far as people write them."""
    tops = [path.parent for path in ROOT.glob("*/__init__.py")]
    tops += [ROOT / "clients", ROOT / "deploy"]
    files = [*ROOT.glob("*.py"), *(file for top in tops for file in top.rglob("*.py"))]
    return {
        file.relative_to(ROOT): len(file.read_text().splitlines())
        for file in files
        if not WRITTEN_ONCE & set(file.parts)
    }


def test_no_file_has_more_than_300_lines():
    assert {str(file): count for file, count in lines().items() if count > 300} == {}


def test_no_package_has_more_than_2500_lines_of_its_own():
    """Whether it has packages or not: what stands in these is theirs."""
    sums: dict[Path, int] = defaultdict(int)
    for file, count in lines().items():
        sums[file.parent] += count
    assert {str(one): n for one, n in sums.items() if n > 2500} == {}


def test_beside_the_packages_of_the_hub_are_at_most_ten_files():
    assert len(list((ROOT / "memory_hub").glob("*.py"))) <= 10
