"""What others have stored: it costs a search little, and no answer tells of it."""

import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from memory_hub.accounts.principal import principal_of
from superthread.models import Grant
from superthread.search.analysis import fuzzy
from superthread.search.retrieval.reach import Searchable
from superthread.services.save import save_all
from superthread.store_terms import Draft

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def ask(client, query, **fields):
    answer = client.post("/superthread/search", json={"query": query, **fields})
    assert answer.status_code == 200, answer.text
    return answer.json()


def told(client, *queries):
    """All that the answers tell, but for the time they took."""
    answers = [ask(client, query, explain=True) for query in queries]
    return [{k: v for k, v in answer.items() if k != "took_ms"} for answer in answers]


QUERIES = ("zebra", "zebra road", "zebr* crossing", '"the road"', "zebras giraffe", "zebbra")


def test_scores_and_explanations_do_not_tell_of_the_memories_of_others(mina, api):
    mina.save("The zebra crossed the road.")
    mina.save("The road is long and the zebra slow.")
    before = told(mina, *QUERIES)
    by = principal_of(api("jun@example.com").user, "command")
    save_all([Draft(f"zebra road giraffe crossing zebbra {n}") for n in range(400)], by=by)
    assert told(mina, *QUERIES) == before


def test_frequencies_are_of_what_the_caller_may_reach(mina, api):
    mina.save("The zebra crossed the road.")
    (alone,) = ask(mina, "zebra", explain=True)["explain"]["terms"]
    jun = api("jun@example.com")
    jun.save("A public zebra.", scope="public")
    jun.save("A public giraffe.", scope="public")
    (beside,) = ask(mina, "zebra", explain=True)["explain"]["terms"]
    assert beside["idf"] != alone["idf"]


def test_a_memory_counts_where_it_was_moved_to(mina, api):
    jun = api("jun@example.com")
    jun.save("A giraffe of jun's.")
    saved = mina.save("The zebra crossed the road.", scope="public")
    shown = ask(jun, "zebra giraffe", explain=True)["explain"]["terms"]
    assert {one["term"] for one in shown} == {"zebra", "giraff"}
    url = f"/superthread/memories/{saved['doc_id']}"
    assert mina.patch(url, json={"scope": "personal"}).status_code == 200
    (left,) = ask(jun, "zebra giraffe", explain=True)["explain"]["terms"]
    jun.save("Another giraffe.")
    assert left["term"] == "giraff"
    assert [one["content"] for one in ask(mina, "zebbra")["results"]] == [saved["content"]]


LONG = [f"{first}{second}gram" for first in "bcdfghjklmn" for second in "aeiouywvzx"]


@pytest.mark.parametrize("words", [30, 100])
@pytest.mark.parametrize("memories", [1, 70])
def test_words_that_only_others_have_do_not_decide_a_long_question(mina, api, words, memories):
    by = principal_of(api("jun@example.com").user, "command")
    save_all([Draft(" ".join([*LONG[:words], "antelope"]))] * memories, by=by)
    mina.save("The antelope of the steppe.")
    (found,) = ask(mina, " ".join([*LONG[:words], "antelope"]))["results"]
    assert found["content"] == "The antelope of the steppe."


def test_the_word_of_a_granted_memory_is_among_the_rarest_of_a_long_question(mina, api):
    jun = api("jun@example.com")
    save_all([Draft(" ".join(LONG[:40]))] * 3, by=principal_of(jun.user, "command"))
    jun.save("An unrelated note.")
    saved = mina.save("The okapi of the steppe.")
    grant = {"permissions": {"jun@example.com": "viewer"}}
    mina.post(f"/superthread/permissions/{saved['doc_id']}", json=grant)
    question = " ".join([*LONG[:40], "okapi"])
    assert saved["doc_id"] not in {one["doc_id"] for one in ask(jun, question)["results"]}
    Grant.objects.update(accepted=True)
    assert saved["doc_id"] in {one["doc_id"] for one in ask(jun, question)["results"]}


@pytest.fixture
def planted(mina, api):
    """60,000 words of another user, many of them a slip away from what is asked for."""
    draw = random.Random(5)
    by = principal_of(api("jun@example.com").user, "command")
    words = ["zebr" + "".join(draw.choices(LETTERS, k=4)) for _ in range(60_000)]
    drafts = [Draft(" ".join(words[start : start + 2_000])) for start in range(0, 60_000, 2_000)]
    save_all(drafts, by=by)
    mina.save("The kubernetes zebra of the steppe, and an okapi.")
    return words


def test_words_that_others_planted_are_neither_compared_nor_read(mina, planted, monkeypatch):
    compared: list[str] = []
    real = fuzzy.substitutes

    def counting(term, vocabulary, count):
        compared.extend(vocabulary)
        return real(term, vocabulary, count)

    monkeypatch.setattr(fuzzy, "substitutes", counting)
    draw = random.Random(6)
    unknown = ["zebr" + "".join(draw.choices(LETTERS, k=4)) + "q" for _ in range(14)]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = ask(mina, " ".join([*unknown, "kubernets"]))
    assert [one["content"][:14] for one in page["results"]] == ["The kubernetes"]
    assert not set(compared) & set(planted)
    assert len(compared) < 50
    with CaptureQueriesContext(connection) as plain:
        ask(mina, "zebra okapi steppe")
    assert len(asked) <= len(plain) + 3


def test_a_word_of_a_granted_memory_is_respelt_too(mina, api):
    saved = mina.save("The kubernetes cluster is mine.")
    jun = api("jun@example.com")
    assert ask(jun, "kubernets")["results"] == []
    grant = {"permissions": {"jun@example.com": "viewer"}}
    mina.post(f"/superthread/permissions/{saved['doc_id']}", json=grant)
    assert ask(jun, "kubernets")["results"] == []
    Grant.objects.update(accepted=True)
    assert [one["doc_id"] for one in ask(jun, "kubernets")["results"]] == [saved["doc_id"]]


def test_phrases_are_looked_for_in_a_bounded_number_of_texts(mina, monkeypatch):
    from superthread.search.retrieval import phrases

    monkeypatch.setattr(phrases, "MOST_READ", 30)
    drafts = [Draft(f"apple red {number}") for number in range(80)]
    save_all(drafts, by=principal_of(mina.user, "command"))
    mina.save("a red apple")
    read, contents = [], Searchable.contents
    monkeypatch.setattr(
        Searchable, "contents", lambda self, ids: read.extend(ids) or contents(self, ids)
    )
    assert ask(mina, '"red apple"')["results"][0]["content"] == "a red apple"
    read.clear()
    page = ask(mina, '"apple apple red"')
    assert (page["results"], page["incomplete"]) == ([], True)
    assert len(read) == 30
    read.clear()
    page = ask(mina, '"what it is"')
    assert (page["results"], page["incomplete"]) == ([], True)
    assert len(read) == 30
