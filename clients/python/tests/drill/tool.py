"""``HubMemoryTool`` in the runner of Anthropic's SDK, whose model is a server of this program's;
prints as JSON what the runner sent it. Arguments: the address of a hub, a token."""

import asyncio
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from anthropic import Anthropic
from anthropic.lib.tools import ToolError
from memory_hub_client import AsyncHub, Hub
from memory_hub_client.anthropic import AsyncHubMemoryTool, HubMemoryTool

URL, TOKEN = sys.argv[1:]
WANTED = [
    {"command": "create", "path": "/memories/tea.md", "file_text": "Ann likes tea."},
    {"command": "view", "path": "/memories/none.md"},
]
sent = []


class Model(BaseHTTPRequestHandler):
    """Wants a command after the other, and says that it is done."""

    def do_POST(self):
        sent.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        done = len(sent) > len(WANTED)
        use = {"type": "tool_use", "id": f"toolu_{len(sent)}", "name": "memory"}
        content = (
            {"type": "text", "text": "Done."} if done else use | {"input": WANTED[len(sent) - 1]}
        )
        body = json.dumps(
            {
                "id": "msg_1",
                "type": "message",
                "role": "assistant",
                "model": "none",
                "content": [content],
                "stop_reason": "end_turn" if done else "tool_use",
                "stop_sequence": None,
                "usage": {"input_tokens": 1, "output_tokens": 1},
            }
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


server = HTTPServer(("127.0.0.1", 0), Model)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = Anthropic(api_key="none", base_url=f"http://127.0.0.1:{server.server_port}")
tool = HubMemoryTool(Hub(URL, TOKEN))
question = {"role": "user", "content": "Remember that Ann likes tea."}
client.beta.messages.tool_runner(
    model="none", max_tokens=10, messages=[question], tools=[tool]
).until_done()
results = [part for request in sent[1:] for part in request["messages"][-1]["content"]]


async def awaited():
    async with AsyncHub(URL, TOKEN) as hub:
        return await AsyncHubMemoryTool(hub).call({"command": "view", "path": "/memories/tea.md"})


def refused(command):
    try:
        tool.call(command)
    except ToolError as error:
        return str(error)
    return None


sys.stdout.write(
    json.dumps(
        {
            "tools": sent[0]["tools"],
            "results": [[one["content"], one.get("is_error", False)] for one in results],
            "awaited": asyncio.run(awaited()),
            "incomplete": refused({"command": "view"}),
        }
    )
)
server.shutdown()
