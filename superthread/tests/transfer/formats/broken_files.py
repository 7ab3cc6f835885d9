"""Broken and hostile files, and what is said of each."""

import json
import struct
import zipfile

from superthread.tests.transfer.formats.packing import tar_of, zip_of
from superthread.tests.transfer.formats.samples import (
    GRAPH,
    MEM0,
    chat,
    chats,
    dumped,
    notion_files,
    said,
)

GOOD = chat("good", "Good", said("user", "a good one"))
DEEP = "[" * 500 + "]" * 500


def talks(*odd):
    return dumped([*odd, GOOD])


def _linked():
    info = zipfile.ZipInfo("link.md")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    return info


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


_TALK = ("conversations.json", talks())
_WHOLE = zip_of(_TALK)
_STORED_AT = len("conversations.json") + 30 + 40
# name of the file, its bytes, options, what is said, and how many memories come all the same.
CORPUS = {
    "nothing at all": ("conversations.json", b"", ["--format", "chatgpt"], "ends too early", 0),
    "no JSON": ("conversations.json", b"hello", ["--format", "chatgpt"], "not JSON", 0),
    "a text": ("conversations.json", b'"a"', ["--format", "chatgpt"], "array or an object", 0),
    "cut in the middle": ("conversations.json", dumped([GOOD, *chats()])[:-90], [], "early", 2),
    "two documents": ("conversations.json", talks() + "[]", [], "follows the end", 1),
    "half a letter": (
        "conversations.json",
        talks()[:-3].encode() + b"\xff",
        ["--format", "chatgpt"],
        "JSON",
        0,
    ),
    "nested beyond reason": ("conversations.json", f"[{dumped(GOOD)},{DEEP}]", [], "deeper", 1),
    "NaN": ("conversations.json", f"[{dumped(GOOD)},NaN]", [], "not JSON", 1),
    "no objects": ("conversations.json", dumped([GOOD, 1, None, "a"]), [], "no mapping", 1),
    "a mapping that is a list": ("conversations.json", talks({"mapping": []}), [], "no map", 1),
    "no id": (
        "conversations.json",
        dumped([GOOD, {**GOOD, "conversation_id": None, "id": None}]),
        [],
        "no id",
        1,
    ),
    "a ring of parents": (
        "conversations.json",
        dumped(
            [
                GOOD,
                {
                    "conversation_id": "ring",
                    "current_node": "a",
                    "mapping": {
                        "a": {"message": said("user", "round"), "parent": "b"},
                        "b": {"message": None, "parent": "a"},
                    },
                },
            ]
        ),
        [],
        "",
        2,
    ),
    "a node that is a number": (
        "conversations.json",
        dumped([GOOD, {"id": "x", "current_node": "a", "mapping": {"a": 5}}]),
        [],
        "Nothing was said",
        1,
    ),
    "messages of odd shapes": (
        "conversations.json",
        dumped(
            [
                GOOD,
                chat(
                    "odd",
                    7,
                    {"author": "user", "content": 5},
                    {"author": {"role": "user"}, "content": {"content_type": "text", "parts": {}}},
                    {"author": {"role": []}, "content": None, "metadata": []},
                ),
            ]
        ),
        [],
        "Nothing was said",
        1,
    ),
    "times that are none": (
        "conversations.json",
        dumped([chat("t", "T", said("user", "a", 1e300)) | {"create_time": -1e18}]),
        [],
        "",
        1,
    ),
    "numbers beyond floats": (
        "conversations.json",
        talks()[:-2] + ',"weight":1e999,"count":' + "9" * 40 + "}]",
        [],
        "count",
        1,
    ),
    "letters that no database takes": (
        "conversations.json",
        dumped([chat("n", "N\x00", said("user", "a\x00b"))]),
        [],
        "",
        1,
    ),
    "half of a surrogate pair": (
        "conversations.json",
        json.dumps([chat("s", "S", said("user", "a\ud800b"))]),
        [],
        "",
        1,
    ),
    "a path of nothing but dots": (
        "conversations.json",
        dumped([chat("d", "../..", said("user", "a"))]),
        [],
        "",
        1,
    ),
    "facts beyond all bounds": (
        "conversations.json",
        dumped([{**GOOD, "many": {str(n): n for n in range(2000)}, "long": "x" * 70_000}]),
        [],
        "Not in its metadata",
        1,
    ),
    "Claude without messages": (
        "conversations.json",
        dumped([{"uuid": "a", "name": "n", "chat_messages": None}]),
        ["--format", "claude"],
        "Nothing was said",
        0,
    ),
    "Claude's messages of odd shapes": (
        "conversations.json",
        dumped(
            [
                {
                    "uuid": "a",
                    "chat_messages": [
                        5,
                        {"sender": "human", "content": [7], "attachments": [1], "files": "x"},
                        {"uuid": "b", "parent_message_uuid": "b", "sender": "human", "text": "hi"},
                    ],
                }
            ]
        ),
        [],
        "",
        1,
    ),
    "Claude without a uuid": (
        "conversations.json",
        dumped([{"chat_messages": []}]),
        [],
        "has no uuid",
        0,
    ),
    "projects of odd shapes": (
        "projects.json",
        dumped([{"uuid": "p", "name": 5, "docs": [1, {"content": 5}]}]),
        [],
        "no text",
        0,
    ),
    "memories of odd shapes": (
        "memories.json",
        dumped([{"conversations_memory": 5, "project_memories": [1], "memory_files": {"a": 1}}]),
        [],
        "no text",
        0,
    ),
    "mem0 without ids": (
        "rows.json",
        dumped([MEM0[0], {"memory": "a"}, 5, {"id": 1}]),
        [],
        "no id",
        1,
    ),
    "mem0 too long": (
        "rows.json",
        dumped([MEM0[0], {"id": "l", "memory": "x" * 2**20}]),
        [],
        "too long",
        1,
    ),
    "mem0 that has expired": (
        "rows.json",
        dumped([MEM0[1], {"id": "e", "memory": "old", "expiration_date": "2001-01-01"}]),
        [],
        "expires_at",
        1,
    ),
    "lines that are broken": (
        "memory.jsonl",
        "\n".join([*map(dumped, GRAPH[:2]), "{", "5", '{"type":"other"}', '{"type":"entity"}']),
        [],
        "no name",
        2,
    ),
    "relations of odd shapes": (
        "memory.jsonl",
        "\n".join(map(dumped, [GRAPH[0], {"type": "relation", "from": 5, "to": None}])),
        [],
        "from what to what",
        1,
    ),
    "observations of odd shapes": (
        "memory.jsonl",
        dumped({"type": "entity", "name": "a", "entityType": 5, "observations": [5, {"a": 1}]}),
        [],
        "",
        1,
    ),
    "a CSV that is none": (
        "notion.zip",
        zip_of(*notion_files().items(), (f"X {'5e' * 16}.csv", b'a,b\n"1\x00"x,"')),
        [],
        "no CSV",
        4,
    ),
    "a page that is not UTF-8": (
        "notion.zip",
        zip_of((f"Home {'5e' * 16}.md", b"# \xff\xfe"), (f"B {'6f' * 16}.md", b"# B")),
        [],
        "not UTF-8",
        1,
    ),
    "no archive": ("a.zip", b"PK\x03\x04 and nothing", [], "no ZIP file", 0),
    "an archive cut short": ("a.zip", _WHOLE[:-30], [], "no ZIP file", 0),
    "an empty archive": ("a.zip", zip_of(), [], "files of none of", 0),
    "a flipped byte": ("a.zip", _flipped(_WHOLE, _STORED_AT), [], "damaged", 0),
    "paths that lead out": (
        "a.zip",
        zip_of(("../../out.md", "x"), ("/etc/out.md", "x"), ("C:\\out.md", "x"), _TALK),
        [],
        "leads out",
        1,
    ),
    "a link in a ZIP": ("a.zip", zip_of((_linked(), "/etc/passwd"), _TALK), [], "not followed", 1),
    "a name twice": ("a.zip", zip_of(_TALK, ("x.md", "a"), ("./x.md", "b")), [], "twice", 1),
    "archives within archives": (
        "a.zip",
        zip_of(("b.zip", zip_of(("c.zip", zip_of(_TALK)))), _TALK),
        [],
        "too deep",
        1,
    ),
    "a directory longer than any": (
        "a.zip",
        b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 9, 9, 2**31, 0, 0),
        [],
        "no ZIP file",
        0,
    ),
    "a link in a tar": ("a.tar", tar_of(("l.md", None), ("a.md", b"text")), [], "not followed", 1),
    "a tar cut short": ("a.tar.gz", tar_of(("a.md", b"x" * 5000), packed=True)[:60], [], "", 0),
    "a header longer than any": (
        "a.tar",
        tar_of(("a.md", b"a")).replace(b"a.md", b"b.md")[:124]
        + b"77777777777\0"
        + tar_of(("a.md", b"a"))[136:],
        [],
        "",
        0,
    ),
    "no tar": ("a.tar", b"nothing" * 200, [], "neither a ZIP", 0),
}
