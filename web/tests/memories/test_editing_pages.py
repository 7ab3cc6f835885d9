"""Memories are written on pages: saved, refused, merged with what others saved, never lost."""

from html import unescape

import pytest

from memory_hub.accounts import services
from memory_hub.core.identity import OPERATOR
from memory_hub.idempotency.errors import TwinInFlight
from superthread.models import Memory
from testing.clients.browsing import Person
from web.tests.visiting import TEXT, Window, opened, page_of, shared, stored, words

NEW = "/memories/new"


def test_a_new_memory_is_saved_with_all_that_the_form_says(mina):
    answer = mina.send(
        NEW,
        content="First line.\r\nSecond.\r\n",
        title="A title",
        path="notes/new.md",
        category="notes",
        tags="ops, later,",
        place="personal",
        do="save",
    )
    assert answer.status_code == 302
    made = Memory.objects.get()
    assert answer.headers["Location"] == f"/memories/{made.doc_id}"
    assert (made.content, made.path, made.category) == (
        "First line.\nSecond.\n",
        "notes/new.md",
        "notes",
    )
    assert made.metadata == {"title": "A title", "tags": ["ops", "later"]}
    assert made.owner_id == mina.user.pk
    page = mina.text(f"/memories/{made.doc_id}")
    assert "The memory is saved." in page
    assert "saved-new" in page


def test_a_new_memory_goes_to_a_team_of_theirs_alone(mina, jun):
    services.place_member(key="alpha", email="mina@example.com", role="admin", by=OPERATOR)
    assert 'value="team:alpha"' in mina.text(NEW)
    fields = {"content": "The team's.", "category": "default", "place": "team:alpha", "do": "save"}
    assert mina.send(NEW, **fields).status_code == 302
    assert Memory.objects.get().team.key == "alpha"
    answer = jun.send(NEW, **fields)
    assert answer.status_code == 400
    assert "The team&#x27;s." in answer.content.decode()
    assert Memory.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"content": ""}, "must not be blank"),
        ({"path": "a//b"}, "A segment of a path is empty."),
        ({"category": "x" * 65}, "at most 64 characters"),
        ({"place": "nowhere"}, "One of these is expected"),
        ({"content": "x" * (2**20 + 1)}, "at most 1048576 bytes"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_written_stays(mina, fields, said):
    written = {"content": "My words.", "category": "c", "tags": "my tag", "do": "save", **fields}
    answer = mina.send(NEW, **written)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert said in unescape(page)
    assert 'value="my tag"' in page
    assert fields.get("content", "My words.") in page
    assert not Memory.objects.exists()


def test_a_form_that_is_sent_twice_saves_one_memory(mina):
    window = Window(mina, NEW)
    wrong = window.save(content="Once.", path="a//b")
    assert wrong.status_code == 400
    answers = [window.save(path="a.md") for _ in range(2)]
    made = Memory.objects.get()
    assert [one.headers["Location"] for one in answers] == [f"/memories/{made.doc_id}"] * 2
    assert "saved-new" in mina.text(f"/memories/{made.doc_id}")
    # Back in the browser, and something else written: that is another memory, as a new form's is.
    assert window.save(content="Twice.", path="b.md").status_code == 302
    assert Window(mina, NEW).save(content="Once.", category="c").status_code == 302
    assert Window(mina, NEW).save(content="Once.", category="c").status_code == 302
    assert Memory.objects.count() == 4


def test_the_key_of_a_form_is_of_one_person(mina, jun):
    window = Window(mina, NEW)
    assert window.save(content="Once.").status_code == 302
    assert jun.send(NEW, do="save", **window.fields).status_code == 302
    assert set(Memory.objects.values_list("owner_id", flat=True)) == {mina.user.pk, jun.user.pk}


def test_a_form_whose_twin_is_not_done_yet_keeps_what_was_written(mina, monkeypatch):
    def busy(claim, make):
        raise TwinInFlight("Ask again in a moment for its answer.")

    monkeypatch.setattr("web.memories.new.answer_once", busy)
    window = Window(mina, NEW)
    key = window.fields["key"]
    assert window.save(content="Once.").status_code == 409
    assert "being saved already" in words(window.page)
    assert (window.fields["key"], window.fields["content"]) == (key, "Once.")
    monkeypatch.undo()
    assert window.save().status_code == 302


def test_an_edit_that_is_sent_twice_is_no_conflict(mina):
    memory = mina.client.save(TEXT, path="a.md")
    window = opened(mina, memory)
    answers = [window.save(content="Changed.", tags="x").status_code for _ in range(2)]
    assert answers == [302, 302]
    assert stored(memory).revision == 2


def test_a_preview_saves_nothing_and_is_a_part_for_a_script(mina):
    target = mina.client.save("The target.", path="a.md")
    fields = {"content": "**bold** [[a]] <script>", "category": "c", "do": "preview"}
    page = mina.send(NEW, **fields).content.decode()
    assert "<strong>bold</strong>" in page
    assert f'href="{page_of(target)}"' in page
    assert "<textarea" in page
    form = {"csrfmiddlewaretoken": mina.cookies["csrftoken"].value, **fields}
    for path in (NEW, page_of(target, "/edit")):
        part = mina.post(path, form, headers={"HX-Request": "true"}).content.decode()
        assert "<strong>bold</strong>" in part
        assert "<textarea" not in part
        assert "<script>" not in part
    assert Memory.objects.count() == 1


def test_a_form_of_another_page_changes_nothing(mina):
    memory = mina.client.save("Before.")
    for path in (NEW, page_of(memory, "/edit"), page_of(memory, "/restore")):
        assert mina.post(path, {"content": "After.", "do": "save"}).status_code == 403
    assert Memory.objects.get().content == "Before."


def test_only_what_was_changed_is_changed(mina):
    memory = mina.client.save(
        "\r\n\r\nA text\r\nwith its ends.\r\n", metadata={"tags": ["a"], "source": "x", "n": 1}
    )
    window = opened(mina, memory)
    assert window.save(category="other").status_code == 302
    row = stored(memory)
    assert row.content == "\r\n\r\nA text\r\nwith its ends.\r\n"
    assert (row.category, row.metadata) == ("other", {"tags": ["a"], "source": "x", "n": 1})
    window = opened(mina, memory)
    window.save(tags="a, b", title="Named", content=f"{window.fields['content']}More.\n")
    row = stored(memory)
    assert row.content == "\r\n\r\nA text\r\nwith its ends.\r\nMore.\r\n"
    assert row.metadata == {"tags": ["a", "b"], "title": "Named", "source": "x", "n": 1}


def test_a_form_that_changes_nothing_makes_no_version(mina):
    memory = mina.client.save("Same.\r\nAs before.", metadata={"tags": ["x"]})
    assert opened(mina, memory).save().status_code == 302
    assert stored(memory).revision == 1
    assert "Nothing was changed." in mina.text(page_of(memory))


def test_what_is_no_change_of_the_text_is_in_nobodys_way(mina, jun):
    memory = mina.client.save(TEXT)
    window = opened(mina, memory)
    mina.client.patch(
        f"/superthread/memories/{memory['doc_id']}", json={"expires_at": "2100-01-01T00:00:00Z"}
    )
    assert window.save(content="Changed.").status_code == 302
    assert stored(memory).content == "Changed."


def test_a_path_is_for_administrators_and_one_that_is_taken_is_told(mina, jun):
    memory = mina.client.save(TEXT, path="a.md")
    mina.client.save("Other.", path="b.md")
    window = opened(mina, memory)
    assert window.save(path="b.md", content="Mine.").status_code == 409
    assert "a memory at this path" in words(window.page)
    assert window.fields["content"] == "Mine."
    assert window.save(path="c.md").status_code == 302
    assert (stored(memory).path, stored(memory).content) == ("c.md", "Mine.")
    shared(memory, mina, jun, "editor")
    theirs = opened(jun, memory)
    assert "path" not in theirs.fields
    assert theirs.save(path="d.md", content="Jun's.").status_code == 302
    assert (stored(memory).path, stored(memory).content) == ("c.md", "Jun's.")


def test_a_long_text_keeps_every_letter(mina):
    text = "긴 글 <&> \"'\n" * 5_000
    memory = mina.client.save(text)
    window = opened(mina, memory)
    assert window.fields["content"] == text
    assert window.save(title="Long").status_code == 302
    assert stored(memory).content == text


def test_a_secret_that_the_hub_refuses_is_told_at_the_form(mina, settings):
    settings.HUB_SCAN = "refuse"
    secret = "export GITHUB_TOKEN=ghp_" + "a1B2c3" * 6
    fields = {"content": secret, "category": "c", "place": "public", "do": "save"}
    answer = mina.send(NEW, **fields)
    assert answer.status_code == 422
    assert f"\n{secret}</textarea>" in answer.content.decode()
    assert not Memory.objects.exists()
    assert mina.send(NEW, **fields | {"place": "personal"}).status_code == 302


def test_a_secret_that_others_can_read_is_pointed_out_to_editors(mina, jun):
    secret = "Line.\nexport GITHUB_TOKEN=ghp_" + "a1B2c3" * 6
    memory = mina.client.save(secret, scope="public")
    assert "github-token (line 2)" in words(mina.text(page_of(memory)))
    assert "github-token" not in jun.text(page_of(memory)).partition("GITHUB")[0]


def test_a_stranger_writes_nothing(db):
    assert Person().send(NEW, content="x", do="save").headers["Location"].startswith("/login")
    assert not Memory.objects.exists()
