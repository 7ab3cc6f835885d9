"""What is spelt as it was asked for stands above what stemming and folding bring together."""

import pytest


@pytest.mark.parametrize(
    ("query", "first", "others"),
    [
        ("Go", "Written in Go", ["She went home", "They go home, and go again"]),
        ("went", "She went home", ["Written in Go", "Going home"]),
        ("WHO", "A note of the WHO", ["Who has the key?"]),
        ("Who", "Songs of The Who", ["The WHO meets"]),
        ("US", "Taxes in the US", ["Give us the keys", "Tell Us Weekly"]),
        ("us", "They told us", ["The US and the EU", "The US"]),
        ("running", "Shoes for running", ["He runs, runs and ran", "A run"]),
        ("cafés", "Two cafés there", ["The cafe", "A café"]),
        ("사과", "사과 상자", ["사과나무와 사과나무"]),
        ("WHO report", "The WHO sent a report", ["Who wrote the report of the report?"]),
        ("ask Will tomorrow", "Will says: ask tomorrow", ["They will ask tomorrow"]),
    ],
)
def test_the_spelling_asked_for_comes_first(mina, contents, query, first, others):
    mina.save(first)
    for other in others:
        mina.save(other)
    assert contents(mina, query)[0] == first


def test_spelling_decides_between_near_equals_only(mina, contents):
    mina.save("We ran the backup of the database and then the migration.")
    mina.save("Running shoes, running socks, running hats.")
    assert contents(mina, "running database migration")[0].startswith("We ran")


def test_of_what_is_said_beside_a_text_the_spelling_counts_too(mina, contents):
    mina.save("On a language.", metadata={"title": "Go"})
    saved = mina.save("On a journey.", metadata={"title": "Went"})
    assert contents(mina, "Go") == ["On a language.", "On a journey."]
    url = f"/superthread/memories/{saved['doc_id']}"
    assert mina.patch(url, json={"metadata": {"title": "Go"}}).status_code == 200
    assert contents(mina, "Go") == ["On a journey.", "On a language."]
