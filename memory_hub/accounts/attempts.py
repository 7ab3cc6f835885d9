"""Guesses at the codes of second factors: counted with those at the password, by django-axes, and
for each account from wherever they come, since there are only a million codes."""

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest

from memory_hub.accounts.models import User
from memory_hub.rate_limits.limiter import Payer, per_login


def may_guess(request: HttpRequest, user: User) -> bool:
    """Whether one more guess is looked at; counts it."""
    limiter = per_login()
    if limiter and not limiter.charge(Payer(f"code/{user.pk}"), 1).allowed:
        return False
    if AxesProxyHandler.is_allowed(request, {"username": user.email}):
        return True
    request.axes_locked_out = True
    return False


def guessed_wrong(request: HttpRequest, user: User) -> None:
    """Counts as a wrong password does."""
    credentials = {"username": user.email}
    user_login_failed.send(sender=__name__, credentials=credentials, request=request)
