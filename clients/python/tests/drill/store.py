"""``HubStore`` where LangGraph is: what its own store in memory does, asked of both; prints as JSON
what differs. Arguments: the address of a hub, a token."""

import asyncio
import json
import sys

from langgraph.graph import START, StateGraph
from langgraph.store.base import (
    GetOp,
    InvalidNamespaceError,
    ListNamespacesOp,
    MatchCondition,
    PutOp,
    SearchOp,
)
from langgraph.store.memory import InMemoryStore
from memory_hub_client.langgraph import HubStore

URL, TOKEN = sys.argv[1:]
NAMES = [
    ("a", "b", "c"),
    ("a", "b", "d", "e"),
    ("a", "c", "f"),
    ("b", "a", "f"),
    ("users", "Ann"),
    ("users", "ann", "settings"),
    ("users", "안나"),
]
LISTS = [
    {},
    {"prefix": ("a", "b")},
    {"suffix": ("f",)},
    {"prefix": ("a",), "suffix": ("f",)},
    {"prefix": ("a", "*", "f")},
    {"suffix": ("*", "settings")},
    {"max_depth": 2},
    {"prefix": ("none",)},
    {"limit": 2, "offset": 1},
]
SEARCHES = [
    {},
    {"filter": {"n": 2}},
    {"filter": {"n": {"$gt": 1, "$lte": 4}}},
    {"filter": {"n": {"$ne": 3}}},
    {"filter": {"deep": {"on": True}}},
    {"filter": {"none": 1}},
]


def plain(item):
    if item is None:
        return None
    return [list(item.namespace), item.key, item.value]


def refusal(call):
    try:
        call()
    except InvalidNamespaceError as error:
        return str(error)
    return None


def seen(store):
    """What calls that are not awaited see."""
    found = [refusal(lambda ns=ns: store.put(ns, "k", {})) for ns in ((), ("a.b",), ("langgraph",))]
    for number, names in enumerate(NAMES):
        store.put(names, f"k{number}", {"n": number, "deep": {"on": number % 2 == 0}})
    store.put(NAMES[0], "k0", {"n": 100, "text": "changed"})
    found += [sorted(map(list, store.list_namespaces(**one))) for one in LISTS[:-1]]
    found += [list(map(list, store.list_namespaces(**LISTS[-1])))]
    found += [sorted(map(plain, store.search((), **one)), key=str) for one in SEARCHES]
    found += [len(store.search(("a",), limit=1)), len(store.search(("a",), limit=10, offset=2))]
    found += [plain(store.get(NAMES[0], "k0")), plain(store.get(NAMES[0], "none"))]
    found += [
        [plain(one) if not isinstance(one, list) else len(one) for one in batch]
        for batch in (
            store.batch(
                [
                    GetOp(NAMES[1], "k1"),
                    PutOp(NAMES[1], "k1", {"n": 1}),
                    PutOp(NAMES[1], "k1", {"n": 2}),
                    SearchOp(("a",), limit=10),
                    ListNamespacesOp(match_conditions=(MatchCondition("prefix", ("a",)),)),
                    GetOp(NAMES[1], "none"),
                ]
            ),
            store.batch([PutOp(("langgraph", "x"), "k", {"n": 1}), PutOp(NAMES[2], "k2", None)]),
            store.batch([GetOp(("langgraph", "x"), "k"), GetOp(NAMES[2], "k2")]),
        )
    ]
    store.delete(("langgraph", "x"), "k")
    found += [plain(store.get(NAMES[1], "k1")), plain(store.get(("langgraph", "x"), "k"))]
    return found


async def awaited(store):
    """What the others see."""
    await asyncio.gather(*(store.aput(("z",), str(n), {"n": n}) for n in range(5)))
    found = [sorted(one.value["n"] for one in await store.asearch(("z",)))]
    await store.adelete(("z",), "1")
    return [*found, plain(await store.aget(("z",), "1")), plain(await store.aget(("z",), "2"))]


def in_a_graph(store):
    """What a node of a graph finds that another run has kept."""

    def node(state, *, store):
        count = store.get(("runs",), "count")
        store.put(("runs",), "count", {"n": count.value["n"] + 1 if count else 1})
        return {"n": store.get(("runs",), "count").value["n"]}

    builder = StateGraph(dict)
    builder.add_node("node", node)
    builder.add_edge(START, "node")
    graph = builder.compile(store=store)
    return [graph.invoke({"n": 0})["n"] for _ in range(2)]


ours, theirs = HubStore(URL, TOKEN), InMemoryStore()
pairs = list(zip(seen(ours), seen(theirs), strict=True))
pairs += list(zip(asyncio.run(awaited(ours)), asyncio.run(awaited(theirs)), strict=True))
pairs.append((in_a_graph(ours), in_a_graph(theirs)))
# LangGraph's own asks the clock twice for a new item: its two moments may be one, or not.
item = ours.get(NAMES[0], "k0")
ours.put(("t",), "k", {"text": "Ann likes green tea"}, ttl=60)
query = [one.key for one in ours.search(("t",), query="tea")]
unlike = [pair for pair in pairs if pair[0] != pair[1]]
told = {"asked": len(pairs), "unlike": unlike, "query": query}
sys.stdout.write(json.dumps({**told, "is_changed_later": item.updated_at > item.created_at}))
