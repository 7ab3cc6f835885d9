"""Libraries and programs that have a door of their own, or take the API as it is."""

from django.utils.translation import gettext_lazy as _

from web.connect.snippets import ON_COMMAND_LINE, Client, Snippet

PROGRAMS = (
    Client(
        "mem0",
        "mem0",
        "/mem0",
        (
            Snippet(
                _("In Python, with the package mem0ai:"),
                """import os

from mem0 import MemoryClient

client = MemoryClient(api_key=os.environ["MEMORY_HUB_TOKEN"], host="{hub}/mem0")""",
            ),
            Snippet(
                _("In JavaScript, with the package mem0ai:"),
                """import MemoryClient from "mem0ai";

const client = new MemoryClient({ apiKey: process.env.MEMORY_HUB_TOKEN, host: "{hub}/mem0" });""",
            ),
        ),
        names=("mem0",),
    ),
    Client(
        "langgraph",
        "LangGraph",
        "/langgraph",
        (
            Snippet(
                _("In Python, with the package langgraph-sdk:"),
                """import os

from langgraph_sdk import get_client

client = get_client(url="{hub}/langgraph", api_key=os.environ["MEMORY_HUB_TOKEN"])""",
            ),
            Snippet(
                _("In JavaScript, with the package @langchain/langgraph-sdk:"),
                """import { Client } from "@langchain/langgraph-sdk";

const client = new Client({
  apiUrl: "{hub}/langgraph",
  apiKey: process.env.MEMORY_HUB_TOKEN,
});""",
            ),
        ),
        names=("langgraph", "langchain"),
    ),
    Client(
        "git",
        "git",
        "/git",
        (Snippet(ON_COMMAND_LINE, "git clone {hub}/git/personal.git"),),
        names=("git",),
    ),
    Client(
        "curl",
        "curl",
        "",
        (
            Snippet(
                _("To see what there is:"),
                'curl -H "Authorization: Bearer $MEMORY_HUB_TOKEN" {hub}/superthread/memories',
            ),
            Snippet(
                _("To save something:"),
                'curl -H "Authorization: Bearer $MEMORY_HUB_TOKEN" \\\n'
                '  --json \'{"content": "Mina has the key."}\' {hub}/superthread/memories',
            ),
        ),
        names=("curl",),
    ),
)
