"""What may be asked: phrases, exclusions, limits, and text that looks like something else."""

import pytest

HOSTILE = [
    "' OR 1=1 --",
    '"; DROP TABLE superthread_search_term; --',
    ".*",
    "(a+)+$",
    "[z-a]",
    "\\",
    "%",
    "_",
    "%s %(x)s {0}",
    "zebra* NEAR(a b) AND OR NOT",
    "😀 ☕",
    "!!!",
    "\x01\x1b[31m zebra \x7f",
    "\u200b zebra \u202e",
    "the of and to",
    " ".join(f"word{n}" for n in range(60)),
]


def ask(client, query, **fields):
    return client.post("/superthread/search", json={"query": query, **fields})


def test_a_phrase_must_occur_as_written(mina, contents):
    mina.save("The release manager approves.")
    mina.save("The manager of the release approves.")
    mina.save("Prerelease managers approve.")
    assert contents(mina, '"Release  Manager"') == ["The release manager approves."]
    assert contents(mina, "“release manager”") == ["The release manager approves."]
    assert len(contents(mina, "release manager")) == 3


def test_a_korean_phrase_may_carry_a_particle(mina, contents):
    mina.save("결제 서비스는 화요일에 배포한다.")
    mina.save("서비스 결제는 따로 한다.")
    assert contents(mina, '"결제 서비스"') == ["결제 서비스는 화요일에 배포한다."]


@pytest.mark.parametrize(
    ("content", "phrase"),
    [
        # Identifiers and names in any case.
        ("We sign in with OAuth2 now.", "OAuth2"),
        ("We sign in with OAuth2 now.", "oauth2 NOW"),
        ("The flow is use_OAuth2_flow.", "OAuth2"),
        ("The new iPhone15 came.", "new iPhone15 came"),
        ("Call parseInvoice_date there.", "parseInvoice_date"),
        ("İstanbul trip", "İstanbul trip"),
        # Korean phrases may begin and end inside a word.
        ("모두 공부하는 일이다.", "하는 일"),
        ("모두 공부하는 중이다.", "공부하"),
        ("회의에서 결정했다.", "결정했"),
        ("회의에서 결정했다.", "서 결정"),
        ("서울시에서는 배포했습니다.", "서울시에서"),
    ],
)
def test_a_phrase_finds_the_text_that_holds_it(mina, contents, content, phrase):
    mina.save(content)
    assert contents(mina, f'"{phrase}"') == [content]


def test_every_one_of_several_phrases_must_occur(mina, contents):
    mina.save("red apple and green pear")
    mina.save("red apple and green plum")
    assert contents(mina, '"red apple" "green pear"') == ["red apple and green pear"]


def test_a_phrase_of_stop_words_or_signs_is_looked_for_in_the_text(mina, contents):
    mina.save("To be or not to be, that is it.")
    mina.save("To be it or not.")
    mina.save("Written in C++ mostly.")
    mina.save("Written in C mostly.")
    assert contents(mina, '"to be or"') == ["To be or not to be, that is it."]
    assert contents(mina, '"C++"') == ["Written in C++ mostly."]


def test_a_phrase_pages_like_any_query(mina):
    for number in range(5):
        mina.save(f"red apple {number}")
        mina.save(f"apple red {number}")
    seen, cursor = [], None
    while True:
        fields = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = ask(mina, '"red apple"', **fields).json()
        seen += [result["content"] for result in page["results"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [f"red apple {number}" for number in (4, 3, 2, 1, 0)]


def test_a_minus_excludes_a_word_a_phrase_or_a_korean_word(mina, contents):
    mina.save("apple pie")
    mina.save("apple tart with deploys")
    mina.save("apple 배포는 화요일")
    mina.save("apple pie crust is thin")
    found = contents(mina, "apple -pie -배포")
    assert found == ["apple tart with deploys"]
    assert contents(mina, "apple -deploy -pie") == ["apple 배포는 화요일"]
    assert sorted(contents(mina, 'apple -"pie crust" -deploys -배포')) == ["apple pie"]


def test_a_minus_excludes_an_identifier_and_not_the_words_in_it(mina, contents):
    mina.save("apple from OAuth2")
    mina.save("apple from upload_worker")
    mina.save("apple of 2024-01-05")
    mina.save("an apple, the auth, an upload, 2 workers, 05/01 2024")
    query = "apple -OAuth2 -upload_worker -2024-01-05"
    assert contents(mina, query) == ["an apple, the auth, an upload, 2 workers, 05/01 2024"]


def test_a_hyphen_inside_a_word_excludes_nothing(mina, contents):
    mina.save("drf-spectacular makes the schema")
    assert contents(mina, "drf-spectacular") == ["drf-spectacular makes the schema"]


@pytest.mark.parametrize("query", ["", "   ", "\u200b\u3000", '""', "-", '"', "-zebra", '- "" -'])
def test_a_query_without_a_word_is_refused(mina, query):
    answer = ask(mina, query)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/query", "empty-query")


def test_16384_characters_after_nfc_are_the_limit(mina):
    decomposed = "\u1112\u1161\u11ab" * 16_384  # 한 in three code points
    assert ask(mina, "z" * 16_384).status_code == 200
    assert ask(mina, decomposed).status_code == 200
    answer = ask(mina, "z" * 16_385)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/query"
    assert ask(mina, decomposed + "\u1112").status_code == 400


@pytest.mark.parametrize("query", HOSTILE)
def test_odd_text_is_just_text(mina, query):
    mina.save("A quiet page about nothing.")
    answer = ask(mina, query, explain=True)
    assert answer.status_code == 200
    assert answer.json()["results"] == []


def test_wildcards_of_sql_are_literal_in_phrases_of_signs(mina, contents):
    mina.save("100 % sure")
    mina.save("entirely sure")
    assert contents(mina, '"%"') == ["100 % sure"]
    assert contents(mina, '"_"') == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"query": 7},
        {"query": "a\x00b"},
        {"query": "a", "limit": 0},
        {"query": "a", "limit": 101},
        {"query": "a", "limit": "5"},
        {"query": "a", "scope": "mine"},
        {"query": "a", "explain": "true"},
        {"query": "a", "cursor": "AAAA"},
        {"query": "a", "unknown": 1},
    ],
)
def test_a_bad_body_is_refused(mina, body):
    assert mina.post("/superthread/search", json=body).status_code == 400


def test_a_cursor_of_another_query_is_refused(mina):
    for number in range(3):
        mina.save(f"zebra giraffe {number}")
    cursor = ask(mina, "zebra", limit=1).json()["next_cursor"]
    assert ask(mina, "zebra", limit=1, cursor=cursor).status_code == 200
    assert ask(mina, "giraffe", limit=1, cursor=cursor).status_code == 400
