"""Memories of people at the pages."""

from typing import Any

from memory_hub.accounts.principal import Principal, principal_of
from superthread.models import Memory
from superthread.services import save
from superthread.store_terms import Draft
from testing.clients.browsing import Person
from testing.telling import everything_told


def principal(person: Person) -> Principal:
    """Who it is, as services take it."""
    return principal_of(person.user, "session")


def saved(person: Person, content: str, **fields: Any) -> Memory:
    """A memory of theirs that is saved now."""
    with everything_told():
        (row,) = save.save_all([Draft(content=content, **fields)], by=principal(person))
    return Memory.objects.get(pk=row["id"])
