"""What every admin page of the hub has in common: quick lists, no bulk deletion, an audit trail."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin import display
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from memory_hub.admin.names import permission_label
from memory_hub.core import installed
from memory_hub.core.errors import HubError
from memory_hub.core.features import RowLink

# Rows a list counts; further ones are told as "10,000+".
COUNTED = 10_000
LINK = '<a class="text-primary-600 dark:text-primary-400" href="{}">{}</a>'
# Objects one run of a list's action takes.
ACTED_ON = 500


@cache
def _columns(model: str) -> tuple[Callable[[Model], SafeString], ...]:
    """The links from rows of a model to pages of other apps."""
    links = (link for app in installed.in_reading_order() for link in app.row_links)
    return tuple(_column(link) for link in links if link.model == model)


def _column(link: RowLink) -> Callable[[Model], SafeString]:
    @display(description=_(link.title))
    def column(row: Model) -> SafeString:
        query = {name: getattr(row, attribute) for name, attribute in link.query.items()}
        return format_html(LINK, reverse(link.url, query=query), _("show"))

    return column


class BoundedPaginator(Paginator):
    """Counts no further than COUNTED: the count of a large table would cost more than the page."""

    template_name = "admin/hub/pagination.html"

    @cached_property
    def _counted(self) -> int:
        if isinstance(self.object_list, QuerySet):
            return self.object_list.order_by()[: COUNTED + 1].count()
        return len(self.object_list)

    @property
    def count(self) -> int:
        return min(self._counted, COUNTED)

    @property
    def is_cut(self) -> bool:
        """True when there are more rows than were counted."""
        return self._counted > COUNTED


class HubChangeList(ChangeList):
    """A list whose heading leaves the count to its foot, which knows where counting stopped."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.full_result_count = self.result_count


class HubAdmin(ModelAdmin):
    """The base of the hub's admin pages."""

    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 50
    list_filter_submit = True
    warn_unsaved_form = True

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeList]:
        return HubChangeList

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """With the columns that other apps bring."""
        return [*super().get_list_display(request), *_columns(self.opts.label_lower)]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Without deletion of whole selections."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """With permissions in the language of the page."""
        field = super().formfield_for_manytomany(db_field, request, **options)
        if field and db_field.remote_field.model is Permission:
            field.label_from_instance = permission_label
        return field

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A refusal of the service, such as for a memory just trashed, is told, not a 500."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except HubError as error:
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """As changeform_view."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except HubError as error:
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect("../change/")

    def audit_name(self, obj: Model) -> str:
        """What the log calls the object. Never a text of a user's: the log outlives it."""
        return f"{obj._meta.verbose_name_raw} {obj.pk}"

    def audit(self, request: HttpRequest, objects: Iterable[Model], message: str) -> None:
        """Notes in Django's log that the person did this to each object."""
        content_type = ContentType.objects.get_for_model(self.model)
        LogEntry.objects.bulk_create(
            LogEntry(
                user_id=request.user.pk,
                content_type=content_type,
                object_id=str(obj.pk),
                object_repr=self.audit_name(obj)[:200],
                action_flag=CHANGE,
                change_message=message,
            )
            for obj in objects
        )

    def chosen(self, request: HttpRequest, selection: QuerySet) -> list[Any]:
        """The objects an action runs on, at most ACTED_ON; says so when there are more."""
        objects = list(selection.order_by("pk")[: ACTED_ON + 1])
        if len(objects) > ACTED_ON:
            del objects[ACTED_ON:]
            self.message_user(
                request,
                _("Only the first %(count)s are done at a time; run the action again.")
                % {"count": ACTED_ON},
                messages.WARNING,
            )
        return objects

    def confirmed(
        self,
        request: HttpRequest,
        obj: Model,
        *,
        question: str,
        act: Callable[[], str],
        **context: Any,
    ) -> HttpResponse:
        """Asks with a page, acts on its POST. ``act`` returns the sentence that tells of it.

        The buttons above a page are links, and a link must change nothing.
        """
        back = reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change", args=[obj.pk])
        if request.method == "POST":
            try:
                self.message_user(request, act(), messages.SUCCESS)
            except HubError as error:
                self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(back)
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": obj,
            "title": question,
            "question": question,
            "back": back,
            **context,
        }
        return TemplateResponse(request, "admin/hub/confirm.html", page)

    def one(self, request: HttpRequest, object_id: str) -> Any:
        """The object of a page's button. Raises PermissionDenied, also where there is none."""
        obj = self.get_object(request, object_id)
        if obj is None or not self.has_view_permission(request, obj):
            raise PermissionDenied
        return obj


class Labelled(tuple[str, str]):
    """A word that a list is coloured by, and what is shown there and, as its text, on a page."""

    def __new__(cls, word: str, shown: Any) -> "Labelled":
        return super().__new__(cls, (word, str(shown)))

    def __str__(self) -> str:
        return self[1]


class ReadOnlyPage:
    """A page to look at: nothing is added, changed or deleted there."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def link_to(obj: Model | None, text: str) -> SafeString | str:
    """A link to the object's own page."""
    if obj is None:
        return "–"
    meta = obj._meta
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[obj.pk])
    return format_html(LINK, url, text)


def moment(at: datetime | None) -> SafeString | str:
    """A time on one line of a list, in UTC."""
    if at is None:
        return "–"
    text = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
    return format_html('<span class="hub-moment">{}</span>', text)


def as_uuid(text: str) -> UUID | None:
    """The UUID that a person typed or pasted, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None
