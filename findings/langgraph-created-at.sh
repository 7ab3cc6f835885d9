#!/bin/sh
# A second put() makes an item new: its created_at is the time of the last write.
#
# One would expect: Item.created_at stays what it was when an item is written again, and
# updated_at moves. The two fields exist side by side for that.
#
# What happens (langgraph-checkpoint 4.3.2, langgraph-checkpoint-sqlite 3.1.2, seen 2026-11-28):
# both stores set both fields at each put(). In SQLite the write also takes a time to live away
# when the second put() names none, so what was to expire stays for ever, and its times have no
# zone, while those in memory have one: comparing an item of one store with one of the other
# raises TypeError.
#
# Who builds on it: whoever syncs, sorts or expires by created_at has to keep a date of their own
# in the value.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    langgraph-checkpoint==4.3.2 \
    langgraph-checkpoint-sqlite==3.1.2

cat >"$dir/probe.py" <<'PROBE'
import sqlite3
import time

from langgraph.store.memory import InMemoryStore
from langgraph.store.sqlite import SqliteStore

NAMESPACE = ("notes",)
connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
in_sqlite = SqliteStore(connection)
in_sqlite.setup()
for name, store in (("memory", InMemoryStore()), ("sqlite", in_sqlite)):
    store.put(NAMESPACE, "plan", {"text": "first"})
    first = store.get(NAMESPACE, "plan")
    # The SQLite store keeps whole seconds.
    time.sleep(1.1)
    store.put(NAMESPACE, "plan", {"text": "second"})
    second = store.get(NAMESPACE, "plan")
    kept = second.created_at == first.created_at
    zone = second.created_at.tzinfo is not None
    print(f"{name}: created_at kept: {kept}, times with a zone: {zone}")

in_sqlite.put(NAMESPACE, "hint", {"text": "first"}, ttl=60)
in_sqlite.put(NAMESPACE, "hint", {"text": "second"})
query = "select ttl_minutes from store where key = 'hint'"
minutes = connection.execute(query).fetchone()[0]
print(f"sqlite: time to live after a second put without one: {minutes}")
PROBE

cat >"$dir/expected" <<'EXPECTED'
memory: created_at kept: False, times with a zone: True
sqlite: created_at kept: False, times with a zone: False
sqlite: time to live after a second put without one: None
EXPECTED

"$dir/env/bin/python" "$dir/probe.py" >"$dir/seen"
cat "$dir/seen"
if ! diff "$dir/expected" "$dir/seen"; then
    echo "Changed: created_at being set anew no longer holds as written above." >&2
    exit 1
fi
