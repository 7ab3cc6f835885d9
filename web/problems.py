"""What the hub's services refuse, in words for people, in the language of the page.

A ``HubError`` says in English what is wrong. Here its sentences have translations (`sentences.py`);
one that has none is told by its code or its status.
"""

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext_lazy as _

from memory_hub.core.errors import HubError
from web.sentences import said

_TITLES: dict[int, Any] = {
    400: _("This was not understood"),
    403: _("This is not for you"),
    404: _("There is nothing here"),
    409: _("This does not go just now"),
    410: _("This is no longer there"),
    412: _("Somebody else has changed it"),
    413: _("This is too large"),
    422: _("This cannot be taken as it is"),
    423: _("This is kept as it is"),
    429: _("Too many requests"),
    503: _("The hub cannot answer just now"),
    507: _("The disk of the hub is full"),
}
_BY_CODE: dict[str, Any] = {
    "role-too-low": _("Your role on this does not allow it."),
    "forbidden": _("Your account may not do this."),
    "not-found": _("There is no such page, or it is not for you."),
    "stale-revision": _("The memory was changed by somebody else while you worked on it."),
    "path-taken": _("Another memory has this path in the same place."),
    "conflict": _("The present state does not allow this. Load the page anew, and look."),
    "on-hold": _("A legal hold keeps this as it is."),
    "holds-secret": _("The text holds what others should not read, such as a password or a key."),
    "rate-limited": _("You asked for much in a short time. Nothing was changed."),
    "version-redacted": _("The text of this version was taken out."),
    "too-large": _("What was sent is larger than the hub takes."),
    "unavailable": _("It is busy, or its database does not answer. Try again in a moment."),
    "insufficient-storage": _("The hub reads, but cannot write until space is freed."),
    "invalid-input": _("What was asked for is not something the hub understands."),
}


def kinds() -> dict[int, str]:
    """What pages about refusals are called, by status."""
    return {status: str(title) for status, title in _TITLES.items()}


def title(error: HubError) -> str:
    """What a page about it is called."""
    return str(_TITLES.get(error.status, _("This did not work")))


def sentence(error: HubError) -> str:
    """The error in one sentence."""
    return said(str(error)) or str(_BY_CODE.get(error.code, error))


def sentences(error: HubError) -> list[str]:
    """All that is wrong, each thing once."""
    parts = [said(one["detail"]) or one["detail"] for one in error.extra.get("errors", ())]
    return list(dict.fromkeys(parts)) or [sentence(error)]


def by_field(error: HubError) -> dict[str, list[str]]:
    """The sentences by their field, the first step of a pointer; ``""``: of none."""
    found: dict[str, list[str]] = defaultdict(list)
    for one in error.extra.get("errors", ()):
        name = one["pointer"].removeprefix("query:").lstrip("/").partition("/")[0]
        found[name].append(said(one["detail"]) or one["detail"])
    return dict(found) or {"": [sentence(error)]}
