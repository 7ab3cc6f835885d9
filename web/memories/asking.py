"""What the list's form and its links ask, as the API's serializers take it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import QueryDict

from memory_hub.core.errors import BadInput
from superthread.search.results.order import RELEVANCE

PLAIN = ("scope", "team_key", "category", "tag", "owner", "path_prefix", "cursor")
# Days, both of them within what is asked for; they are days of UTC.
DAYS = {"changed_from": "updated_from", "changed_to": "updated_before"}
SORTS = ("updated", "created", "path")


@dataclass(frozen=True)
class ListForm:
    """``form`` is what the fields show again, without what is empty."""

    form: Mapping[str, str]

    @property
    def query(self) -> str:
        """What is searched for; empty: nothing."""
        return self.form.get("q", "")

    @property
    def is_filtered(self) -> bool:
        """Whether anything but a search or a place in the list is asked for."""
        return bool(set(self.form) - {"q", "cursor", "page", "sort"})

    @property
    def is_plain(self) -> bool:
        """Whether it is the beginning of the whole list."""
        return not set(self.form) - {"page"}

    @property
    def page(self) -> int:
        """Which page of the list it is, as far as the link says so."""
        said = self.form.get("page", "")
        return int(said) if said.isdecimal() and len(said) < 6 else 1

    def question(self) -> dict[str, Any]:
        """As a list and a search ask it. Raises BadInput for a day that is none; the rest is for
        the serializers to judge."""
        asked: dict[str, Any] = {name: self.form[name] for name in PLAIN if name in self.form}
        asked.setdefault("scope", "all")
        for day, name in DAYS.items():
            if day in self.form:
                asked[name] = _moment(day, self.form[day])
        return asked | ({"sort": sort} if (sort := self._sort()) else {})

    def _sort(self) -> str | None:
        """The order, where it is one that this list has: a search knows none by path, and the link
        that led here may have had one."""
        wanted = self.form.get("sort")
        if self.query:
            return wanted if wanted in SORTS[:2] else RELEVANCE
        return wanted if wanted in SORTS else None


def asked_by(given: QueryDict) -> ListForm:
    """What a query string asks. Names that no field has are left aside: links from elsewhere bring
    some."""
    known = (*PLAIN, *DAYS, "q", "sort", "page")
    return ListForm({name: given[name].strip() for name in known if given.get(name, "").strip()})


def _moment(name: str, text: str) -> str:
    try:
        day = date.fromisoformat(text)
        day += timedelta(days=name == "changed_to")
    except (ValueError, OverflowError) as error:
        raise BadInput.at(f"query:{name}", "not-a-day", "This is no day.") from error
    return f"{day}T00:00:00Z"
