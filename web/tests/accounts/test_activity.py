"""What was done is shown in words, to those to whom the audit tells it."""

import re
from html import unescape

import pytest

from google_docs.events import ConnectionKind, DocumentKind, PermissionKind
from integrations.mcp.events import InstructionsKind
from memory_hub.accounts import events as of_accounts
from memory_hub.accounts.models import Token
from memory_hub.journal.models import Access
from superthread import events as of_memories
from superthread.feed.webhooks.events import WebhookKind
from testing.clients.browsing import Person
from web.accounts import activity as page_of
from web.accounts.activity_words import words_of

PAGE = "/account/activity"
KINDS = {
    "memory": of_memories.MemoryKind,
    "grant": of_memories.GrantKind,
    "transfer": of_memories.TransferKind,
    "hold": of_memories.HoldKind,
    "account": of_accounts.AccountKind,
    "token": of_accounts.TokenKind,
    "team": of_accounts.TeamKind,
    "membership": of_accounts.MembershipKind,
    "invitation": of_accounts.InvitationKind,
    "block": of_accounts.BlockKind,
    "instructions": InstructionsKind,
    "webhook": WebhookKind,
    "document": DocumentKind,
    "permission": PermissionKind,
    "connection": ConnectionKind,
}


def rows(page):
    """The cells of the table as text, row by row."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.S) for row in body.split("<tr>")[1:]]
    return [[unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in row] for row in cells]


def about(memory):
    return f"{PAGE}?doc_id={memory['doc_id']}"


def test_what_one_did_is_told_newest_first_with_its_door_token_and_memory(mina, jun):
    memory = mina.client.save("Nobody else's words.")
    mina.client.patch(f"/superthread/memories/{memory['doc_id']}", json={"category": "b"})
    jun.client.save("Jun's.")
    assert PAGE in mina.text("/account")
    page = mina.text(PAGE)
    newest, before = rows(page)[:2]
    assert [newest[1], before[1]] == ["Memory changed", "Memory saved"]
    assert newest[2:] == ["API, token “laptop”", memory["doc_id"]]
    assert re.fullmatch(r"\w+\. \d+, \d{4}, .+ UTC", newest[0])
    assert re.search(r"\d{4}년 \d+월 \d+일", mina.text(PAGE, HTTP_ACCEPT_LANGUAGE="ko"))
    assert len([one for one in rows(page) if one[1] == "Memory saved"]) == 1
    assert "words" not in page


def test_the_rest_is_behind_the_cursor(mina, monkeypatch):
    monkeypatch.setattr(page_of, "PAGE", 2)
    saved = [mina.client.save(f"{n}.")["doc_id"] for n in range(5)]
    path, found = PAGE, []
    while path:
        page = mina.text(path)
        found += [row[-1] for row in rows(page)]
        older = re.search(r'<a href="([^"]+)">Older</a>', page)
        path = older and PAGE + unescape(older[1])
    assert [one for one in found if one in saved] == saved[::-1]
    assert mina.get(f"{PAGE}?cursor=nonsense").status_code == 404


def test_a_memorys_activity_is_for_its_admins_and_else_refused_as_the_audit_does(mina, jun):
    memory = mina.client.save("Shared.")
    hidden = mina.client.save("Hidden.")
    permissions = {"permissions": {"jun@example.com": "editor"}}
    path = f"/superthread/permissions/{memory['doc_id']}"
    assert mina.client.post(path, json=permissions).status_code == 200
    jun.client.post(f"/superthread/shares/{memory['doc_id']}", json={"accept": True})
    told = [row[1:3] for row in rows(mina.text(about(memory)))]
    assert told[0] == ["jun@example.com", "Access accepted: jun@example.com, as an editor"]
    assert told[-1] == ["mina@example.com", "Memory saved"]
    # What others call their tokens is not told.
    token = Token.objects.get(user=jun.user)
    assert rows(mina.text(about(memory)))[0][3] == f"API, token {token.pk}"
    assert jun.get(about(memory)).status_code == 403
    missing = {"doc_id": "00000000-0000-4000-8000-000000000000"}
    pages = [jun.text(about(one), 404).replace(one["doc_id"], "") for one in (hidden, missing)]
    # Beside the form's own token they are the same page.
    first, second = (re.sub(r'(csrfmiddlewaretoken" value=)"\w+"', r"\1", one) for one in pages)
    assert first == second
    assert jun.get(about({"doc_id": "nonsense"})).status_code == 404
    for status, one in ((404, hidden), (404, missing), (403, memory)):
        answer = jun.client.get("/superthread/audit", params={"doc_id": one["doc_id"]})
        assert answer.status_code == status


def test_it_is_for_those_who_are_logged_in_and_counts_nothing_as_a_read(mina):
    assert Person().get(PAGE).headers["Location"].startswith("/login")
    memory = mina.client.save("Own.")
    mina.text(about(memory))
    assert not Access.objects.filter(kind__startswith="read.").exists()


def test_it_speaks_korean(mina):
    mina.client.save("Own.")
    page = mina.text(PAGE, HTTP_ACCEPT_LANGUAGE="ko")
    assert rows(page)[0][1] == "메모리 저장"
    assert "토큰 “laptop”" in page


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_act_has_words(name):
    assert [one for one in KINDS[name] if words_of(f"{name}.{one}") == f"{name}.{one}"] == []
