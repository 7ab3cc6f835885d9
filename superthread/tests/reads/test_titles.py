"""What a memory is called: by its own title, else by its first line, never by mark-up or data."""

import base64
import io
import random

import pytest
from django.core.management import call_command

from superthread.models import Memory

PICTURE = base64.b64encode(random.Random(3).randbytes(600)).decode()
LARGE = base64.b64encode(random.Random(4).randbytes(150_000)).decode()
KEY = "\n".join(LARGE[start : start + 64] for start in range(0, 640, 64))


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("Deploys happen on Tuesdays.\nAlways.", "Deploys happen on Tuesdays."),
        ("---\ntitle: Kitchen plan\ntags: [a]\n---\n# Other\ntext", "Kitchen plan"),
        ('---\ntitle: "Re: hello"\n---\ntext', "Re: hello"),
        ("---\ntags: garden\n---\n\n# The garden\ntext", "The garden"),
        ("---\ntags: garden\naliases: [Küche]\n---\n", "garden"),
        ("A line before.\n\n# The heading\ntext", "The heading"),
        ("The heading\n===========\ntext", "The heading"),
        ("## Second level ##\ntext", "Second level"),
        ("Run this:\n```\n\n# install\n```", "Run this:"),
        ("Run this:\n# install", "Run this:"),
        ("- [ ] **Buy** _milk_ and `eggs`", "Buy milk and eggs"),
        ("> [The site](https://example.com) is [[notes/plan|planned]]", "The site is planned"),
        (f"![](data:image/png;base64,{PICTURE})\nTeam photo", "Team photo"),
        (f"{PICTURE}\nTeam photo", "Team photo"),
        (f"![](data:image/png;base64,{LARGE})\nTeam photo", "Team photo"),
        (f"![The team](data:image/png;base64,{LARGE})\nText", "The team"),
        (f"<img src='data:image/png;base64,{LARGE}'>\n# Team photo", "Team photo"),
        (f"![](data:image/png;base64,{LARGE})\n" * 3 + "Team photo", "Team photo"),
        (f"![](data:image/png;base64,{PICTURE})", "…"),
        (f"![](data:image/png;base64,{LARGE})", "…"),
        (
            f"-----BEGIN PRIVATE KEY-----\n{KEY}\n-----END PRIVATE KEY-----\nOf the bot",
            "Of the bot",
        ),
        ("<h1>Welcome</h1>", "Welcome"),
        ("snake_case and 2 * 3 * 4 stay", "snake_case and 2 * 3 * 4 stay"),
        ("!!!", "!!!"),
        ("회의록: 배포 계획\n내용", "회의록: 배포 계획"),
    ],
)
def test_a_memory_is_called_by_its_own_title_or_first_line(mina, content, title):
    assert mina.save(content)["title"] == title


def test_a_title_in_the_metadata_comes_first_and_follows_its_changes(mina):
    saved = mina.save("# The heading", metadata={"title": "  Given  title "})
    assert saved["title"] == "Given title"
    url = f"/superthread/memories/{saved['doc_id']}"
    assert mina.patch(url, json={"metadata": {"title": 7}}).json()["title"] == "The heading"
    assert mina.patch(url, json={"metadata": {"title": "New"}}).json()["title"] == "New"
    assert mina.patch(url, json={"content": "text"}).json()["title"] == "New"


def test_a_note_of_front_matter_alone_is_found_by_what_it_says(mina):
    text = "---\ntitle: Kitchen renovation\ntags: garden\naliases: [Küche]\n---"
    saved = mina.save(text)
    for query in ("kitchen renovation", "garden", "Küche"):
        results = mina.post("/superthread/search", json={"query": query}).json()["results"]
        assert [one["doc_id"] for one in results] == [saved["doc_id"]]


def test_reindexing_gives_older_memories_their_titles(mina):
    saved = mina.save("text\n\n# The heading")
    url = f"/superthread/memories/{saved['doc_id']}"
    Memory.objects.update(title="text")
    before = mina.get(url)
    call_command("reindex", "--all", "--quiet", stdout=io.StringIO())
    after = mina.get(url)
    assert (before.json()["title"], after.json()["title"]) == ("text", "The heading")
    assert before.headers["ETag"] != after.headers["ETag"]


@pytest.mark.parametrize(
    "text", ["[" * 60_000, "<a" * 30_000, "**" * 30_000, "> " * 30_000, "- " * 9]
)
def test_titles_of_odd_texts_take_no_time(mina, text):
    assert len(mina.save(text + "x")["title"]) <= 80
