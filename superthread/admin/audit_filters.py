"""How the lists of the audit are narrowed: by whole values, each typed in."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from memory_hub.admin.base import as_uuid
from memory_hub.journal.models import Entry
from superthread.admin.memory_filters import ExactFilter
from superthread.feed.audit import NOBODY, user_of
from superthread.models import Memory

_MOST = 2**63 - 1


class KindFilter(ExactFilter):
    title, parameter_name = _("kind, or its beginning with the dot"), "kind"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        self.column = "kind__startswith" if (self.value() or "").endswith(".") else "kind"
        return super().queryset(request, queryset)


class ActorFilter(ExactFilter):
    title, parameter_name, column = _("who: e-mail address"), "actor", "actor_id"

    def normal(self, value: str) -> Any:
        return user_of(value)


class TokenFilter(ExactFilter):
    title, parameter_name, column = _("token: its number"), "token", "token_id"

    def normal(self, value: str) -> Any:
        return number_of(value)


class DayFilter(ExactFilter):
    title, parameter_name = _("day in UTC, as 2026-11-28"), "day"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = (self.value() or "").strip()
        if not value:
            return queryset
        try:
            begin = datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=UTC)
        except ValueError:
            return queryset.none()
        column = "at" if queryset.model is Entry else "first_at"
        return queryset.filter(
            **{f"{column}__gte": begin, f"{column}__lt": begin + timedelta(days=1)}
        )


def matching(rows: QuerySet[Any], term: str) -> QuerySet[Any]:
    """What the search box means: a memory's id, somebody's address, or a number: of an entry, or
    of what it is about."""
    if not term:
        return rows
    if "@" in term:
        return rows.filter(actor_id=user_of(term))
    if doc_id := as_uuid(term):
        return rows.filter(subject_id__in=_keys_of(doc_id), **_about_memories(rows))
    return rows.filter(Q(pk=number_of(term)) | Q(subject_id=number_of(term)))


def _about_memories(rows: QuerySet[Any]) -> dict[str, Any]:
    """Users and teams have numbers as well."""
    return {"doc_id__isnull": False} if rows.model is Entry else {}


def _keys_of(doc_id: Any) -> list[int]:
    """Of a memory, also of one that is gone."""
    found = Memory.objects.filter(doc_id=doc_id).values_list("pk", flat=True)
    gone = Entry.objects.filter(doc_id=doc_id).order_by().values_list("subject_id", flat=True)
    return [*found] or [*gone[:1]]


def number_of(text: str) -> int:
    """What a column can hold; NOBODY for any other text."""
    is_number = text.isascii() and text.isdecimal() and len(text) < 20
    return int(text) if is_number and int(text) <= _MOST else NOBODY
