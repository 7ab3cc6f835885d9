"""Files and folders as the tool shows them to the model."""

from collections.abc import Iterable, Sequence

from integrations.anthropic.files import File
from integrations.anthropic.refusal import Refused

LINES, WIDTH = 999_999, 6
DEPTH = 2


def file(text: str, shown: str, wanted: Sequence[int] | None) -> str:
    """The lines of a file with their numbers; ``wanted`` are the first and the last, -1 for the
    end. Only LF ends a line, and behind the last one stands an empty line. Raises Refused."""
    lines = text.split("\n")
    if len(lines) > LINES:
        raise Refused(f"File {shown} exceeds maximum line limit of {LINES:,} lines.")
    start, end = 0, len(lines)
    if wanted is not None and len(wanted) == DEPTH:
        start = max(1, wanted[0]) - 1
        end = len(lines) if wanted[1] == -1 else wanted[1]
    told = numbered(lines[start:end], start + 1)
    return f"Here's the content of {shown} with line numbers:\n{told}"


def numbered(lines: Iterable[str], first: int) -> str:
    """Lines behind their numbers."""
    return "\n".join(f"{number:>{WIDTH}}\t{line}" for number, line in enumerate(lines, first))


def folder(files: Iterable[File], shown: str) -> str:
    """What is in a folder, two levels deep. A folder is as large as what it holds."""
    shown = shown.rstrip("/")
    sizes: dict[tuple[str, ...], int] = {}
    folders: set[tuple[str, ...]] = {()}
    for one in files:
        parts = tuple(one.path.split("/"))
        if any(part.startswith(".") for part in parts):
            continue
        for depth in range(len(parts) + 1):
            sizes[parts[:depth]] = sizes.get(parts[:depth], 0) + one.size
            if depth < len(parts):
                folders.add(parts[:depth])
    lines = [f"{size_of(sizes.pop((), 0))}\t{shown}"]
    lines += [
        f"{size_of(size)}\t{'/'.join((shown, *parts))}{'/' if parts in folders else ''}"
        for parts, size in sorted(sizes.items())
        if len(parts) <= DEPTH
    ]
    listed = "\n".join(lines)
    return (
        f"Here're the files and directories up to {DEPTH} levels deep in {shown}, "
        f"excluding hidden items:\n{listed}"
    )


def size_of(count: int) -> str:
    """Bytes in the largest unit that there is one of, of 1,024 each."""
    power = min(max(count.bit_length() - 1, 0) // 10, 3)
    size = count / 1024**power
    return f"{int(size) if size == int(size) else f'{size:.1f}'}{'BKMG'[power]}"
