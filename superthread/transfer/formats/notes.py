"""Directories of Markdown and other texts, and our own JSON Lines: what no other program names."""

import os
from collections.abc import Iterator
from pathlib import Path

from superthread.transfer.folder import SUFFIXES, NotesFolder
from superthread.transfer.formats.reading import ReadOptions
from superthread.transfer.formats.tree import Tree
from superthread.transfer.items import Item, Kind, TransferOutcome
from superthread.transfer.jsonl import read_jsonl

NOTES, JSONL = "notes", "jsonl"


def is_notes(tree: Tree) -> bool:
    """Whether it is a directory, an archive with texts, or a text."""
    if tree.single:
        return tree.single.suffix.lower() in SUFFIXES
    return not tree.unpacked or any(tree.ending(*SUFFIXES))


def is_jsonl(tree: Tree) -> bool:
    """Whether it is a file that is no text."""
    return tree.single is not None


def read_lines(tree: Tree, asked: ReadOptions) -> Iterator[Item | TransferOutcome]:
    """A memory for each line."""
    for path in tree.files.values():
        yield from read_jsonl(path, field_map=asked.notes.field_map, advance=tree.advance)


def read_notes(tree: Tree, asked: ReadOptions) -> Iterator[Item | TransferOutcome]:
    """A memory for each text; how many files of other kinds there are, by their suffixes."""
    folder = folder_of(tree, asked)
    yield from folder.read(advance=tree.advance)
    for name in tree.others:
        folder.others[os.path.splitext(name)[1].lower() or "no suffix"] += 1
    if folder.others:
        kinds = ", ".join(f"{kind} {count}" for kind, count in folder.others.most_common(8))
        count = sum(folder.others.values())
        yield TransferOutcome(
            Kind.NOTED, tree.label, f"{count} files of other kinds left out: {kinds}"
        )


def folder_of(tree: Tree, asked: ReadOptions) -> NotesFolder:
    """The texts; of an archive without the one folder that holds everything. Where they lay when it
    was packed nobody knows: an archive's collection is called by that folder."""
    if not tree.unpacked:
        root = tree.single or tree.root
        return NotesFolder(root, asked.collection or str(root), asked.notes)
    root = _top(tree)
    name = root.name if root != tree.root else "archive"
    return NotesFolder(root, asked.collection or f"archive:{name}", asked.notes)


def _top(tree: Tree) -> Path:
    tops = {name.partition("/")[0] for name in tree.files}
    inside = all("/" in name for name in tree.files)
    return tree.root / tops.pop() if len(tops) == 1 and inside else tree.root
