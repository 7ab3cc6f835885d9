"""The six commands of the tool, in the words of the helper of Anthropic's Python SDK (2.10.0)."""

from collections.abc import Callable
from typing import Any, NamedTuple

from integrations.anthropic import showing
from integrations.anthropic.files import ROOT, Files, inside
from integrations.anthropic.refusal import Refused
from memory_hub.core.text import nfc
from superthread.scopes import MEMORIES_READ, MEMORIES_WRITE

Given = dict[str, Any]


def view(files: Files, given: Given) -> str:
    """A file, or what is in a folder."""
    shown = given["path"]
    path = inside(shown)
    row = files.at(path)
    if row is not None:
        return showing.file(row["content"], shown, given.get("view_range"))
    found = files.below(path)
    if path and not found:
        raise files.none(path, shown)
    return showing.folder(found, shown)


def create(files: Files, given: Given) -> str:
    """A new file."""
    shown = given["path"]
    path = inside(shown)
    if files.is_there(path):
        raise Refused(f"File {shown} already exists")
    files.make(path, given["file_text"], shown)
    return f"File created successfully at: {shown}"


def str_replace(files: Files, given: Given) -> str:
    """Another text in the place of one that is there once."""
    shown = given["path"]
    old, new = _normal(given["old_str"]), given.get("new_str") or ""
    changed = 0

    def replaced(text: str) -> str:
        nonlocal changed
        changed = _line_of(text, old, given["old_str"], shown)
        return text.replace(old, new)

    lines = files.write(inside(shown), shown, replaced).split("\n")
    first = max(0, changed - 2)
    snippet = showing.numbered(lines[first : changed + 3], first + 1)
    return (
        "The memory file has been edited. Here is the snippet showing the change (with line "
        f"numbers):\n{snippet}"
    )


def _line_of(text: str, old: str, said: str, shown: str) -> int:
    """The number of lines before the one place where ``old`` is. Raises Refused."""
    count = text.count(old)
    if not count:
        raise Refused(
            f"No replacement was performed, old_str `{said}` did not appear verbatim in {shown}."
        )
    if count > 1:
        lines = ", ".join(map(str, _lines_with(text, old)))
        raise Refused(
            f"No replacement was performed. Multiple occurrences of old_str `{said}` in lines: "
            f"{lines}. Please ensure it is unique"
        )
    return text.count("\n", 0, text.index(old))


def _lines_with(text: str, old: str) -> list[int]:
    """The line of each place where ``old`` is, overlapping ones among them; of many the first."""
    found: list[int] = []
    line, done, place = 1, 0, text.find(old)
    while place != -1 and len(found) < MOST_LINES:
        line += text.count("\n", done, place)
        found.append(line)
        done, place = place, text.find(old, place + 1)
    return found


def insert(files: Files, given: Given) -> str:
    """A text behind a line, 0 for the top."""
    shown, number = given["path"], given["insert_line"]

    def inserted(text: str) -> str:
        lines = text.split("\n")
        if lines[-1] == "":
            lines.pop()
        if not 0 <= number <= len(lines):
            raise Refused(
                f"Invalid `insert_line` parameter: {number}. "
                f"It should be within the range [0, {len(lines)}]."
            )
        lines.insert(number, given["insert_text"].rstrip("\n"))
        whole = "\n".join(lines)
        return whole if whole.endswith("\n") else f"{whole}\n"

    files.write(inside(shown), shown, inserted)
    return f"The file {shown} has been edited."


def delete(files: Files, given: Given) -> str:
    """A file or a folder to the trash."""
    shown = given["path"]
    path = inside(shown)
    if not path:
        raise Refused(f"Cannot delete the {ROOT} directory itself")
    files.delete(path, shown)
    return f"Successfully deleted {shown}"


def rename(files: Files, given: Given) -> str:
    """Another path for a file or a folder."""
    old, new = given["old_path"], given["new_path"]
    path, target = inside(old), inside(new)
    if not path:
        raise Refused(f"Cannot rename the {ROOT} directory itself")
    if files.is_there(target):
        raise Refused(f"The destination {new} already exists")
    if f"{target}/".startswith(f"{path}/") and files.is_there(path):
        raise Refused(f"The destination {new} is inside of {old}")
    files.move(path, target, old)
    return f"Successfully renamed {old} to {new}"


def _normal(text: str) -> str:
    """The text as it stands in memories, if it stands in any."""
    try:
        return nfc(text)
    except ValueError:
        return text


class Command(NamedTuple):
    """What carries a command out, the members that it must be given, and the scopes that it needs:
    what tells of a text needs the one for reading."""

    carry_out: Callable[[Files, Given], str]
    members: tuple[str, ...]
    needs: tuple[str, ...]


BOTH = (MEMORIES_READ, MEMORIES_WRITE)
COMMANDS = {
    "view": Command(view, ("path",), (MEMORIES_READ,)),
    "create": Command(create, ("path", "file_text"), (MEMORIES_WRITE,)),
    "str_replace": Command(str_replace, ("path", "old_str"), BOTH),
    "insert": Command(insert, ("path", "insert_line", "insert_text"), BOTH),
    "delete": Command(delete, ("path",), (MEMORIES_WRITE,)),
    "rename": Command(rename, ("old_path", "new_path"), (MEMORIES_WRITE,)),
}
# Lines that are named where a text is in many places.
MOST_LINES = 1_000
