"""Long JSON, an element at a time: what is held of a file does not depend on its length."""

from collections.abc import Container, Iterator
from decimal import Decimal
from typing import Any, BinaryIO

import ijson

# Bytes of one element: as objects it takes several times as much.
ELEMENT_BYTES = 32 * 2**20
DEPTH = 100
_STARTS = ("start_map", "start_array")


class BadJson(ValueError):
    """The file is no JSON from here on, or holds what nobody reads; the message says so."""


class TooLong:
    """Stands for an element with more than ELEMENT_BYTES."""


TOO_LONG = TooLong()


class _Source:
    """The bytes for the parser, which holds a single value whole: without one there is an end."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.count = self.mark = 0

    def read(self, size: int = -1) -> bytes:
        if self.count - self.mark > ELEMENT_BYTES:
            raise BadJson(f"A single value has more than {ELEMENT_BYTES // 2**20} MiB.")
        data = self._file.read(size)
        self.count += len(data)
        return data


class _Events:
    """What the parser finds, with what has been read so far."""

    def __init__(self, file: BinaryIO) -> None:
        self.source = _Source(file)
        self._events = ijson.basic_parse(self.source, buf_size=65_536)

    def next(self) -> tuple[str, Any]:
        """The next event. Raises BadJson."""
        try:
            event = next(self._events)
        except StopIteration:
            raise BadJson("It ends too early.") from None
        except (ijson.JSONError, UnicodeDecodeError) as error:
            raise BadJson("This is not JSON, or it ends too early.") from error
        self.source.mark = self.source.count
        return event

    def end(self) -> None:
        """Raises BadJson where something follows."""
        try:
            for _ in self._events:
                raise BadJson("Something follows the end of the JSON.")
        except ijson.JSONError as error:
            raise BadJson("Something follows the end of the JSON.") from error


def elements(file: BinaryIO, keys: Container[str] = ()) -> Iterator[Any]:
    """The elements of the array that the file is, or of the arrays that its object has under
    ``keys``; of another object the object itself. TOO_LONG stands for one that nobody holds.

    Raises BadJson, behind the elements that could be read.
    """
    events = _Events(file)
    event, value = events.next()
    if event == "start_array":
        yield from _array(events)
    elif event == "start_map" and keys:
        yield from _arrays_of(events, keys)
    elif event == "start_map":
        yield _value(events, event, value)
    else:
        raise BadJson("An array or an object is expected.")
    events.end()


def _array(events: _Events) -> Iterator[Any]:
    while True:
        event, value = events.next()
        if event == "end_array":
            return
        yield _value(events, event, value)


def _arrays_of(events: _Events, keys: Container[str]) -> Iterator[Any]:
    rest: dict[str, Any] = {}
    found = False
    while True:
        event, key = events.next()
        if event == "end_map":
            break
        event, value = events.next()
        if event == "start_array" and key in keys:
            found = True
            yield from _array(events)
        else:
            rest[key] = _value(events, event, value)
    if not found:
        yield rest


def _value(events: _Events, event: str, value: Any) -> Any:
    """The value that begins with this event, read to its end."""
    if event not in _STARTS:
        return _scalar(event, value)
    begin, fits = events.source.count, True
    top: Any = {} if event == "start_map" else []
    stack: list[Any] = [top]
    keys: list[str] = [""]
    while stack:
        event, value = events.next()
        if event == "map_key":
            keys[-1] = value
        elif event in ("end_map", "end_array"):
            stack.pop()
            keys.pop()
        else:
            made = {} if event == "start_map" else [] if event == "start_array" else None
            if made is None:
                _put(stack[-1], keys[-1], _scalar(event, value))
                continue
            if fits:
                _put(stack[-1], keys[-1], made)
            if len(stack) == DEPTH:
                raise BadJson(f"It is nested deeper than {DEPTH} levels.")
            stack.append(made)
            keys.append("")
        if fits and events.source.count - begin > ELEMENT_BYTES:
            fits = False
        if not fits and stack:
            # Nothing of it is kept any more.
            stack[-1].clear()
            top.clear()
    return top if fits else TOO_LONG


def _put(into: Any, key: str, value: Any) -> None:
    if isinstance(into, dict):
        into[key] = value
    else:
        into.append(value)


def _scalar(event: str, value: Any) -> Any:
    """Numbers as Python's JSON has them; one that no float has, as text."""
    if not isinstance(value, Decimal):
        return value
    number = float(value)
    return number if abs(number) < float("inf") else str(value)
