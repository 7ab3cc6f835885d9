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

from google_docs.cache import ReadCache, counted
from google_docs.config import Config
from google_docs.errors import NotConfigured, Unreachable
from google_docs.models import Connection
from google_docs.quota import Buckets
from google_docs.retry import Policy
from memory_hub.work import run_in_worker

if TYPE_CHECKING:
    from google_docs.calls import Calls
    from google_docs.transport import Transport

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
        """Google as a connected account sees it; a new consent makes new credentials."""
        identity = f"connection:{connection.pk}:{connection.connected_at.timestamp()}"

        def credential() -> Any:
            vault = importlib.import_module("google_docs.vault")
            token = vault.Vault(list(self.config.token_keys)).open(connection.locked_token)
            return self._user_credentials(token)

        return self._kept(identity, credential, None, _noting_refusal(connection.pk))

    def _kept(
        self,
        identity: str,
        credential: Callable[[], Any],
        drive_id: str | None,
        refused: Callable[[], Awaitable[None]] | None = None,
    ) -> Calls:
        if identity not in self._calls:
            self._calls[identity] = self.calls.Calls(
                self.transport,
                credential(),
                identity=identity,
                buckets=self.buckets,
                policy=self.policy,
                drive_id=drive_id,
                refused=refused,
            )
            while len(self._calls) > MAX_IDENTITIES:
                self._calls.popitem(last=False)
        self._calls.move_to_end(identity)
        return self._calls[identity]

    def close(self) -> None:
        self.transport.close()


def _noting_refusal(connection_id: int) -> Callable[[], Awaitable[None]]:
    """Remember that Google refused a connection, for the admin's page."""

    def note() -> None:
        waiting = Connection.objects.filter(pk=connection_id, refused_at=None)
        if waiting.update(refused_at=timezone.now()):
            logger.warning(
                "Google refuses connection %s; its consent is needed again", connection_id
            )

    async def refused() -> None:
        await run_in_worker(note)

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
    return [importlib.import_module(f"google_docs.{name}") for name in names]


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
    except Unreachable as gone:
        return str(gone)
    return None


def forget_backend() -> None:
    """Close what there is; the next use makes a new one. At shutdown, and between tests."""
    global _backend
    if _backend is not None:
        _backend.close()
        _backend = None
