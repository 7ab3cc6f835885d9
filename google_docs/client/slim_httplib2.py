"""httplib2 without pyparsing.

It brings in pyparsing (8 MB of each worker's memory) to read the challenges of Basic and Digest
authentication. Nothing here answers such a challenge: Google's is a bearer token, and a 401 is
dealt with by google-auth. Imported before anything that imports httplib2; an httplib2 that
somebody imported already stays as it is.
"""

from typing import Any

from memory_hub.core.slim_imports import standing_in


def _no_challenges(headers: Any, headername: str = "www-authenticate") -> dict[str, Any]:
    """No challenge that httplib2 could answer."""
    return {}


with standing_in(
    "httplib2.auth",
    _parse_www_authenticate=_no_challenges,
    _parse_authentication_info=_no_challenges,
):
    import httplib2  # noqa: F401 - for its effect
