"""The dashboard's page. Its figures come from ``/monitoring/charts``."""

from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from monitoring.aggregates.windows import WINDOWS

INTERVAL_MS = 5000  # as often as workers report
DEFAULT_WINDOW = "1h"

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
        "windows": WINDOWS,
        "window": DEFAULT_WINDOW,
    }
    answer = render(request, "monitoring/dashboard.html", context)
    answer.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    answer.headers["Cache-Control"] = "no-store"
    return answer
