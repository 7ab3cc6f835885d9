"""Arguments that several tools have, and what their values stand for.

Texts are plain strings with "" for nothing: servers and clients there are read `string or null` in
more than one way.
"""

from typing import Any

from rest_framework.serializers import Serializer

from integrations.mcp.addresses import SCHEME, Address, address_of
from memory_hub.accounts.principal import Principal
from memory_hub.caching import valid_until
from memory_hub.core import deadline
from memory_hub.core.errors import BadInput, MissingScope, NotFound
from superthread import limits, policies
from superthread.policies import Role
from superthread.reads.named import find, row_at
from superthread.reads.representation import Row
from superthread.reads.spots import spot_of
from superthread.scopes import MEMORIES_READ

SCOPES = ("personal", "team", "public")
KEY = "idempotency_key"


def text(description: str, **more: Any) -> dict[str, Any]:
    """The schema of a text that may be left out."""
    return {"type": "string", "default": "", "description": description, **more}


def choice(description: str, *words: str, default: str = "") -> dict[str, Any]:
    """The schema of one of a few words."""
    return {"type": "string", "enum": list(words), "default": default, "description": description}


def flag(description: str) -> dict[str, Any]:
    """The schema of what is so or not, and is not unless it is said."""
    return {"type": "boolean", "default": False, "description": description}


def whole(description: str, default: int, least: int, most: int) -> dict[str, Any]:
    """The schema of a whole number."""
    bounds = {"default": default, "minimum": least, "maximum": most}
    return {"type": "integer", **bounds, "description": description}


ID = text("The memory's id, as other tools answer it. Give this or path.")
WHICH = {
    "id": ID,
    "path": text("Instead of the id: the memory's path, such as notes/deploy.md."),
    "scope": choice("Where the path is: personal unless told.", "", *SCOPES),
    "team_key": text("The team of a path in the scope team."),
}
CURSOR = text("The next_cursor of the answer before, for what comes after it.")
IDEMPOTENT = {
    KEY: text(
        "A text of your own, new for each change. Sent again with the same arguments after a lost "
        "answer it changes nothing twice.",
        maxLength=255,
    )
}
REVISION = whole(
    "Only if the memory still has this revision, as you have read it. 0: whatever it has.",
    *(0, 0, 2**53),
)
MOST = 50  # memories of a page
# Characters of a text that are answered unless told: some 5,000 tokens.
SHOWN, MOST_SHOWN = 20_000, 200_000
PART = {
    "offset": whole("From which character on.", 0, 0, 2**53),
    "max_characters": whole("How many characters of the text at most.", SHOWN, 1, MOST_SHOWN),
}


def limit(default: int) -> dict[str, Any]:
    """The schema of how many memories an answer has."""
    return whole("How many at most.", default, 1, MOST)


def require(by: Principal, scope: str) -> None:
    """Raises MissingScope where the token does not carry the scope."""
    if not by.may(scope):
        raise MissingScope(f"This needs a token with the scope {scope}.", scope=scope)


def expected(args: dict[str, Any]) -> set[int] | None:
    """The revisions that a change is for; None: any."""
    return {args["expected_revision"]} if args["expected_revision"] else None


def said(args: dict[str, Any], *names: str) -> dict[str, Any]:
    """Those of the arguments that say something."""
    return {name: args[name] for name in names if args.get(name) not in ("", None, [], {})}


def validated(kind: type[Serializer], data: dict[str, Any]) -> dict[str, Any]:
    """The arguments as REST takes them. Raises what it answers 400."""
    serializer = kind(data=data)
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


def chosen(args: dict[str, Any], by: Principal, least: Role = Role.VIEWER) -> Row:
    """The memory that the arguments name. Raises BadInput, NotFound, RoleTooLow."""
    where = where_of(args)
    if where.id:
        return find(doc_id=where.id, by=by, least=least)
    spot = spot_of(scope=where.scope, team_key=where.team_key, path=where.path, by=by)
    row = row_at(spot, by=by)
    policies.require(row["role"] if row else Role.NONE, least)
    valid_until(row["expires_at"])
    return row


def where_of(args: dict[str, Any]) -> Address:
    """The address that the arguments say; an id may be one whole. Raises BadInput, NotFound."""
    if args["id"].lower().startswith(SCHEME):
        found = address_of(args["id"])
        if found is None or not (found.id or found.path):
            raise NotFound(policies.ABSENT)
        return found
    if args["id"]:
        return Address(id=args["id"])
    if not args["path"]:
        raise BadInput.at("/id", "required", "Give the id of a memory, or its path.")
    scope = args["scope"] or ("team" if args["team_key"] else "personal")
    return Address(scope=scope, team_key=args["team_key"], path=args["path"])


def chosen_id(args: dict[str, Any], by: Principal) -> str:
    """The id of that memory. Whether there is one is not looked up for an id: what is done with it
    asks that. By path, where a token that may not read would learn of it, it is."""
    doc_id = where_of(args).id
    if not doc_id:
        require(by, MEMORIES_READ)
        doc_id = str(chosen(args, by)["doc_id"])
    deadline.tell(doc_id=doc_id)
    return doc_id


CATEGORY = text(
    "One word for what kind it is, such as decisions, preferences, people.",
    maxLength=limits.CATEGORY_LENGTH,
)
