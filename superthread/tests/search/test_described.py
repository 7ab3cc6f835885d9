"""Title, tags, aliases, file name and category are searched, and follow their changes."""

import pytest

from superthread.search.analysis import analyzer
from superthread.search.index import described


def found(client, query):
    answer = client.post("/superthread/search", json={"query": query})
    assert answer.status_code == 200, answer.text
    return [one["content"] for one in answer.json()["results"]]


@pytest.mark.parametrize(
    "fields",
    [
        {"metadata": {"title": "Kitchen renovation"}},
        {"metadata": {"tags": ["home", "kitchen renovation"]}},
        {"metadata": {"tags": "kitchen renovation"}},
        {"metadata": {"aliases": ["Kitchen renovation"]}},
        {"metadata": {"filename": "notes/kitchen-renovation.md"}},
        {"path": "notes/kitchen-renovation.md"},
        {"path": "notes/kitchen_renovation.md"},
        {"path": "/".join([*["a folder of many words"] * 14, "kitchen-renovation.md"])},
    ],
)
def test_what_is_said_of_a_memory_finds_it_before_a_mention(mina, fields):
    mina.save("Something on tiles.", **fields)
    mina.save("Nothing of the kind.")
    mina.save("We talked of a renovation, and ate in the kitchen, and went home late in the rain.")
    assert found(mina, "kitchen renovation")[0] == "Something on tiles."
    assert found(mina, "kitchn") != []


def test_a_category_finds(mina):
    mina.save("Something on tiles.", category="kitchen renovation")
    mina.save("Nothing of the kind.")
    assert found(mina, "renovation") == ["Something on tiles."]


def test_a_change_of_what_is_said_changes_what_finds(mina, index_of):
    saved = mina.save("Tiles and a zebra.", metadata={"title": "Kitchen", "tags": ["zebra"]})
    url = f"/superthread/memories/{saved['doc_id']}"
    change = {"metadata": {"title": "Garden"}, "category": "plans"}
    assert mina.patch(url, json=change).status_code == 200
    assert found(mina, "kitchen") == []
    for query in ("garden", "plans", "zebra", "tiles"):
        assert found(mina, query) == ["Tiles and a zebra."]
    (entry,) = index_of().values()
    assert entry["noted"] == sorted(entry["terms"])
    assert entry["terms"]["zebra"][0] == 1


def test_a_memory_is_found_by_the_path_that_it_has(mina, index_of):
    by_path = "/superthread/by-path/personal/plans/kitchen.md"
    saved = mina.put(by_path, json={"content": "Tiles and a zebra."}).json()
    url = f"/superthread/memories/{saved['doc_id']}"
    assert found(mina, "kitchen") == ["Tiles and a zebra."]
    assert mina.patch(url, json={"path": "plans/zebra-garden.md"}).status_code == 200
    assert found(mina, "kitchen") == []
    for query in ("garden", "zebra-garden.md", "plans"):
        assert found(mina, query) == ["Tiles and a zebra."]
    assert mina.patch(url, json={"path": None}).status_code == 200
    assert found(mina, "garden") == []
    (entry,) = index_of().values()
    assert entry["terms"]["zebra"][0] == 1
    assert entry["noted"] == sorted(entry["terms"])


def test_a_new_path_takes_no_word_from_a_text_that_an_older_analyzer_read(mina, monkeypatch):
    with monkeypatch.context() as before:
        before.setattr(analyzer, "VERSION", analyzer.VERSION - 1)
        before.setitem(described.WEIGHTS, "file", 0)
        saved = mina.save("Kitchen tiles.", path="kitchen.md")
    url = f"/superthread/memories/{saved['doc_id']}"
    assert mina.patch(url, json={"path": "bath.md"}).status_code == 200
    assert found(mina, "kitchen") == found(mina, "bath") == ["Kitchen tiles."]


def test_a_path_that_the_metadata_repeats_counts_once(mina, index_of):
    mina.save("Tiles.", path="kitchen.md", metadata={"path": "kitchen.md"})
    (entry,) = index_of().values()
    assert entry["terms"]["kitchen"][0] == 2


def test_other_metadata_is_not_searched(mina):
    mina.save("Tiles.", metadata={"source": "kitchen", "tags": {"kitchen": 1}, "title": 7})
    assert found(mina, "kitchen") == []
