"""Run the tests of one module against its mutants, in a copy of the checkout: module, how many
mutants at most, seed, then what pytest shall run."""

import random
import sys
from pathlib import Path

import pytest

from testing.mutation.mutants import Mutant, mutants_of
from testing.mutation.plugin import PREPARE, ForkedRuns

OPTIONS = ("-q", "--capture=sys", "-p", "no:cacheprovider")


def sample_of(source: str, most: int, seed: int) -> list[Mutant]:
    """All mutants of the text, or as many of them as told, in the order of their lines."""
    mutants = list(mutants_of(source))
    if len(mutants) > most:
        chosen = random.Random(seed).sample(range(len(mutants)), most)
        mutants = [mutants[place] for place in sorted(chosen)]
    return mutants


if __name__ == "__main__":
    module, most, seed, *tests = sys.argv[1:]
    source = Path(module).read_text()
    runs = ForkedRuns(Path(module).resolve(), source, sample_of(source, int(most), int(seed)))
    sys.exit(pytest.main([*OPTIONS, PREPARE, *tests], plugins=[runs]))
