"""The change feed: what happened to what a caller may read, in the order of the journal.

What a change tells is judged when it is read, by the gate: of a memory that is in the caller's
lists it tells what happened, of any other that it is gone and nothing more. A follower that takes
memories in and drops what is gone has exactly what the lists have.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import CharField, F, TextField

from memory_hub.accounts.models import Team
from memory_hub.accounts.principal import Principal
from memory_hub.api.cursors import decode, encode
from memory_hub.caching.dependencies import never_kept, valid_until
from memory_hub.core.errors import HubError
from memory_hub.core.text import rfc3339
from memory_hub.database.compiled_queries import CompiledQuery, Parameter
from memory_hub.database.dialect import each_of, number_list
from memory_hub.journal import hashing, sequencer
from memory_hub.journal.models import Audience, Entry, Origin
from superthread import askers, policies
from superthread.feed.branches import EVERYWHERE, FollowedList, names_of, positions
from superthread.models import Memory, Scope
from superthread.reads.orders import filters

# For whoever numbers entries at the moment.
PATIENCE_MS = 1_000
NOW = "now"
LEFT = "membership.left"
PLACES = ("membership.joined", "membership.accepted", LEFT)
# Of a memory on its way out: nothing that anybody could read.
UNTOLD = "memory.shortened"
_NAMED = ("doc_id", "scope", "team_key", "role", "expires_at")


class CursorGone(HubError):
    """The place is not in this journal: it was restored from a backup, or the place was pruned."""

    status, code, title = 410, "cursor-gone", "The cursor's place is gone: list everything again"


class FeedPage(NamedTuple):
    """Changes, the cursor behind them, and whether there are more right now."""

    changes: list[dict[str, Any]]
    next_cursor: str
    more: bool


def page(
    *, by: Principal, cursor: str | None, limit: int, place: FollowedList = EVERYWHERE
) -> FeedPage:
    """Up to ``limit`` changes behind the cursor of what the list of the place has, and the rest of
    the last one's transaction; from the beginning without a cursor. Fewer, even none, may come with
    more behind them.

    Whatever was answered before this is asked is in it; an answer that may not be kept says so.
    Raises BadInput for what is no cursor of this feed, CursorGone.
    """
    # First: whatever is committed now has a position after it.
    if not sequencer.sequence(patience_ms=PATIENCE_MS):
        # What has none yet was announced before this answer is kept.
        never_kept()
    if cursor == NOW:
        return FeedPage([], _cursor(Entry.newest(), place), False)
    after = place_of(cursor, place) if cursor else 0
    head = Entry.newest()
    found = positions(by, place, after=after, until=head, limit=limit)
    entries = _entries(found)
    is_full = len(found) == limit
    if is_full:
        entries += _rest_of_change(entries[-1], by, place, head)
    last = entries[-1].position if is_full else head
    told = [change for _, change in _told(entries, by, place)]
    return FeedPage(told, _cursor(last, place), last < head)


def told_after(
    after: int, *, by: Principal, limit: int
) -> tuple[list[tuple[Entry, dict[str, Any]]], int]:
    """What a page tells of the first entries behind a position, each change with its entry; and up
    to which position was looked. Nobody numbers anything on account of it."""
    head = Entry.newest()
    found = positions(by, EVERYWHERE, after=after, until=head, limit=limit)
    looked = found[-1] if len(found) == limit else head
    return _told(_entries(found), by, EVERYWHERE), looked


def _entries(found: Sequence[int]) -> list[Entry]:
    return list(Entry.objects.filter(position__in=found).order_by("position"))


def _rest_of_change(last: Entry, by: Principal, place: FollowedList, head: int) -> list[Entry]:
    """What belongs to the last entry's change and stands right behind it."""
    rest = Entry.objects.filter(position__gt=last.position, position__lte=head)
    until = rest.exclude(change=last.change).order_by("position").values_list("position", flat=True)
    end = (until.first() or head + 1) - 1
    more = end - last.position
    if more <= 0:
        return []
    return _entries(positions(by, place, after=last.position, until=end, limit=more))


def _fingerprint(place: FollowedList) -> str:
    return "changes" if place == EVERYWHERE else f"changes|{place}"


def _cursor(position: int, place: FollowedList) -> str:
    return encode(_fingerprint(place), [position, leaf_of(position)])


def place_of(cursor: str, place: FollowedList = EVERYWHERE, pointer: str = "query:cursor") -> int:
    """The position of a cursor of the feed of a place. Raises BadInput, told at the pointer, and
    CursorGone."""
    position, leaf = decode(cursor, _fingerprint(place), pointer)
    if leaf_of(position) != leaf:
        raise CursorGone("It is not of this journal any more.")
    return position


def leaf_of(position: int) -> str:
    """The first 8 bytes of an entry's hash: after a restore another one may have its position."""
    if not position:
        return ""
    said = Entry.objects.filter(position=position).values_list(*hashing.SAID).first()
    return hashing.leaf(said)[:8].hex() if said else "gone"


def _told(
    entries: Sequence[Entry], by: Principal, place: FollowedList
) -> list[tuple[Entry, dict[str, Any]]]:
    """What the caller is told of them, with the entries it is told of."""
    listed = _listed(entries, by, place)
    to_caller = _addressed([one.position for one in entries], by)
    told = (
        (one, _change(one, listed.get(one.doc_id), one.position in to_caller, by, place))
        for one in entries
        if place.has(one)
    )
    return [(one, change) for one, change in told if change]


def _addressed(found: Sequence[int], by: Principal) -> set[int]:
    """Those that were told to the caller."""
    mine = Audience.objects.filter(who__in=names_of(by), position__in=found)
    return set(mine.values_list("position", flat=True))


def _change(
    entry: Entry, memory: dict[str, Any] | None, to_caller: bool, by: Principal, place: FollowedList
) -> dict[str, Any] | None:
    """What is told of one; None where it is nothing to the caller."""
    if entry.kind in PLACES:
        told = _of_team(entry, by) if to_caller else None
        return told if told and place.has_team(told["team_key"]) else None
    if entry.kind.startswith("grant."):
        # Who else got a role is for those who give roles.
        is_told = to_caller or (memory is not None and memory["role"] >= policies.Role.ADMIN)
        return _of_memory(entry, memory) if is_told else None
    if entry.kind.startswith("memory.") and entry.kind != UNTOLD:
        return _of_memory(entry, memory)
    return None


def _listed(
    entries: Sequence[Entry], by: Principal, place: FollowedList
) -> dict[Any, dict[str, Any]]:
    """Those that are in the caller's list now, with the caller's role, by their ids."""
    ids = {one.subject_id for one in entries if one.doc_id and one.subject_id}
    if not ids:
        return {}
    public, by_team = policies.shows_public(place.scope), place.team_key is not None
    query = _in_list(place.scope, by_team, public, askers.kind_of(by))
    given = askers.parameters(by) | {"team_key": place.team_key, "ids": number_list(sorted(ids))}
    rows = {row["doc_id"]: row for row in query(**given)}
    for row in rows.values():
        valid_until(row["expires_at"])
    return rows


@lru_cache(maxsize=64)
def _in_list(scope: str, by_team: bool, public: bool, kind: str) -> CompiledQuery:
    """The compiled query for callers of one kind: with every page, and the gate takes long to
    compile."""
    by = askers.asker(kind)
    team_key = Parameter("team_key", CharField()) if by_team else None
    visible = Memory.objects.filter(
        policies.visible_to(by, askers.NOW, public=public),
        filters(scope, team_key, None, askers.NOW),
        pk__in=each_of(Parameter("ids", TextField())),
    )
    named = visible.annotate(role=policies.effective_role(by), team_key=F("team__key"))
    return CompiledQuery(lambda: named.order_by().values(*_NAMED))


def _of_memory(entry: Entry, memory: dict[str, Any] | None) -> dict[str, Any]:
    """The change as it is; of what is not the caller's to see, that it is gone."""
    if memory is None:
        return {"type": "memory.gone", "doc_id": str(entry.doc_id), "at": rfc3339(entry.at)}
    expires_at = memory["expires_at"]
    told = {
        "type": entry.kind,
        "doc_id": str(entry.doc_id),
        "revision": entry.revision,
        "version": entry.version,
        "scope": Scope(memory["scope"]).label,
        "team_key": memory["team_key"],
        "expires_at": rfc3339(expires_at) if expires_at else None,
        "at": rfc3339(entry.at),
        # Numbers of transactions are too long for numbers of JSON.
        "change": str(entry.change),
    }
    # As versions have it.
    return told | ({"actor": entry.actor_id} if memory["role"] >= policies.Role.EDITOR else {})


def _of_team(entry: Entry, by: Principal) -> dict[str, Any] | None:
    """That the caller is in a team, or is not: as it is now."""
    mine = {place.team_id: place.team_key for place in by.teams if place.accepted}
    at, team_key = rfc3339(entry.at), mine.get(entry.subject_id or 0)
    if team_key is not None:
        return {"type": "team.joined", "team_key": team_key, "at": at}
    former = _key_then(entry) if entry.kind == LEFT else None
    return {"type": "team.left", "team_key": former, "at": at} if former else None


def _key_then(entry: Entry) -> str | None:
    """The key of the team that an entry is about; where its details were pruned, as it is now."""
    detail = Origin.objects.filter(position=entry.position).values_list("detail", flat=True).first()
    if detail and "team_key" in detail:
        return str(detail["team_key"])
    return Team.objects.filter(pk=entry.subject_id).values_list("key", flat=True).first()
