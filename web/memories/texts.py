"""A text of a memory as its page shows it to somebody."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from memory_hub.accounts.principal import Principal
from superthread.links import WrittenLink
from superthread.reads import links
from web.memories.markdown import Leading, Rendered, render


class Texts:
    """Texts at the place of one memory, ``row``, or of one to be. ``led_to`` has the memories that
    those shown so far lead to, each once."""

    def __init__(self, row: Mapping[str, Any], by: Principal) -> None:
        self._row, self._by = row, by
        self._met: dict[str, Mapping[str, Any]] = {}

    @property
    def led_to(self) -> list[Mapping[str, Any]]:
        return list(self._met.values())

    def formatted(self, text: str, title: str = "") -> Rendered:
        """The text as HTML that is safe, below a page's ``title``. Raises RateLimited."""
        how = {"path": self._row["path"], "leading": self._leading, "address": address_of}
        return render(text, title=title, **how)

    def _leading(self, written: Sequence[WrittenLink]) -> Leading:
        found = links.leading(self._row, written, by=self._by)
        self._met |= {one["doc_id"]: one for one in found.values()}
        return found


def address_of(doc_id: str) -> str:
    """The page of a memory."""
    return reverse("memory", kwargs={"doc_id": doc_id})
