"""Links in a text: ``[[path]]``, ``[[title]]``, and Markdown's to paths.

What is in code is none. A wiki link names a path from the top, or a title; a Markdown link is a
path relative to the folder of the text's own, or from the top with a slash first.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from enum import IntEnum
from itertools import islice
from typing import NamedTuple
from urllib.parse import quote, unquote

from superthread import limits
from superthread.paths import NOTE, BadPath, checked, folder_of, key_of


class LinkKind(IntEnum):
    """How it is written."""

    WIKI = 1
    MARKDOWN = 2

    @property
    def word(self) -> str:
        return self.name.lower()


class WrittenLink(NamedTuple):
    """``text`` is what it names: a path from the top, or of a wiki link perhaps a title."""

    kind: LinkKind
    text: str

    @property
    def key(self) -> str:
        """What is one for all spellings of a path."""
        return key_of(self.text)


class Found(NamedTuple):
    """A link where it stands: ``start`` to ``end`` is what names its target."""

    start: int
    end: int
    link: WrittenLink


# What may be a link is looked at so often; a text of nothing else must not hold a thread.
_LOOKED_AT = 4 * limits.LINKS
_LONGEST = 1_024  # characters of what names a target
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_SIGNS = re.compile(r"`+|\[\[|\]\(")
_TARGET = re.compile(r"\s{0,4}(?:<([^<>\n]+)>|([^\s()<>]+))(?:\s[^()\n]*)?\)")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//|#", re.IGNORECASE)


def links_in(content: str, path: str | None) -> list[WrittenLink]:
    """The different links of a text that is at this path, the first ``limits.LINKS``."""
    found = dict.fromkeys(one.link for one in each_link(content, path))
    return list(found)[: limits.LINKS]


def each_link(content: str, path: str | None) -> Iterator[Found]:
    """Every link of the text, in its order."""
    if "[[" not in content and "](" not in content:
        return
    looked_at = 0
    for offset, line in _prose(content):
        for place, sign in _openings(line):
            looked_at += 1
            if looked_at > _LOOKED_AT:
                return
            written = _wiki(line, place) if sign == "[[" else _markdown(line, place)
            if written is None:
                continue
            start, end = written
            link = link_of(sign, line[start:end], path)
            if link is not None:
                yield Found(offset + start, offset + end, link)


def _prose(content: str) -> Iterator[tuple[int, str]]:
    """The lines outside fenced code with signs of links, and where each begins."""
    fence, offset = "", 0
    for line in content.split("\n"):
        opened = _FENCE.match(line)
        if fence:
            closes = opened and opened[1].startswith(fence) and not line.strip(" \t\r`~")
            fence = "" if closes else fence
        elif opened:
            fence = opened[1]
        elif "[[" in line or "](" in line:
            yield offset, line
        offset += len(line) + 1


def _openings(line: str) -> Iterator[tuple[int, str]]:
    """Where links may begin, outside of code within the line: behind the sign, and the sign."""
    signs = [(one.start(), one[0]) for one in islice(_SIGNS.finditer(line), _LOOKED_AT * 4)]
    ticks: defaultdict[int, list[int]] = defaultdict(list)
    for place, sign in signs:
        if sign[0] == "`":
            ticks[len(sign)].append(place)
    end = 0
    for place, sign in signs:
        if place < end:
            continue
        if sign[0] != "`":
            yield place + 2, sign
            continue
        same = ticks[len(sign)]
        following = bisect_right(same, place)
        if following < len(same):
            end = same[following] + len(sign)


def _wiki(line: str, start: int) -> tuple[int, int] | None:
    end = line.find("]]", start, start + 2 * _LONGEST)
    if end < 0:
        return None
    inside = line[start:end]
    if "[" in inside:
        return None
    named = re.split(r"[#^|]", inside, maxsplit=1)[0]
    bare = named.strip()
    if not bare or len(bare) > _LONGEST:
        return None
    start += named.index(bare[0])
    return start, start + len(bare)


def _markdown(line: str, start: int) -> tuple[int, int] | None:
    found = _TARGET.match(line, start, start + 2 * _LONGEST)
    if found is None:
        return None
    begin, end = found.span(1) if found[1] is not None else found.span(2)
    fragment = line.find("#", begin, end)
    end = end if fragment < 0 else fragment
    return (begin, end) if 0 < end - begin <= _LONGEST else None


def link_of(sign: str, written: str, path: str | None) -> WrittenLink | None:
    """What is written behind a sign, ``[[`` or ``](``, in a text at this path, as a link; None for
    an address elsewhere and for what leads out."""
    if sign == "[[":
        relative = written.startswith(("./", "../"))
        text = _from_top(written, path) if relative else written.removeprefix("/")
        return WrittenLink(LinkKind.WIKI, text) if text else None
    if _SCHEME.match(written):
        return None
    named = _from_top(unquote(written), path)
    return WrittenLink(LinkKind.MARKDOWN, named) if named else None


def _from_top(written: str, path: str | None) -> str | None:
    """The path that a relative one means; None for one that leads out, or is none."""
    steps = [] if written.startswith("/") else _folders(path)
    for step in written.strip("/").split("/"):
        if step == "..":
            if not steps:
                return None
            steps.pop()
        elif step not in ("", "."):
            steps.append(step)
    try:
        return checked("/".join(steps))
    except BadPath:
        return None


def _folders(path: str | None) -> list[str]:
    folder = folder_of(path) if path else None
    return folder.split("/") if folder else []


def rewritten(
    content: str, path: str | None, new: str, is_meant: Callable[[WrittenLink], bool]
) -> tuple[str, int]:
    """The text with the links that are meant leading to ``new``, and how many they were. Nothing
    else changes: labels, headings, whether a link says .md."""
    parts, end, count = [], 0, 0
    for found in each_link(content, path):
        if is_meant(found.link):
            written = content[found.start : found.end]
            parts += [content[end : found.start], _renamed(written, found.link, path, new)]
            end, count = found.end, count + 1
    return "".join([*parts, content[end:]]), count


def _renamed(written: str, link: WrittenLink, path: str | None, new: str) -> str:
    if not written.lower().endswith(NOTE):
        new = new.removesuffix(NOTE)
    if link.kind is LinkKind.WIKI:
        return new
    target = f"/{new}" if written.startswith("/") else _relative(new, path)
    # As it was written: with escapes, with blanks between <>, or with neither.
    spaced = " " in written
    return target if spaced else "".join(quote(one) if one in " %()<>#?" else one for one in target)


def _relative(new: str, path: str | None) -> str:
    here, there = _folders(path), new.split("/")
    same = 0
    while same < min(len(here), len(there) - 1) and here[same] == there[same]:
        same += 1
    return "/".join([*[".."] * (len(here) - same), *there[same:]])
