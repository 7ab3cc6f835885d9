"""What one search may find: visible to the caller and within the filters, as SQL compiled once."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

from django.db.models import CharField, Q, QuerySet, TextField

from memory_hub.accounts.principal import Principal
from memory_hub.accounts.spaces import space_of_team
from memory_hub.database.compiled_queries import CompiledQuery, Parameter
from memory_hub.database.dialect import InstantMicros, each_of, number_list
from superthread import askers, policies
from superthread.models import Memory, Scope
from superthread.models.space import PUBLIC_SPACE
from superthread.reads.filters import NO_FILTERS, Filters
from superthread.reads.listing import examined
from superthread.reads.newest import Newest
from superthread.reads.orders import filters, narrowed
from superthread.reads.representation import TEXT, Row, brief_rows, rows, text_rows
from superthread.search.index.holders import Holders
from superthread.search.retrieval.narrowed import Shape, values_of
from superthread.search.retrieval.ranking import EVERYBODY


@dataclass(frozen=True)
class Searchable:
    """The caller and the filters of a search; its methods read nothing that lies outside."""

    by: Principal
    scope: str = "all"
    team_key: str | None = None
    category: str | None = None
    filters: Filters = NO_FILTERS

    @cached_property
    def holders(self) -> Holders:
        """Whose memories the caller reaches, whatever the filters."""
        return Holders.of(self.by)

    @cached_property
    def spaces(self) -> Set[int] | None:
        """Those of the holders' spaces that its scope and team have, None for all of them."""
        joined = [place for place in self.by.teams if place.accepted]
        if self.team_key is not None:
            return {space_of_team(one.team_id) for one in joined if one.team_key == self.team_key}
        return {
            policies.ALL_SCOPES: None,
            Scope.PERSONAL.label: {self.by.user_id},
            Scope.TEAM.label: {space_of_team(one.team_id) for one in joined},
            Scope.PUBLIC.label: {PUBLIC_SPACE},
        }[self.scope]

    def found(self, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
        """Those of the memories that may be found, by id: when they were made and changed, in
        microseconds."""
        found = self._compiled(_found)(**self._values(), ids=number_list(ids))
        return {row["id"]: (row["created"], row["updated"]) for row in found}

    def rows(self, ids: Sequence[int], *, as_texts: bool = False) -> dict[int, Row]:
        """The brief rows of these memories by id, with the caller's role; with `as_texts` their ids
        and moments are texts."""
        build = _text_rows if as_texts else _rows
        found = self._compiled(build)(**self._values(), ids=number_list(ids))
        return {row["id"]: row for row in found}

    def whole(self, brief: Row) -> Row | None:
        """The row of a brief one as it is now, None where it is no longer reached."""
        ids = number_list([brief["id"]])
        return next(self._compiled(_whole).each(**self._values(), ids=ids), None)

    def contents(self, ids: Sequence[int]) -> dict[int, str]:
        """The contents of these memories by id."""
        found = self._compiled(_contents)(**self._values(), ids=number_list(ids))
        return {row["id"]: row["content"] for row in found}

    def sizes(self, ids: Sequence[int]) -> dict[int, int]:
        """Bytes of the contents of these memories by id."""
        found = self._compiled(_sizes)(**self._values(), ids=number_list(ids))
        return {row["id"]: row["size"] for row in found}

    def meeting(self, ids: Sequence[int]) -> set[int]:
        """Which of these memories meet the filters that only a look at a memory answers."""
        visible = policies.visible_to(self.by, public=policies.shows_public(self.scope))
        found = Memory.objects.filter(visible, self._chosen, pk__in=ids).order_by()
        rows = examined(found, self.filters, self.by)
        return {row["id"] for row in rows if self.filters.met_by(row, self.by)}

    def newest(self, count: int) -> list[int]:
        """Ids of those changed last: by the indexes of lists, whatever others have saved since."""
        chosen = narrowed(self.category) & self.filters.query(self.by)
        return Newest(self.by, count, self.scope, self.team_key).in_order(chosen)

    def times(self, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
        """When these memories were made and changed, in microseconds, by id."""
        return self.found(ids)

    def named(self, doc_id: str) -> int | None:
        """The memory of this doc_id."""
        public = policies.shows_public(self.scope)
        visible = policies.visible_to(self.by, public=public)
        found = Memory.objects.filter(visible & self._chosen, doc_id=UUID(doc_id))
        return found.order_by().values_list("pk", flat=True).first()

    @property
    def _chosen(self) -> Q:
        return filters(self.scope, self.team_key, self.category) & self.filters.query(self.by)

    def _compiled(self, build: Any) -> CompiledQuery:
        by_team, by_category = self.team_key is not None, self.category is not None
        shape = Shape.of(self.filters, self.by)
        return _query(build, self.scope, by_team, by_category, shape, askers.kind_of(self.by))

    def _values(self) -> dict[str, Any]:
        filtered = {"team_key": self.team_key, "category": self.category}
        return {**askers.parameters(self.by), **filtered, **values_of(self.filters)}


class Everything:
    """For operators: whatever there is, whoever's it is, the trash too."""

    holders, spaces = EVERYBODY, None

    def found(self, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
        return dict.fromkeys(ids, (0, 0))

    times = found

    def contents(self, ids: Sequence[int]) -> dict[int, str]:
        return dict(Memory.objects.filter(pk__in=ids).values_list("pk", "content"))

    def sizes(self, ids: Sequence[int]) -> dict[int, int]:
        return dict(Memory.objects.filter(pk__in=ids).values_list("pk", "size"))

    def newest(self, count: int) -> list[int]:
        return list(Memory.objects.order_by("-pk").values_list("pk", flat=True)[:count])


@lru_cache(maxsize=256)
def _query(
    build: Any, scope: str, by_team: bool, by_category: bool, shape: Shape, kind: str
) -> CompiledQuery:
    """The compiled query of one shape of search, for callers of one kind."""
    by = askers.asker(kind)
    public = policies.shows_public(scope)
    chosen = policies.visible_to(by, askers.NOW, public=public) & filters(
        scope,
        Parameter("team_key", CharField()) if by_team else None,
        Parameter("category", CharField()) if by_category else None,
        askers.NOW,
    )
    chosen &= shape.filters().query(by)
    return CompiledQuery(lambda: build(Memory.objects.filter(chosen).order_by(), by), mark=TEXT)


def _rows(reachable: QuerySet[Memory], by: Principal) -> QuerySet:
    return brief_rows(_listed(reachable).annotate(role=policies.effective_role(by)))


def _text_rows(reachable: QuerySet[Memory], by: Principal) -> QuerySet:
    return text_rows(_listed(reachable).annotate(role=policies.effective_role(by)))


def _whole(reachable: QuerySet[Memory], by: Principal) -> QuerySet:
    return rows(_listed(reachable).annotate(role=policies.effective_role(by)))


def _contents(reachable: QuerySet[Memory], by: Principal) -> QuerySet:
    return _listed(reachable).values("id", "content")


def _sizes(reachable: QuerySet[Memory], by: Principal) -> QuerySet:
    return _listed(reachable).values("id", "size")


def _found(reachable: QuerySet[Memory], by: Principal) -> QuerySet:
    moments = {"created": InstantMicros("created_at"), "updated": InstantMicros("updated_at")}
    return _listed(reachable).annotate(**moments).values("id", *moments)


def _listed(reachable: QuerySet[Memory]) -> QuerySet[Memory]:
    """Those whose ids are in the parameter `ids`."""
    return reachable.filter(pk__in=each_of(Parameter("ids", TextField())))
