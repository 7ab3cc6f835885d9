"""What a block of front matter says, in YAML, TOML or JSON."""

import json
import re
import tomllib
from collections.abc import Iterable
from datetime import date, time
from typing import Any

from superthread.transfer import yaml_core

PLACING = ("scope", "team_key", "category")
# A line that begins an entry of the block: a key and a colon, not indented, no comment, no list.
ENTRY = re.compile(
    r"^(?P<key>[^\s#\-:'\"\[{][^:\n]*?|'[^'\n]*'|\"[^\"\n]*\")[ \t]*:(?=\s|$)", re.MULTILINE
)
_TOML_LINE = re.compile(r"at line (\d+)")


class BadFrontMatter(ValueError):
    """The block looks like front matter and is none that could be understood."""


def meant(key: str) -> str:
    """The key in the spelling of ours."""
    return re.sub("[- ]", "_", key.strip("'\" ").casefold())


def read(block: str, language: str, first: int, *, lenient: bool) -> tuple[Any, str]:
    """The block's value, and what is odd about it; ``first`` is the number of its first line.

    Raises BadFrontMatter. ``lenient`` keeps what is no YAML as it stands.
    """
    plain = block.replace("\r\n", "\n").replace("\r", "\n")
    try:
        if language == "json":
            return (json_decoder().decode(plain) if plain.strip() else None), ""
        if language == "toml":
            return _plain(tomllib.loads(plain, parse_float=yaml_core.scalar)), ""
        return yaml_core.load(block), ""
    except yaml_core.YAMLError as error:
        complaint = f"The front matter is not plain YAML at line {first + (error.line or 0)}"
        if not lenient:
            raise BadFrontMatter(f"{complaint}.") from error
        return _entries(plain), f"{complaint}; kept as it stands."
    except (ValueError, RecursionError) as error:
        line = first + _line(error) - 1
        why = f"The front matter is not plain {language.upper()} at line {line}."
        raise BadFrontMatter(why) from error


def json_decoder() -> json.JSONDecoder:
    """Of JSON with no key twice; numbers stay as they are written. Raises ValueError."""
    return json.JSONDecoder(
        object_pairs_hook=_once,
        parse_float=yaml_core.scalar,
        parse_int=yaml_core.scalar,
        parse_constant=_refuse,
    )


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made:
            raise ValueError("A key is given twice.")
        made[key] = value
    return made


def _refuse(word: str) -> None:
    raise ValueError("This is no number of JSON.")


def _line(error: Exception) -> int:
    """In the block, from 1."""
    if isinstance(error, json.JSONDecodeError):
        return error.lineno
    found = _TOML_LINE.search(str(error))
    return int(found[1]) if found else 1


def _plain(value: Any) -> Any:
    """Dates, times and numbers beyond 64 bits as text: metadata is JSON."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return str(value)
    return value.isoformat() if isinstance(value, date | time) else value


def _entries(block: str) -> dict[str, Any] | None:
    """The entries of a broken block, each read alone; one that is no YAML as its text.

    None where it begins with something else.
    """
    begun = list(ENTRY.finditer(block))
    if not begun or block[: begun[0].start()].strip():
        return None
    ends = [entry.start() for entry in begun[1:]] + [len(block)]
    entries: dict[str, Any] = {}
    for entry, end in zip(begun, ends, strict=True):
        key, text = _entry(block[entry.start() : end], entry["key"], block[entry.end() : end])
        if key in entries:
            raise BadFrontMatter(f"The front matter has {key!a} twice.")
        entries[key] = text
    return entries


def _entry(whole: str, key: str, rest: str) -> tuple[str, Any]:
    try:
        read = yaml_core.load(whole)
    except yaml_core.YAMLError:
        read = None
    if isinstance(read, dict):
        return next(iter(read.items()))
    if meant(key) in PLACING:
        raise BadFrontMatter(f"The front matter's {meant(key)} cannot be read.")
    return key.strip("'\""), rest.strip().removeprefix(":").strip()
