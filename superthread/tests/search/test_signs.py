"""Dashes, signs, emoji, stop words, numbers, beginnings and ids: nothing silently finds nothing."""

import re

import pytest


def ask(client, query, **fields):
    answer = client.post("/superthread/search", json={"query": query, **fields})
    assert answer.status_code == 200, answer.text
    return answer.json()


def found(client, query, **fields):
    return [one["content"] for one in ask(client, query, **fields)["results"]]


def test_a_dash_before_a_flag_or_a_number_excludes_nothing(mina):
    mina.save("POST the letter, then curl up with a book by X")
    mina.save("Use curl -X POST for the hook")
    mina.save("The freezer has 18 drawers")
    mina.save("Keep the freezer at -18")
    page = ask(mina, "curl -X POST")
    assert page["results"][0]["content"] == "Use curl -X POST for the hook"
    assert page["excluded"] == []
    page = ask(mina, "freezer -18")
    assert page["results"][0]["content"] == "Keep the freezer at -18"
    assert page["excluded"] == []


def test_a_dash_that_memories_have_before_the_word_excludes_nothing(mina):
    mina.save("Start it with java -jar app")
    mina.save("A jar of java coffee")
    page = ask(mina, "java -jar", limit=1)
    assert page["results"][0]["content"] == "Start it with java -jar app"
    assert page["excluded"] == []
    following = ask(mina, "java -jar", limit=1, cursor=page["next_cursor"])
    assert following["results"][0]["content"] == "A jar of java coffee"


def test_a_dash_before_a_bullet_or_of_another_user_excludes_all_the_same(mina, api):
    api("jun@example.com").save("java -jar app")
    mina.save("shopping\n-jar\n-java")
    mina.save("java beans")
    page = ask(mina, "java -jar")
    assert [one["content"] for one in page["results"]] == ["java beans"]
    assert page["excluded"] == ["jar"]


def test_what_was_excluded_is_said_in_every_answer(mina):
    mina.save("release manager of the month")
    mina.save("release manager draft")
    page = ask(mina, '"release manager" -draft -"old one"')
    assert [one["content"] for one in page["results"]] == ["release manager of the month"]
    assert sorted(page["excluded"]) == ["draft", "old one"]
    assert ask(mina, "release")["excluded"] == []


def test_plain_syntax_reads_all_as_text_and_web_every_dash_as_an_exclusion(mina):
    mina.save("use curl -X POST")
    mina.save("release draft")
    assert found(mina, 'release -draft "nowhere"', syntax="plain") == ["release draft"]
    page = ask(mina, "curl -X", syntax="web")
    assert (page["results"], page["excluded"]) == ([], ["x"])
    answer = mina.post("/superthread/search", json={"query": "a", "syntax": "sql"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("query", "right", "wrong"),
    [
        (".NET", ".NET 8 upgrade", "net salary in March"),
        ("C++", "The engine is C++", "vitamin C"),
        ("c#", "Port it to C#", "vitamin C"),
        ("=>", "arrow => function", "arrow function"),
        ("🚀", "launch 🚀 today", "launch today"),
        ("👍", "fine 👍🏽", "fine"),
        ("$HOME", "set $HOME first", "home sweet home"),
        ("%", "100 % sure", "entirely sure"),
        ("€", "it costs 5 €", "it costs 5"),
        ("1,234,567", "we sold 1234567", "we sold 1, 234 and 567"),
        ("1234567", "we sold 1,234,567", "we sold 7654321"),
        ("010-1234-5678", "call 01012345678", "call 0109999"),
        ("01012345678", "call 010 1234 5678", "call 1234"),
        ("The Who", "The Who played live", "the one who played live"),
        ("Will", "Will called", "the end will come"),
        ("IT", "ask the IT department", "It was raining"),
        ("what it is for", "Nobody knows what it is for.", "Not a bee"),
        ("will", "it will rain", "it rains"),
        ("犬", "愛犬家の集まり", "猫の集まり"),
        ("transcr*", "the transcription is done", "the transport is done"),
        ("transcriptio*", "the transcripts are done", "the transport is done"),
    ],
)
def test_signs_and_small_words_find(mina, query, right, wrong):
    mina.save(right)
    mina.save(wrong)
    assert found(mina, query)[:1] == [right]


def test_a_doc_id_finds_its_memory_before_those_that_name_it(mina, api):
    saved = mina.save("The zebra crossed the road.")
    mina.save(f"see {saved['doc_id']}")
    results = ask(mina, saved["doc_id"])["results"]
    assert results[0]["doc_id"] == saved["doc_id"]
    assert len(results) == 2
    assert results[0]["score"] > results[1]["score"]
    assert ask(mina, saved["doc_id"], category="other")["results"] == []
    assert ask(api("jun@example.com"), saved["doc_id"])["results"] == []


def test_a_beginning_is_read_as_words_of_the_caller_only(mina, api):
    api("jun@example.com").save("transcriptase is secret")
    mina.save("the transcript of monday")
    page = ask(mina, "transcr*", explain=True)
    assert [one["term"] for one in page["explain"]["terms"]] == ["transcript"]
    assert page["explain"]["terms"][0]["instead_of"] == "transcr*"


def test_a_question_of_16_kilobytes_is_decided_by_its_rarest_words(mina):
    mina.save("ZebraConnectionError in the pool")
    for number in range(30):
        mina.save(f"common words of every trace, line {number}")
    trace = '  File "/srv/app.py", line 7, in -run\n' * 390
    assert found(mina, f"{trace} ZebraConnectionError")[:1] == ["ZebraConnectionError in the pool"]


SPACED = "할일/할 일 첫눈/첫 눈 안됨/안 됨 두번/두 번 비올때/비 올 때"


@pytest.mark.parametrize("pair", re.split(r" (?=\S+/)", SPACED))
def test_korean_words_are_found_with_and_without_the_space(mina, pair):
    one, other = pair.split("/")
    for text in (one, other):
        mina.save(f"{text} 이야기")
    mina.save("아무 관계 없는 글")
    for query in (one, other):
        assert sorted(found(mina, query)) == sorted([f"{one} 이야기", f"{other} 이야기"])
        assert "<mark>" in ask(mina, query)["results"][0]["highlight"]
