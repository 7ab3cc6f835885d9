"""The filters of a search as part of its compiled queries: compiled once for those of one shape."""

from typing import Any, NamedTuple

from django.db.models import CharField, DateTimeField

from memory_hub.accounts.principal import Principal
from memory_hub.database.compiled_queries import Parameter
from superthread.reads.filters import ME, RANGES, Filters, Identified, Under


class Shape(NamedTuple):
    """Which filters there are that the database answers; the values are parameters.

    ``owner``: ME, "other" or None.
    """

    categories: int = 0
    ranges: tuple[str, ...] = ()
    owner: str | None = None
    under: Under | None = None
    # Of each identifier its name, and how many values.
    identifiers: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, filters: Filters, by: Principal) -> "Shape":
        owner = filters.owner and (ME if filters.is_mine(by) else "other")
        ranges = tuple(name for name in RANGES if getattr(filters, name))
        under = filters.under and filters.under.prepared()
        named = tuple((one.name, len(one.values)) for one in filters.identifiers)
        return cls(len(filters.categories), ranges, owner, under, named)

    def filters(self) -> Filters:
        """Filters of this shape, with Parameters in the places of values."""
        other = Parameter("owner", CharField()) if self.owner == "other" else self.owner
        categories = [Parameter(f"category_{n}", CharField()) for n in range(self.categories)]
        ranges: dict[str, Any] = {name: Parameter(name, DateTimeField()) for name in self.ranges}
        identifiers = [
            Identified(
                name, tuple(Parameter(f"identifier_{n}_{m}", CharField()) for m in range(count))
            )
            for n, (name, count) in enumerate(self.identifiers)
        ]
        return Filters(
            categories=categories,
            owner=other,
            under=self.under,
            identifiers=identifiers,
            **ranges,
        )


def values_of(filters: Filters) -> dict[str, Any]:
    """The values of the parameters of its shape."""
    categories = {f"category_{n}": name for n, name in enumerate(filters.categories)}
    ranges = {name: getattr(filters, name) for name in RANGES}
    under = filters.under.values() if filters.under else {}
    identifiers = {
        f"identifier_{n}_{m}": value
        for n, one in enumerate(filters.identifiers)
        for m, value in enumerate(one.values)
    }
    return {**categories, **ranges, **under, **identifiers, "owner": filters.owner}
