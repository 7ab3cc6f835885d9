"""Memories: found and looked at here; moved to the trash and back."""

from typing import Any

from django.contrib import admin
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import TextFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display

from memory_hub.accounts.models import normal_email
from memory_hub.accounts.principal import operator
from memory_hub.admin.base import HubAdmin, ReadOnlyPage, as_uuid, moment
from superthread import limits, policies
from superthread.admin import changes
from superthread.admin.versions import VersionsInline
from superthread.feed.shown import note_shown
from superthread.models import Finding, Grant, Memory, Scope
from superthread.reads.filters import Under
from superthread.search.parsing import BadQuery
from superthread.search.service import ranked_ids
from superthread.services import operators

STATES = {"alive": "success", "expired": "warning", "in the trash": "danger"}
SCOPES = {"personal": "", "team": "info", "public": "warning"}
SEARCHED = 200  # characters of a search that are used
FOUND = 200  # memories that the search index names; more would be no list to read


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("alive", "alive"), ("expired", "expired"), ("trash", "in the trash")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Memory]) -> QuerySet[Memory]:
        conditions = {
            "alive": policies.alive(),
            "expired": Q(deleted_at=None, expires_at__lte=timezone.now()),
            "trash": Q(deleted_at__isnull=False),
        }
        condition = conditions.get(self.value() or "")
        return queryset.filter(condition) if condition else queryset


class ExactFilter(TextFilter):
    """A field to type the whole value into: a list of all owners or categories could be endless."""

    column = ""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Memory]) -> QuerySet[Memory]:
        # PostgreSQL takes no NUL, wherever it stands.
        value = (self.value() or "").replace("\x00", "").strip()
        return queryset.filter(**{self.column: self.normal(value)}) if value else queryset

    def normal(self, value: str) -> str:
        return value


class OwnerFilter(ExactFilter):
    title, parameter_name, column = "owner's e-mail address", "owner", "owner__email"

    def normal(self, value: str) -> str:
        return normal_email(value)


class TeamFilter(ExactFilter):
    title, parameter_name, column = "team's key", "team", "team__key"


class CategoryFilter(ExactFilter):
    title, parameter_name, column = "category", "category", "category"


class FoundFilter(admin.SimpleListFilter):
    """Memories that others read and in which the scan found something."""

    title = "holds a secret"
    parameter_name = "found"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "perhaps")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Memory]) -> QuerySet[Memory]:
        return queryset.filter(finding__isnull=False) if self.value() == "yes" else queryset


class GrantsInline(ReadOnlyPage, TabularInline):
    """Who else may do what; changed under Grants."""

    model = Grant
    fields = readonly_fields = ["email", "role"]
    extra = 0
    per_page = 20
    tab = True
    verbose_name_plural = "grants"
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
    search_help_text = (
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
            "Place",
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
            "Times and counts",
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

    @admin.display(description="title")
    def shown(self, memory: Memory) -> SafeString:
        return format_html('<span class="hub-title">{}</span>', memory.title)

    @display(description="scope", label=SCOPES)
    def scope_label(self, memory: Memory) -> str:
        return Scope(memory.scope).label

    @display(description="state", label=STATES)
    def state(self, memory: Memory) -> str:
        if memory.deleted_at:
            return "in the trash"
        expired = memory.expires_at is not None and memory.expires_at <= timezone.now()
        return "expired" if expired else "alive"

    @admin.display(description="size")
    def bytes(self, memory: Memory) -> str:
        return filesizeformat(memory.size)

    @admin.display(description="changed (UTC)")
    def changed(self, memory: Memory) -> SafeString:
        return moment(memory.updated_at)

    @admin.display(description="content")
    def text(self, memory: Memory) -> SafeString:
        return changes.text(memory.content)

    @admin.display(description="looks like a secret")
    def found(self, memory: Memory) -> str:
        finding = Finding.objects.filter(memory=memory).first()
        return (
            ", ".join(f"{kind} in line {line}" for kind, line in finding.found) if finding else "—"
        )

    @admin.display(description="metadata")
    def metadata_shown(self, memory: Memory) -> SafeString:
        return changes.pretty(memory.metadata)

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        """The one of the two that would do something."""
        memory = self.get_object(request, str(object_id))  # None for an address that is mistyped
        useless = "trash" if memory and memory.deleted_at else "undelete"
        found = super().get_actions_detail(request, object_id)
        return [button for button in found if button.path != useless]

    def has_trash_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("superthread.delete_memory")

    def has_undelete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("superthread.change_memory")

    @admin.action(description="Move to the trash", permissions=["trash"])
    def trash_chosen(self, request: HttpRequest, selection: QuerySet[Memory]) -> None:
        self.message_user(request, self._trash(request, self.chosen(request, selection)))

    @admin.action(description="Take out of the trash", permissions=["undelete"])
    def undelete_chosen(self, request: HttpRequest, selection: QuerySet[Memory]) -> None:
        self.message_user(request, self._undelete(request, self.chosen(request, selection)))

    @action(description="Move to the trash", permissions=["trash"], icon="delete")
    def trash(self, request: HttpRequest, object_id: str) -> HttpResponse:
        memory = self.one(request, object_id)
        return self.confirmed(
            request,
            memory,
            question=f"Move “{memory.title}” to the trash?",
            detail=f"It can be taken out again for {limits.TRASH_KEPT.days} days.",
            button="Move to the trash",
            act=lambda: self._trash(request, [memory]),
        )

    @action(
        description="Take out of the trash", permissions=["undelete"], icon="restore_from_trash"
    )
    def undelete(self, request: HttpRequest, object_id: str) -> HttpResponse:
        memory = self.one(request, object_id)
        return self.confirmed(
            request,
            memory,
            question=f"Take “{memory.title}” out of the trash?",
            detail="It comes back as it was, with its grants and versions.",
            button="Take out",
            act=lambda: self._undelete(request, [memory]),
        )

    def _trash(self, request: HttpRequest, memories: list[Memory]) -> str:
        alive = [memory for memory in memories if memory.deleted_at is None]
        done = operators.trash([memory.pk for memory in alive], by=operator(request))
        self.audit(request, alive, "Moved to the trash.")
        return f"Moved {done} of {len(memories)} memories to the trash."

    def _undelete(self, request: HttpRequest, memories: list[Memory]) -> str:
        trashed = [memory for memory in memories if memory.deleted_at is not None]
        done = operators.undelete([memory.pk for memory in trashed], by=operator(request))
        self.audit(request, trashed, "Taken out of the trash.")
        return f"Took {done} of {len(memories)} memories out of the trash."


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
