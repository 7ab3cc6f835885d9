"""Searching as it was: the same as a search then would have found among what one may edit now."""

import random

import pytest

from superthread.feed import past_search
from superthread.tests.feed.acts import accept, now, one_of, share

SEARCH = "/superthread/search"


def found(client, query, moment=None, **beside):
    body = {"query": query, "limit": 100, **beside} | ({"at": moment} if moment else {})
    answer = client.post(SEARCH, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["results"]


def ids(results):
    return [one["doc_id"] for one in results]


def test_a_search_finds_what_a_text_said_then(mina):
    memory = mina.save("The quokka sleeps.", category="animals")
    other = mina.save("The heron stands.")
    then = now()
    mina.patch(one_of(memory), json={"content": "The walrus dives.", "category": "sea"})
    mina.save("A quokka, later.")
    assert ids(found(mina, "quokka", then)) == [memory["doc_id"]]
    (told,) = found(mina, "quokka", then)
    assert (told["content"], told["category"]) == ("The quokka sleeps.", "animals")
    assert told["highlight"] == "The <mark>quokka</mark> sleeps."
    assert found(mina, "walrus", then) == []
    assert ids(found(mina, "heron", then)) == [other["doc_id"]]
    assert ids(found(mina, "quokka", then, category="animals")) == [memory["doc_id"]]
    assert found(mina, "quokka", then, category="sea") == []
    assert ids(found(mina, '"quokka sleeps"', then)) == [memory["doc_id"]]
    assert found(mina, '"sleeps quokka"', then) == []
    assert found(mina, "quokka -sleeps", then, syntax="web") == []


def test_words_that_no_memory_has_any_more_are_found(mina):
    memory = mina.save("xylograph")
    then = now()
    mina.patch(one_of(memory), json={"content": "something else"})
    assert ids(found(mina, "xylograph", then)) == [memory["doc_id"]]
    assert ids(found(mina, "the", then)) == []


def test_old_texts_are_found_by_editors_alone(people):
    mina, jun, sora = people
    memory = mina.save("The secret quokka.", scope="team", team_key="alpha")
    then = now()
    mina.patch(one_of(memory), json={"content": "Nothing to see."})
    kept = mina.save("A kept quokka.", scope="team", team_key="alpha")
    after = now()
    assert ids(found(mina, "quokka", then)) == [memory["doc_id"]]
    for other in (jun, sora):
        assert found(other, "quokka", then) == found(other, "quokka", after) == []
    share(mina, kept, sora="editor")
    accept(sora, kept)
    assert ids(found(sora, "quokka", after)) == [kept["doc_id"]]


def test_what_was_trashed_or_moved_since_is_found_where_it_was(people):
    mina = people[0]
    memory = mina.save("The quokka of the team.", scope="team", team_key="alpha")
    gone = mina.save("The quokka that goes.")
    then = now()
    mina.patch(one_of(memory), json={"scope": "personal"})
    mina.delete(one_of(gone))
    assert set(ids(found(mina, "quokka", then))) == {memory["doc_id"], gone["doc_id"]}
    assert ids(found(mina, "quokka", then, scope="team", team_key="alpha")) == [memory["doc_id"]]
    assert ids(found(mina, "quokka", then, scope="personal")) == [gone["doc_id"]]
    mina.delete(f"{one_of(gone)}?permanent=true")
    assert ids(found(mina, "quokka", then)) == [memory["doc_id"]]


def test_more_than_can_be_judged_is_too_far_and_the_nearest_moment_is_not(mina, monkeypatch):
    monkeypatch.setattr(past_search, "MOST", 3)
    monkeypatch.setattr(past_search, "AT_ONCE", 2)
    memories = [mina.save(f"quokka {number}") for number in range(5)]
    then = now()
    for memory in memories:
        mina.patch(one_of(memory), json={"content": "walrus"})
        now()
    answer = mina.post(SEARCH, json={"query": "quokka", "at": then})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "too-far"
    nearest = answer.json()["nearest"]
    assert set(ids(found(mina, "quokka", nearest))) == {one["doc_id"] for one in memories[2:]}
    assert set(ids(found(mina, "walrus", nearest))) == {one["doc_id"] for one in memories[:2]}


def test_a_moment_takes_no_other_filters(mina):
    mina.save("Now.")
    for beside in ({"sort": "created"}, {"owner": "me"}, {"explain": True}, {"tag": "a"}):
        body = {"query": "now", "at": now(), **beside}
        assert mina.post(SEARCH, json=body).status_code == 400
    for moment in ("2001-01-01T00:00:00Z", "2999-01-01T00:00:00Z"):
        assert mina.post(SEARCH, json={"query": "now", "at": moment}).status_code == 400


def test_pages_go_on_where_they_ended(mina):
    for number in range(7):
        memory = mina.save(f"quokka {'and more ' * number}")
        if number % 2:
            then = now()
            mina.patch(one_of(memory), json={"content": "walrus"})
    then = now()
    for number in range(3):
        mina.save(f"another quokka {number}")
    whole, pages, cursor = ids(found(mina, "quokka walrus", then)), [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        body = {"query": "quokka walrus", "at": then, "limit": 2, **more}
        page = mina.post(SEARCH, json=body).json()
        pages += ids(page["results"])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert pages == whole
    assert len(set(whole)) == 7


WORDS = ("quokka", "walrus", "heron", "lynx", "ibis", "newt")


@pytest.mark.drill
@pytest.mark.parametrize("seed", range(2))
def test_any_past_is_found_as_it_was_found_then(mina, seed):
    """Of one person: which memories answer is what they answered then."""
    chance = random.Random(seed)
    memories, recorded = [], []
    for _ in range(25):
        text = " ".join(chance.choices(WORDS, k=chance.randint(1, 4)))
        if memories and chance.random() < 0.5:
            mina.patch(one_of(chance.choice(memories)), json={"content": text})
        elif memories and chance.random() < 0.3:
            mina.delete(one_of(chance.choice(memories)))
        else:
            memories.append(mina.save(text))
        if chance.random() < 0.3:
            moment = now()
            queries = (*WORDS, '"quokka walrus"', "heron -lynx")
            state = {query: set(ids(found(mina, query))) for query in queries}
            recorded.append((moment, state))
    assert recorded
    for moment, state in recorded:
        assert {query: set(ids(found(mina, query, moment))) for query in state} == state
