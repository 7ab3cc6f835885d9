"""Memories: found and looked at here; moved to the trash and back."""

from typing import Any

from django.contrib import admin
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display

from memory_hub.accounts.models import normal_email
from memory_hub.accounts.principal import operator
from memory_hub.admin.base import HubAdmin, Labelled, ReadOnlyPage, as_uuid, moment
from superthread import limits
from superthread.admin import changes
from superthread.admin.memory_filters import (
    WORDS,
    CategoryFilter,
    FoundFilter,
    OwnerFilter,
    StateFilter,
    TeamFilter,
)
from superthread.admin.versions import VersionsInline
from superthread.feed.shown import note_shown
from superthread.models import Finding, Grant, Memory, Scope
from superthread.reads.filters import Under
from superthread.search.parsing import BadQuery
from superthread.search.service import ranked_ids
from superthread.services import operators

STATES = {"alive": "success", "expired": "warning", "trash": "danger"}
SCOPES = {"personal": "", "team": "info", "public": "warning"}
# Characters of a search that are used.
SEARCHED = 200
# Memories that the search index names; more would be no list to read.
FOUND = 200


class GrantsInline(ReadOnlyPage, TabularInline):
    """Who else may do what; changed under Grants."""

    model = Grant
    fields = readonly_fields = ["email", "role"]
    extra = 0
    per_page = 20
    tab = True
    verbose_name_plural = _("grants")
    hide_title = True


@admin.register(Memory)
class MemoryAdmin(ReadOnlyPage, HubAdmin):
    list_display = [
        *("shown", "path", "owner", "scope_label", "team", "category", "state"),
        *("bytes", "version", "changed"),
    ]
    list_select_related = ["owner", "team"]
    list_filter = [("scope", admin.ChoicesFieldListFilter), StateFilter, FoundFilter]
    list_filter += [OwnerFilter, TeamFilter, CategoryFilter]
    search_fields = ["title"]
    search_help_text = _(
        "words as in searching memories, a doc_id, a path, a folder with its slash, or the owner's "
        "e-mail address"
    )
    # By key: newest first without sorting a large table.
    ordering = ["-pk"]
    sortable_by = ()
    actions = ["trash_chosen", "undelete_chosen"]
    actions_detail = ["trash", "undelete"]
    inlines = [VersionsInline, GrantsInline]
    readonly_fields = [
        *("doc_id", "owner", "scope", "team", "path", "category", "state", "bytes", "text"),
        *("metadata_shown", "revision", "version", "created_at", "updated_at", "expires_at"),
        *("deleted_at", "deleted_by", "found"),
    ]
    fieldsets = [
        (None, {"fields": ["text", "metadata_shown"]}),
        (
            _("Place"),
            {
                "fields": [
                    ("owner", "category"),
                    ("scope", "team"),
                    ("path",),
                    ("doc_id", "state"),
                ]
            },
        ),
        (
            _("Times and counts"),
            {
                "fields": [
                    ("created_at", "updated_at"),
                    ("expires_at", "bytes"),
                    ("version", "revision"),
                    ("deleted_at", "deleted_by"),
                    ("found",),
                ]
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Memory]:
        """Without texts: a list of 50 must not read 50 MiB. A page loads its own when it asks."""
        return super().get_queryset(request).defer("content", "metadata")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Memory], search_term: str
    ) -> tuple[QuerySet[Memory], bool]:
        """The list's search box."""
        return matching(queryset, search_term.strip()[:SEARCHED]), False

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **options: Any
    ) -> HttpResponse:
        """Its page shows the text."""
        if obj is not None:
            note_shown(obj.pk, obj.owner_id, by=operator(request))
        return super().render_change_form(request, context, *args, obj=obj, **options)

    def audit_name(self, memory: Memory) -> str:
        return f"memory {memory.doc_id}"

    @admin.display(description=_("title"))
    def shown(self, memory: Memory) -> SafeString:
        return format_html('<span class="hub-title">{}</span>', memory.title)

    @display(description=_("scope"), label=SCOPES)
    def scope_label(self, memory: Memory) -> Labelled:
        scope = Scope(memory.scope).label
        return Labelled(scope, gettext(scope))

    @display(description=_("state"), label=STATES)
    def state(self, memory: Memory) -> Labelled:
        if memory.deleted_at:
            state = "trash"
        else:
            expired = memory.expires_at is not None and memory.expires_at <= timezone.now()
            state = "expired" if expired else "alive"
        return Labelled(state, WORDS[state])

    @admin.display(description=_("size"))
    def bytes(self, memory: Memory) -> str:
        return filesizeformat(memory.size)

    @admin.display(description=_("changed (UTC)"))
    def changed(self, memory: Memory) -> SafeString:
        return moment(memory.updated_at)

    @admin.display(description=_("content"))
    def text(self, memory: Memory) -> SafeString:
        return changes.text(memory.content)

    @admin.display(description=_("looks like a secret"))
    def found(self, memory: Memory) -> str:
        finding = Finding.objects.filter(memory=memory).first()
        told = _("%(kind)s in line %(line)s")
        found = finding.found if finding else ()
        return ", ".join(told % {"kind": kind, "line": line} for kind, line in found) or "—"

    @admin.display(description=_("metadata"))
    def metadata_shown(self, memory: Memory) -> SafeString:
        return changes.pretty(memory.metadata)

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        """The one of the two that would do something."""
        # None for an address that is mistyped.
        memory = self.get_object(request, str(object_id))
        useless = "trash" if memory and memory.deleted_at else "undelete"
        found = super().get_actions_detail(request, object_id)
        return [button for button in found if button.path != useless]

    def has_trash_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("superthread.delete_memory")

    def has_undelete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("superthread.change_memory")

    @admin.action(description=_("Move to the trash"), permissions=["trash"])
    def trash_chosen(self, request: HttpRequest, selection: QuerySet[Memory]) -> None:
        self.message_user(request, self._trash(request, self.chosen(request, selection)))

    @admin.action(description=_("Take out of the trash"), permissions=["undelete"])
    def undelete_chosen(self, request: HttpRequest, selection: QuerySet[Memory]) -> None:
        self.message_user(request, self._undelete(request, self.chosen(request, selection)))

    @action(description=_("Move to the trash"), permissions=["trash"], icon="delete")
    def trash(self, request: HttpRequest, object_id: str) -> HttpResponse:
        memory = self.one(request, object_id)
        return self.confirmed(
            request,
            memory,
            question=_("Move “%(title)s” to the trash?") % {"title": memory.title},
            detail=_("It can be taken out again for %(days)s days.")
            % {"days": limits.TRASH_KEPT.days},
            button=_("Move to the trash"),
            act=lambda: self._trash(request, [memory]),
        )

    @action(
        description=_("Take out of the trash"), permissions=["undelete"], icon="restore_from_trash"
    )
    def undelete(self, request: HttpRequest, object_id: str) -> HttpResponse:
        memory = self.one(request, object_id)
        return self.confirmed(
            request,
            memory,
            question=_("Take “%(title)s” out of the trash?") % {"title": memory.title},
            detail=_("It comes back as it was, with its grants and versions."),
            button=_("Take out"),
            act=lambda: self._undelete(request, [memory]),
        )

    def _trash(self, request: HttpRequest, memories: list[Memory]) -> str:
        alive = [memory for memory in memories if memory.deleted_at is None]
        done = operators.trash([memory.pk for memory in alive], by=operator(request))
        self.audit(request, alive, gettext_noop("Moved to the trash."))
        told = _("Moved %(done)s of %(count)s memories to the trash.")
        return told % {"done": done, "count": len(memories)}

    def _undelete(self, request: HttpRequest, memories: list[Memory]) -> str:
        trashed = [memory for memory in memories if memory.deleted_at is not None]
        done = operators.undelete([memory.pk for memory in trashed], by=operator(request))
        self.audit(request, trashed, gettext_noop("Taken out of the trash."))
        told = _("Took %(done)s of %(count)s memories out of the trash.")
        return told % {"done": done, "count": len(memories)}


def matching(memories: QuerySet[Memory], term: str) -> QuerySet[Memory]:
    """What the search box means: an id, an owner, a folder, or words: the memories that answer them
    best, best first, then those with the very text in their title or as their path."""
    if not term:
        return memories
    if "@" in term:
        return memories.filter(owner__email=normal_email(term))
    if doc_id := as_uuid(term):
        return memories.filter(doc_id=doc_id)
    try:
        best = ranked_ids(term, FOUND)
    except BadQuery:
        best = []
    if term.endswith("/"):
        return memories.filter(Under.of(term).query())
    places = [When(pk=pk, then=Value(place)) for place, pk in enumerate(best)]
    found = memories.filter(Q(pk__in=best) | Q(title__icontains=term) | Q(path=term))
    return found.order_by(Case(*places, default=Value(FOUND)), "-pk") if best else found
