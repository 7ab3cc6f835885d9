"""Reading versions: lists of them, whole ones. What several ask for at once is read together; one
alone is a group of one."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Case, F, QuerySet, TextField, When
from django.db.models.expressions import RawSQL

from memory_hub.accounts.principal import Principal
from memory_hub.api.cursors import decode, encode
from memory_hub.caching import valid_until
from memory_hub.core.errors import HubError, NotFound
from memory_hub.core.outcomes import only
from memory_hub.database.compiled_queries import CompiledQuery, Parameter
from memory_hub.database.dialect import (
    InstantText,
    UuidText,
    each_number,
    each_pair,
    each_uuid,
    for_each,
    number_list,
    uuid_list,
)
from superthread import policies
from superthread.models import Version
from superthread.reads import named
from superthread.reads.memories import PAGES
from superthread.reads.representation import SHORT, TEXT, Row, instant_of, instant_text

LISTED = ("version_id", "number", "description", "author_email", "created_at", "path", "size")
LISTED += ("redacted_at", "redacted_by_email")
STATE = ("category", "content", "metadata")
# What a row of texts has as clients read it.
_TEXTS = {
    "version_id": UuidText("version_id"),
    "created_at": InstantText("created_at"),
    "redacted_at": InstantText("redacted_at"),
}
_NUMBER = re.compile("[1-9][0-9]{0,15}")


class ListAsked(NamedTuple):
    """A page of one memory's versions."""

    doc_id: str
    limit: int = 10
    cursor: str | None = None


class FoundPage(NamedTuple):
    """Versions as clients read them, newest first, the cursor of the next page or None, and the row
    of their memory."""

    versions: list[dict[str, Any]]
    next_cursor: str | None
    row: Row


class WholeVersion(NamedTuple):
    """A version with its content as clients read it, and the row of its memory."""

    version: dict[str, Any]
    row: Row


def of_memory(memory_id: int, *columns: str) -> QuerySet:
    """Its versions as value rows of these columns."""
    return _named(Version.objects.filter(memory_id=memory_id)).values(*columns)


def _named(versions: QuerySet[Version]) -> QuerySet[Version]:
    emails = {"author_email": F("author__email"), "redacted_by_email": F("redacted_by__email")}
    return versions.annotate(**emails)


def _text_rows(versions: QuerySet[Version], *more: str) -> QuerySet:
    texts = {f"{TEXT}{name}": text for name, text in _TEXTS.items()}
    columns = [f"{TEXT}{name}" if name in _TEXTS else name for name in LISTED]
    return _named(versions.order_by()).annotate(**texts).values("memory_id", *columns, *more)


def represent(version: dict[str, Any], current: int) -> dict[str, Any]:
    """A version as clients read it; ``current`` is the number of the present one."""
    redacted_at = version["redacted_at"]
    answer = {
        "version_id": str(version["version_id"]),
        "number": version["number"],
        "description": version["description"],
        "author": version["author_email"],
        "created_at": instant_text(version["created_at"]),
        "path": version["path"],
        "size": version["size"],
        "current": version["number"] == current,
        "redacted_at": instant_text(redacted_at) if redacted_at else None,
        "redacted_by": version["redacted_by_email"],
    }
    if "content" in version:
        answer |= {name: version[name] for name in STATE}
    return answer


def list_versions(
    *, doc_id: str, by: Principal, limit: int = 10, cursor: str | None = None
) -> tuple[list[dict[str, Any]], str | None]:
    """Versions without their content, newest first, and the cursor of the next page or None. Raises
    NotFound, RoleTooLow, BadInput."""
    page = only(pages([ListAsked(doc_id, limit, cursor)], by=by))
    valid_until(instant_of(page.row["expires_at"]))
    return page.versions, page.next_cursor


def pages(asked: Sequence[ListAsked], *, by: Principal) -> list[FoundPage | HubError]:
    """The same of several: of each its page, or why there is none."""
    rows = _edited([one.doc_id for one in asked], by)
    begun = [_begun(one, rows[one.doc_id]) for one in asked]
    places = [place for place in begun if not isinstance(place, HubError)]
    found: dict[int, list[dict[str, Any]]] = {}
    if places:
        wanted = max(place.limit for place in places) + 1
        count = next(size for size in (*PAGES, wanted) if size >= wanted)
        numbers = {
            "memories": number_list([place.row["id"] for place in places]),
            "below": number_list([place.below for place in places]),
        }
        for version in _newest(count)(**numbers):
            found.setdefault(version["memory_id"], []).append(version)
    for versions in found.values():
        versions.sort(key=lambda version: -version["number"])
    return [
        place if isinstance(place, HubError) else _page(one, place, found.get(place.row["id"], []))
        for one, place in zip(asked, begun, strict=True)
    ]


class _Place(NamedTuple):
    """A memory, the number that its page begins below, and how many versions that has."""

    row: Row
    below: int
    limit: int


def _edited(doc_ids: Sequence[str], by: Principal) -> dict[str, Row | HubError]:
    """The memories without their contents, or why their versions are not the caller's."""
    rows = named.by_ids(doc_ids, by=by, content="none")
    return {one: named.judged(rows.get(one), policies.Role.EDITOR) for one in doc_ids}


def _begun(asked: ListAsked, row: Row | HubError) -> _Place | HubError:
    if isinstance(row, HubError):
        return row
    # Not one made since the row was read: none would be the current one.
    try:
        (below,) = decode(asked.cursor, _of(asked)) if asked.cursor else (row["version"] + 1,)
    except HubError as error:
        return error
    return _Place(row, below, asked.limit)


def _page(asked: ListAsked, place: _Place, found: Sequence[dict[str, Any]]) -> FoundPage:
    # Others may ask for more of the same memory.
    own = [one for one in found if one["number"] < place.below][: asked.limit + 1]
    shown = own[: asked.limit]
    following = encode(_of(asked), [shown[-1]["number"]]) if len(own) > asked.limit else None
    current = place.row["version"]
    return FoundPage([represent(one, current) for one in shown], following, place.row)


def _of(asked: ListAsked) -> str:
    return f"versions|{asked.doc_id}"


@lru_cache(maxsize=16)
def _newest(count: int) -> CompiledQuery:
    """The compiled query of the first ``count`` versions of each of some memories, below a number
    of each."""

    def build() -> QuerySet:
        of_each = {"memory_id": RawSQL("asked.memory", []), "number__lt": RawSQL("asked.below", [])}
        few = Version.objects.filter(**of_each).order_by("-number").values("id")[:count]
        sql, params = few.query.get_compiler(connection=connection).as_sql()
        table = connection.ops.quote_name(Version._meta.db_table)
        lists = [Parameter(name, TextField()) for name in ("memories", "below")]
        given = [slot for one in lists for slot in one.as_sql(None, connection)[1]]
        pairs = f"{each_pair('memory', 'below')} AS asked"
        every = f"SELECT found.id FROM {pairs} CROSS JOIN {for_each(sql, table)}"
        return _text_rows(Version.objects.filter(pk__in=RawSQL(every, [*given, *params])))

    return CompiledQuery(build, mark=TEXT)


def whole(
    asked: Sequence[tuple[str, str]], *, by: Principal, alone: bool = False
) -> list[WholeVersion | HubError | None]:
    """Versions with their contents, by the ids of memory and version: of each the version, or why
    there is none, or None for one of a long content, unless it is asked for ``alone``."""
    rows = _edited([doc_id for doc_id, _ in asked], by)
    edited = [row["id"] for row in rows.values() if not isinstance(row, HubError)]
    ids = uuid_list([version_id for _, version_id in asked if named.is_id(version_id)])
    found = _of_these(alone)(memories=number_list(edited), versions=ids) if edited else ()
    versions = {one["version_id"]: one for one in found}
    return [_one(rows[doc_id], versions.get(version_id)) for doc_id, version_id in asked]


def _one(row: Row | HubError, version: dict[str, Any] | None) -> WholeVersion | HubError | None:
    if isinstance(row, HubError):
        return row
    if version is None or version["memory_id"] != row["id"]:
        return no_such_version()
    if version["short"] is None:
        return None
    return WholeVersion(represent(version | {"content": version["short"]}, row["version"]), row)


@lru_cache(maxsize=2)
def _of_these(alone: bool) -> CompiledQuery:
    """The compiled query of versions of some memories by their ids, with their contents; with short
    ones alone where more than one may be asked for. Of other memories none is fetched: how long
    that takes would tell that it is there."""
    wanted = Version.objects.filter(
        version_id__in=each_uuid(Parameter("versions", TextField())),
        memory_id__in=each_number(Parameter("memories", TextField())),
    )
    short = F("content") if alone else Case(When(size__lte=SHORT, then=F("content")))
    state = ("short", "category", "metadata")
    return CompiledQuery(lambda: _text_rows(wanted.annotate(short=short), *state), mark=TEXT)


def version_of(row: Row, version_id: str) -> dict[str, Any]:
    """A version by its id or its number, as lists show it. Raises NotFound."""
    chosen: dict[str, Any] = {"version_id": UUID(version_id)} if named.is_id(version_id) else {}
    if _NUMBER.fullmatch(version_id):
        chosen = {"number": int(version_id)}
    version = chosen and of_memory(row["id"], *LISTED).filter(**chosen).first()
    if not version:
        raise no_such_version()
    return represent(version, row["version"])


def version_numbered(*, doc_id: str, number: int, by: Principal) -> str:
    """The version_id of the version with this number. Raises NotFound, RoleTooLow."""
    row = named.find(doc_id=doc_id, by=by, least=policies.Role.EDITOR)
    found = of_memory(row["id"], "version_id").filter(number=number).first()
    if found is None:
        raise no_such_version()
    return str(found["version_id"])


def no_such_version() -> NotFound:
    return NotFound("The memory has no such version; its list has the version_id of each.")
