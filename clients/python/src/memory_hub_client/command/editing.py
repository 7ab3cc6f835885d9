"""A memory in the person's editor, and what others changed meanwhile."""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from memory_hub_client.calls import HubError
from memory_hub_client.command.failing import Failed
from memory_hub_client.hub import Hub
from memory_hub_client.merging import MINE, merge

STALE = 412


def in_editor(text: str, environment: Mapping[str, str]) -> str:
    """The text as it is when the editor (``VISUAL``, ``EDITOR``, vi) is left. Raises Failed."""
    editor = environment.get("VISUAL") or environment.get("EDITOR") or "vi"
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "memory.md"
        file.write_text(text, newline="")
        try:
            done = subprocess.run([*shlex.split(editor), os.fspath(file)], check=False)  # noqa: S603 - the person's own editor
        except OSError as error:
            raise Failed(f"The editor {editor} cannot be started: {error.strerror}") from None
        if done.returncode:
            raise Failed(f"The editor ended with {done.returncode}; nothing was changed.")
        return file.read_bytes().decode()


def edit(hub: Hub, doc_id: str, change: Callable[[str], str], tell: Callable[[str], None]) -> bool:
    """Has a memory's content changed; False where it stayed as it was.

    Where somebody else was quicker, both changes are put together; the person looks at the result
    again where both changed the same. Raises HubError and Failed.
    """
    present = hub.get_memory(doc_id)
    base = present["content"]
    mine = change(base)
    while mine != base:
        if MINE in mine:
            raise Failed("There are marks of a conflict left in the text; nothing was changed.")
        try:
            hub.change_memory(doc_id, {"content": mine}, if_match=present["revision"])
            return True
        except HubError as error:
            if error.status != STALE:
                raise
        present = hub.get_memory(doc_id)
        theirs = present["content"]
        together = merge(base, mine, theirs)
        base, mine = theirs, together.text
        if together.conflicts:
            tell("Somebody else changed the same lines: decide between the marks.")
            mine = change(mine)
    return False
