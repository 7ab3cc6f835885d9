"""What whoever has guessed too often is told."""

from math import ceil
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def locked_out(request: HttpRequest, *_: Any) -> HttpResponse:
    """Asked by django-axes. The same whether there is such an account; seconds in Retry-After."""
    seconds = ceil(settings.AXES_COOLOFF_TIME.total_seconds())
    page = render(request, "web/locked.html", {"minutes": ceil(seconds / 60)}, status=429)
    page.headers["Retry-After"] = str(seconds)
    return page
