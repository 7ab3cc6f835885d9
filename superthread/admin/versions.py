"""Versions: read-only; one can be put back, which makes a new one."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import action

from memory_hub.accounts.principal import operator
from memory_hub.admin.base import HubAdmin, ReadOnlyPage, as_uuid, link_to, moment
from superthread.admin import changes
from superthread.feed.shown import VERSION, note_shown
from superthread.models import Memory, Version
from superthread.services import operators
from superthread.services.redacting import redact_as_operator


def with_previous(versions: QuerySet[Version]) -> QuerySet[Version]:
    """Versions with what the one before each held: ``before_content`` and so on, or None."""
    before = Version.objects.filter(memory=OuterRef("memory"), number=OuterRef("number") - 1)
    return versions.annotate(
        before_content=Subquery(before.values("content")),
        before_category=Subquery(before.values("category")),
        before_metadata=Subquery(before.values("metadata")),
        before_path=Subquery(before.values("path")),
    )


def _states(version: Any) -> tuple[changes.State | None, changes.State]:
    state = (version.content, version.category, version.metadata, version.path)
    new = changes.State(version.number, *state)
    if version.before_content is None:
        return None, new
    old = (version.before_content, version.before_category, version.before_metadata)
    old += (version.before_path,)
    return changes.State(version.number - 1, *old), new


class VersionsInline(ReadOnlyPage, TabularInline):
    """The newest versions of a memory, each with what it changed."""

    model = Version
    fields = readonly_fields = ["shown", "what_changed", "description", "author", "made"]
    ordering = ["-number"]
    extra = 0
    per_page = 10
    tab = True
    verbose_name_plural = _("versions")
    hide_title = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Version]:
        return with_previous(super().get_queryset(request)).select_related("author")

    @admin.display(description=_("version"))
    def shown(self, version: Version) -> SafeString | str:
        return link_to(version, str(version.number))

    @admin.display(description=_("changed"))
    def what_changed(self, version: Version) -> SafeString:
        return changes.short(*_states(version))

    @admin.display(description=_("made (UTC)"))
    def made(self, version: Version) -> SafeString:
        return moment(version.created_at)


@admin.register(Version)
class VersionAdmin(ReadOnlyPage, HubAdmin):
    list_display = ["shown", "memory_link", "author", "description", "bytes", "made"]
    search_fields = ["memory__doc_id"]
    search_help_text = _("doc_id of the memory, or e-mail address of the author")
    ordering = ["-pk"]
    sortable_by = ()
    actions_detail = ["restore", "redact"]
    fields = readonly_fields = [
        *("shown", "memory_link", "author", "description", "created_at", "bytes"),
        *("redacted", "category", "path", "metadata_shown", "what_changed", "text"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Version]:
        """Without texts: a list of 50 must not read 50 MiB. Pages load theirs when they ask."""
        found = super().get_queryset(request).select_related("memory", "author", "redacted_by")
        return found.defer("content", "metadata", "memory__content", "memory__metadata")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Version], search_term: str
    ) -> tuple[QuerySet[Version], bool]:
        """By memory or author, exactly: both have an index."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if "@" in term:
            return queryset.filter(author__email=term.lower()), False
        memories = Memory.objects.filter(doc_id=as_uuid(term))
        return queryset.filter(memory__in=memories), False

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **options: Any
    ) -> HttpResponse:
        """Its page shows the text."""
        if obj is not None:
            note_shown(obj.memory_id, obj.memory.owner_id, by=operator(request), kind=VERSION)
        return super().render_change_form(request, context, *args, obj=obj, **options)

    def audit_name(self, version: Version) -> str:
        return f"version {version.number} of memory {version.memory.doc_id}"

    @admin.display(description=_("version"))
    def shown(self, version: Version) -> str:
        current = version.number == version.memory.version
        shown = _("%(number)s (current)") if current else "%(number)s"
        return shown % {"number": version.number}

    @admin.display(description=_("memory"))
    def memory_link(self, version: Version) -> SafeString | str:
        return link_to(version.memory, version.memory.title)

    @admin.display(description=_("made (UTC)"))
    def made(self, version: Version) -> SafeString:
        return moment(version.created_at)

    @admin.display(description=_("size"))
    def bytes(self, version: Version) -> str:
        return filesizeformat(version.size)

    @admin.display(description=_("metadata"))
    def metadata_shown(self, version: Version) -> SafeString:
        return changes.pretty(version.metadata)

    @admin.display(description=_("changed"))
    def what_changed(self, version: Version) -> SafeString:
        return changes.full(*_states(with_previous(Version.objects.all()).get(pk=version.pk)))

    @admin.display(description=_("content"))
    def text(self, version: Version) -> SafeString:
        return changes.text(version.content)

    @admin.display(description=_("redacted"))
    def redacted(self, version: Version) -> SafeString | str:
        if version.redacted_at is None:
            return "—"
        who = version.redacted_by.email if version.redacted_by else gettext("an operator")
        return format_html(_("{} by {}"), moment(version.redacted_at), who)

    def has_redact_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("superthread.delete_memory")

    @action(description=_("Redact this version"), permissions=["redact"], icon="ink_eraser")
    def redact(self, request: HttpRequest, object_id: str) -> HttpResponse:
        version = self.one(request, object_id)
        return self.confirmed(
            request,
            version,
            question=_("Take the text out of version %(number)s, for good?")
            % {"number": version.number},
            detail=_(
                "Its text, metadata and description go and cannot be brought back. Its number, "
                "path, author and date stay, and that it was redacted is shown."
            ),
            button=_("Redact"),
            act=lambda: self._redact(request, version),
        )

    def _redact(self, request: HttpRequest, version: Version) -> str:
        redact_as_operator(version, by=operator(request))
        self.audit(request, [version], gettext_noop("Redacted."))
        return _("Redacted version %(number)s.") % {"number": version.number}

    def has_restore_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("superthread.change_memory")

    @action(description=_("Restore this version"), permissions=["restore"], icon="restore")
    def restore(self, request: HttpRequest, object_id: str) -> HttpResponse:
        version = self.one(request, object_id)
        return self.confirmed(
            request,
            version,
            question=_("Restore version %(number)s of “%(title)s”?")
            % {"number": version.number, "title": version.memory.title},
            detail=_("Its text, category and metadata become a new version; nothing is lost."),
            button=_("Restore"),
            preview=changes.full(*_to_restore(version)),
            act=lambda: self._restore(request, version),
        )

    def _restore(self, request: HttpRequest, version: Version) -> str:
        row = operators.restore(version.memory_id, str(version.version_id), by=operator(request))
        self.audit(request, [version], f"Restored as version {row['version']}.")
        return _("Restored as version %(number)s.") % {"number": row["version"]}


def _to_restore(version: Version) -> tuple[changes.State, changes.State]:
    """The present state, and the one that restoring would bring back."""
    now = Memory.objects.values_list("version", "content", "category", "metadata")
    back = (version.number, version.content, version.category, version.metadata)
    return changes.State(*now.get(pk=version.memory_id)), changes.State(*back)
