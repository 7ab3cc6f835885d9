"""What templates say of moments, sizes, scopes and roles, in the language of the page."""

from datetime import datetime
from typing import Any

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

register = template.Library()

SCOPES = {"personal": _("Personal"), "team": _("Team"), "public": _("Public")}
ROLES = {
    "viewer": _("May read"),
    "editor": _("May edit"),
    "admin": _("May administer"),
    "owner": _("Owns it"),
}


@register.simple_tag
def moment(at: datetime | str | None, form: str = "DATETIME_FORMAT") -> SafeString | str:
    """The moment, a datetime or RFC 3339, in UTC; a script shows it in the time zone of the
    browser. ``form`` is one of Django's formats, such as DATE_FORMAT."""
    if not at:
        return ""
    when = datetime.fromisoformat(at) if isinstance(at, str) else at
    when = timezone.localtime(when)
    text = formats.date_format(when, form)
    if "TIME" not in form:
        return format_html('<time datetime="{}">{}</time>', when.date().isoformat(), text)
    return format_html('<time datetime="{}" data-exact>{} UTC</time>', when.isoformat(), text)


@register.filter
def scope_words(scope: str) -> str:
    """The name of a scope."""
    return str(SCOPES.get(scope, scope))


@register.filter
def role_words(role: str) -> str:
    """What somebody with this role may do."""
    return str(ROLES.get(role, role))


@register.simple_tag(takes_context=True)
def with_query(context: dict[str, Any], **changes: Any) -> str:
    """The query string of the page with some parameters changed; an empty value takes one out."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = value
    return f"?{query.urlencode()}"
