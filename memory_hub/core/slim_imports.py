"""Imports without what a library only offers to use, or needs for what nobody here asks of it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any


@contextmanager
def without(*names: str) -> Iterator[None]:
    """What is imported in the block does not find these modules, as if they were not installed;
    those that somebody has imported already it does find. For the start, while one thread runs."""
    hidden = {name: None for name in names if name not in sys.modules}
    # None hides a module; as typed there are none but modules.
    sys.modules.update(hidden)  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


@contextmanager
def standing_in(name: str, **attributes: Any) -> Iterator[None]:
    """What is imported in the block finds, as the module of this name, one that has these
    attributes; asked for another after the block, it imports the module. Whoever imports it then
    gets the module itself, and so does the block where somebody has it already. For the start,
    while one thread runs."""
    if name in sys.modules:
        yield
        return
    stand_in = ModuleType(name, f"Stands in for {name}; see {__name__}.")
    vars(stand_in).update(attributes)

    def attribute(wanted: str) -> Any:
        # Those of modules are asked for by the import itself.
        if wanted.startswith("__") or sys.modules.get(name) is stand_in:
            raise AttributeError(f"{name} stands in without {wanted}", name=wanted, obj=stand_in)
        return getattr(import_module(name), wanted)

    vars(stand_in)["__getattr__"] = attribute
    sys.modules[name] = stand_in
    try:
        yield
    finally:
        del sys.modules[name]
