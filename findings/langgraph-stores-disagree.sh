#!/bin/sh
# One filter, two stores of one release, two answers.
#
# One would expect: InMemoryStore, which tests and prototypes use, and SqliteStore, which keeps
# the data, both implement BaseStore.search and find the same items.
#
# What happens (langgraph-checkpoint 4.3.2, langgraph-checkpoint-sqlite 3.1.2, seen 2026-11-28):
# - {"$ne": ...} takes items without the field in memory, and leaves them out in SQLite;
# - a key with a dot is a name in memory, and a path in SQLite;
# - {"$gte": "2026-01-01"} compares dates in SQLite, and in memory raises ValueError, since both
#   sides are made floats;
# - {"$eq": [list]} finds nothing in SQLite, though the same list without the operator is found;
# - put() of a list that is changed afterwards changes the stored item in memory.
#
# Who builds on it: a server with a store door has to say which of the two it follows, and tests
# against the in-memory store say little about the other.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    langgraph-checkpoint==4.3.2 \
    langgraph-checkpoint-sqlite==3.1.2

cat >"$dir/probe.py" <<'PROBE'
import sqlite3

from langgraph.store.memory import InMemoryStore
from langgraph.store.sqlite import SqliteStore

NAMESPACE = ("notes",)
ITEMS = {
    "draft": {"status": "draft", "due": "2025-12-31", "tags": ["a"], "by": {"name": "ann"}},
    "final": {"status": "final", "due": "2026-01-02", "tags": ["a", "b"], "by.name": "ann"},
    "other": {"due": "2026-02-01"},
}
FILTERS = [
    {"status": {"$ne": "draft"}},
    {"by.name": "ann"},
    {"due": {"$gte": "2026-01-01"}},
    {"tags": ["a"]},
    {"tags": {"$eq": ["a"]}},
]


def sqlite():
    connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    store = SqliteStore(connection)
    store.setup()
    return store


for asked in FILTERS:
    print(asked)
    for name, make in (("memory", InMemoryStore), ("sqlite", sqlite)):
        store = make()
        for key, value in ITEMS.items():
            store.put(NAMESPACE, key, value)
        try:
            found = sorted(item.key for item in store.search(NAMESPACE, filter=asked))
        except ValueError:
            found = "ValueError"
        print(f"  {name}: {found}")

for name, make in (("memory", InMemoryStore), ("sqlite", sqlite)):
    store, tags = make(), ["a"]
    store.put(NAMESPACE, "kept", {"tags": tags})
    tags.append("b")
    print(f"{name}: stored ['a'], reads {store.get(NAMESPACE, 'kept').value['tags']}")
PROBE

cat >"$dir/expected" <<'EXPECTED'
{'status': {'$ne': 'draft'}}
  memory: ['final', 'other']
  sqlite: ['final']
{'by.name': 'ann'}
  memory: ['final']
  sqlite: ['draft']
{'due': {'$gte': '2026-01-01'}}
  memory: ValueError
  sqlite: ['final', 'other']
{'tags': ['a']}
  memory: ['draft']
  sqlite: ['draft']
{'tags': {'$eq': ['a']}}
  memory: ['draft']
  sqlite: []
memory: stored ['a'], reads ['a', 'b']
sqlite: stored ['a'], reads ['a']
EXPECTED

"$dir/env/bin/python" "$dir/probe.py" >"$dir/seen"
cat "$dir/seen"
if ! diff "$dir/expected" "$dir/seen"; then
    echo "Changed: the disagreement of the two stores no longer holds as written above." >&2
    exit 1
fi
