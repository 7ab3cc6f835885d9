"""What views say of their operations in the OpenAPI document, kept until somebody asks for that.

The decorator of drf-spectacular makes a class of its generator for each operation, so that every
start imported all of it.
"""

import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar

from memory_hub.core import installed

Method = TypeVar("Method", bound=Callable[..., Any])

_said: list[tuple[Callable[..., Any], dict[str, Any]]] = []
_telling = threading.Lock()


def extend_schema(**what: Any) -> Callable[[Method], Method]:
    """As drf-spectacular's of this name, for a method of a view, outside of other decorators."""

    def note(method: Method) -> Method:
        _said.append((method, what))
        return method

    return note


def tell() -> None:
    """Tells drf-spectacular what the views said that were imported since, and of apps' fields."""
    from drf_spectacular.utils import extend_schema as tell_of

    with _telling:
        for app in installed.features():
            if app.openapi:
                import_module(app.openapi)
        while _said:
            method, what = _said.pop(0)
            tell_of(**what)(method)
