"""The list of memories and its search, as a person meets them."""

import gzip
import re
from html import unescape
from urllib.parse import quote

import pytest

from memory_hub.accounts import services
from memory_hub.accounts.principal import principal_of
from memory_hub.core.identity import OPERATOR
from superthread.models import Memory
from superthread.services.save import save
from superthread.services.sharing import change_grants
from superthread.store_terms import Draft
from testing.clients.browsing import Person, inside, registered

MINA, JUN = "mina@example.com", "jun@example.com"
KOREAN = {"Accept-Language": "ko"}


@pytest.fixture
def mina(db):
    return inside(MINA)


def keep(person, content, scope="personal", **more):
    """Saves a memory of somebody."""
    return save(Draft(content, scope, **more), by=principal_of(person.user, "command"))


def titles(text):
    """What the rows are called, in order."""
    return [unescape(one) for one in re.findall(r'class="row-title"[^>]*>([^<]*)</a>', text)]


def following(text):
    """Where the next rows are; None where there are none."""
    found = re.search(r'<li class="row more">.*?href="([^"]+)"', text, re.S)
    return found and "/memories" + unescape(found[1])


def test_one_s_memories_newest_change_first_with_what_they_are(mina):
    keep(mina, "# Older\n\nIt says more.", category="decisions", metadata={"tags": ["deploy"]})
    keep(mina, "Newer")
    text = mina.text("/memories")
    assert titles(text) == ["Newer", "Older"]
    assert '<p class="row-text">It says more.</p>' in text
    assert ">deploy</a>" in text
    assert "decisions" in text


def test_text_of_a_memory_is_text(mina):
    keep(mina, "<script>alert(1)</script> & more", metadata={"tags": ['"><img src=x>']})
    for path in ("/memories", "/memories?q=more"):
        text = mina.text(path)
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "alert(1)" in text


def test_what_is_looked_for_is_shown_again_as_text(mina):
    text = mina.text("/memories?q=" + quote('"><b>'))
    assert "<b>" not in text
    assert 'value="&quot;&gt;&lt;b&gt;"' in text


def test_a_search_speaks_the_syntax_of_the_api_and_marks_what_it_found(mina):
    keep(mina, "Deploys happen on Tuesdays")
    keep(mina, "Deploys happen when they happen, draft")
    text = mina.text("/memories?q=" + quote("deploys -draft"))
    assert titles(text) == ["Deploys happen on Tuesdays"]
    assert "<mark>Deploys</mark>" in text
    assert "Without what has: draft" in text
    assert titles(mina.text("/memories?q=" + quote('"happen when"'))) == [
        "Deploys happen when they happen, draft"
    ]


@pytest.mark.parametrize("query", ["", "q=note"])
@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("scope=personal", {"one"}),
        ("scope=team", {"two"}),
        ("team_key=alpha", {"two"}),
        ("category=people", {"two"}),
        ("tag=deploy", {"one"}),
        ("owner=me", {"one", "two"}),
        (f"owner={JUN}", {"three"}),
        ("path_prefix=notes/", {"one"}),
        ("changed_from=2000-01-01", {"one", "two", "three"}),
        ("changed_to=2000-01-01", set()),
        ("scope=&category=&owner=", {"one", "two", "three"}),
        ("utm_source=mail", {"one", "two", "three"}),
    ],
)
def test_filters_beside_a_search_and_without(mina, asked, there, query):
    services.place_member(key="alpha", email=MINA, role="member", by=OPERATOR)
    jun = Person(JUN)
    jun.user = registered(JUN)
    keep(mina, "note one", path="notes/one.md", metadata={"tags": ["deploy"]})
    keep(mina, "note two", "team", category="people", team_key="alpha")
    keep(jun, "note three", "public")
    text = mina.text("/memories?" + "&".join(filter(None, (query, asked))))
    assert {one.removeprefix("note ") for one in titles(text)} == there


def test_days_are_within_what_is_asked_for(mina):
    row = keep(mina, "note")
    memory = Memory.objects.filter(pk=row["id"])
    memory.update(created_at="2026-05-05T00:00Z", updated_at="2026-05-05T23:59:59Z")
    assert titles(mina.text("/memories?changed_from=2026-05-05&changed_to=2026-05-05"))
    assert not titles(mina.text("/memories?changed_from=2026-05-06"))
    assert not titles(mina.text("/memories?changed_to=2026-05-04"))


@pytest.mark.parametrize(
    ("asked", "english", "korean"),
    [
        ("changed_from=yesterday", "This is no day.", "날짜가 아닙니다."),
        ("cursor=x", "The cursor is not one of this list.", "이 목록의 위치가 아닙니다."),
        ("scope=personal&team_key=a", "Only the scopes team and all", "팀은 팀 범위나 전체"),
        (f"category={'x' * 65}", "at most 64 characters", "최대 64자까지"),
        ("changed_to=9999-12-31", "This is no day.", "날짜가 아닙니다."),
    ],
)
def test_a_filter_that_is_wrong_is_said_above_the_form(mina, asked, english, korean):
    for headers, said in (({}, english), (KOREAN, korean)):
        text = mina.text(f"/memories?{asked}", 400, headers=headers)
        assert said in re.search(r'role="alert">([^<]*)<', text)[1]
        assert 'name="category"' in text


def test_an_endless_list_goes_on_by_links_and_by_parts(mina):
    for number in range(120):
        keep(mina, f"note {number:03}")
    text, found, pages = mina.text("/memories"), [], 0
    while True:
        found += titles(text)
        pages += 1
        onward = following(text)
        if onward is None:
            break
        text = mina.text(onward, headers={"HX-Request": "true"} if pages == 1 else {})
        # A part is rows alone, for a script; a link leads to a whole page.
        assert ("<html" in text) is (pages != 1)
    assert found == [f"note {number:03}" for number in reversed(range(120))]
    assert pages == 3


def test_after_some_pages_somebody_has_to_ask_for_more(mina):
    for number in range(51):
        keep(mina, f"note {number}")
    assert "revealed" in mina.text("/memories")
    assert "revealed" not in mina.text("/memories?page=4")


def test_what_is_only_offered_stands_apart_and_not_in_the_list(mina):
    jun = Person(JUN)
    jun.user = registered(JUN)
    row = keep(jun, "A secret of Jun's")
    by = principal_of(jun.user, "command")
    change_grants(doc_id=str(row["doc_id"]), changes={MINA: "viewer"}, by=by)
    services.place_member(key="alpha", email=MINA, role="member", by=OPERATOR)
    text = mina.text("/memories")
    assert titles(text) == []
    assert "1 memory is offered to you." in text
    assert "메모리가 1개" in mina.text("/memories", headers=KOREAN)
    assert "secret" not in text
    # Where one looks for something it would be in the way.
    assert "is offered to you" not in mina.text("/memories?q=note")


def test_the_fields_of_filters_know_what_there_is(mina):
    keep(mina, "one", category="결정", metadata={"tags": ["deploy"]})
    text = mina.text("/memories/suggestions")
    assert '<option value="결정">' in text
    assert '<option value="deploy">' in text
    assert "결정" not in inside(JUN).text("/memories/suggestions")


def test_a_part_for_somebody_who_is_logged_out_leads_to_the_log_in(db):
    answer = Person().get("/memories", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/login")


def test_a_full_page_is_short_over_the_wire(mina):
    """The longest titles and beginnings, each of other words, in letters of three bytes."""
    letters = [chr(0xAC00 + n * 37 % 11_000) for n in range(60_000)]
    for number in range(51):
        start = number * 1_000
        content = "".join(" " if n % 5 == 0 else letters[start + n] for n in range(1, 1_000))
        keep(
            mina,
            content,
            path=f"경로/{number}",
            metadata={"tags": list(letters[start : start + 4])},
        )
    answer = mina.get("/memories", headers={"Accept-Encoding": "gzip"})
    assert len(answer.content) <= 60_000, len(answer.content)
    assert len(titles(gzip.decompress(answer.content).decode())) == 50


def test_all_that_a_page_loads_is_short_over_the_wire(mina):
    text = mina.text("/memories")
    files = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', text))
    assert len(files) >= 4
    sizes = {path: len(gzip.compress(mina.get(path).content)) for path in files}
    assert sum(sizes.values()) <= 150_000, sizes


def test_a_list_asks_the_database_as_little_for_many_as_for_few(
    mina, django_assert_max_num_queries
):
    for number in range(30):
        keep(mina, f"note {number}")
    with django_assert_max_num_queries(12):
        mina.text("/memories")


def test_who_reads_whose_memories_is_counted_as_for_the_api(mina, monkeypatch):
    noted = []
    told = "superthread.feed.shown.note_read"
    monkeypatch.setattr(told, lambda kind, pk, by: noted.append((kind, pk, by.origin.via)))
    jun = Person(JUN)
    jun.user = registered(JUN)
    row = keep(jun, "public note", "public")
    keep(mina, "own note")
    for path in ("/memories", "/memories?q=note"):
        mina.text(path)
        assert noted.pop() == ("read.part", row["id"], "web")
    assert noted == []
