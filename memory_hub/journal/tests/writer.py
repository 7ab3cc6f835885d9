"""A process that appends to the journal until it is told to end, or numbers it until it is killed.

``python -m memory_hub.journal.tests.writer writer NAME`` prints the kinds of what it committed, one
transaction a line; ``… sequencer`` prints a line a round.
"""

import random
import sys

import django
from django.db import transaction

from memory_hub.core.identity import Actor, Origin
from memory_hub.database.statements import run
from memory_hub.journal import sequencer
from memory_hub.journal.append import append
from memory_hub.journal.facts import Fact


class RolledBack(Exception):
    """What a writer does to every fifth of its transactions."""


def write(name: str, rounds: int) -> None:
    chance = random.Random(name)
    for number in range(rounds):
        kinds = [f"{name}.{number}.{at}" for at in range(chance.choice((1, 1, 2, 5)))]
        try:
            with transaction.atomic():
                for kind in kinds:
                    run(append([Fact(kind, Actor(1), Origin("rest", f"{name}.{number}"))]))
                if chance.random() < 0.2:
                    raise RolledBack
        except RolledBack:
            continue
        sys.stdout.write(" ".join(kinds) + "\n")
        sys.stdout.flush()


def number() -> None:
    # It has models: they need a hub that is set up.
    from memory_hub.journal import sealing

    while True:
        sequencer.sequence()
        sealing.seal()
        sys.stdout.write("round\n")
        sys.stdout.flush()


if __name__ == "__main__":
    django.setup()
    if sys.argv[1] == "writer":
        write(sys.argv[2], int(sys.argv[3]))
    else:
        number()
