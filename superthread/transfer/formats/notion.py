"""Notion's export as Markdown and CSV: pages with their properties, rows of databases without one.

Names end in an id of 32 hex digits: it is what knows a page again, and no part of its path. Links
between pages lead to the paths that these have here.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from io import TextIOWrapper
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from memory_hub.core.text import rfc3339
from superthread.limits import CONTENT_BYTES
from superthread.paths import NOTE
from superthread.transfer.formats.drafts import (
    Paths,
    clean,
    in_parts,
    metadata_of,
    moments,
    segment,
    texts,
)
from superthread.transfer.formats.reading import ReadOptions
from superthread.transfer.formats.tree import Tree
from superthread.transfer.items import Item, Kind, TransferOutcome, printable

NAME = "notion"
_ID = re.compile(r"[ _-]([0-9a-f]{32})(?=$|\.|_all\.)")
_WRAPPER = re.compile(
    r"(?:Export-[0-9a-f-]{36}(?:-Part-\d+)?|ExportBlock-[0-9a-f-]+(?:-Part-\d+)?)"
)
_PROPERTY = re.compile(r"([^:\n]{1,100}): ?(.*)")
_HREF = re.compile(r"\]\(([^()\s]{1,2000})\)")
_CREATED = ("created", "created time", "created at", "date created", "생성 일시", "생성일")
_EDITED = ("last edited time", "last edited", "updated", "edited", "최종 편집 일시")
_FORMS = ("%B %d, %Y %I:%M %p", "%B %d, %Y", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%d/%m/%Y %H:%M")


class _Page(NamedTuple):
    file: str
    id: str
    path: str | None


def recognised(tree: Tree) -> bool:
    """By pages or databases whose names end in an id."""
    return any(_ID.search(_last(name)) for name in tree.ending(NOTE, ".csv"))


def read(tree: Tree, asked: ReadOptions) -> Iterator[Item | TransferOutcome]:
    """A memory for each page, and for each row that has no page."""
    paths = Paths()
    pages = {name: _page(name, paths) for name in tree.ending(NOTE)}
    for page in pages.values():
        yield from _read_page(tree, page, pages)
    titles = _titles(pages)
    for name in _tables(tree):
        yield from _rows(tree, name, titles, paths)
    for name in sorted(tree.others):
        yield TransferOutcome(Kind.SKIPPED, printable(name), "An attachment is left out.")


def _last(name: str) -> str:
    return name.rpartition("/")[2]


def _page(name: str, paths: Paths) -> _Page:
    found = _ID.search(_last(name))
    key = found[1] if found else name
    parts = _parts(name.removesuffix(NOTE))
    return _Page(name, key, paths.free(key[-6:], NAME, *parts))


def _parts(name: str) -> list[str]:
    """The folders and the name without ids, and without the folder of the export itself."""
    told = [part for part in name.split("/") if not _WRAPPER.fullmatch(part)]
    return [segment(_ID.sub("", part)) for part in told]


def _read_page(
    tree: Tree, page: _Page, pages: dict[str, _Page]
) -> Iterator[Item | TransferOutcome]:
    place = printable(page.file)
    with tree.open(page.file) as file:
        raw = file.read(4 * CONTENT_BYTES + 1)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        yield TransferOutcome(Kind.FAILED, place, "This is not UTF-8.")
        return
    if len(raw) > 4 * CONTENT_BYTES:
        yield TransferOutcome(Kind.FAILED, place, "The page is too long.")
        return
    title, properties, body = _taken_apart(clean(text).replace("\r\n", "\n"))
    if not title and not body.strip():
        yield TransferOutcome(Kind.SKIPPED, place, "There is no text in it.")
        return
    head = f"# {title}\n\n" if title else ""
    linked = _HREF.sub(lambda found: _relinked(found, page, pages), body)
    told = [f"{name}: {value}" for name, value in properties.items()]
    blocks = ["\n".join(told), linked] if told else [linked]
    yield from _items(page.id, place, page.path, title, properties, head, blocks)


def _taken_apart(text: str) -> tuple[str, dict[str, str], str]:
    """The heading, the properties under it, and the text."""
    lines = text.strip("\n").split("\n")
    title = lines.pop(0)[2:].strip() if lines[0].startswith("# ") else ""
    while title and lines and not lines[0].strip():
        lines.pop(0)
    properties: dict[str, str] = {}
    count = 0
    for line in lines if title else []:
        found = _PROPERTY.fullmatch(line)
        if not found or found[2].startswith("//"):
            break
        properties[found[1].strip()] = found[2].strip()
        count += 1
    if count and count < len(lines) and lines[count].strip():
        # A paragraph that begins like that: no list of properties ends without an empty line.
        return title, {}, "\n".join(lines)
    return title, properties, "\n".join(lines[count:]).strip("\n")


def _relinked(found: re.Match[str], page: _Page, pages: dict[str, _Page]) -> str:
    """The link to another page by its path from the top; any other as it is."""
    target = unquote(found[1].partition("#")[0])
    if "://" in target or not target.endswith(NOTE):
        return found[0]
    parts = page.file.split("/")[:-1]
    for part in target.split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in (".", "..", ""):
            parts.append(part)
    other = pages.get("/".join(parts))
    return f"](/{quote(other.path)})" if other and other.path else found[0]


def _items(
    key: str,
    place: str,
    path: str | None,
    title: str,
    properties: dict[str, str],
    head: str,
    blocks: list[str],
) -> Iterator[Item]:
    dated = {name.casefold(): value for name, value in properties.items()}
    times = moments(_first(dated, _CREATED), _first(dated, _EDITED))
    tags = texts(next((dated[name] for name in ("tags", "tag", "태그") if name in dated), None))
    about: dict[str, Any] = {"title": title, "source": NAME, "tags": tags}
    facts, odd = metadata_of({**about, "notion_id": key, "properties": properties})
    parts = list(in_parts(head, filter(str.strip, blocks))) or [head]
    for number, text in enumerate(parts, 1):
        again = {} if number == 1 else {"part": number}
        fields: dict[str, Any] = {"content": text, "metadata": {**facts, **again}, **times}
        if path and number == 1:
            fields["path"] = path
        name = f"notion:{key}" if number == 1 else f"notion:{key}#{number}"
        yield Item(place, name, fields, odd=odd if number == 1 else "", settled=True)


def _first(dated: dict[str, str], names: tuple[str, ...]) -> str | None:
    told = next((dated[name] for name in names if dated.get(name)), None)
    for form in _FORMS if told else ():
        try:
            return rfc3339(datetime.strptime(str(told), form).replace(tzinfo=UTC))
        except ValueError:
            continue
    return told


def _tables(tree: Tree) -> list[str]:
    """The databases; of one that is there twice, the file with all of its rows."""
    named = {name: None for name in tree.ending(".csv") if _ID.search(_last(name))}
    return [name for name in named if f"{name[: -len('.csv')]}_all.csv" not in named]


def _titles(pages: Iterable[str]) -> dict[str, set[str]]:
    """What the pages in each folder are called, and in those below it."""
    found: dict[str, set[str]] = {}
    for page in pages:
        *_, title = "", *_parts(page.removesuffix(NOTE))
        folders = page.split("/")[:-1]
        for depth in range(len(folders)):
            found.setdefault("/".join(folders[: depth + 1]), set()).add(title.casefold())
    return found


def _rows(
    tree: Tree, name: str, titles: Mapping[str, set[str]], paths: Paths
) -> Iterator[Item | TransferOutcome]:
    """Rows whose page is not in the folder of the database: the page has all that they have."""
    place = printable(name)
    folder = name.removesuffix(".csv").removesuffix("_all")
    inside = titles.get(folder, set()) | titles.get(_ID.sub("", folder), set())
    key = _ID.search(_last(name))
    parts = _parts(name.removesuffix(".csv").removesuffix("_all"))
    met: dict[str, int] = {}
    number = 1
    try:
        with tree.open(name) as file:
            rows = csv.reader(TextIOWrapper(file, "utf-8", newline=""), strict=True)
            heads = [clean(one) for one in next(rows, [])]
            for number, row in enumerate(rows, 2):
                told = dict(zip(heads, map(clean, row), strict=False))
                title = (row[0] if row else "").strip()
                if not any(told.values()) or segment(title).casefold() in inside:
                    continue
                met[title] = met.get(title, 0) + 1
                row_key = f"{key[1] if key else name}/{title}/{met[title]}"
                path = paths.free(str(met[title]), NAME, *parts, segment(title))
                lines = "\n".join(f"{one}: {text}" for one, text in told.items() if text)
                head = f"# {title}\n\n" if title else ""
                where = f"{place}:{number}"
                yield from _items(row_key, where, path, title, told, head, [lines])
    except (csv.Error, UnicodeDecodeError) as error:
        why = "This is not UTF-8." if isinstance(error, UnicodeDecodeError) else "This is no CSV."
        yield TransferOutcome(Kind.FAILED, f"{place}:{number + 1}", why)
