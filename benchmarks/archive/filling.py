"""Fills a hub: memories of five people with versions, in teams, shared, offered, in the trash."""

import random
import sys
from collections.abc import Sequence
from typing import Any

import django

PEOPLE = tuple(f"{name}@example.com" for name in ("mina", "jun", "sora", "ann", "bo"))
TEAMS = {"alpha": PEOPLE[:3], "beta": PEOPLE[1:4]}
AT_ONCE = 250
LENGTH = 60  # words of a text
# One memory in so many is shared, in the trash, offered to another owner.
SHARED, TRASHED, OFFERED = 50, 100, 1_000


def main() -> None:
    django.setup()
    memories, versions = map(int, sys.argv[1:])
    from memory_hub.accounts import services as accounts
    from memory_hub.accounts.models import User
    from memory_hub.accounts.principal import principal_of
    from memory_hub.core.identity import OPERATOR

    for key, members in TEAMS.items():
        for place, email in enumerate(members):
            role = "member" if place else "admin"
            accounts.place_member(
                key=key, email=email, role=role, default_role="editor", by=OPERATOR
            )
    for email in PEOPLE:
        accounts.ensure_user(email, by=OPERATOR)
    share = memories // len(PEOPLE)
    for number, email in enumerate(PEOPLE):
        by = principal_of(User.objects.get(email=email), "command")
        _Person(by, random.Random(number)).fill(share, versions)


class _Person:
    def __init__(self, by: Any, dice: random.Random) -> None:
        self.by, self.dice = by, dice
        words = [f"{dice.choice(['de', 'ka', '배', '회'])}{n:x}" for n in range(10_000)]
        weights = [1 / (n + 1) for n in range(len(words))]
        self.pool = dice.choices(words, weights, k=200_000)

    def fill(self, memories: int, versions: int) -> None:
        for start in range(0, memories, AT_ONCE):
            count = min(AT_ONCE, memories - start)
            ids = self._saved([self._draft(start + n) for n in range(count)])
            for _ in range(versions - 1):
                self._changed(ids)
            self._shared(ids[::SHARED])
            self._offered(ids[1::OFFERED])
            self._trashed(ids[2::TRASHED])

    def _text(self) -> str:
        at = self.dice.randrange(len(self.pool) - LENGTH)
        return " ".join(self.pool[at : at + LENGTH])

    def _draft(self, number: int) -> Any:
        from superthread.store_terms import Draft

        keys = [key for key, members in TEAMS.items() if self.by.email in members]
        scope = ("personal", "personal", "team", "public")[number % 4]
        if scope == "team" and not keys:
            scope = "personal"
        folder = f"{self.by.email.partition('@')[0]}/{number // 100}"
        return Draft(
            self._text(),
            scope=scope,
            team_key=keys[0] if scope == "team" else None,
            path=f"{folder}/note-{number}.md" if number % 2 else None,
            category=("default", "notes")[number % 2],
            metadata={"tags": [self.dice.choice(self.pool)], "n": number},
        )

    def _saved(self, drafts: Sequence[Any]) -> list[str]:
        from superthread.services.batch import Saves

        rows = _carried_out(Saves(drafts, by=self.by), len(drafts))
        return [str(row["doc_id"]) for row in rows]

    def _changed(self, ids: Sequence[str]) -> None:
        from superthread.services.batch import BatchChange, Changes

        changes = [BatchChange(doc_id, {"content": self._text()}) for doc_id in ids]
        _carried_out(Changes(changes, by=self.by), len(ids))

    def _trashed(self, ids: Sequence[str]) -> None:
        from superthread.services.batch import Deletions

        _carried_out(Deletions(list(ids), by=self.by), len(ids))

    def _shared(self, ids: Sequence[str]) -> None:
        from superthread.services import sharing

        for number, doc_id in enumerate(ids):
            email = self._other(number)
            sharing.change_grants(doc_id=doc_id, changes={email: "editor"}, by=self.by)

    def _offered(self, ids: Sequence[str]) -> None:
        from superthread.services import ownership

        for number, doc_id in enumerate(ids):
            ownership.offer(doc_id=doc_id, to=self._other(number), by=self.by)

    def _other(self, number: int) -> str:
        others = [email for email in PEOPLE if email != self.by.email]
        return others[number % len(others)]


def _carried_out(batch: Any, count: int) -> list[Any]:
    """What became of each; all of them must be carried out."""
    from django.db import transaction

    from superthread.services.batch_terms import BatchOptions

    rows: list[Any] = []
    while len(rows) < count:
        part = batch.prepare(len(rows), BatchOptions())
        with transaction.atomic():
            rows += part.carry_out()
    for row in rows:
        if isinstance(row, Exception):
            raise row
    return rows


if __name__ == "__main__":
    main()
