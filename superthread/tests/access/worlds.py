"""Memories and the people around them, made past HTTP so that tests of HTTP stay quick."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from memory_hub.accounts import services
from memory_hub.accounts.models import Membership, Team, User
from memory_hub.accounts.principal import Principal, principal_of
from memory_hub.core.identity import OPERATOR
from superthread.models import Grant, GrantRole, Memory
from superthread.models.memory import new_uuid
from superthread.services.save import save
from superthread.store_terms import Draft
from superthread.tests.access.matrix import PATH, WORD, Caller


@dataclass
class World:
    """One memory; ``absent`` is an id that no memory has."""

    memory: dict[str, Any]
    version_id: str
    absent: str
    team_key: str | None

    @property
    def doc_id(self) -> str:
        return str(self.memory["doc_id"])

    def path(self, route: str, doc_id: str | None = None) -> str:
        """The path of a route template for the memory, or for another id."""
        filled = route.replace("<str:doc_id>", doc_id or self.doc_id)
        return "/" + filled.replace("<str:version_id>", self.version_id)


def person(email: str, **fields: Any) -> Principal:
    """A user as a principal, made if need be."""
    user = services.ensure_user(email, by=OPERATOR)
    if fields:
        User.objects.filter(pk=user.pk).update(**fields)
    return principal_of(user, "command")


def world(scope: str, caller: Caller, email: str) -> World:
    """A memory of that scope, with ``email`` standing to it as ``caller`` says."""
    team_key = "alpha" if scope == "team" else None
    Team.objects.create(key="alpha", default_role=caller.members_may)
    services.place_member(key="alpha", email="owner@example.com", role="admin", by=OPERATOR)
    if caller.superuser:
        person(email, is_superuser=True, is_staff=True)
    if caller.member:
        services.place_member(key="alpha", email=email, role=caller.member, by=OPERATOR)
    elif caller.owner and team_key:
        services.place_member(key=team_key, email=email, role="member", by=OPERATOR)
    owner = person(email if caller.owner else "owner@example.com")
    draft = Draft(f"The {WORD} has the key.", scope, "matrix", team_key, PATH)
    row = save(draft, by=owner)
    place = Membership.objects.filter(team__key="alpha", email=email)
    place.update(accepted=not caller.offered)
    if not caller.member:
        place.delete()
    if caller.grant:
        Grant.objects.create(
            memory_id=row["id"],
            email=email,
            role=GrantRole[caller.grant.upper()],
            accepted=not caller.offered,
        )
    version = Memory.objects.get(pk=row["id"]).versions.get()
    return World(row, str(version.version_id), str(new_uuid()), team_key)


def to_trash(made: World) -> None:
    Memory.objects.filter(pk=made.memory["id"]).update(deleted_at=timezone.now())


def bad_tokens(user: User) -> dict[str, str]:
    """Authorization headers that name no live token of an active user."""
    from memory_hub.accounts.models import Token
    from memory_hub.accounts.secrets import digest, new_secret

    scopes = ["memories:read", "memories:write", "memories:share"]
    made = {
        name: services.create_token(user_id=user.pk, scopes=scopes, by=OPERATOR)[1] for name in "er"
    }
    past = timezone.now() - timedelta(seconds=1)
    long_ago = past - timedelta(days=1)
    Token.objects.filter(digest=digest(made["e"])).update(created_at=long_ago, expires_at=past)
    Token.objects.filter(digest=digest(made["r"])).update(revoked_at=past)
    good = new_secret()
    return {
        "malformed": f"Bearer {uuid4()}",
        "mistyped": f"Bearer {good[:-1]}{'0' if good[-1] != '0' else '1'}",
        "unknown": f"Bearer {good}",
        "expired": f"Bearer {made['e']}",
        "revoked": f"Bearer {made['r']}",
    }
