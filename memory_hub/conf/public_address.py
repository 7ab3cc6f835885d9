"""Where people find the hub, and under which hosts it answers."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from memory_hub.conf import env


def public_address(host: str) -> tuple[str, str, list[str]]:
    """HUB_PUBLIC_URL ("" for none), the path below which everything is, and the hosts that may be
    asked for, ``host`` among them. Raises ImproperlyConfigured where they do not go together."""
    url = env.public_url("HUB_PUBLIC_URL")
    prefix = env.path_prefix("HUB_PATH_PREFIX", urlsplit(url).path)
    hosts = env.words("HUB_ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]", host])
    if url:
        if urlsplit(url).path != prefix:
            raise ImproperlyConfigured("HUB_PUBLIC_URL must end with HUB_PATH_PREFIX.")
        name = urlsplit(url).hostname or ""
        hosts.append(f"[{name}]" if ":" in name else name)
    return url, prefix, hosts
