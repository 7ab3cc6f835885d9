"""The dashboard's page. Its figures come from ``/monitoring/charts``."""

from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_safe

from monitoring.aggregates.windows import WINDOWS

INTERVAL_MS = 5000  # as often as workers report
DEFAULT_WINDOW = "1h"

# What the scripts of the page say.
WORDS = (
    *(_("Route"), _("Requests"), _("Average"), _("Errors"), _("Database"), _("Type"), _("In use")),
    *(_("Idle"), _("Size"), _("Overflow"), _("Waiting"), _("Worker"), _("State"), _("Seen")),
    *(_("Memory"), _("%s s ago"), _("None yet"), _("live"), _("silent"), _("ended"), _("lost")),
    *(_("requests/s"), _("hit rate"), _("time"), _("Pause"), _("Resume"), _("Paused")),
    *(_("Log in again"), _("Your session has ended."), _("Live, %s"), _("Disconnected")),
    _("%s ended without a last report; up to five seconds of each are missing."),
    _("The hub did not answer (%s). Trying again; figures may be old."),
)

# No inline code and nothing from elsewhere; the charts set styles through the object model only.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@require_safe
@staff_member_required
def dashboard(request: HttpRequest) -> HttpResponse:
    """Return the page to staff; others are sent to the sign-in."""
    context = {
        "data_url": reverse("charts"),
        "login_url": f"{reverse('account_login')}?next={reverse('dashboard')}",
        "interval_ms": INTERVAL_MS,
        "words": {one: gettext(one) for one in WORDS},
        "windows": WINDOWS,
        "window": DEFAULT_WINDOW,
    }
    answer = render(request, "monitoring/dashboard.html", context)
    answer.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    answer.headers["Cache-Control"] = "no-store"
    return answer
