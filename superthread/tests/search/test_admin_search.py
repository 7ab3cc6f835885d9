"""The search box of the admin's list of memories asks the index."""

from testing.clients.admin_site import Browser, rows

MEMORIES = "/admin/superthread/memory/"


def test_words_of_the_content_find_memories_best_first(db, mina, api):
    mina.save("First of all\n\nThe zebra crossed the road.")
    mina.save("Second to none\n\nA zebra, a zebra and a giraffe.")
    api("jun@example.com").save("Third\n\nNothing of the kind.")
    html = Browser().text(MEMORIES, q="zebra giraffe")
    assert rows(html) == 2
    assert html.index("Second to none") < html.index("First of all")


def test_the_trash_is_searched_too(db, mina):
    saved = mina.save("First of all\n\nThe zebra crossed the road.")
    mina.delete(f"/superthread/memories/{saved['doc_id']}")
    assert rows(Browser().text(MEMORIES, q="zebra")) == 1


def test_phrases_exclusions_and_odd_text_work_there_too(db, mina):
    mina.save("red apple")
    mina.save("apple red")
    browser = Browser()
    assert rows(browser.text(MEMORIES, q='"red apple"')) == 1
    assert rows(browser.text(MEMORIES, q="apple -red")) == 0
    assert rows(browser.text(MEMORIES, q="-apple")) == 0
