"""What the formats are called; no reader is imported for it."""

AUTO = "auto"
# For people, in the order in which it is asked whose the files are.
TITLES = {
    "archive": "all of a hub",
    "chatgpt": "ChatGPT's data export",
    "claude": "Claude's data export",
    "mem0": "mem0's export",
    "mcp-memory": "MCP memory server",
    "obsidian": "Obsidian vault",
    "basic-memory": "Basic Memory",
    "notion": "Notion, Markdown and CSV",
    "notes": "Markdown and other texts",
    "jsonl": "the hub's JSON Lines",
}
NAMES = (AUTO, *TITLES)
