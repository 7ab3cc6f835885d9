"""Words for how far an import or export is, for what became of a thing in it, and for formats."""

from django.utils.translation import gettext_lazy as _

STATES = {
    "waiting": _("waits for its turn"),
    "running": _("under way"),
    "done": _("done"),
    "failed": _("failed"),
    "cancelled": _("cancelled"),
}
KINDS = {
    "saved": _("saved"),
    "changed": _("changed"),
    "unchanged": _("unchanged"),
    "skipped": _("left out"),
    "failed": _("failed"),
    "noted": _("noted"),
}
# By the name of a format: whose files they are.
FORMATS = {
    "auto": _("found out"),
    "chatgpt": _("ChatGPT's data export"),
    "claude": _("Claude's data export"),
    "mem0": _("mem0's export"),
    "mcp-memory": _("MCP memory server"),
    "obsidian": _("Obsidian vault"),
    "basic-memory": _("Basic Memory"),
    "notion": _("Notion, Markdown and CSV"),
    "notes": _("Markdown and other texts"),
    "jsonl": _("the hub's JSON Lines"),
    "archive": _("the archive of a hub"),
}
# Of an export of everything.
WHOLE_FORMATS = {
    "archive": _("an archive, to be imported again: with versions, roles and the trash"),
    "markdown": _("Markdown files, for people to read"),
}
