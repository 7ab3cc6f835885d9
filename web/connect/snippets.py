"""A client, and the lines that are copied to connect it.

``{hub}`` stands for the hub's address, ``{mcp}`` for that of its door for AI clients.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Snippet:
    """Lines to be copied, and where they go."""

    where: Words
    text: str


@dataclass(frozen=True, slots=True)
class Client:
    """A client by its own name. ``door`` is the prefix of the app that it needs. ``names`` are
    words in what it calls itself when it signs in, and ``hosts`` those of its maker. ``from_afar``:
    it runs in somebody's cloud, and reaches a public https address alone. ``signs_in``: it needs no
    token, for it opens a browser."""

    key: str
    title: str
    door: str
    snippets: tuple[Snippet, ...]
    names: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    from_afar: bool = False
    signs_in: bool = False


ON_COMMAND_LINE = _("On the command line:")
