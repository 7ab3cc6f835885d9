"""Credentials: tokens in a header (`core/credentials.py`), sessions for people's pages."""

import logging
import re
import time
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user
from django.db import DatabaseError, connection
from django.db.models import CharField, DateTimeField, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.module_loading import import_string
from rest_framework.authentication import BaseAuthentication
from rest_framework.authentication import SessionAuthentication as CsrfChecked
from rest_framework.request import Request

from memory_hub.accounts.models import Token, User
from memory_hub.accounts.principal import Principal, origin_of, principal_of
from memory_hub.accounts.restrictions import Restriction
from memory_hub.accounts.scopes import writing_scopes
from memory_hub.accounts.secrets import digest, is_well_formed
from memory_hub.core import callers, credentials, deadline
from memory_hub.core.errors import Forbidden, NotAuthenticated
from memory_hub.core.identity import Origin, Via
from memory_hub.core.links import address_of
from memory_hub.database.compiled_queries import CompiledQuery, Parameter
from memory_hub.database.waiting import waiting_at_most
from memory_hub.http.origins import is_foreign

logger = logging.getLogger(__name__)
# What Django's session engines make; a cookie can hold anything, NUL included, in escapes.
_SESSION_KEY = re.compile(r"[A-Za-z0-9_:.-]{8,4096}", re.ASCII)
# Contract: last_used_at is written at most this often.
LAST_USE_EVERY = timedelta(minutes=1)
# Seconds for which none is noted after one could not be.
NOT_AGAIN_FOR = 1.0
_not_before = 0.0


def token_of(request: HttpRequest) -> str:
    """The token that the request shows, in whichever spelling.

    Raises NotAuthenticated where it shows anything else, or two that are not the same, and
    Forbidden for a change that a page of another origin asks for with Basic: what a person once
    told a browser in that form it sends along by itself, whoever's page it is.
    """
    shown = credentials.of(request)
    if shown.several:
        raise NotAuthenticated("There are two credentials, and they are not the same.")
    secret = (shown.token or b"").decode("latin-1")
    if not is_well_formed(secret):
        raise NotAuthenticated("No token of this hub; send Authorization: Bearer mh_…")
    if shown.is_basic and request.method not in ("GET", "HEAD") and is_foreign(request):
        raise Forbidden("Pages of this origin send a token by name: Authorization: Bearer mh_…")
    return secret


class TokenAuthentication(BaseAuthentication):
    """A token of the hub; a bad credential is 401 even where none is needed."""

    def authenticate(self, request: Request) -> tuple[None, Principal] | None:
        inner = request._request
        if not credentials.of(inner).anything:
            return None
        origin = origin_of(request, Via.REST)
        return None, principal_of_token(token_of(inner), origin, request.path_info)

    def authenticate_header(self, request: Request) -> str:
        return NotAuthenticated.headers["WWW-Authenticate"]


_by_digest = CompiledQuery(
    lambda: (
        Token.objects.filter(
            digest=Parameter("digest", CharField()),
            revoked_at=None,
            expires_at__gt=Parameter("now", DateTimeField()),
            user__is_active=True,
        )
        .values(
            *("id", "scopes", "resource", "last_used_at", "expires_at"),
            *("client", "user_id", "user__email", "user__is_staff", "user__vouched_by"),
            *("read_only", "only_personal", "only_teams", "only_category", "only_below"),
        )
        .order_by()
    )
)


def principal_of_token(secret: str, origin: Origin, path: str) -> Principal:
    """The caller behind a token that was shown at this path of the hub. Raises NotAuthenticated for
    an unknown, expired or revoked one, and for one that is not for this path."""
    now, name = timezone.now(), digest(secret)
    rows = _by_digest(digest=name, now=now)
    if not rows:
        callers.forget(name)
        raise NotAuthenticated("The token is unknown, expired or revoked.")
    row = rows[0]
    callers.remember(name, row["user_id"], row["client"])
    if not _is_for(row["resource"], path):
        raise NotAuthenticated("The token is for another address.")
    last_used_at = row["last_used_at"]
    if last_used_at is None or now - last_used_at >= LAST_USE_EVERY or last_used_at > now:
        _note_use(row["id"], now)
    scopes = frozenset(row["scopes"])
    return Principal(
        user_id=row["user_id"],
        email=row["user__email"],
        scopes=scopes - writing_scopes() if row["read_only"] else scopes,
        is_staff=row["user__is_staff"],
        token_id=row["id"],
        expires_at=row["expires_at"],
        origin=origin,
        restriction=Restriction.of_columns(row),
        vouched_by=row["user__vouched_by"],
    )


def _is_for(resource: str, path: str) -> bool:
    """Whether a token for this resource is good at the path. By the hub's address as the operator
    says it: what a request says of it may come from anybody."""
    return not resource or f"{address_of(path)}/".startswith(f"{resource}/")


def _note_use(token_id: int, now) -> None:
    """Best effort: a read must not fail because the disk is full, nor wait for a long write."""
    global _not_before
    if time.monotonic() < _not_before:
        return
    stale = (
        Q(last_used_at=None) | Q(last_used_at__lte=now - LAST_USE_EVERY) | Q(last_used_at__gt=now)
    )
    try:
        with deadline.aside(), waiting_at_most(0.1, connection):
            Token.objects.filter(stale, pk=token_id).update(last_used_at=now)
    except DatabaseError as error:
        _not_before = time.monotonic() + NOT_AGAIN_FOR
        logger.warning("Could not note the use of a token: %s", type(error).__name__)


class SessionAuthentication(BaseAuthentication):
    """The session of a page a person opened; writes need the CSRF token as everywhere in Django."""

    def authenticate(self, request: Request) -> tuple[User, Principal] | None:
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if not key or not _SESSION_KEY.fullmatch(key):
            return None
        inner = request._request
        if not hasattr(inner, "session"):
            # The lean way has no session middleware: most API requests carry no cookie.
            engine = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
            inner.session = engine(key)
        user = get_user(inner)
        if not user.is_authenticated or not user.is_active:
            return None
        callers.remember(digest(key), user.pk)
        # The request itself: to look for a form in it, the API's would parse the body.
        CsrfChecked().enforce_csrf(inner)
        return user, principal_of(user, "session", origin_of(request, Via.REST))
