"""A form that somebody else was quicker than: merged, asked about or given back, never lost."""

from memory_hub.core.budget import comparisons, unit_of_work
from superthread.models import Version
from web.tests.visiting import TEXT, opened, shared, stored, words


def test_two_windows_that_changed_different_places_are_merged(mina, jun):
    memory = mina.client.save(TEXT)
    shared(memory, mina, jun, "editor")
    first, second = opened(mina, memory), opened(jun, memory)
    assert first.save(content=TEXT.replace("one", "ONE"), category="theirs").status_code == 302
    answer = second.save(content=TEXT.replace("five", "FIVE"), tags="mine")
    assert answer.status_code == 409
    assert "Somebody else has saved this memory" in words(second.page)
    assert stored(memory).content == TEXT.replace("one", "ONE")
    assert second.fields["content"] == "ONE\ntwo\nthree\nfour\nFIVE\n"
    assert second.fields["mine"] == TEXT.replace("five", "FIVE")
    assert (second.fields["category"], second.fields["tags"]) == ("theirs", "mine")
    assert second.save().status_code == 302
    row = stored(memory)
    assert row.content == "ONE\ntwo\nthree\nfour\nFIVE\n"
    assert (row.category, row.metadata) == ("theirs", {"tags": ["mine"]})
    assert Version.objects.filter(memory=row, author=jun.user).exists()


def test_the_same_place_waits_for_a_choice(mina, jun):
    memory = mina.client.save(TEXT)
    shared(memory, mina, jun, "editor")
    first, second = opened(mina, memory), opened(jun, memory)
    first.save(content=TEXT.replace("two", "TWO"), category="a")
    second.save(content=TEXT.replace("two", "zwei"), category="b")
    marked = "<<<<<<< yours\nzwei\n=======\nTWO\n>>>>>>> saved meanwhile\n"
    assert second.fields["content"] == TEXT.replace("two\n", marked)
    said = words(second.page)
    assert "Both of you changed 1 place" in said
    assert "Category : both of you changed it." in said
    answer = second.save()
    assert answer.status_code == 400
    assert "choose, and take out the marks" in words(second.page)
    assert second.fields["mine"] == TEXT.replace("two", "zwei")
    assert second.save(content=TEXT.replace("two", "TWO and zwei")).status_code == 302
    assert stored(memory).content == TEXT.replace("two", "TWO and zwei")


def test_ones_own_text_may_be_saved_instead(mina, jun):
    memory = mina.client.save(TEXT)
    shared(memory, mina, jun, "editor")
    first, second = opened(mina, memory), opened(jun, memory)
    first.save(content="Theirs.")
    second.save(content=TEXT.replace("two", "zwei"))
    assert second.save(do="mine").status_code == 302
    assert stored(memory).content == TEXT.replace("two", "zwei")
    # Nothing of theirs is lost either.
    assert Version.objects.filter(memory=stored(memory), content="Theirs.").exists()


def test_a_third_one_who_saves_during_the_merge_makes_another(mina, jun):
    memory = mina.client.save(TEXT)
    shared(memory, mina, jun, "editor")
    first, second = opened(mina, memory), opened(jun, memory)
    first.save(content=TEXT.replace("one", "ONE"))
    second.save(content=TEXT.replace("five", "FIVE"))
    opened(mina, memory).save(content=TEXT.replace("one", "ONE").replace("three", "THREE"))
    assert second.save().status_code == 409
    assert second.fields["content"] == "ONE\ntwo\nTHREE\nfour\nFIVE\n"
    assert second.save().status_code == 302


def test_a_version_without_a_text_is_no_base_and_nothing_is_lost(mina, jun):
    memory = mina.client.save(TEXT)
    shared(memory, mina, jun, "editor")
    window = opened(jun, memory)
    opened(mina, memory).save(content="Theirs.\n")
    mina.client.post(f"/superthread/versions/{memory['doc_id']}/redact/1")
    assert window.save(content="Mine.\n").status_code == 409
    assert "Mine.\n" in window.fields["content"]
    assert "Theirs.\n" in window.fields["content"]
    assert TEXT not in window.page


def test_a_hub_with_too_much_to_compare_still_shows_what_was_written(mina, jun):
    memory = mina.client.save(TEXT)
    shared(memory, mina, jun, "editor")
    window = opened(jun, memory)
    opened(mina, memory).save(content="Theirs.")
    comparisons.take(comparisons.most)
    try:
        with unit_of_work():
            assert window.save(content="Mine.").status_code == 409
    finally:
        comparisons.give_back(comparisons.most)
    assert window.fields["content"] == "Mine."
    assert "too much to do" in words(window.page)
    assert "Theirs." in window.page


def test_who_may_no_longer_edit_gets_their_text_back(mina, jun):
    memory = mina.client.save(TEXT)
    shared(memory, mina, jun, "editor")
    window = opened(jun, memory)
    mina.client.post(
        f"/superthread/permissions/{memory['doc_id']}", json={"permissions": {jun.email: "viewer"}}
    )
    for status in (403, 404):
        answer = jun.send(
            window.path, **{**window.fields, "content": "An hour's work.", "do": "save"}
        )
        assert answer.status_code == status
        assert "An hour&#x27;s work." in answer.content.decode()
        mina.client.delete(f"/superthread/memories/{memory['doc_id']}")
    assert "An hour" not in stored(memory).content
