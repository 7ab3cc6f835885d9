"""All formats, in the order in which they are looked for, and how one is found."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from superthread.transfer.folder import SUFFIXES
from superthread.transfer.formats import (
    archives,
    basic_memory,
    chatgpt,
    claude,
    hub_archive,
    mcp_server,
    mem0,
    notes,
    notion,
    obsidian,
)
from superthread.transfer.formats.names import AUTO, TITLES
from superthread.transfer.formats.reading import Format
from superthread.transfer.formats.tree import Tree

# How each is recognised and read.
_HOW = {
    "archive": (hub_archive.recognised, hub_archive.read),
    "chatgpt": (chatgpt.recognised, chatgpt.read),
    "claude": (claude.recognised, claude.read),
    "mem0": (mem0.recognised, mem0.read),
    "mcp-memory": (mcp_server.recognised, mcp_server.read),
    "obsidian": (obsidian.recognised, obsidian.read),
    "basic-memory": (basic_memory.recognised, basic_memory.read),
    "notion": (notion.recognised, notion.read),
    "notes": (notes.is_notes, notes.read_notes),
    "jsonl": (notes.is_jsonl, notes.read_lines),
}
_DATA = {"archive", "chatgpt", "claude", "mem0", "mcp-memory"}
FORMATS = {name: Format(name, *_HOW[name], is_data=name in _DATA) for name in TITLES}


class Unrecognised(ValueError):
    """No format is that of these files."""


def found(tree: Tree, name: str = AUTO) -> Format:
    """The format of this name, or the first whose files these are. Raises Unrecognised."""
    if name != AUTO:
        return FORMATS[name]
    top = _top(tree)
    one = next(
        (one for one in FORMATS.values() if one.recognised(top if one.is_data else tree)), None
    )
    if one is None:
        raise Unrecognised(f"These are files of none of: {', '.join(FORMATS)}.")
    return one


def _top(tree: Tree) -> Tree:
    """What may hold data: of somebody's folder of texts not what lies deep in it."""
    if tree.single or tree.unpacked or not any(tree.ending(*SUFFIXES)):
        return tree
    return replace(tree, files={name: path for name, path in tree.files.items() if "/" not in name})


@contextmanager
def opened(
    path: Path,
    label: str | None = None,
    *,
    bounded: bool = True,
    beat: Callable[[], Any] = lambda: None,
) -> Iterator[Tree]:
    """The files at the path: an archive's, and those of archives that are all a directory has, in
    a directory that goes afterwards. ``bounded``: no more is unpacked than a stranger's may have.
    ``beat`` is called while it is unpacked, and may raise what ends it. Raises BadArchive, OSError.
    """
    packed = _packed(path)
    if not packed:
        yield Tree.of(path, label)
        return
    with TemporaryDirectory(prefix="import-", dir=path.parent if label else None) as scratch:
        trees = []
        for number, one in enumerate(packed):
            into = Path(scratch) if len(packed) == 1 else Path(scratch, f"{number:03d}")
            into.mkdir(exist_ok=True)
            trees.append(archives.unpacked(one, into, label=label, bounded=bounded, beat=beat))
        yield trees[0] if len(trees) == 1 else _together(Path(scratch), path.name, trees)


def _packed(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path] if archives.is_archive(path) else []
    inside = sorted(one for one in path.iterdir() if not one.name.startswith("."))
    return inside if inside and all(map(archives.is_archive, inside)) else []


def _together(root: Path, label: str, trees: list[Tree]) -> Tree:
    whole = replace(Tree.of(root, label), single=None, unpacked=True)
    for tree in trees:
        whole.others += tree.others
        whole.troubles += tree.troubles
        whole.folders |= tree.folders
    return whole
