"""In which order subscribers are told of a change.

An app names its own as ``subscribers`` of its features: stage to dotted names of functions that
`hears` marks. Within a stage they are told in the order of INSTALLED_APPS.
"""

from enum import IntEnum


class Stage(IntEnum):
    """The stages, first to last."""

    # What ends together with it, such as what was granted to who left a team. May tell of more.
    CONSEQUENCES = 1
    # Kept answers are outdated: before anybody can read the new state.
    ANSWERS = 2
    # Names that only one may have.
    NAMES = 3
    # The search index. It locks words, in one order for all: nothing is locked after it.
    INDEX = 4
    # Rows about the change itself.
    RECORD = 5
