"""The graph of MCP's memory server: a JSON object a line, entities and relations between them."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from superthread.transfer.formats.drafts import Paths, clean, in_parts, metadata_of, segment
from superthread.transfer.formats.json_stream import BadJson
from superthread.transfer.formats.reading import ReadOptions, first_line, lines_of
from superthread.transfer.formats.tree import Tree
from superthread.transfer.items import Item, Kind, TransferOutcome, printable

NAME = "mcp-memory"
_ENTITY, _RELATION = {"type", "name", "entityType", "observations"}, {"type", "from", "to"}
# All relations are held while the entities are read.
RELATION_BYTES = 32 * 2**20


def recognised(tree: Tree) -> bool:
    """By what the first line is."""
    return any(_is_of_graph(first_line(tree, name)) for name in _files(tree))


def read(tree: Tree, asked: ReadOptions) -> Iterator[Item | TransferOutcome]:
    """A memory for each entity, with its relations as links; two of one name are two memories."""
    paths = Paths()
    for name in _files(tree):
        relations = _Relations()
        with tree.unseen():
            for number, row in lines_of(tree, name):
                if isinstance(row, dict) and row.get("type") == "relation":
                    relations.add(row, number)
        met: Counter[str] = Counter()
        for number, row in lines_of(tree, name):
            place = f"{printable(name)}:{number}"
            if isinstance(row, dict) and row.get("type") == "relation":
                if why := relations.refused.get(number):
                    yield TransferOutcome(Kind.FAILED, place, why)
                continue
            yield from _entity(row, place, relations, met, paths)
        yield from _of_nobody(relations, met, printable(name))


def _files(tree: Tree) -> list[str]:
    return list(tree.ending(".jsonl", ".ndjson")) or list(tree.ending("memory.json"))


def _is_of_graph(row: Mapping[str, Any]) -> bool:
    if row.get("type") == "entity":
        return "name" in row
    return row.get("type") == "relation" and row.keys() >= _RELATION


class _Relations:
    """What leads from each entity: kinds and targets in their order, each once."""

    def __init__(self) -> None:
        self.of: defaultdict[str, dict[tuple[str, str], None]] = defaultdict(dict)
        self.refused: dict[int, str] = {}
        self._room = RELATION_BYTES

    def add(self, row: Mapping[str, Any], number: int) -> None:
        begin, end, kind = (clean(row.get(key)) for key in ("from", "to", "relationType"))
        self._room -= len(begin) + len(end) + len(kind) + 100
        if not begin.strip() or not end.strip():
            self.refused[number] = "The relation does not say from what to what."
        elif self._room < 0:
            self.refused[number] = "There are more relations than can be held."
        else:
            self.of[begin][(kind or "relates_to", end)] = None


def _entity(
    row: Any, place: str, relations: _Relations, met: Counter[str], paths: Paths
) -> Iterator[Item | TransferOutcome]:
    if refused := _refused(row, place):
        yield refused
        return
    name = clean(row.get("name"))
    met[name] += 1
    kind = clean(row.get("entityType")).strip()
    outgoing = list(relations.of[name]) if met[name] == 1 else []
    rest = {key: value for key, value in row.items() if key not in _ENTITY}
    facts, odd = metadata_of(
        {
            "title": name,
            "source": NAME,
            "entity_type": kind,
            "relations": [{"type": kind, "target": end} for kind, end in outgoing],
            **rest,
        }
    )
    path = paths.free(str(met[name]), NAME, segment(kind, "entity"), segment(name))
    source = f"mcp-memory:{name}" if met[name] == 1 else f"mcp-memory:{name}\n{met[name]}"
    texts = _texts(name, kind, row.get("observations"), outgoing)
    for number, text in enumerate(texts, 1):
        fields: dict[str, Any] = {"content": text, "metadata": facts}
        if number == 1 and path:
            fields["path"] = path
        if number > 1:
            fields["metadata"] = {**facts, "part": number}
        name_ = source if number == 1 else f"{source}#{number}"
        yield Item(place, name_, fields, odd=odd if number == 1 else "", settled=True)


def _refused(row: Any, place: str) -> TransferOutcome | None:
    """Why the row is no entity, where it is none."""
    if isinstance(row, BadJson) or not isinstance(row, dict):
        why = str(row) if isinstance(row, BadJson) else "A JSON object is expected."
        return TransferOutcome(Kind.FAILED, place, why)
    if row.get("type") != "entity":
        return TransferOutcome(Kind.SKIPPED, place, "This is neither an entity nor a relation.")
    if not clean(row.get("name")).strip():
        return TransferOutcome(Kind.FAILED, place, "The entity has no name.")
    return None


def _texts(name: str, kind: str, noted: Any, outgoing: list[tuple[str, str]]) -> list[str]:
    """The entity as Markdown: its kind, what was observed, its relations; in parts where it is
    long."""
    head = f"# {' '.join(name.split())}\n\n"
    noted = noted if isinstance(noted, list) else []
    blocks = [f"Type: {kind}"] if kind else []
    blocks += ["\n".join(f"- {clean(one).strip()}" for one in noted if clean(one).strip())]
    links = "\n".join(f"- {kind} [[{_target(end)}]]" for kind, end in outgoing)
    blocks += [f"## Relations\n\n{links}"] if links else []
    return list(in_parts(head, filter(None, blocks))) or [head]


def _target(name: str) -> str:
    """As a link names it: the last segment of the target's path."""
    return segment(name).replace("[", "(").replace("]", ")").replace("|", "-").replace("#", "-")


def _of_nobody(relations: _Relations, met: Counter[str], name: str) -> Iterator[TransferOutcome]:
    """Relations from entities that are not there."""
    for begin in relations.of:
        if not met[begin]:
            why = f"Relations from {begin!a}, which is not in the file, were left out."
            yield TransferOutcome(Kind.SKIPPED, name, why)
