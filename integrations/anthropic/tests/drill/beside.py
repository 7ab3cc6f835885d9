"""Anthropic's own helper beside the hub's tool: the same commands to both; prints as JSON those
that were answered otherwise. Arguments: the address of the tool, a token, an empty directory."""

import json
import re
import sys
from urllib.request import Request, urlopen

from anthropic.lib.tools import ToolError
from anthropic.tools.memory import BetaLocalFilesystemMemoryTool

URL, TOKEN, DIRECTORY = sys.argv[1:]
A, SUB = "/memories/a.md", "/memories/sub/b.md"
COMMANDS = [
    {"command": "view", "path": "/memories"},
    {"command": "create", "path": A, "file_text": "one\ntwo\none\n"},
    {"command": "create", "path": A, "file_text": "again"},
    {"command": "create", "path": SUB, "file_text": "x" * 1500},
    {"command": "create", "path": "/memories/sub/c/d.md", "file_text": "x" * 2048},
    {"command": "create", "path": "/memories/.hidden", "file_text": "x"},
    {"command": "create", "path": "/memories/sub", "file_text": "x"},
    {"command": "create", "path": "/memories/slash/", "file_text": "x"},
    {"command": "view", "path": "/memories"},
    {"command": "view", "path": "/memories/sub", "view_range": [1, 2]},
    {"command": "view", "path": "/memories/none"},
    {"command": "view", "path": "/memoriesx"},
    {"command": "view", "path": "/other"},
    {"command": "view", "path": "/memories/../x"},
    *(
        {"command": "view", "path": A, "view_range": wanted}
        for wanted in (None, [2, 3], [2, -1], [0, 1], [-3, 2], [5, 9], [3, 1], [2], [1, 2, 3])
    ),
    {"command": "str_replace", "path": A, "old_str": "one", "new_str": "x"},
    {"command": "str_replace", "path": A, "old_str": "none", "new_str": "x"},
    {"command": "str_replace", "path": A, "old_str": "two", "new_str": "2\n2b"},
    {"command": "str_replace", "path": A, "old_str": "n", "new_str": ""},
    {"command": "str_replace", "path": "/memories/sub", "old_str": "x", "new_str": ""},
    {"command": "str_replace", "path": "/memories/none", "old_str": "x", "new_str": ""},
    {"command": "view", "path": A},
    {"command": "insert", "path": A, "insert_line": 0, "insert_text": "top\n\n"},
    {"command": "insert", "path": A, "insert_line": 5, "insert_text": "end"},
    {"command": "insert", "path": A, "insert_line": 99, "insert_text": "x"},
    {"command": "insert", "path": A, "insert_line": -1, "insert_text": "x"},
    {"command": "insert", "path": "/memories/none", "insert_line": 0, "insert_text": "x"},
    {"command": "insert", "path": "/memories/sub", "insert_line": 0, "insert_text": "x"},
    {"command": "view", "path": A},
    {"command": "rename", "old_path": A, "new_path": SUB},
    {"command": "rename", "old_path": "/memories", "new_path": "/memories/x"},
    {"command": "rename", "old_path": "/memories/none", "new_path": "/memories/x"},
    {"command": "rename", "old_path": A, "new_path": "/memories/deep/er/a.md"},
    {"command": "rename", "old_path": "/memories/sub", "new_path": "/memories/deep/sub"},
    {"command": "view", "path": "/memories/deep"},
    {"command": "delete", "path": "/memories/deep/sub/b.md"},
    {"command": "delete", "path": "/memories/deep"},
    {"command": "delete", "path": "/memories/deep"},
    {"command": "delete", "path": "/memories"},
    {"command": "view", "path": "/memories"},
    {"command": "frob", "path": A},
]
# A folder of a disk has a size of its own.
SIZE = re.compile(r"^[0-9.]+[BKMG](?=\t[^\n]*(?:/|/memories|/memories/sub|/memories/deep)$)", re.M)


def of_the_helper(command):
    try:
        return helper.call(command), False
    # The second is what the helper raises for a command that it does not know.
    except (ToolError, NotImplementedError) as error:
        return str(error), True


def of_the_hub(command):
    headers = {"x-api-key": TOKEN, "Content-Type": "application/json"}
    with urlopen(Request(URL, json.dumps(command).encode(), headers)) as answer:
        told = json.load(answer)
    return told["content"], told["is_error"]


def plain(told):
    return SIZE.sub("", told[0]), told[1]


helper = BetaLocalFilesystemMemoryTool(DIRECTORY)
pairs = [(one, of_the_helper(one), of_the_hub(one)) for one in COMMANDS]
unlike = [[*pair] for pair in pairs if plain(pair[1]) != plain(pair[2])]
sys.stdout.write(json.dumps({"asked": len(pairs), "unlike": unlike}))
