"""Connecting clients: the lines of each with the hub's own address, and whether it was seen."""

import json
import re
import tomllib
from html import unescape
from pathlib import Path

import pytest
from django.utils import timezone

from integrations.oauth.models import Client, ConnectedClient
from memory_hub.accounts import services
from memory_hub.core.identity import OPERATOR
from testing.clients.browsing import PASSWORD, inside
from web.connect.clients import CLIENTS

DOCS = Path(__file__).resolve().parents[3] / "docs/connect.md"
CODE = re.compile(r'<code id="([\w-]+)">(.*?)</code>', re.S)
SECTION = re.compile(r'<section aria-labelledby="([\w-]+)">(.*?)</section>', re.S)


@pytest.fixture
def mina(db, settings):
    settings.HUB_PUBLIC_URL = "https://hub.example.com"
    return inside("mina@example.com")


def snippets(person):
    return {key: unescape(text) for key, text in CODE.findall(person.text("/connect"))}


def sections(person):
    return dict(SECTION.findall(person.text("/connect")))


def test_every_line_of_the_documents_is_on_the_page(mina):
    shown = "\n".join(snippets(mina).values()).replace("export MEMORY_HUB_TOKEN", "")
    text = DOCS.read_text().replace("http://127.0.0.1:8000", "https://hub.example.com")
    blocks = re.findall(r"```(?:json|toml)\n(.*?)```", text, re.S)
    assert len(blocks) > 5
    assert [one for one in blocks if one.strip() not in shown] == []


def test_what_is_json_or_toml_is_so(mina):
    parsed = 0
    for text in snippets(mina).values():
        if text.startswith("{"):
            json.loads(text)
            parsed += 1
        if text.startswith("["):
            tomllib.loads(text)
            parsed += 1
    assert parsed > 6


def test_below_a_path_and_without_a_word_of_the_operator(db, settings):
    settings.HUB_PUBLIC_URL, settings.HUB_PATH_PREFIX = "https://example.com/hub", "/hub"
    mina = inside("mina@example.com")
    assert snippets(mina)["claude-1"] == "https://example.com/hub/mcp"
    settings.HUB_PUBLIC_URL, settings.PRODUCTION, settings.HUB_PATH_PREFIX = "", True, ""
    assert snippets(mina)["claude-1"] == "http://testserver/mcp"
    text = mina.text("/connect")
    assert "operator has not said where it is" in text
    assert "reaches a public https address only" in text


def test_only_clients_whose_door_is_open_are_offered(mina):
    from memory_hub.core.installed import features

    doors = {one.prefix for one in features()}
    shown = set(sections(mina))
    assert shown == {one.key for one in CLIENTS if not one.door or one.door in doors}
    assert {"claude", "curl"} <= shown


def test_a_client_was_seen_by_a_token_that_is_named_after_it(mina):
    token, _ = services.create_token(
        user_id=mina.user.pk, name="Cursor at work", scopes=["memories:read"], by=OPERATOR
    )
    shown = sections(mina)
    assert "let in, not seen yet" in shown["cursor"]
    assert ">not seen yet" in shown["codex"]
    token.last_used_at = timezone.now()
    token.save()
    assert 'class="tag good"' in sections(mina)["cursor"]
    jun = inside("jun@example.com")
    assert ">not seen yet" in sections(jun)["cursor"]


@pytest.mark.parametrize(
    ("name", "uri", "key"),
    [
        ("Claude", "https://claude.ai/api/mcp/auth_callback", "claude"),
        ("Whatever", "https://chatgpt.com/connector", "chatgpt"),
        ("Claude Code (memory-hub)", "http://localhost:3118/callback", "claude-code"),
        ("claude.ai", "https://claude.ai.evil.example/x", "claude"),
    ],
)
def test_a_client_that_was_let_in_is_seen(mina, name, uri, key):
    token, _ = services.create_token(
        user_id=mina.user.pk, name=name, scopes=["memories:read"], client=name, by=OPERATOR
    )
    client = Client.objects.create(
        client_id=name, source="registered", name=name, redirect_uris=[uri]
    )
    ConnectedClient.objects.create(
        client=client,
        token=token,
        scopes=["memories:read"],
        renewal_name="x",
        renewal_digest="y",
        ends_at=timezone.now() + timezone.timedelta(days=1),
    )
    assert "let in, not seen yet" in sections(mina)[key]


def test_a_link_makes_a_token_with_the_name_of_the_client(mina):
    mina.send("/account/confirm", password=PASSWORD, next="/connect")
    path = re.search(r'href="(/tokens/new\?name=Cursor)"', mina.text("/connect"))[1]
    assert 'value="Cursor"' in mina.text(path)
