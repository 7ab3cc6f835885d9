"""Input made to keep the hub busy is refused, or answered in bounded time.

None of these takes a second; each took many, or for ever, without its bound.
"""

import time

import pytest

from superthread.search.retrieval import spelling
from superthread.search.retrieval.reach import Searchable

LETTERS = "abcdefghijklmnopqrstuvwxyz"

MARKS = "a" + "\u0300\u0316" * 20_000
# Counts as a starter itself but comes apart into two marks.
TIBETAN = "\u0f73" * 20_000
# Marks beyond the first 65,536 characters, and some of both kinds.
MUSICAL, MIXED = "\U0001d165" * 200, "a" + "\u0300\U0001d165" * 100


@pytest.mark.parametrize(
    "marks", [MARKS, TIBETAN, MUSICAL, MIXED], ids=["Latin", "Tibetan", "musical", "mixed"]
)
@pytest.mark.parametrize("member", ["content", "category", "value", "key"])
def test_rows_of_combining_marks_are_refused_before_they_are_sorted(mina, marks, member):
    body = {"content": "a"}
    body |= {
        "content": {"content": marks},
        "category": {"category": marks},
        "value": {"metadata": {"a": [marks]}},
        "key": {"metadata": {marks: 1}},
    }[member]
    answer = mina.post("/superthread/memories", json=body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "too-many-marks"


def test_text_with_as_many_marks_as_people_use_is_kept(mina):
    zalgo = "H" + "\u0335\u0300\u0316" * 30 + "i"
    assert mina.save(zalgo)["size"] > 100


def test_an_address_may_not_be_endless(mina):
    url = f"/superthread/permissions/{mina.save()['doc_id']}"
    answer = mina.post(url, json={"permissions": {f"{MARKS}@example.com": "viewer"}})
    assert answer.status_code == 400


def _post(mina, body: str):
    headers = {"Content-Type": "application/json"}
    return mina.post("/superthread/memories", content=body.encode(), headers=headers)


def _code(answer) -> str:
    assert answer.status_code == 400, answer.text
    return answer.json()["errors"][0]["code"]


def test_a_duplicate_after_many_keys_is_found_at_once(mina):
    keys = ",".join(f'"{number}":0' for number in range(200_000))
    assert _code(_post(mina, f'{{"metadata":{{{keys},"7":0}}}}')) == "duplicate-key"


def test_quotes_without_an_end_are_read_once(mina):
    assert _code(_post(mina, "[]" * 70 + '"' + '\\"' * 1_000_000)) == "not-json"


@pytest.mark.parametrize("value", ["[]", "{}", "0", '""'])
def test_a_body_has_a_bounded_number_of_values(mina, value):
    assert _code(_post(mina, f'{{"a":[{",".join([value] * 600_000)}]}}')) == "too-many-values"


def test_commas_and_brackets_in_a_text_are_no_values(mina):
    assert mina.save(',[{"' * 200_000)["size"] == 800_000


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("s\n" + "x\n" * 2000 + "e", "t\n" + "x\ny\n" * 1000 + "f"),
        ("x\n" * 20_000 + "e", "x\ny\n" * 99 + "f"),
        ("\n" * 500_000 + "e", "a\n" + "\n" * 400_000),
    ],
)
def test_texts_that_are_hard_to_compare_are_shown_as_one_replacement(mina, old, new):
    saved = mina.save(old)
    mina.patch(f"/superthread/memories/{saved['doc_id']}", json={"content": new})
    answer = mina.get(f"/superthread/versions/{saved['doc_id']}/diff?from=1")
    assert answer.status_code == 200
    diff = answer.json()["diff"]
    assert diff.startswith("--- version 1\n+++ version 2\n@@ ")
    assert diff.count("@@ -") == 1


def test_a_query_of_misspelt_words_takes_few_statements(mina, django_assert_max_num_queries):
    mina.save("kubernetes")
    query = " ".join(f"kubern{first}{second}" for first in "abcdef" for second in "ghijkl")
    with django_assert_max_num_queries(30):
        answer = mina.post("/superthread/search", json={"query": query})
    assert answer.json()["count"] == 1


def test_a_query_is_compared_with_few_of_the_words_that_others_have_planted(mina, api, monkeypatch):
    monkeypatch.setattr(spelling, "COMPARED", 60)
    monkeypatch.setattr(spelling, "COMPARED_EACH", 4)
    planted = " ".join(f"kubern{first}{second}" for first in LETTERS for second in LETTERS)
    api("jun@example.com").save(planted, scope="public")
    compared, ranges = [], spelling.Vocabulary._ranges

    def noting(vocabulary, *asked):
        found = ranges(vocabulary, *asked)
        compared.append(len(found))
        return found

    monkeypatch.setattr(spelling.Vocabulary, "_ranges", noting)
    query = " ".join(f"kubern{letter}xxx" for letter in LETTERS[:15])
    assert mina.post("/superthread/search", json={"query": query}).status_code == 200
    # Of her own words and of the public's.
    assert 0 < sum(compared) <= 2 * 60


def test_a_phrase_is_looked_for_in_few_texts_at_a_time(mina, monkeypatch):
    drafts = [{"content": f"apple red {number}"} for number in range(250)]
    assert mina.post("/superthread/batch/save", json={"memories": drafts}).is_success
    read, contents = [], Searchable.contents
    monkeypatch.setattr(
        Searchable, "contents", lambda self, ids: read.append(len(ids)) or contents(self, ids)
    )
    answer = mina.post("/superthread/search", json={"query": '"red apple"'})
    assert answer.json()["count"] == 0
    assert (sum(read), max(read)) == (250, 100)


@pytest.mark.parametrize(
    ("word", "query"), [("가가 " + "가" * 4_000, "가가"), ("ﷺ" * 50_000, "صلى")]
)
def test_a_long_word_of_one_pair_or_of_ligatures_is_marked_at_once(mina, word, query):
    mina.save(word)
    began = time.process_time()
    answer = mina.post("/superthread/search", json={"query": query}).json()
    assert "<mark>" in answer["results"][0]["highlight"]
    # Where each pair was looked for anew it took a minute.
    assert time.process_time() - began < 10
