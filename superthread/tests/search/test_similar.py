"""Memories that resemble one, and duplicates named when saving."""

NOTE = "The staging database password is rotated every 30 days and stored in Vault."


def similar(client, doc_id, **params):
    answer = client.get(f"/superthread/memories/{doc_id}/similar", params=params)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["count"] == len(found["memories"])
    return [(memory["content"], memory["score"]) for memory in found["memories"]]


def test_the_most_alike_come_first_and_the_memory_itself_does_not(mina):
    saved = mina.save(NOTE)
    mina.save(NOTE)
    mina.save("The production database password is rotated every 90 days.")
    mina.save("결제 서비스 배포는 화요일이다.")
    found = similar(mina, saved["doc_id"])
    assert [content for content, _ in found] == [
        NOTE,
        "The production database password is rotated every 90 days.",
    ]
    assert found[0][1] == 1.0
    assert 0 < found[1][1] < 0.8
    assert len(similar(mina, saved["doc_id"], limit="1")) == 1


def test_only_what_the_caller_may_read_resembles(mina, api):
    jun = api("jun@example.com")
    jun.save(NOTE)
    trashed = mina.save(NOTE)
    mina.delete(f"/superthread/memories/{trashed['doc_id']}")
    saved = mina.save(NOTE)
    assert similar(mina, saved["doc_id"]) == []
    answer = jun.get(f"/superthread/memories/{saved['doc_id']}/similar")
    assert answer.status_code == 404


def test_a_bad_limit_is_refused(mina):
    saved = mina.save(NOTE)
    for limit in ("0", "101", "x"):
        url = f"/superthread/memories/{saved['doc_id']}/similar"
        assert mina.get(url, params={"limit": limit}).status_code == 400


def save(client, content, flag="true"):
    answer = client.post(
        "/superthread/memories", params={"report_duplicates": flag}, json={"content": content}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_save_names_duplicates_when_asked(mina, api):
    api("jun@example.com").save(NOTE)
    first = save(mina, NOTE)
    assert first["duplicates"] == []
    again = save(mina, NOTE.replace("rotated", "changed"))
    (duplicate,) = again["duplicates"]
    assert duplicate["doc_id"] == first["doc_id"]
    assert 0.8 <= duplicate["score"] < 1
    assert save(mina, "Something else about databases.")["duplicates"] == []


def test_a_save_is_silent_about_duplicates_unless_asked(mina):
    mina.save(NOTE)
    assert "duplicates" not in mina.save(NOTE)
    assert "duplicates" not in save(mina, NOTE, "false")


def test_a_page_that_holds_all_words_of_a_note_is_no_duplicate(mina):
    page = " ".join(f"word{number} thing{number}" for number in range(200))
    mina.save(f"{page} {NOTE} {page}")
    assert save(mina, NOTE)["duplicates"] == []


def test_a_memory_without_any_word_resembles_nothing(mina):
    saved = mina.save("!!!")
    mina.save("???")
    assert similar(mina, saved["doc_id"]) == []
