"""httplib2 without pyparsing.

It brings in pyparsing (8 MB of each worker's memory) to read the challenges of Basic and Digest
authentication. Nothing here answers such a challenge: Google's is a bearer token, and a 401 is
dealt with by google-auth. Imported before anything that imports httplib2; an httplib2 that
somebody imported already stays as it is.
"""

import sys
from types import ModuleType
from typing import Any

_NAME = "httplib2.auth"


def _no_challenges(headers: Any, headername: str = "www-authenticate") -> dict[str, Any]:
    """No challenge that httplib2 could answer."""
    return {}


if "httplib2" not in sys.modules:
    _auth = ModuleType(_NAME, "Stands in for httplib2.auth; see google_docs.client.slim_httplib2.")
    vars(_auth).update(
        _parse_www_authenticate=_no_challenges, _parse_authentication_info=_no_challenges
    )
    sys.modules[_NAME] = _auth
