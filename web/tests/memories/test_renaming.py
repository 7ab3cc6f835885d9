"""Who gives a memory another path is asked whether links to the old one shall lead there."""

import pytest

from superthread.models import Memory, Version
from superthread.services import relinking
from web.tests.visiting import opened, page_of, shared, words


def content(memory):
    return Memory.objects.get(doc_id=memory["doc_id"]).content


def renamed(person, memory, path):
    """Where the form leads whoever saves it with another path."""
    return opened(person, memory).save(path=path).headers["Location"]


def rewritten(person, memory):
    """The answer to the button."""
    page = person.text(page_of(memory, "/links?from=old.md"))
    assert 'name="from" value="old.md"' in page or "No memory" in page
    return person.send(page_of(memory, "/links"), **{"from": "old.md"})


def test_a_rename_leads_to_the_links_and_a_button_rewrites_them(mina):
    memory = mina.client.save("The place.", path="old.md")
    linking = mina.client.save("See [[old]].", path="week.md")
    to = renamed(mina, memory, "new.md")
    assert to == page_of(memory, "/links?from=old.md")
    page = mina.text(to)
    assert "The changes are saved." in page
    assert f"saved-{memory['doc_id']}" in page
    assert page_of(linking) in page
    assert "1 memory still says the old path" in words(page)
    assert content(linking) == "See [[old]]."
    assert rewritten(mina, memory).headers["Location"] == page_of(memory)
    assert content(linking) == "See [[new]]."
    assert "1 memory is changed." in words(mina.text(page_of(memory)))
    assert "No memory that you may edit says this path." in words(mina.text(to))


@pytest.mark.parametrize("path", ["same.md", ""])
def test_nothing_is_asked_where_nothing_is_left_to_rewrite(mina, path):
    memory = mina.client.save("x", path="old.md")
    assert renamed(mina, memory, "same.md") == page_of(memory)
    mina.client.save("[[same]]")
    assert renamed(mina, memory, path) == page_of(memory)


def test_only_what_one_may_edit_is_shown_and_rewritten(mina, jun):
    memory = mina.client.save("x", path="old.md")
    hidden = mina.client.save("[[old]]", path="secret.md")
    shared(memory, mina, jun, "admin")
    assert renamed(jun, memory, "new.md") == page_of(memory)
    links = page_of(memory, "/links?from=old.md")
    assert "secret.md" not in jun.text(links)
    assert rewritten(jun, memory).status_code == 302
    assert content(hidden) == "[[old]]"


def test_many_are_rewritten_a_part_at_a_time(mina, monkeypatch):
    monkeypatch.setattr(relinking, "MOST", 1)
    memory = mina.client.save("x", path="old.md")
    sources = [mina.client.save(f"[[old]] {number}") for number in range(2)]
    to = renamed(mina, memory, "new.md")
    assert "These are the first" in words(mina.text(to))
    assert rewritten(mina, memory).headers["Location"] == to
    assert rewritten(mina, memory).headers["Location"] == page_of(memory)
    assert [content(one) for one in sources] == ["[[new]] 0", "[[new]] 1"]


def test_one_that_refuses_leaves_all_as_they_are(mina, settings):
    memory = mina.client.save("x", path="old.md", scope="public")
    sources = [
        mina.client.save(f"[[old]] {beside}", scope="public")
        for beside in ("", "export GITHUB_TOKEN=ghp_" + "a1B2c3" * 6)
    ]
    renamed(mina, memory, "new.md")
    versions = Version.objects.count()
    settings.HUB_SCAN = "refuse"
    assert rewritten(mina, memory).status_code == 422
    assert all("[[old]]" in content(one) for one in sources)
    assert Version.objects.count() == versions


@pytest.mark.parametrize("old", ["", "a//b", "a\x00b"])
def test_what_is_no_path_is_refused_in_words(mina, old):
    memory = mina.client.save("x", path="old.md")
    url = page_of(memory, "/links")
    for answer in (mina.get(url, {"from": old}), mina.send(url, **{"from": old})):
        assert answer.status_code == 400
        assert "<h1>" in answer.content.decode()
