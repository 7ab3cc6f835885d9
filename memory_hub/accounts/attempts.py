"""Guesses at passwords and at the codes of second factors: counted together for an account from one
address, by django-axes, and each for an account from wherever they come."""

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest

from memory_hub.accounts.models import User
from memory_hub.accounts.secrets import digest
from memory_hub.rate_limits.limiter import Payer, per_login


def may_guess(request: HttpRequest, user: User) -> bool:
    """Whether one more guess of somebody who is known already is looked at; counts it."""
    if not _is_counted(f"code/{user.pk}"):
        return False
    if AxesProxyHandler.is_allowed(request, {"username": user.email}):
        return True
    request.axes_locked_out = True
    return False


def may_log_in(request: HttpRequest, address: str) -> bool:
    """Whether a password for this e-mail address is looked at; counts it, whether there is an
    account or not. Where axes refuses it, it is not counted: whoever tries from one place alone
    keeps nobody else out."""
    if not AxesProxyHandler.is_allowed(request, {"username": address}):
        return True
    return _is_counted(f"password/{digest(address)}")


def _is_counted(name: str) -> bool:
    limiter = per_login()
    return limiter is None or limiter.charge(Payer(name), 1).allowed


def guessed_wrong(request: HttpRequest, user: User) -> None:
    """Counts as a wrong password does."""
    credentials = {"username": user.email}
    user_login_failed.send(sender=__name__, credentials=credentials, request=request)
