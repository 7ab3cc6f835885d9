"""What one version changed, as HTML of bounded size."""

from dataclasses import dataclass
from typing import Any

import orjson
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from memory_hub.core.diff import unified_diff

# Bytes of both texts up to which a list of versions shows their diff; a single page always does.
IN_LISTS = 256 * 2**10
LINES_IN_LISTS = 200
LINES_ON_PAGES = 2000
# Characters of a line that are shown.
COLUMNS = 2000
_CLASSES = {"+": "added", "-": "removed", "@": "place"}


@dataclass(frozen=True, slots=True)
class State:
    """What a version keeps."""

    number: int
    content: str
    category: str
    metadata: dict[str, Any]
    path: str | None = None


def short(old: State | None, new: State) -> SafeString:
    """A line such as "+3 −1" that opens to the diff."""
    if old is None:
        return format_html(_("first version, {} lines"), len(new.content.splitlines()))
    if len(old.content) + len(new.content) > IN_LISTS:
        return format_html("{}", _("too long to compare here: open the version"))
    lines = _lines(old, new)
    others = _others(old, new)
    if not lines:
        return others or format_html("{}", _("no change"))
    added = sum(line.startswith("+") for line in lines)
    removed = sum(line.startswith("-") for line in lines)
    return format_html(
        '<details class="hub-changes"><summary><b class="more">+{}</b> <b class="less">−{}</b>'
        "</summary>{}</details>{}",
        added,
        removed,
        _rendered(lines, LINES_IN_LISTS),
        others,
    )


def full(old: State | None, new: State) -> SafeString:
    """The whole diff, cut at LINES_ON_PAGES."""
    if old is None:
        return format_html("{}", _("The first version."))
    lines = _lines(old, new)
    texts = (
        _rendered(lines, LINES_ON_PAGES) if lines else format_html("{}", _("The text is the same."))
    )
    return format_html("{}{}", texts, _others(old, new))


def pretty(metadata: dict[str, Any]) -> SafeString:
    """Metadata as indented JSON."""
    return text(orjson.dumps(metadata, option=orjson.OPT_INDENT_2).decode())


def text(content: str) -> SafeString:
    """A text as it is, line breaks and blanks included."""
    return format_html('<div class="hub-text" tabindex="0">{}</div>', content)


def _lines(old: State, new: State) -> list[str]:
    """The diff without its two headings."""
    diff = unified_diff(old.content, new.content, "", "")
    return diff.split("\n")[2:-1]


def _others(old: State, new: State) -> SafeString:
    """What changed beside the text."""
    changed = [] if old.category == new.category else [f"{old.category} → {new.category}"]
    changed += [] if old.path == new.path else [f"{old.path or '—'} → {new.path or '—'}"]
    changed += [] if old.metadata == new.metadata else [_("metadata changed")]
    return format_html_join("", "<div>{}</div>", ((line,) for line in changed))


def _rendered(lines: list[str], limit: int) -> SafeString:
    shown = lines[:limit]
    if len(lines) > limit:
        further = _("… and %(count)s further lines") % {"count": len(lines) - limit}
        shown.append(f"@ {further}")
    return format_html(
        '<div class="hub-diff" tabindex="0">{}</div>',
        format_html_join(
            "",
            '<span class="{}">{}</span>',
            ((_CLASSES.get(line[:1], ""), line[:COLUMNS]) for line in shown),
        ),
    )
