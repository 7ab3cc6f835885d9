"""A module that stands in for another is met by what is imported meanwhile, and by nobody else."""

import sys
from importlib import import_module

import pytest

from memory_hub.core.slim_imports import standing_in


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A package that imports a heavy module of its own, and offers what that one has."""
    package = tmp_path / "slim_library"
    package.mkdir()
    package.joinpath("__init__.py").write_text(
        "from slim_library import heavy\nfrom slim_library.heavy import first\n"
    )
    package.joinpath("heavy.py").write_text("first, second = 'its first', 'its second'\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield "slim_library"
    for name in [name for name in sys.modules if name.startswith("slim_library")]:
        del sys.modules[name]


def test_what_stands_in_is_met_in_the_block_alone(library):
    with standing_in(f"{library}.heavy", first="another"):
        found = import_module(library)
    assert found.first == "another"
    assert f"{library}.heavy" not in sys.modules
    assert import_module(f"{library}.heavy").first == "its first"
    assert found.heavy.first == "its first"


def test_whoever_asks_it_for_more_than_it_has_gets_it_of_the_module(library):
    with standing_in(f"{library}.heavy", first="another"):
        kept = import_module(library).heavy
    assert (kept.first, kept.second) == ("another", "its second")
    assert f"{library}.heavy" in sys.modules


def test_what_is_missing_while_it_stands_in_is_told(library):
    with standing_in(f"{library}.heavy"), pytest.raises(ImportError, match="first"):
        import_module(library)
    assert import_module(library).first == "its first"


def test_what_is_imported_already_stays(library):
    found = import_module(library)
    with standing_in(f"{library}.heavy", first="another"):
        assert import_module(f"{library}.heavy") is found.heavy
    assert sys.modules[f"{library}.heavy"] is found.heavy
