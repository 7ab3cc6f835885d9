"""Which changes of the feed an endpoint wants: less than its owner may see, never more."""

from typing import Any

from memory_hub.accounts.principal import Principal
from memory_hub.accounts.spaces import space_of_team
from memory_hub.journal.models import Entry
from superthread.events import GrantKind, MemoryKind
from superthread.feed.changes import UNTOLD
from superthread.feed.webhooks.models import Webhook
from superthread.models import Scope
from superthread.models.space import PUBLIC_SPACE

GONE, JOINED, LEFT = "memory.gone", "team.joined", "team.left"
# All that the feed may tell.
KINDS = (
    *(kind for one in MemoryKind if (kind := f"memory.{one}") != UNTOLD),
    GONE,
    *(f"grant.{one}" for one in GrantKind),
    JOINED,
    LEFT,
)
_TEAM, _PUBLIC, _PERSONAL = Scope.TEAM.label, Scope.PUBLIC.label, Scope.PERSONAL.label


def told(
    webhook: Webhook, entry: Entry, change: dict[str, Any], by: Principal
) -> dict[str, Any] | None:
    """What the endpoint is told of a change that ``by``, its owner, is told; None for nothing. Of
    what is, or went, to a place that it does not want it is told that it is gone."""
    wanted = _in_place(webhook, entry, change, by)
    if wanted is None or (webhook.kinds and wanted["type"] not in webhook.kinds):
        return None
    return wanted


def _in_place(
    webhook: Webhook, entry: Entry, change: dict[str, Any], by: Principal
) -> dict[str, Any] | None:
    if not webhook.scopes and not webhook.team_ids:
        return change
    teams = {place.team_key: place.team_id for place in by.teams if place.accepted}
    if change["type"] in (JOINED, LEFT):
        # Of a team that was left nothing but its key is known here, and the entry says its number.
        return change if _wants_place(webhook, _TEAM, entry.subject_id) else None
    if "scope" in change and _wants_place(webhook, change["scope"], teams.get(change["team_key"])):
        return change
    places = {entry.space, entry.old_space} - {None}
    own = {by.user_id, PUBLIC_SPACE, *map(space_of_team, teams.values())}
    # Whoever was given it by its owner knows of no place: that it is gone is always told.
    is_elsewhere = change["type"] == GONE and not places & own
    if is_elsewhere or any(_wants_space(webhook, space, by) for space in places & own):
        return {"type": GONE, "doc_id": change["doc_id"], "at": change["at"]}
    return None


def _wants_space(webhook: Webhook, space: int, by: Principal) -> bool:
    if space == PUBLIC_SPACE:
        return _wants_place(webhook, _PUBLIC, None)
    if space == by.user_id:
        return _wants_place(webhook, _PERSONAL, None)
    return _wants_place(webhook, _TEAM, -space)


def _wants_place(webhook: Webhook, scope: str, team_id: int | None) -> bool:
    """Scopes and teams add up: of ``team`` all teams are wanted where none is named."""
    if scope == _TEAM and webhook.team_ids:
        return team_id in webhook.team_ids
    return scope in webhook.scopes
