"""What is known to change nothing anybody could see: equivalents.toml."""

import tomllib
from pathlib import Path

from testing.mutation.mutants import mutants_of

_NOTED: list[dict[str, str]] = tomllib.loads(
    Path(__file__).with_name("equivalents.toml").read_text()
)["equivalent"]
# What has such changes.
MODULES = sorted({each["module"] for each in _NOTED})


def equivalents_of(module: str) -> set[str]:
    """The names of the changes of a module that are noted."""
    return {each["mutant"] for each in _NOTED if each["module"] == module}


def outdated(module: str, source: str) -> set[str]:
    """What is noted for the module and is no change of its text any more."""
    return equivalents_of(module) - {mutant.name for mutant in mutants_of(source)}
