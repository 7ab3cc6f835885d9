"""The audit in the admin: entries of the journal, and what was counted of reads and refusals. To
look at and to search, newest first."""

import json
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from memory_hub.accounts.models import Team, User
from memory_hub.admin.base import LINK, HubAdmin, ReadOnlyPage, moment
from memory_hub.core.links import path_to
from memory_hub.journal.models import Access, Entry, Origin
from memory_hub.journal.verifying import verify_newest
from superthread.admin.audit_filters import (
    ActorFilter,
    DayFilter,
    KindFilter,
    TokenFilter,
    matching,
)
from superthread.feed.audit_export import FORMATS
from superthread.models import Memory
from superthread.models.space import PUBLIC_SPACE

EXPORT = "/superthread/audit/export?actor=all"


class _AuditAdmin(ReadOnlyPage, HubAdmin):
    """What both lists have: who, and which memory."""

    list_filter = [KindFilter, ActorFilter, TokenFilter, DayFilter]
    search_fields = ["pk"]
    search_help_text = _("doc_id of a memory, e-mail address of who did it, or a number")
    ordering = ["-pk"]
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        email = User.objects.filter(pk=OuterRef("actor_id")).values("email")
        return super().get_queryset(request).annotate(actor_email=Subquery(email))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The list's search box."""
        return matching(queryset, search_term.strip()), False

    @admin.display(description=_("who"))
    def who(self, row: Any) -> str:
        return row.actor_email or (_user(row.actor_id) if row.actor_id else "–")

    @admin.display(description=_("token"))
    def token(self, row: Any) -> str:
        return str(row.token_id or "–")


@admin.register(Entry)
class EntryAdmin(_AuditAdmin):
    list_display = ["position", "when", "kind", "who", "token", "via", "about", "place", "details"]
    list_before_template = "admin/hub/journal_head.html"
    fields = readonly_fields = [
        *("position", "when", "kind", "who", "token", "via", "about", "place", "old_place"),
        *("revision", "version", "owner_id", "change", "address", "request_id", "details"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        """With where each came from."""
        origin = Origin.objects.filter(pk=OuterRef("position"))
        return (
            super()
            .get_queryset(request)
            .annotate(
                came_address=Subquery(origin.values("address")),
                came_request=Subquery(origin.values("request_id")),
                came_detail=Subquery(origin.values("detail")),
                team_key=Subquery(Team.objects.filter(pk=-OuterRef("space")).values("key")),
            )
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With the head, as it was found just now."""
        report = verify_newest()
        context = {
            "head": report.head,
            "hash": report.head.hash.hex(),
            "problems": report.problems,
            "unsealed": report.unsealed,
            "exports": {kind: f"{path_to(EXPORT)}&format={kind}" for kind in sorted(FORMATS)},
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    @admin.display(description=_("known since (UTC)"))
    def when(self, entry: Entry) -> SafeString:
        return moment(entry.at)

    @admin.display(description=_("about"))
    def about(self, entry: Entry) -> SafeString | str:
        if entry.doc_id:
            return _memory(str(entry.doc_id))
        what = gettext(entry.kind.partition(".")[0])
        return f"{what} {entry.subject_id}" if entry.subject_id else "–"

    @admin.display(description=_("place"))
    def place(self, entry: Any) -> str:
        if entry.space is None:
            return "–"
        if entry.space < 0:
            return _("team %(key)s") % {"key": entry.team_key or -entry.space}
        return gettext("public") if entry.space == PUBLIC_SPACE else _user(entry.space)

    @admin.display(description=_("place before"))
    def old_place(self, entry: Entry) -> str:
        return "–" if entry.old_space is None else str(entry.old_space)

    @admin.display(description=_("details"))
    def details(self, entry: Any) -> str:
        return json.dumps(entry.came_detail, ensure_ascii=False) if entry.came_detail else "–"

    @admin.display(description=_("address"))
    def address(self, entry: Any) -> str:
        return entry.came_address or "–"

    @admin.display(description=_("request"))
    def request_id(self, entry: Any) -> str:
        return entry.came_request or "–"


@admin.register(Access)
class AccessAdmin(_AuditAdmin):
    list_display = ["since", "until", "kind", "count", "who", "token", "about", "route", "address"]
    fields = readonly_fields = list_display

    def get_queryset(self, request: HttpRequest) -> QuerySet[Access]:
        """With the ids that people know."""
        doc_id = Memory.objects.filter(pk=OuterRef("subject_id")).values("doc_id")
        return super().get_queryset(request).annotate(doc_id=Subquery(doc_id))

    @admin.display(description=_("from (UTC)"))
    def since(self, access: Access) -> SafeString:
        return moment(access.first_at)

    @admin.display(description=_("to (UTC)"))
    def until(self, access: Access) -> SafeString:
        return moment(access.last_at)

    @admin.display(description=_("what"))
    def about(self, access: Any) -> SafeString | str:
        if not access.subject_id:
            return "–"
        return _memory(str(access.doc_id or access.subject_id))


def _user(number: int) -> str:
    return _("user %(number)s") % {"number": number}


def _memory(text: str) -> SafeString:
    """A link to all that happened to it: the memory itself may be gone."""
    return format_html(LINK, reverse("admin:journal_entry_changelist", query={"q": text}), text)
