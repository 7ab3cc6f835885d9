"""AI clients, which come in by MCP, and the exact lines by which each is connected."""

from django.utils.translation import gettext_lazy as _

from web.connect.snippets import ON_COMMAND_LINE, Client, Snippet

AI_CLIENTS = (
    Client(
        "claude",
        "Claude",
        "/mcp",
        (
            Snippet(
                _("On the web and on the desktop: Settings, Connectors, Add custom connector:"),
                "{mcp}",
            ),
        ),
        names=("claude",),
        hosts=("claude.ai", "claude.com"),
        from_afar=True,
        signs_in=True,
    ),
    Client(
        "claude-code",
        "Claude Code",
        "/mcp",
        (
            Snippet(
                _("On the command line, with a token:"),
                "claude mcp add --transport http --scope user memory-hub {mcp} \\\n"
                '  --header "Authorization: Bearer $MEMORY_HUB_TOKEN"',
            ),
            Snippet(
                _("Or without one, and /mcp in a session signs in:"),
                "claude mcp add --transport http --scope user memory-hub {mcp}",
            ),
            Snippet(
                _("For a project, in .mcp.json:"),
                """{
  "mcpServers": {
    "memory-hub": {
      "type": "http",
      "url": "{mcp}",
      "headers": { "Authorization": "Bearer ${MEMORY_HUB_TOKEN}" }
    }
  }
}""",
            ),
        ),
        names=("claude code", "claude-code"),
        signs_in=True,
    ),
    Client(
        "chatgpt",
        "ChatGPT",
        "/mcp",
        (
            Snippet(
                _("Settings, Apps & Connectors, developer mode on, Create, with OAuth:"), "{mcp}"
            ),
            Snippet(
                _("For search and fetch alone, as deep research uses:"), "{mcp}?profile=chatgpt"
            ),
        ),
        names=("chatgpt", "openai"),
        hosts=("chatgpt.com", "openai.com"),
        from_afar=True,
        signs_in=True,
    ),
    Client(
        "cursor",
        "Cursor",
        "/mcp",
        (
            Snippet(
                _("In ~/.cursor/mcp.json, or .cursor/mcp.json of a project:"),
                """{
  "mcpServers": {
    "memory-hub": {
      "url": "{mcp}",
      "headers": { "Authorization": "Bearer ${env:MEMORY_HUB_TOKEN}" }
    }
  }
}""",
            ),
        ),
        names=("cursor",),
        signs_in=True,
    ),
    Client(
        "vscode",
        "VS Code",
        "/mcp",
        (
            Snippet(
                _("In .vscode/mcp.json; it asks for the token once:"),
                """{
  "inputs": [
    { "type": "promptString", "id": "memory-hub", "description": "Memory Hub token", \
"password": true }
  ],
  "servers": {
    "memory-hub": {
      "type": "http",
      "url": "{mcp}",
      "headers": { "Authorization": "Bearer ${input:memory-hub}" }
    }
  }
}""",
            ),
        ),
        names=("visual studio code", "vs code", "vscode"),
        hosts=("vscode.dev",),
        signs_in=True,
    ),
    Client(
        "codex",
        "Codex",
        "/mcp",
        (
            Snippet(
                _("In ~/.codex/config.toml; it reads the token from the variable:"),
                """[mcp_servers.memory-hub]
url = "{mcp}"
bearer_token_env_var = "MEMORY_HUB_TOKEN\"""",
            ),
            Snippet(
                _("Or without its last line, and then:"),
                "codex mcp login memory-hub",
            ),
        ),
        names=("codex",),
        signs_in=True,
    ),
    Client(
        "gemini-cli",
        "Gemini CLI",
        "/mcp",
        (
            Snippet(
                ON_COMMAND_LINE,
                "gemini mcp add --scope user --transport http memory-hub {mcp} \\\n"
                '  --header "Authorization: Bearer $MEMORY_HUB_TOKEN"',
            ),
            Snippet(
                _("Or in ~/.gemini/settings.json:"),
                """{
  "mcpServers": {
    "memory-hub": {
      "httpUrl": "{mcp}",
      "headers": { "Authorization": "Bearer $MEMORY_HUB_TOKEN" }
    }
  }
}""",
            ),
        ),
        names=("gemini",),
        signs_in=True,
    ),
    Client(
        "zed",
        "Zed",
        "/mcp",
        (
            Snippet(
                _("In its settings:"),
                """{
  "context_servers": {
    "memory-hub": {
      "url": "{mcp}",
      "headers": { "Authorization": "Bearer mh_…" }
    }
  }
}""",
            ),
        ),
        names=("zed",),
        hosts=("zed.dev",),
    ),
    Client(
        "mcp-remote",
        "mcp-remote",
        "/mcp",
        (
            Snippet(
                _("For clients that only start programs:"),
                """{
  "mcpServers": {
    "memory-hub": {
      "command": "npx",
      "args": ["-y", "mcp-remote", "{mcp}", "--header", "Authorization:${AUTHORIZATION}"],
      "env": { "AUTHORIZATION": "Bearer mh_…" }
    }
  }
}""",
            ),
        ),
        names=("mcp-remote",),
    ),
)
