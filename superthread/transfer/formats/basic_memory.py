"""Notes of Basic Memory: the permalink is the path, observations and relations go to the metadata.

What is an observation and what a relation is as its own parser has it; the text stays as it is.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from superthread.paths import NOTE
from superthread.transfer.formats.drafts import clean, metadata_of, path_of, texts
from superthread.transfer.formats.notes import folder_of
from superthread.transfer.formats.prose import prose
from superthread.transfer.formats.reading import ReadOptions
from superthread.transfer.formats.tree import Tree
from superthread.transfer.items import Item, TransferOutcome

NAME = "basic-memory"
# Files in which a permalink is looked for.
_LOOKED_AT = 40
_HEAD = re.compile(rb"\A\xef?\xbb?\xbf?---\r?\n(?:(?!---)[^\n]*\n){0,60}?permalink[ \t]*:")
_BULLET = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])[ \t]+(.*)")
_CATEGORY = re.compile(r"\[([^\[\]()]{1,200})\][ \t]+(\S.*)")
_TASKS = {" ", "x", "X", "-", ""}
_TAG = re.compile(r"(?<!\S)#([^\s#,;()]+)")
_RELATION = re.compile(r'(?:"([^"\n]{1,200})"|(\w+))[ \t]+\[\[([^\[\]\n]{1,500})\]\](.*)')
_LINK = re.compile(r"\[\[([^\[\]\n]{1,500})\]\]")
_MOST = 300  # observations and relations of a note


def recognised(tree: Tree) -> bool:
    """By the permalink in the front matter of one of the first notes."""
    return any(_has_permalink(tree, name) for name in islice(tree.ending(NOTE), _LOOKED_AT))


def _has_permalink(tree: Tree, name: str) -> bool:
    try:
        with tree.unseen(), tree.open(name) as file:
            return _HEAD.match(file.read(16_384)) is not None
    except OSError:
        return False


def read(tree: Tree, asked: ReadOptions) -> Iterator[Item | TransferOutcome]:
    """A memory for each note."""
    for found in folder_of(tree, asked).read(advance=tree.advance):
        yield _described(found) if isinstance(found, Item) else found


def _described(item: Item) -> Item:
    content = item.fields["content"]
    if not isinstance(content, str):
        return item
    metadata = dict(item.fields["metadata"])
    observations, relations = parsed(content)
    told, odd = metadata_of({"observations": observations, "relations": relations})
    if tags := texts(metadata.get("tags")):
        told["tags"] = [tag.removeprefix("#") for tag in tags]
    fields = {**item.fields, "metadata": {**metadata, **told}}
    permalink = metadata.get("permalink")
    if isinstance(permalink, str):
        path = path_of(*f"{clean(permalink).strip('/').removesuffix(NOTE)}{NOTE}".split("/"))
        fields |= {"path": path} if path else {}
    return replace(item, fields=fields, odd=f"{item.odd} {odd}".strip())


def parsed(content: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Observations (category, content, tags, context) and relations (type, target, context)."""
    observations: list[dict[str, Any]] = []
    relations: list[dict[str, Any]] = []
    for line in prose(content):
        bullet = _BULLET.match(line)
        text = bullet[1].strip() if bullet else ""
        if text and (one := _observation(text)):
            observations.append(one)
        elif "[[" in line:
            relations += _relations(text, line)
    return observations[:_MOST], relations[:_MOST]


def _observation(text: str) -> dict[str, Any] | None:
    """A bullet with a category or a tag; tasks, links and what has no blank behind it are none."""
    category: str | None = None
    if text.startswith("["):
        found = _CATEGORY.match(text)
        if found is None or found[1] in _TASKS:
            return None
        category = None if found[1] == "?" else found[1].strip()
        text = text if category is None else found[2].strip()
    tags = _TAG.findall(text)
    if category is None and (not tags or "[[" in text):
        return None
    text, context = _without_context(text)
    return {
        "content": text,
        **({"category": category} if category else {}),
        **({"tags": tags} if tags else {}),
        **({"context": context} if context else {}),
    }


def _without_context(text: str) -> tuple[str, str]:
    """The text, and what stands in a last pair of parentheses, others inside allowed."""
    if not text.endswith(")"):
        return text, ""
    depth = 0
    for place in range(len(text) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(text[place], 0)
        if depth == 0:
            return text[:place].rstrip(), text[place + 1 : -1].strip()
    return text, ""


def _relations(bullet: str, line: str) -> Iterator[dict[str, Any]]:
    """One of a named kind where the bullet is that and nothing else, else a link for each."""
    found = _RELATION.fullmatch(bullet)
    if found and "[[" not in found[4]:
        context = _without_context(found[4].strip())[1]
        told = {"type": found[1] or found[2], "target": found[3].strip()}
        yield told | ({"context": context} if context else {})
        return
    for target in _LINK.findall(line):
        yield {"type": "links_to", "target": target.strip()}
