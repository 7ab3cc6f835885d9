"""Bringing a whole hub back: each line goes to the owner it names.

An operator's act. Accounts are made where they are missing, without a password; teams too, without
members: who belongs to a team is said by ``set_member``, never by a line.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from rest_framework.serializers import ValidationError

from memory_hub.accounts.models import TeamRole
from memory_hub.accounts.principal import Principal, TeamPlace, principal_of
from memory_hub.accounts.serializers import normal_address
from memory_hub.accounts.services import ensure_user
from memory_hub.accounts.services.operators import ensure_team
from memory_hub.core.errors import BadInput
from memory_hub.core.identity import OPERATOR, Actor, Origin, Via
from superthread.transfer.importing import BATCH, BATCH_BYTES, Importer
from superthread.transfer.items import Item, Kind, TransferOutcome

# Who brings a hub back.
BRINGING = replace(OPERATOR, origin=Origin(Via.IMPORT))


@dataclass(frozen=True)
class Returning(Principal):
    """An owner whose memories come back: into every team, whether they belong to it now or not.
    It is the operator who brings them."""

    @property
    def actor(self) -> Actor:
        return BRINGING.actor

    def team(self, team_key: str) -> TeamPlace | None:
        team = ensure_team(team_key, by=BRINGING)
        return TeamPlace(team.pk, team.key, TeamRole.MEMBER, team.default_role)


class Owners:
    """An importer for each owner. Lines of one owner keep their order."""

    def __init__(self, defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self._importers: dict[str, Importer] = {}

    def run(self, found: Iterable[Item | TransferOutcome]) -> Iterator[TransferOutcome]:
        """What became of each item, after its batch is stored for good."""
        waiting: dict[str, list[Item]] = {}
        count = size = 0
        for thing in found:
            owner = _owner(thing)
            if isinstance(owner, TransferOutcome):
                yield owner
                continue
            waiting.setdefault(owner, []).append(thing)
            count, size = count + 1, size + len(str(thing.fields.get("content", "")))
            if count == BATCH or size > BATCH_BYTES:
                yield from self._store(waiting)
                waiting, count, size = {}, 0, 0
        yield from self._store(waiting)

    def _store(self, waiting: dict[str, list[Item]]) -> Iterator[TransferOutcome]:
        for owner, items in waiting.items():
            yield from self._importer(owner).run(items)

    def _importer(self, owner: str) -> Importer:
        if owner not in self._importers:
            plain = principal_of(ensure_user(owner, by=BRINGING), "command", BRINGING.origin)
            by = Returning(
                *(plain.user_id, plain.email, plain.scopes),
                via="command",
                origin=plain.origin,
                vouched_by=plain.vouched_by,
            )
            self._importers[owner] = Importer(by, self.defaults, returns=True)
        return self._importers[owner]


def _owner(thing: Item | TransferOutcome) -> str | TransferOutcome:
    if isinstance(thing, TransferOutcome):
        return thing
    try:
        return normal_address(str(thing.fields.get("owner", "")))
    except (ValidationError, BadInput, ValueError):
        return TransferOutcome(
            Kind.FAILED, thing.place, "It names no owner that is an e-mail address."
        )
