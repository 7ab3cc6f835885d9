"""What the operator set up: read once, in plain values; nothing of Google is imported here."""

import contextlib
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

DRIVE_FILE = "https://www.googleapis.com/auth/drive.file"


@dataclass(frozen=True)
class QuotaLimits:
    """Per identity and minute, of one worker: Google's limits divided by the workers."""

    drive: float = 325_000
    docs_reads: float = 300
    docs_writes: float = 60

    def shared_by(self, workers: int) -> "QuotaLimits":
        return QuotaLimits(
            self.drive / workers, self.docs_reads / workers, self.docs_writes / workers
        )


@dataclass(frozen=True)
class Config:
    """The GOOGLE_* settings. `root` is another address in Google's stead: a double, for tests."""

    client_id: str = ""
    client_secret: str = ""
    redirect_uri: str = ""
    token_keys: tuple[str, ...] = ()
    service_account: str = ""
    drive_id: str = ""
    folder_id: str = ""
    subject: str = ""
    adc: bool = False
    root: str = ""
    scopes: tuple[str, ...] = (DRIVE_FILE,)
    threads: int = 40
    timeout: float = 10.0
    deadline: float = 20.0
    cache_ttl: float = 30.0
    tries: int = 5
    retry_base: float = 1.0
    workers: int = 1
    limits: QuotaLimits = field(default_factory=QuotaLimits)

    @property
    def oauth(self) -> bool:
        """Whether people can connect their own accounts."""
        return bool(self.client_id and self.client_secret and self.redirect_uri and self.token_keys)

    @property
    def service(self) -> str | None:
        """The kind of the credential that serves everybody without an account of their own."""
        if self.service_account:
            return "delegation" if self.subject else "service-account"
        if self.adc:
            return "adc"
        return "double" if self.double and not self.client_id else None

    @property
    def double(self) -> bool:
        """Whether a double stands in Google's stead."""
        return bool(self.root)

    @property
    def configured(self) -> bool:
        return self.oauth or self.service is not None

    @property
    def mode(self) -> str | None:
        return "oauth" if self.oauth else self.service

    def missing(self) -> list[str]:
        """The settings to add; empty once configured."""
        if self.configured:
            return []
        wanted = {
            "GOOGLE_OAUTH_CLIENT_ID": self.client_id,
            "GOOGLE_OAUTH_CLIENT_SECRET": self.client_secret,
            "GOOGLE_OAUTH_REDIRECT_URI": self.redirect_uri,
            "GOOGLE_TOKEN_KEYS": self.token_keys,
        }
        return [name for name, value in wanted.items() if not value]

    def endpoint(self, name: str) -> str:
        """Where to ask for consent (`auth`), for tokens (`token`), and to revoke one (`revoke`)."""
        if self.root:
            return self.root + {"auth": "o/oauth2/v2/auth"}.get(name, name)
        return {
            "auth": "https://accounts.google.com/o/oauth2/v2/auth",
            "token": "https://oauth2.googleapis.com/token",
            "revoke": "https://oauth2.googleapis.com/revoke",
        }[name]


def safe_root(url: str) -> str:
    """The address of a double with a slash at its end; ValueError unless it is on this machine.

    Tokens and texts go there: anywhere else it would be a leak.
    """
    parts = urlsplit(url)
    local = parts.hostname == "localhost"
    with contextlib.suppress(ValueError):
        local = local or ip_address(parts.hostname or "").is_loopback
    if parts.scheme not in {"http", "https"} or not local:
        raise ValueError("GOOGLE_API_ROOT must be an address on this machine.")
    return url.rstrip("/") + "/"
