"""The lines of a Markdown text without what is code."""

import re
from collections.abc import Iterator

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_CODE = re.compile(r"(`+)(?!`)(?:(?!\1)[^\n]){1,2000}?\1(?!`)")


def prose(content: str) -> Iterator[str]:
    """The lines outside fences, each without code within it."""
    fence = ""
    for line in content.splitlines():
        opened = _FENCE.match(line)
        if fence:
            if opened and opened[1].startswith(fence) and not line.strip(" \t`~"):
                fence = ""
        elif opened:
            fence = opened[1]
        else:
            yield _CODE.sub("", line) if "`" in line else line
