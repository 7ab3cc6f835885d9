"""The filters of lists and searches, beside what the caller may see.

Time, place and owner are answered by the indexes of lists. Roles, origins, tags and other metadata
are looked at memory by memory: a list that asks for them examines SCANNED at a time, says so, and
goes on from there, and so does a search with its hits.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import reduce
from operator import and_
from typing import Any, Protocol

from django.db.models import CharField, F, Q, SmallIntegerField, Subquery
from django.db.models.lookups import GreaterThanOrEqual, LessThan

from memory_hub.accounts.models import User
from memory_hub.accounts.principal import Principal
from memory_hub.database.compiled_queries import Parameter
from memory_hub.database.dialect import apart_from_indexes
from superthread import limits, paths
from superthread.identifiers import NUMBERS
from superthread.policies import Role
from superthread.reads.identified import identified
from superthread.reads.representation import Row, origin

SCANNED = 2_000  # memories examined for one page
ME = "me"
RANGES = ("created_from", "created_before", "updated_from", "updated_before")
ORIGINS = ("own", "team", "shared", "public")


@dataclass(frozen=True, slots=True)
class Condition:
    """What the metadata must hold at a path of keys: exactly ``equals``, anything (``exists``), or
    a list with, or a text with, ``contains``."""

    path: tuple[str, ...]
    kind: str
    value: Any

    def met_by(self, metadata: dict[str, Any]) -> bool:
        """Whether the metadata meet it."""
        found: Any = metadata
        for name in self.path:
            if not isinstance(found, dict) or name not in found:
                return self.kind == "exists" and self.value is False
            found = found[name]
        if self.kind == "exists":
            return self.value is True
        if self.kind == "equals":
            return same(found, self.value)
        if isinstance(found, str):
            return isinstance(self.value, str) and self.value.casefold() in found.casefold()
        return isinstance(found, list) and any(same(item, self.value) for item in found)


def same(one: Any, other: Any) -> bool:
    """Equal as JSON: true is not 1, at any depth."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and one == other


@dataclass(frozen=True, slots=True)
class Under:
    """Paths from ``start`` to before ``before``, that is, with a certain beginning; with
    ``levels`` those of as many segments, consecutive numbers."""

    start: str | Parameter
    before: str | Parameter
    levels: tuple[int | Parameter, ...] = ()

    @classmethod
    def of(cls, prefix: str, depth: int | None = None) -> "Under":
        """What begins with ``prefix``, at most ``depth`` segments below its last slash."""
        above = prefix.count("/")
        most = min(above + (depth or 0), limits.PATH_SEGMENTS)
        return cls(prefix, paths.after(prefix) or BEYOND, tuple(range(above + 1, most + 1)))

    def query(self) -> Q:
        """All of them."""
        within = Q(path__gte=self.start, path__lt=self.before)
        return within & Q(path_depth__lte=self.levels[-1]) if self.levels else within

    def by_level(self) -> list[Q]:
        """What divides them into parts that are each in the order of an index."""
        return [Q(path_depth=level) for level in self.levels] or [Q()]

    def prepared(self) -> "Under":
        """The same for a compiled query, which gets ``values`` at each call."""
        levels = [Parameter(f"level_{n}", SmallIntegerField()) for n in range(len(self.levels))]
        texts = [Parameter(name, CharField()) for name in ("path_from", "path_before")]
        return Under(*texts, tuple(levels))

    def values(self) -> dict[str, Any]:
        """The values of the parameters."""
        levels = {f"level_{n}": level for n, level in enumerate(self.levels)}
        return {"path_from": self.start, "path_before": self.before, **levels}


@dataclass(frozen=True, slots=True)
class Identified:
    """One of these ``values``, any where there are none, of the identifier ``name``."""

    name: str
    values: tuple[Any, ...] = ()


class Test(Protocol):
    """What only a look at a memory tells. Its ``repr`` says all that is asked."""

    def met_by(self, row: Row) -> bool:
        """Whether the memory meets it: metadata, and what lists look at."""


# After every path there can be.
BEYOND = "\U0010ffff" * (limits.PATH_BYTES // 4 + 1)


@dataclass(frozen=True, slots=True)
class Filters:
    """What memories must be; None and () ask nothing. Ranges take their beginning and not their
    end."""

    categories: Sequence[str] = ()
    created_from: datetime | None = None
    created_before: datetime | None = None
    updated_from: datetime | None = None
    updated_before: datetime | None = None
    owner: str | None = None
    role: Role | None = None
    origins: Sequence[str] = ()
    conditions: Sequence[Condition] = ()
    under: Under | None = None
    identifiers: Sequence[Identified] = ()
    tests: Sequence[Test] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked."""
        return all(not getattr(self, field.name) for field in fields(self))

    @property
    def scans(self) -> bool:
        """Whether memories have to be looked at one by one."""
        return bool(self.role or self.origins or self.conditions or self.tests)

    def query(self, by: Principal, sort: str = "") -> Q:
        """What an index or a column answers, of a list in the order of ``sort``."""
        asked = [Q(category__in=self.categories)] if self.categories else []
        for name in RANGES:
            if bound := getattr(self, name):
                asked += _in_range(name, bound, sort)
        if self.owner:
            named = User.objects.filter(email=self.owner).order_by().values("pk")
            asked.append(Q(owner_id=by.user_id if self.is_mine(by) else Subquery(named)))
        asked += [self.under.query()] if self.under else []
        asked += [identified(by, NUMBERS[one.name], one.values) for one in self.identifiers]
        return reduce(and_, asked, Q())

    def since(self, sort: str) -> datetime | None:
        """From when on all that is asked for was made or changed, by the time of ``sort``."""
        told = (self.created_from, self.updated_from if sort == "updated" else None)
        return max((one for one in told if one), default=None)

    def until(self, sort: str) -> datetime | None:
        """Before when all that is asked for was made or changed, by the time of ``sort``: what is
        changed early was made so."""
        told = (self.updated_before, self.created_before if sort == "created" else None)
        return min((one for one in told if one), default=None)

    def is_mine(self, by: Principal) -> bool:
        """Whether the owner asked for is the caller."""
        return self.owner in (ME, by.email)

    def met_by(self, row: Row, by: Principal) -> bool:
        """What only a look at the memory tells."""
        return (
            (not self.role or row["role"] >= self.role)
            and (not self.origins or origin(row, by) in self.origins)
            and all(one.met_by(row["metadata"]) for one in self.conditions)
            and all(one.met_by(row) for one in self.tests)
        )


NO_FILTERS = Filters()


def _in_range(name: str, bound: Any, sort: str) -> list[Q]:
    """What one bound says. A memory is not changed before it is made: of what is made from a moment
    on, or changed before one, a list by the other time knows where it ends or begins."""
    time, _, side = name.partition("_")
    column, follows = F(f"{time}_at"), {"created_from": "updated", "updated_before": "created"}
    lookup = GreaterThanOrEqual if side == "from" else LessThan
    other = follows.get(name)
    if other is None:
        return [Q(lookup(column, bound))]
    if sort == other:
        column = apart_from_indexes(column)
    return [Q(lookup(column, bound)), Q(lookup(F(f"{other}_at"), bound))]
