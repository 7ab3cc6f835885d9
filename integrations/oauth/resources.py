"""What a token of a client can be for: the whole hub, or an app that is a resource of its own."""

from urllib.parse import SplitResult, urlsplit

from integrations.oauth.issuer import issuer
from memory_hub.core import installed

METADATA = "oauth-protected-resource"
_PORTS = {"https": 443, "http": 80}


def resources() -> dict[str, str]:
    """The resources by their paths below the hub, the whole hub first: path → address."""
    own = [one.prefix for one in installed.features() if one.is_resource]
    return {path: f"{issuer()}{path}" for path in ("", *own)}


def resource_named(text: str) -> str | None:
    """The resource that a client means by an address (RFC 8707), in the hub's own spelling; None
    for one that is not here. A slash at the end and the scheme's own port are no difference."""
    meant = _spelling(text)
    known = resources().values()
    return next((one for one in known if meant and _spelling(one) == meant), None)


def resource_of(path: str) -> str:
    """The path of the resource that a path of the hub belongs to; empty: the hub as a whole."""
    whole = f"{path}/"
    own = (one.prefix for one in installed.features() if one.is_resource)
    return next((prefix for prefix in own if whole.startswith(f"{prefix}/")), "")


def metadata_address(resource_path: str) -> str:
    """Where a resource tells of itself (RFC 9728). Below the path of the hub, where it is always
    the hub that answers; that it is asked at the root of the host as well, a proxy sees to."""
    return f"{issuer()}/.well-known/{METADATA}{resource_path}"


def _spelling(text: str) -> tuple[str, str, int | None, str] | None:
    """Scheme, host, port and path of an address; None for one with anything else."""
    try:
        url = urlsplit(text)
        port = url.port or _PORTS.get(url.scheme)
    except ValueError:
        return None
    if not url.hostname or "@" in url.netloc or _has_more(url, text):
        return None
    return url.scheme, url.hostname, port, url.path.rstrip("/")


def _has_more(url: SplitResult, text: str) -> bool:
    return bool(url.query) or "#" in text or "?" in text
