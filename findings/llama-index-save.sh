#!/bin/sh
# The newest llama-index cannot save a chat with the newest pydantic that pip installs beside it.
#
# One would expect: `pip install llama-index-core` gives a set of versions that works together,
# and SimpleChatStore.persist() writes the chat history.
#
# What happens (llama-index-core 0.14.25 with pydantic 2.14.4, which its requirements allow, seen
# 2026-11-28): every way of saving (persist, json, model_dump_json) raises
# PydanticSerializationError as soon as there is one message, and so does
# ChatMemoryBuffer.to_string(). An empty store is saved. With pydantic 2.13.4 the same works: the
# serializer of messages passes the information object in a place where the newer pydantic takes
# an index. The conversation is in memory till then, so the loss shows when the process ends.
#
# Who builds on it: pin pydantic below 2.14 beside llama-index, and save once in a test.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    llama-index-core==0.14.25 \
    pydantic==2.14.4

cat >"$dir/probe.py" <<'PROBE'
import os
import tempfile

import pydantic
from llama_index.core.llms import ChatMessage
from llama_index.core.memory import ChatMemoryBuffer
from llama_index.core.storage.chat_store import SimpleChatStore
from pydantic_core import PydanticSerializationError


def outcome(save):
    try:
        save()
    except PydanticSerializationError:
        return "PydanticSerializationError"
    return "saved"


print(f"pydantic {pydantic.VERSION}")
store, memory = SimpleChatStore(), ChatMemoryBuffer.from_defaults(token_limit=100)
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "chat.json")
    print(f"persist, empty: {outcome(lambda: store.persist(path))}")
    message = ChatMessage(role="user", content="I like tea")
    store.add_message("ann", message)
    memory.put(message)
    print(f"persist, one message: {outcome(lambda: store.persist(path))}")
    print(f"json, one message: {outcome(store.json)}")
    print(f"model_dump_json, one message: {outcome(store.model_dump_json)}")
    print(f"to_string, one message: {outcome(memory.to_string)}")
PROBE

cat >"$dir/expected" <<'EXPECTED'
pydantic 2.14.4
persist, empty: saved
persist, one message: PydanticSerializationError
json, one message: PydanticSerializationError
model_dump_json, one message: PydanticSerializationError
to_string, one message: PydanticSerializationError
EXPECTED

"$dir/env/bin/python" "$dir/probe.py" >"$dir/seen"
cat "$dir/seen"
if ! diff "$dir/expected" "$dir/seen"; then
    echo "Changed: the failure to save no longer holds as written above." >&2
    exit 1
fi
