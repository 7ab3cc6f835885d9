"""The order of results, paging through it, and how it is explained."""

import pytest


def ask(client, query, **fields):
    answer = client.post("/superthread/search", json={"query": query, **fields})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_rare_words_and_more_of_them_come_first(mina):
    mina.save("The zebra eats grass.")
    mina.save("The giraffe eats leaves.")
    mina.save("The zebra and the giraffe drink.")
    mina.save("Everything eats.")
    found = ask(mina, "giraffe eats leaves")["results"]
    assert found[0]["content"] == "The giraffe eats leaves."
    scores = [result["score"] for result in found]
    assert scores == sorted(scores, reverse=True)


def test_of_equal_scores_the_later_made_comes_first(mina):
    for number in "12345":
        mina.save(f"zebra {number}")
    found = ask(mina, "zebra", explain=True)
    assert [result["content"][-1] for result in found["results"]] == list("54321")
    assert len({result["score"] for result in found["results"]}) == 1
    assert found["explain"]["tie"] == "Of equal scores the memory changed later comes first."


def test_what_few_may_read_is_found_below_hundreds_of_better_hits(api, mina):
    """More than are looked at before every hit is."""
    drafts = [{"content": f"zebra zebra {number}", "scope": "personal"} for number in range(250)]
    assert mina.post("/superthread/batch/save", json={"memories": drafts}).is_success
    jun = api("jun@example.com")
    own = [jun.save(f"One zebra among many other animals of the steppe {n}") for n in range(3)]
    found = ask(jun, "zebra", limit=2)
    following = ask(jun, "zebra", limit=2, cursor=found["next_cursor"])
    seen = [result["doc_id"] for page in (found, following) for result in page["results"]]
    assert seen == [memory["doc_id"] for memory in reversed(own)]
    assert following["next_cursor"] is None


def test_pages_join_without_gaps_while_others_write(mina):
    saved = [mina.save("zebra " * (number % 3 + 1) + str(number))["doc_id"] for number in range(11)]
    seen, cursor = [], None
    while True:
        page = ask(mina, "zebra", limit=3, **({"cursor": cursor} if cursor else {}))
        seen += [result["doc_id"] for result in page["results"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        # Changes every frequency; what was there keeps its place all the same.
        mina.save("a zebra more")
        mina.save("nothing of the kind, but longer than the rest by a good deal")
    assert sorted(doc_id for doc_id in seen if doc_id in saved) == sorted(saved)
    assert len(set(seen)) == len(seen)


def test_the_explanation_adds_up_to_the_score(mina):
    mina.save("The zebra crossed the road and the zebra came back.")
    mina.save("The road is long.")
    found = ask(mina, "zebra road kubernetes", explain=True)
    idf = {term["term"]: term["idf"] for term in found["explain"]["terms"]}
    assert set(idf) == {"zebra", "road"}
    assert idf["zebra"] > idf["road"]
    for result in found["results"]:
        assert sum(result["explain"].values()) == pytest.approx(result["score"], abs=1e-5)


def test_a_later_page_is_explained_like_the_first(mina):
    for number in range(2):
        mina.save(f"deploy {number}")
    # The second word is read as the first.
    query = "deploy deploi"
    first = ask(mina, query, limit=1, explain=True)
    later = ask(mina, query, limit=1, explain=True, cursor=first["next_cursor"])
    assert later["explain"] == first["explain"]
    (result,) = later["results"]
    assert sum(result["explain"].values()) == pytest.approx(result["score"], abs=1e-5)


def test_the_explanation_names_what_stands_for_a_misspelling(mina):
    mina.save("Allergic to penicillin.")
    (term,) = ask(mina, "penicilin", explain=True)["explain"]["terms"]
    assert term["term"] == "penicillin"
    assert (term["instead_of"], term["weight"]) == ("penicilin", 0.6)


def test_without_explain_nothing_is_explained(mina):
    mina.save("zebra")
    found = ask(mina, "zebra")
    assert "explain" not in found
    assert "explain" not in found["results"][0]


def test_the_explanation_is_silent_about_words_of_others(mina, api):
    mina.save("The merger with Zebra Corporation is secret.")
    jun = api("jun@example.com")
    jun.save("The road is long.")
    found = ask(jun, "zebra road", explain=True)
    assert [term["term"] for term in found["explain"]["terms"]] == ["road"]
