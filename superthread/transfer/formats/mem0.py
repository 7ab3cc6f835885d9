"""mem0's exports: rows of its API as an array, under ``results`` or ``memories``, or one a line."""

from collections.abc import Iterator, Mapping
from typing import Any

from superthread.transfer.formats.drafts import (
    Paths,
    clean,
    in_parts,
    metadata_of,
    moments,
    segment,
    texts,
)
from superthread.transfer.formats.json_stream import TOO_LONG, BadJson
from superthread.transfer.formats.reading import (
    ReadOptions,
    elements_of,
    first_line,
    lines_of,
    said_by_keys,
)
from superthread.transfer.formats.tree import Tree
from superthread.transfer.items import Item, Kind, TransferOutcome, printable

NAME = "mem0"
_UNDER = ("results", "memories")
_TEXTS = ("memory", "text", "data", "content")
# Whose it is in mem0's words; filterable metadata here.
_SCOPES = ("user_id", "agent_id", "app_id", "run_id")
_KNOWN = {*_TEXTS, *_SCOPES, "id", "metadata", "categories", "created_at", "updated_at"}
_KNOWN |= {"expiration_date", "score"}


def recognised(tree: Tree) -> bool:
    """By what the first row has."""
    for name in tree.ending(".json"):
        keys = said_by_keys(tree, name, *_UNDER)
        if "id" in keys and keys & {"memory", "hash"}:
            return True
    lines = tree.ending(".jsonl", ".ndjson")
    return any({"id", "memory"} <= first_line(tree, name).keys() for name in lines)


def read(tree: Tree, asked: ReadOptions) -> Iterator[Item | TransferOutcome]:
    """A memory for each row."""
    paths = Paths()
    for name in tree.ending(".json", ".jsonl", ".ndjson"):
        for number, row in _rows(tree, name):
            yield _item(row, f"{printable(name)}:{number}", paths)


def _rows(tree: Tree, name: str) -> Iterator[tuple[int, Any]]:
    if name.lower().endswith(".json"):
        return elements_of(tree, name, _UNDER)
    return lines_of(tree, name)


def _item(row: Any, place: str, paths: Paths) -> Item | TransferOutcome:
    if isinstance(row, BadJson) or row is TOO_LONG:
        return TransferOutcome(
            Kind.FAILED, place, str(row) if row is not TOO_LONG else "It is too long."
        )
    if not isinstance(row, dict):
        return TransferOutcome(Kind.FAILED, place, "A JSON object is expected.")
    text = next((clean(row[one]) for one in _TEXTS if clean(row.get(one)).strip()), "")
    if not text:
        return TransferOutcome(Kind.SKIPPED, place, "There is no text in it.")
    if not isinstance(row.get("id"), str | int):
        return TransferOutcome(Kind.FAILED, place, "The row has no id.")
    if len(list(in_parts("", [text]))) > 1:
        return TransferOutcome(Kind.FAILED, place, "The memory is too long.")
    key = clean(str(row["id"]))
    facts, odd = metadata_of(_facts(row, key))
    fields: dict[str, Any] = {
        "content": text,
        "metadata": facts,
        **moments(row.get("created_at"), row.get("updated_at")),
    }
    path = paths.free(key, NAME, segment(text.strip().split("\n", 1)[0][:60]))
    if path is not None:
        fields["path"] = path
    if isinstance(row.get("expiration_date"), str):
        fields["expires_at"] = f"{row['expiration_date'][:10]}T00:00:00Z"
    return Item(place, f"mem0:{key}", fields, odd=odd, settled=True)


def _facts(row: Mapping[str, Any], key: str) -> dict[str, Any]:
    own = row.get("metadata")
    rest = {name: value for name, value in row.items() if name not in _KNOWN}
    return {
        **(own if isinstance(own, dict) else {}),
        **{name: row.get(name) for name in _SCOPES},
        "categories": texts(row.get("categories")),
        "source": NAME,
        "mem0_id": key,
        **rest,
    }
