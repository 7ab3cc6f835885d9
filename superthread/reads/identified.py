"""Which identifiers the memories have that a caller may read, and which memories have one."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Max, Min, OuterRef, Q, Subquery

from memory_hub.accounts.principal import Principal
from superthread import policies
from superthread.models import Identifier, Memory
from superthread.models.space import PUBLIC_SPACE


def identified(by: Principal, name: int, values: Sequence[Any]) -> Q:
    """Memories with one of these values, or any where there are none, of the identifier with this
    number; of what is in the caller's lists at least those. It helps to find the few, beside what
    decides who may see them."""
    chosen = Identifier.objects.filter(name=name).order_by()
    if values:
        chosen = chosen.filter(value__in=values)
    if not by.user_id:
        return Q(pk__in=chosen.filter(space=PUBLIC_SPACE).values("memory_id"))
    granted = policies.grants_of(by).filter(accepted=True).order_by()
    parts = (
        Q(space__in=[by.user_id, PUBLIC_SPACE]),
        Q(space__in=policies.joined_spaces(by)),
        Q(memory_id__in=granted.values("memory_id")),
    )
    first, *others = (chosen.filter(part).values("memory_id") for part in parts)
    return Q(pk__in=first.union(*others, all=True))


def counted(*, by: Principal, begin: int, end: int) -> tuple[list[dict[str, Any]], int]:
    """From ``begin`` to before ``end`` in the order of name (its number) and value: of each how
    many memories there are (``count``), when the ``first`` was made and the ``last`` changed; and
    how many there are in all."""
    seen = Memory.objects.filter(policies.visible_to(by, public=policies.shows_public("all")))
    rows = Identifier.objects.filter(memory_id__in=seen.order_by().values("pk"))
    memory = Memory.objects.filter(pk=OuterRef("memory_id"))
    dated = rows.annotate(
        made=Subquery(memory.values("created_at")), changed=Subquery(memory.values("updated_at"))
    )
    named = dated.values("name", "value").order_by("name", "value")
    found = named.annotate(count=Count("pk"), first=Min("made"), last=Max("changed"))[begin:end]
    total = rows.values("name", "value").distinct().order_by().count()
    return list(found), total
