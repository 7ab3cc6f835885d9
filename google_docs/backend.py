"""The Google side of one process: made on first use, shared by all requests.

Google's libraries are imported when the server starts, before it forks its workers, which then
share that memory; never without a configuration.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from google_docs.client.answer_cache import ReadCache, counted
from google_docs.client.quota import Buckets
from google_docs.client.retry import Policy
from google_docs.config import Config
from google_docs.errors import GoogleUnreachable, NotConfigured
from google_docs.models import Connection
from memory_hub.caching import LRUCache
from memory_hub.threads.worker_pool import run_in_worker

if TYPE_CHECKING:
    from google_docs.client.calls import Calls
    from google_docs.client.transport import Transport

logger = logging.getLogger(__name__)
MAX_IDENTITIES = 2000
STATISTICS_TTL, HEALTH_TTL = 60.0, 15.0  # seconds
TRY_OUT_TOKEN = "1//double-try-out"  # noqa: S105 - what every double of ours accepts


@dataclass
class _Consent:
    """The encrypted token that a connection's calls go by now."""

    connection_id: int
    locked: str


class Backend:
    """Transport, buckets and the credentials of the identities in use."""

    def __init__(self, config: Config) -> None:
        transport, self.credentials, self.calls = _libraries()
        self.config = config
        self.transport: Transport = transport.Transport(
            root=config.root or None, threads=config.threads, timeout=config.timeout
        )
        self.buckets = Buckets(config.limits.shared_by(config.workers))
        self.documents = ReadCache(config.cache_ttl)
        self.statistics = counted("statistics", STATISTICS_TTL)
        self.health = counted("health", HEALTH_TTL)
        self.policy = Policy(
            tries=config.tries,
            base=config.retry_base,
            deadline=config.deadline,
        )
        self._known = LRUCache(MAX_IDENTITIES)
        self._service: Any = None
        if config.service:
            self._service = self._service_credentials()

    def _service_credentials(self) -> Any:
        config, scopes = self.config, list(self.config.scopes)
        if config.service_account:
            return self.credentials.of_service_account(
                config.service_account,
                scopes=scopes,
                drive_id=config.drive_id or None,
                subject=config.subject or None,
            )
        if config.adc:
            return self.credentials.of_environment(scopes=scopes)
        return self._user_credentials(TRY_OUT_TOKEN)

    def _user_credentials(self, refresh_token: str) -> Any:
        return self.credentials.of_user(
            refresh_token,
            client_id=self.config.client_id,
            client_secret=self.config.client_secret,
            token_uri=self.config.endpoint("token"),
            scopes=list(self.config.scopes),
        )

    def service_calls(self) -> Calls | None:
        """Google as the identity that serves everybody sees it, if there is one."""
        if self._service is None:
            return None
        calls: Calls | None = self._known.get("service")
        if calls is None:
            calls = self._calls("service", self._service, drive_id=self.config.drive_id or None)
            self._known.set("service", calls)
        return calls

    def calls_of(self, connection: Connection) -> Calls:
        """Google as a connected account sees it; a new consent makes new credentials, and so does
        a token that another worker was given in exchange."""
        identity = f"connection:{connection.pk}:{connection.connected_at.timestamp()}"
        locked = connection.locked_token
        known: tuple[Calls, _Consent] | None = self._known.get(identity)
        if known is None:
            consent = _Consent(connection.pk, locked)
            calls = self._calls(
                identity,
                self._unlocked(locked),
                refused=_noting_refusal(connection.pk),
                rotated=self._keeping_rotated(consent),
            )
            self._known.set(identity, (calls, consent))
            return calls
        calls, consent = known
        if consent.locked != locked:
            consent.locked = locked
            calls.credentials = self._unlocked(locked)
        return calls

    def _calls(self, identity: str, credentials: Any, **options: Any) -> Calls:
        calls: Calls = self.calls.Calls(
            self.transport,
            credentials,
            identity=identity,
            buckets=self.buckets,
            policy=self.policy,
            **options,
        )
        return calls

    def _vault(self) -> Any:
        module = importlib.import_module("google_docs.access.token_encryption")
        return module.TokenEncryption(list(self.config.token_keys))

    def _unlocked(self, locked: str) -> Any:
        return self._user_credentials(self._vault().open(locked))

    def _keeping_rotated(self, consent: _Consent) -> Callable[[str], Awaitable[None]]:
        """Keep, for all workers, the refresh token that Google gave in exchange."""

        def keep(token: str) -> str | None:
            locked: str = self._vault().lock(token)
            same = Connection.objects.filter(pk=consent.connection_id, locked_token=consent.locked)
            return locked if same.update(locked_token=locked) else None

        async def rotated(token: str) -> None:
            locked = await run_in_worker(keep, token)
            if locked is not None:
                consent.locked = locked

        return rotated

    def close(self) -> None:
        self.transport.close()


def _noting_refusal(connection_id: int) -> Callable[[str], Awaitable[None]]:
    """Remember that Google refused a connection, and why, for the connect page and the admin's."""

    def note(why: str) -> None:
        waiting = Connection.objects.filter(pk=connection_id, refused_at=None)
        if waiting.update(refused_at=timezone.now(), refused_because=why):
            logger.warning("Google refuses connection %s: %s", connection_id, why)

    async def refused(why: str) -> None:
        await run_in_worker(note, why)

    return refused


_backend: Backend | None = None
_making = threading.Lock()


def require_configured() -> None:
    """Raises NotConfigured with what is missing."""
    config: Config = settings.GOOGLE_DOCS
    if not config.configured:
        missing = config.missing()
        raise NotConfigured(
            f"Set {', '.join(missing)}, or GOOGLE_SERVICE_ACCOUNT with GOOGLE_DRIVE_ID.",
            missing=missing,
        )


def _libraries() -> list[Any]:
    """The modules that import Google's libraries."""
    names = ("transport", "credentials", "calls")
    return [importlib.import_module(f"google_docs.client.{name}") for name in names]


def load() -> None:
    """Import Google's libraries and read its descriptions."""
    transport, *_ = _libraries()
    transport.resources_at(settings.GOOGLE_DOCS.root or None)


async def backend() -> Backend:
    """This process's backend. Raises NotConfigured."""
    require_configured()
    return _backend or await asyncio.to_thread(_make)


def _make() -> Backend:
    global _backend
    with _making:
        if _backend is None:
            config: Config = settings.GOOGLE_DOCS
            _backend = Backend(config)
        return _backend


def unreachable() -> str | None:
    """In words, while this process finds Google gone; asks nothing."""
    try:
        if _backend is not None:
            _backend.transport.require_reachable()
    except GoogleUnreachable as gone:
        return str(gone)
    return None


def forget_backend() -> None:
    """Close what there is; the next use makes a new one. At shutdown, and between tests."""
    global _backend
    if _backend is not None:
        _backend.close()
        _backend = None
