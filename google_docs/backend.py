"""The Google side of one process: made on first use, shared by all requests.

Google's libraries are imported when the server starts, before it forks its workers, which then
share that memory; never without a configuration.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import threading
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from google_docs.client.answer_cache import ReadCache, counted
from google_docs.client.quota import Buckets
from google_docs.client.retry import Policy
from google_docs.config import Config
from google_docs.errors import GoogleUnreachable, NotConfigured
from google_docs.models import Connection
from memory_hub.threads.worker_pool import run_in_worker

if TYPE_CHECKING:
    from google_docs.client.calls import Calls
    from google_docs.client.transport import Transport

logger = logging.getLogger(__name__)
MAX_IDENTITIES = 2000
STATISTICS_TTL, HEALTH_TTL = 60.0, 15.0  # seconds
TRY_OUT_TOKEN = "1//double-try-out"  # noqa: S105 - what every double of ours accepts


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
        self._calls: OrderedDict[str, Calls] = OrderedDict()
        self._locked: dict[str, str] = {}  # the encrypted tokens that these were made with
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
        return self._kept("service", lambda: self._service, self.config.drive_id or None)

    def calls_of(self, connection: Connection) -> Calls:
        """Google as a connected account sees it; a new consent makes new credentials, and so does
        a token that another worker was given in exchange."""
        identity = f"connection:{connection.pk}:{connection.connected_at.timestamp()}"
        locked = connection.locked_token

        def credential() -> Any:
            vault = importlib.import_module("google_docs.access.token_encryption")
            token = vault.Vault(list(self.config.token_keys)).open(locked)
            return self._user_credentials(token)

        calls = self._kept(identity, credential, None, connection)
        if self._locked.setdefault(identity, locked) != locked:
            self._locked[identity] = locked
            calls.credentials = credential()
        return calls

    def _kept(
        self,
        identity: str,
        credential: Callable[[], Any],
        drive_id: str | None,
        connection: Connection | None = None,
    ) -> Calls:
        if identity not in self._calls:
            self._calls[identity] = self.calls.Calls(
                self.transport,
                credential(),
                identity=identity,
                buckets=self.buckets,
                policy=self.policy,
                drive_id=drive_id,
                refused=_noting_refusal(connection.pk) if connection else None,
                rotated=self._keeping_rotated(identity, connection) if connection else None,
            )
            while len(self._calls) > MAX_IDENTITIES:
                gone, _ = self._calls.popitem(last=False)
                self._locked.pop(gone, None)
        self._calls.move_to_end(identity)
        return self._calls[identity]

    def _keeping_rotated(
        self, identity: str, connection: Connection
    ) -> Callable[[str], Awaitable[None]]:
        """Keep, for all workers, the refresh token that Google gave in exchange."""
        connection_id, keys = connection.pk, list(self.config.token_keys)

        def keep(token: str) -> str | None:
            vault = importlib.import_module("google_docs.access.token_encryption")
            locked: str = vault.Vault(keys).lock(token)
            same = Connection.objects.filter(pk=connection_id, locked_token=self._locked[identity])
            return locked if same.update(locked_token=locked) else None

        async def rotated(token: str) -> None:
            locked = await run_in_worker(keep, token)
            if locked is not None:
                self._locked[identity] = locked

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
    """Import Google's libraries and read its descriptions, if this hub is configured for it. At
    start-up: what is loaded before a fork is in memory once, and no request waits for it."""
    config: Config = settings.GOOGLE_DOCS
    if config.configured:
        transport, *_ = _libraries()
        transport.resources_at(config.root or None)


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
