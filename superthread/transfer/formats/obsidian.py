"""Vaults of Obsidian: notes with their tags, aliases and links; attachments are named.

``[[Note]]`` is a link here as there: to the memory whose path ends so, or whose title it is.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from superthread.transfer.formats.drafts import texts
from superthread.transfer.formats.notes import folder_of
from superthread.transfer.formats.prose import prose
from superthread.transfer.formats.reading import ReadOptions
from superthread.transfer.formats.tree import Tree
from superthread.transfer.items import Item, Kind, TransferOutcome, printable

NAME = "obsidian"
_TAG = re.compile(r"(?<![\w/#&\[(])#([\w/-]*[^\W\d_][\w/-]*)")
_EMBED = re.compile(r"!\[\[([^\[\]|#^\n]{1,500})")
_NOTES = (".md", ".markdown", ".txt")
_MOST = 200  # tags and attachments of a note


def recognised(tree: Tree) -> bool:
    """By the folder of settings that each vault has."""
    return any(name.rpartition("/")[2] == ".obsidian" for name in tree.folders)


def read(tree: Tree, asked: ReadOptions) -> Iterator[Item | TransferOutcome]:
    """A memory for each note, and the names of what is no note."""
    folder = folder_of(tree, asked)
    for found in folder.read(advance=tree.advance):
        yield _described(found) if isinstance(found, Item) else found
    known = {path.relative_to(tree.root).as_posix() for path in folder.paths}
    others = [name for name in tree.files if name not in known]
    for name in sorted([*others, *tree.others]):
        yield TransferOutcome(Kind.SKIPPED, printable(name), "An attachment is left out.")


def _described(item: Item) -> Item:
    """The note with its tags, in the front matter and in the text, aliases and attachments."""
    metadata = dict(item.fields["metadata"])
    content = item.fields["content"]
    if not isinstance(content, str):
        return item
    plain = "\n".join(prose(content))
    inline = list(dict.fromkeys(_TAG.findall(plain)))
    told: dict[str, Any] = {
        "tags": _union(_listed(metadata, "tags", "tag"), inline),
        "aliases": _listed(metadata, "aliases", "alias"),
        "attachments": [
            name.strip()
            for name in dict.fromkeys(_EMBED.findall(plain))
            if "." in name and not name.strip().lower().endswith(_NOTES)
        ],
    }
    metadata |= {name: value[:_MOST] for name, value in told.items() if value}
    return replace(item, fields={**item.fields, "metadata": metadata})


def _listed(metadata: dict[str, Any], *names: str) -> list[str]:
    """The texts under the first of the names; tags in one line may have blanks between them."""
    for name in names:
        value = metadata.get(name)
        if name.startswith("tag") and isinstance(value, str):
            value = value.replace(",", " ").split()
        if found := texts(value):
            return [one.removeprefix("#") for one in found]
    return []


def _union(first: list[str], second: list[str]) -> list[str]:
    known = {one.casefold() for one in first}
    return first + [one for one in second if one.casefold() not in known]
