#!/bin/sh
# A filter on a whole number finds the neighbour's item, or nothing.
#
# One would expect: search(filter={"id": N}) gives the item whose id is N. Ids of 17 to 19 digits
# are everyday: chat services number their messages and users so.
#
# What happens (langgraph-checkpoint-sqlite 3.1.2, langgraph-checkpoint 4.3.2, seen 2026-11-28):
# the SQLite store turns the number of the filter into a float. From 2**53 on the filter finds
# another item, whose id is the nearest float, or none. get() by key is right, and so is the
# in-memory store of the same release, so tests written against that one pass. Nothing is raised
# or logged.
#
# Who builds on it: ids belong into the key, or into the value as text.
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

NAMESPACE = ("messages",)
IDS = [9007199254740992, 9007199254740993, 12345678901234567, 1152921504606846977]

connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
in_sqlite = SqliteStore(connection)
in_sqlite.setup()
for name, store in (("memory", InMemoryStore()), ("sqlite", in_sqlite)):
    for number in IDS:
        store.put(NAMESPACE, f"key-{number}", {"id": number})
    for number in IDS:
        found = [item.value["id"] for item in store.search(NAMESPACE, filter={"id": number})]
        print(f"{name}: asked for {number}, found {found}")
PROBE

cat >"$dir/expected" <<'EXPECTED'
memory: asked for 9007199254740992, found [9007199254740992]
memory: asked for 9007199254740993, found [9007199254740993]
memory: asked for 12345678901234567, found [12345678901234567]
memory: asked for 1152921504606846977, found [1152921504606846977]
sqlite: asked for 9007199254740992, found [9007199254740992]
sqlite: asked for 9007199254740993, found [9007199254740992]
sqlite: asked for 12345678901234567, found []
sqlite: asked for 1152921504606846977, found []
EXPECTED

"$dir/env/bin/python" "$dir/probe.py" >"$dir/seen"
cat "$dir/seen"
if ! diff "$dir/expected" "$dir/seen"; then
    echo "Changed: the rounding of whole numbers in filters of the SQLite store no longer holds as written above." >&2
    exit 1
fi
