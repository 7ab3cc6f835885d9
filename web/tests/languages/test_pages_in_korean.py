"""No page speaks English to who reads Korean: texts, names of fields, and what is read out."""

import re

from memory_hub.accounts import services
from memory_hub.core.identity import OPERATOR
from web.tests.languages.sayings import english, english_of
from web.tests.routes import page_paths
from web.tests.visiting import page_of, shared

# They end a session, send files or parts, or lead on to somewhere else.
ELSEWHERE = re.compile(
    "logout|_code|openid|socialaccount|confirm|inactive|download|login|_part|ask_for_proof|bulk"
    "|mfa_authenticate|set_language|export$|deactivate|reset"
)
# Names, which are the same in every language, and what the test itself has saved.
NAMES = re.compile(
    r"Memory Hub|English|Claude( Code| Desktop)?|ChatGPT|Cursor|VS Code|Codex|Gemini CLI|mem0|curl"
    r"|LangGraph|Python|Zed|mcp-remote|\bMCP\b|\bUTC\b|\bAPI\b|JSON Lines|Markdown|mh_\w*"
    r"|https?:\S+|notes/key\.md|\bKeys\b|\bkey\b|\bnotes\b|\bdefault\b|\balpha\b|\blaptop\b|\bwide\b"
    r"|[\w.]+@[\w.]+|[0-9a-f-]{36}"
)


def test_no_page_speaks_english_to_who_reads_korean(mina, jun):
    services.place_member(key="alpha", email=mina.email, role="admin", by=OPERATOR)
    memory = mina.client.save("# Keys", metadata={"tags": ["notes"]}, path="notes/key.md")
    mina.client.patch(f"/superthread/memories/{memory['doc_id']}", json={"content": "# key"})
    shared(memory, mina, jun, "editor")
    offered = jun.client.save("Keys")
    path = f"/superthread/permissions/{offered['doc_id']}"
    jun.client.post(path, json={"permissions": {mina.email: "viewer"}})
    paths = page_paths(ELSEWHERE, doc_id=memory["doc_id"], key="alpha", team_key="alpha")
    paths += [page_of(memory, "/compare?from=1"), "/memories?q=key", "/none"]
    assert len(paths) > 25
    wrong = {}
    for one in paths:
        answer = mina.get(one, headers={"accept-language": "ko", "accept": "text/html"})
        if answer.status_code in (200, 404):
            found = english_of(answer.content.decode())
            if said := [text for text in found if english(NAMES.sub("", text))]:
                wrong[one] = said
    assert wrong == {}
