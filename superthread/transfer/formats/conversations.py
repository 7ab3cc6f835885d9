"""What conversations with assistants have in common: turns of speakers, whole or by exchange."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from superthread.transfer.formats.drafts import Paths, in_parts, metadata_of, moments, segment
from superthread.transfer.items import Item, Kind, TransferOutcome

YOU = "You"


@dataclass(slots=True)
class Turn:
    """What one said: ``id`` in the file, ``said`` by whom, when, and what it named beside."""

    id: str
    said: str
    text: str
    at: Any = None
    files: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Conversation:
    """The shown turns of one conversation, and what is known of it. ``hidden`` counts what nobody
    was shown: thoughts, calls of tools and what these gave."""

    program: str
    id: str
    title: str
    created: Any
    updated: Any
    turns: list[Turn]
    facts: dict[str, Any]
    hidden: int = 0


def items_of(
    one: Conversation, place: str, paths: Paths, *, exchanges: bool
) -> Iterator[Item | TransferOutcome]:
    """The conversation as a memory, or each exchange as one; parts where it is too long. That
    nothing was said, where it has no turns."""
    if not one.turns:
        yield TransferOutcome(Kind.SKIPPED, place, "Nothing was said in it.")
        return
    if not exchanges:
        times = moments(one.created, one.updated)
        yield from _items(one, one.turns, f"{one.program}:{one.id}", place, paths, times)
        return
    for turns in _exchanges(one.turns):
        first, last = turns[0], turns[-1]
        name = f"{one.program}:{one.id}/{first.id}"
        times = moments(first.at or one.created, last.at)
        yield from _items(one, turns, name, place, paths, times, first.id)


def _exchanges(turns: Sequence[Turn]) -> Iterator[list[Turn]]:
    """Cut before what the person says, where the turn before was another's."""
    current: list[Turn] = []
    for turn in turns:
        if current and turn.said == YOU and current[-1].said != YOU:
            yield current
            current = []
        current.append(turn)
    if current:
        yield current


def _items(
    one: Conversation,
    turns: Sequence[Turn],
    name: str,
    place: str,
    paths: Paths,
    times: dict[str, str],
    exchange: str = "",
) -> Iterator[Item]:
    title = one.title.strip() or "Untitled"
    facts, odd = metadata_of(
        {
            "title": title,
            "source": one.program,
            "conversation_id": one.id,
            "exchange_id": exchange,
            "attachments": [name for turn in turns for name in turn.files],
            **one.facts,
        }
    )
    if one.hidden and not exchange:
        odd = f"{odd} {one.hidden} messages that are not shown were left out.".strip()
    blocks = (f"## {turn.said}\n\n{turn.text.strip()}" for turn in turns)
    for number, text in enumerate(in_parts(f"# {' '.join(title.split())}\n\n", blocks), 1):
        part = {} if number == 1 else {"part": number}
        again = f" {number}" if number > 1 else ""
        path = paths.free(exchange or one.id, one.program, f"{segment(title)}{again}")
        fields = {"content": text, "metadata": {**facts, **part}, **times}
        yield Item(
            f"{place}{f' part {number}' if number > 1 else ''}",
            name if number == 1 else f"{name}#{number}",
            fields if path is None else {**fields, "path": path},
            odd=odd if number == 1 else "",
            settled=True,
        )
