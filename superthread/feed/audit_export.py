"""Lines of the audit for other systems: JSON as the API has it, or of the Elastic Common Schema."""

import heapq
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

import orjson

from memory_hub.core import ecs
from memory_hub.core.identity import OPERATOR
from memory_hub.database.in_parts import in_parts
from memory_hub.journal import sequencer
from memory_hub.journal.models import Access, Entry
from superthread.feed.audit_lines import moment_of, told

AT_ONCE = 1_000
DATASET = "memory_hub.audit"
Line = dict[str, Any]
# Event types by the last word of a kind; all others change something.
_TYPES = {
    **dict.fromkeys(("created", "joined", "offered", "given", "added"), "creation"),
    **dict.fromkeys(("deleted", "purged", "left", "revoked", "withdrawn"), "deletion"),
}
# Who may do what is identity and access management.
_ABOUT_FILES = ("memory", "read", "document", "hub")


def as_json(line: Line) -> bytes:
    """A line as the API tells it."""
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def as_ecs(line: Line) -> bytes:
    """A line of a log, in fields of https://www.elastic.co/docs/reference/ecs; what the schema has
    no field for stands under ``memory_hub.audit``."""
    kind = line["type"]
    rest = {name: value for name, value in line.items() if value not in (None, "", {})}
    for name in ("at", "until", "type", "actor", "actor_id", "request_id", "address"):
        rest.pop(name, None)
    said = {
        "@timestamp": line["at"],
        "ecs.version": ecs.VERSION,
        "service.name": ecs.SERVICE,
        "event.kind": "event",
        "event.dataset": DATASET,
        "event.action": kind,
        **_event(kind),
        "event.sequence": line["position"],
        "event.end": line["until"],
        "user.id": line["actor_id"] and str(line["actor_id"]),
        "user.email": line["actor"],
        "source.ip": line.get("address"),
        "http.request.id": line.get("request_id"),
    }
    said = {name: value for name, value in said.items() if value not in (None, "")}
    return orjson.dumps(
        said | {f"memory_hub.audit.{name}": value for name, value in rest.items()},
        option=orjson.OPT_APPEND_NEWLINE,
    )


def _event(kind: str) -> Line:
    about, _, word = kind.partition(".")
    if about == "refused":
        return {
            "event.category": ["web"],
            "event.type": ["access"],
            "event.outcome": "failure",
            "http.response.status_code": int(word),
        }
    category = "file" if about in _ABOUT_FILES else "iam"
    type_ = "access" if about == "read" else _TYPES.get(word, "change")
    return {"event.category": [category], "event.type": [type_], "event.outcome": "success"}


FORMATS: dict[str, Callable[[Line], bytes]] = {"jsonl": as_json, "ecs": as_ecs}


def oldest_first(
    *, after: int = 0, since: datetime | None = None, until: datetime | None = None
) -> Iterator[list[Line]]:
    """All that operators may see, in the order in which it happened: behind a position, of what was
    counted what is behind that entry's moment; from a moment on and before one."""
    sequencer.sequence()
    entries = Entry.objects.filter(position__gt=after)
    accesses = Access.objects.all()
    known = Entry.objects.filter(position=after).values_list("at", flat=True).first()
    since = max((one for one in (since, known) if one), default=None)
    if since:
        entries, accesses = entries.filter(at__gte=since), accesses.filter(first_at__gte=since)
    if until:
        entries, accesses = entries.filter(at__lt=until), accesses.filter(first_at__lt=until)
    both = heapq.merge(
        *(
            (row for part in in_parts(rows, key, AT_ONCE) for row in part)
            for rows, key in ((entries, "position"), (accesses, "pk"))
        ),
        key=moment_of,
    )
    while some := list(islice(both, AT_ONCE)):
        yield told(some, OPERATOR, is_whole=True)
