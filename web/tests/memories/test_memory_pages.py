"""A memory on its page: what it says and what is known of it, to those who may see it."""

import re

import pytest

from memory_hub.accounts import services
from memory_hub.core.identity import OPERATOR
from memory_hub.journal.models import Access
from testing.clients.browsing import Person
from web.tests.visiting import page_of, shared, words

MISSING = "01a204fd-ca96-731c-b865-8c7a8fdc762e"


def test_a_memory_is_shown_with_what_is_known_of_it(mina):
    memory = mina.client.save(
        "# Deploys\n\nOn **Tuesdays**.",
        path="notes/deploy.md",
        category="decisions",
        metadata={"tags": ["ops", "later"], "source": "stand-up", "deep": {"a": [1]}},
    )
    page = mina.text(page_of(memory))
    assert "<title>Deploys · Memory Hub</title>" in page
    assert "<strong>Tuesdays</strong>" in page
    said = words(page)
    for part in (
        *("notes/deploy.md", "decisions", "ops", "later", "source", "stand-up", "You own it."),
        *("mina@example.com", "API", "token “laptop”", "revision 1", memory["doc_id"]),
    ):
        assert part in said
    assert f'href="{page_of(memory, "/edit")}"' in page


@pytest.mark.parametrize("more", ["", "/text", "/download", "/edit", "/history", "/compare"])
def test_hidden_and_missing_are_one(mina, jun, more):
    hidden = mina.client.save("Nobody else's.")
    pages = [jun.text(page_of(one, more), 404) for one in (hidden, {"doc_id": MISSING})]
    first, second = (
        re.sub(r'(csrfmiddlewaretoken" value=)"\w+"', r"\1", one).replace(doc_id, "")
        for one, doc_id in zip(pages, (hidden["doc_id"], MISSING), strict=True)
    )
    assert first == second
    assert "Nobody" not in first


@pytest.mark.parametrize("more", ["", "/text", "/edit", "/history"])
def test_a_stranger_is_sent_to_the_log_in_and_back(mina, more):
    memory = mina.client.save()
    answer = Person().get(page_of(memory, more))
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/login?next={page_of(memory, more)}"


def test_a_viewer_sees_the_text_and_neither_the_form_nor_old_texts(mina, jun, settings):
    settings.HUB_AUDIT_READS = "every"
    memory = mina.client.save("Shared text.")
    shared(memory, mina, jun, "viewer")
    page = jun.text(page_of(memory))
    assert "You can read it: it was shared with you." in words(page)
    for more in ("/edit", "/history"):
        assert page_of(memory, more) not in page
        assert jun.get(page_of(memory, more)).status_code == 403
    assert jun.get(page_of(memory, "/compare?from=1&to=1")).status_code == 403
    assert jun.get(page_of(memory, "?at=2020-01-01T00:00")).status_code in (400, 403)
    # Who else has it and through what it was saved is for its administrators.
    assert "laptop" not in page
    assert Access.objects.filter(kind="read.whole", actor_id=jun.user.pk).exists()


@pytest.mark.parametrize(
    ("role", "said"),
    [("editor", "You may edit it: it was shared"), ("admin", "You may administer it: it was")],
)
def test_a_role_is_told_with_its_reason(mina, jun, role, said):
    memory = mina.client.save()
    shared(memory, mina, jun, role)
    assert said in words(jun.text(page_of(memory)))
    listed = f"jun@example.com : May {'edit' if role == 'editor' else 'administer'}"
    assert listed in words(mina.text(page_of(memory)))


def test_a_teams_and_everybodys_memory_say_why(mina, jun):
    for email, role in (("mina@example.com", "admin"), ("jun@example.com", "member")):
        services.place_member(key="alpha", email=email, role=role, by=OPERATOR)
    for team in ("alpha",):
        jun.client.post(f"/accounts/teams/{team}/membership", json={"accept": True})
    teams = mina.client.save("The team's.", scope="team", team_key="alpha")
    public = mina.client.save("Everybody's.", scope="public")
    assert "as a member of its team" in words(jun.text(page_of(teams)))
    assert "it is public" in words(jun.text(page_of(public)))


def test_links_lead_where_the_reader_may_go_and_back(mina, jun):
    target = mina.client.save("The target.", path="notes/target.md")
    source = mina.client.save("See [[notes/target]] and [it](/notes/target.md).", path="a.md")
    secret = mina.client.save("Secret [[notes/target]]", path="secret.md")
    page = mina.text(page_of(source))
    assert page.count(f'<a href="{page_of(target)}"') == 3
    back = mina.text(page_of(target))
    for one in (source, secret):
        assert page_of(one) in back
    shared(source, mina, jun, "viewer")
    shared(target, mina, jun, "viewer")
    theirs = jun.text(page_of(target))
    assert page_of(source) in theirs
    assert secret["doc_id"] not in theirs
    assert "Secret" not in theirs


def test_a_link_to_what_is_hidden_looks_like_one_to_nothing(mina, jun):
    mina.client.save("Hidden.", path="hidden.md")
    source = mina.client.save("[[hidden]] and [[nowhere]]")
    shared(source, mina, jun, "viewer")
    page = jun.text(page_of(source))
    assert page.count('class="missing"') == 2
    assert mina.text(page_of(source)).count('class="missing"') == 1


def test_a_hostile_text_stays_text_on_every_page(mina):
    text = "<script>alert(1)</script>\n\n[x](javascript:alert(1)) \u202eevil"
    memory = mina.client.save(
        text, category="<img src=x>", metadata={"<b>": "</td><script>", "tags": ["<i>"]}
    )
    mina.client.patch(
        f"/superthread/memories/{memory['doc_id']}", json={"content": f"{text}</textarea><b>"}
    )
    for more in (
        "",
        "/text",
        "/edit",
        "/history",
        "/compare?from=1&to=2",
        "/compare?from=1&view=side",
    ):
        answer = mina.get(page_of(memory, more))
        page = answer.content.decode()
        assert answer.status_code == 200
        for bad in ("<script>alert", "<img src=x>", "</td><script>", "<i>", "<b>", 'href="java'):
            assert bad not in page
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe-inline" not in policy


def test_the_text_as_written_is_shown_copied_and_downloaded_and_never_opened(mina):
    text = "<script>alert(1)</script>\n\n한글"
    memory = mina.client.save(text, path="notes/가 나.md")
    assert "&lt;script&gt;alert(1)" in mina.text(page_of(memory, "/text"))
    answer = mina.get(page_of(memory, "/download"))
    assert answer.content.decode() == text
    headers = answer.headers
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"] == (
        "attachment; filename*=UTF-8''%EA%B0%80%20%EB%82%98.md"
    )
    assert "sandbox" in headers["Content-Security-Policy"]


def test_a_memory_as_it_was_is_shown_for_who_may_edit_it(mina, young):
    memory = mina.client.save("As it was.")
    acts = mina.client.get("/superthread/audit", params={"doc_id": memory["doc_id"]}).json()
    mina.client.patch(f"/superthread/memories/{memory['doc_id']}", json={"content": "As it is."})
    # Numbered by that question: the change becomes known later.
    moment = next(one["at"] for one in acts["entries"] if one["type"] == "memory.created")
    page = mina.text(page_of(memory, f"?at={moment}"))
    assert "As it was." in page
    assert "This is how the memory was" in page
    # So it is of one in the trash, for its administrators; the API has it so.
    mina.client.delete(f"/superthread/memories/{memory['doc_id']}")
    assert "As it was." in mina.text(page_of(memory, f"?at={moment}"))
    assert mina.get(page_of(memory)).status_code == 404
    for bad in ("yesterday", "2999-01-01T00:00", "2026-02-30T00:00"):
        assert mina.get(page_of(memory, f"?at={bad}")).status_code == 400


def test_pages_speak_korean(mina):
    memory = mina.client.save("글.", metadata={"a": 1})
    for more in ("", "/text", "/edit", "/history"):
        page = mina.text(page_of(memory, more), HTTP_ACCEPT_LANGUAGE="ko")
        assert '<html lang="ko"' in page
    assert "내 것입니다" in mina.text(page_of(memory), HTTP_ACCEPT_LANGUAGE="ko")
