#!/bin/sh
# Metadata keys that mem0 uses itself vanish, and a filter "not equal" leaves out what has no such
# key.
#
# One would expect: add(..., metadata={...}) keeps every key, or refuses those that it reserves;
# and {"topic": {"ne": "food"}} finds what {"NOT": [{"topic": "food"}]} finds.
#
# What happens (mem0ai 2.2.1, class Memory with its default vector store qdrant-client 1.20.0,
# seen 2026-11-28):
# - metadata named "data", "hash" and "role" is lost without a word ("user_id" is lost with a
#   warning);
# - metadata named "created_at" becomes the date of the memory itself, whatever it says, and its
#   updated_at too;
# - "ne" and "nin" leave out memories without the key, "NOT" keeps them;
# - "icontains" finds whole words only: "drinks" finds "Drinks", "drink" does not;
# - "*", which stands for "has the key", takes memories without it;
# - {"AND": [{"user_id": ...}, ...]}, the form the hosted service is asked with, raises ValueError
#   here.
#
# Who builds on it: prefix metadata keys of one's own. A server with a door for mem0 clients
# should keep these keys and say what "ne" means to it.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    mem0ai==2.2.1 \
    qdrant-client==1.20.0

cat >"$dir/probe.py" <<'PROBE'
import logging
import os
import tempfile
from types import SimpleNamespace

folder = tempfile.mkdtemp(dir=os.environ["SCRATCH"])
os.environ.update(MEM0_TELEMETRY="False", MEM0_DIR=folder, OPENAI_API_KEY="none")
logging.disable(logging.CRITICAL)

from mem0 import Memory  # noqa: E402  (reads the variables at import)

memory = Memory.from_config(
    {
        "vector_store": {
            "provider": "qdrant",
            "config": {"path": f"{folder}/vectors", "embedding_model_dims": 4},
        },
        "history_db_path": f"{folder}/history.db",
    }
)
# Nothing is asked of a model: every text has the same vector.
memory.embedding_model = SimpleNamespace(
    embed=lambda text, action=None: [0.5, 0.5, 0.5, 0.5],
    embed_batch=lambda texts, action=None: [[0.5, 0.5, 0.5, 0.5] for _ in texts],
)
OWN = {"data": "csv", "hash": "abc", "role": "boss", "created_at": "long ago", "topic": "Drinks"}
memory.add("I like tea", user_id="ann", metadata=OWN, infer=False)
memory.add("I like running", user_id="ann", metadata={"topic": "sports"}, infer=False)
memory.add("I like rain", user_id="ann", infer=False)

for item in memory.get_all(filters={"user_id": "ann"})["results"]:
    if item["memory"] == "I like tea":
        dates = item["created_at"], item["updated_at"]
        print(f"metadata {item['metadata']}, role {item['role']}, dates {dates}")
for extra in (
    {"topic": {"ne": "sports"}},
    {"topic": {"nin": ["sports"]}},
    {"NOT": [{"topic": "sports"}]},
    {"topic": {"icontains": "drinks"}},
    {"topic": {"icontains": "drink"}},
    {"topic": "*"},
):
    found = memory.search("like", filters={"user_id": "ann", **extra}, threshold=0.0)["results"]
    print(f"{extra}: {sorted(item['memory'] for item in found)}")
try:
    memory.search("like", filters={"AND": [{"user_id": "ann"}, {"topic": "sports"}]})
except ValueError:
    print("user_id inside AND: ValueError")
memory.vector_store.client.close()
PROBE

cat >"$dir/expected" <<'EXPECTED'
metadata {'topic': 'Drinks'}, role user, dates ('long ago', 'long ago')
{'topic': {'ne': 'sports'}}: ['I like tea']
{'topic': {'nin': ['sports']}}: ['I like tea']
{'NOT': [{'topic': 'sports'}]}: ['I like rain', 'I like tea']
{'topic': {'icontains': 'drinks'}}: ['I like tea']
{'topic': {'icontains': 'drink'}}: []
{'topic': '*'}: ['I like rain', 'I like running', 'I like tea']
user_id inside AND: ValueError
EXPECTED

SCRATCH="$dir" "$dir/env/bin/python" "$dir/probe.py" >"$dir/seen"
cat "$dir/seen"
if ! diff "$dir/expected" "$dir/seen"; then
    echo "Changed: what mem0 does with these names and filters no longer holds as written above." >&2
    exit 1
fi
