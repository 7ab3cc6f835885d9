"""By what memories are found that have a title: its ends, for whole ones make a large index.

Whether they are the same tells the title itself: of those with equal ends, as of one pattern with
its number in the middle, all are looked at, 10,000 in some 20 ms.
"""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL

# Characters of the beginning and of the end; the index of migration 0030 is made with these.
ENDS = 8
# All that is alive. The second condition is for those alone who look for titles: SQLite takes this
# index for the narrowest of all, and would go through all memories in its order.
TITLED = Q(deleted_at=None, title__gt=RawSQL("''", []))


class TitleEnds(models.Func):
    """The ends of a memory's title, as the index ``memory_title_ends`` has them."""

    def __init__(self) -> None:
        super().__init__("title", output_field=models.TextField())

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:
        ((title, _),) = map(compiler.compile, self.get_source_expressions())
        end = "substr({}, -{})" if connection.vendor == "sqlite" else "right({}, {})"
        return f"(substr({title}, 1, {ENDS}) || {end.format(title, ENDS)})", []


def ends_of(title: str) -> str:
    """The same of this title."""
    return title[:ENDS] + title[-ENDS:]
