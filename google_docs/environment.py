"""The GOOGLE_* settings, from the environment."""

from django.core.exceptions import ImproperlyConfigured

from google_docs.config import DRIVE_FILE, Config, QuotaLimits, safe_root
from memory_hub.conf import env


def _redirect_uri(public_url: str) -> str:
    """Where Google sends people back to: the hub's own address where it is known."""
    given = env.secret("GOOGLE_OAUTH_REDIRECT_URI", "")
    ours = f"{public_url}/google-docs/callback" if public_url else ""
    if given and ours and given != ours:
        raise ImproperlyConfigured(
            f"GOOGLE_OAUTH_REDIRECT_URI must be {ours}, as HUB_PUBLIC_URL says, or be left out."
        )
    return given or ours


def from_environment(public_url: str = "") -> Config:
    """What the operator set; a bad value stops the process and names its variable. ``public_url``
    is the hub's own address, if it is known."""
    root = env.text("GOOGLE_API_ROOT", "")
    try:
        root = safe_root(root) if root else ""
    except ValueError as error:
        raise ImproperlyConfigured(str(error)) from None
    return Config(
        client_id=env.secret("GOOGLE_OAUTH_CLIENT_ID", ""),
        client_secret=env.secret("GOOGLE_OAUTH_CLIENT_SECRET", ""),
        redirect_uri=_redirect_uri(public_url),
        token_keys=tuple(env.secrets("GOOGLE_TOKEN_KEYS")),
        service_account=env.secret("GOOGLE_SERVICE_ACCOUNT", ""),
        drive_id=env.secret("GOOGLE_DRIVE_ID", ""),
        folder_id=env.secret("GOOGLE_FOLDER_ID", ""),
        subject=env.secret("GOOGLE_DELEGATED_SUBJECT", ""),
        adc=env.flag("GOOGLE_USE_ADC", default=False),
        root=root,
        scopes=tuple(env.words("GOOGLE_SCOPES", [DRIVE_FILE])),
        threads=env.integer("GOOGLE_DOCS_THREADS", 40, least=1, most=256),
        timeout=env.seconds("GOOGLE_DOCS_TIMEOUT", 10),
        deadline=env.seconds("GOOGLE_DOCS_DEADLINE", 20),
        cache_ttl=env.seconds("GOOGLE_DOCS_CACHE_TTL", 30),
        workers=env.integer("HUB_WORKERS", 2, least=1, most=64),
        limits=QuotaLimits(
            drive=env.integer("GOOGLE_DRIVE_UNITS_PER_MINUTE", 325_000, least=1),
            docs_reads=env.integer("GOOGLE_DOCS_READS_PER_MINUTE", 300, least=1),
            docs_writes=env.integer("GOOGLE_DOCS_WRITES_PER_MINUTE", 60, least=1),
        ),
    )
