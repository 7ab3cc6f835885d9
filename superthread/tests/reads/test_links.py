"""Links between memories: recognised when written, told as far as one may read, rewritten."""

import io
from threading import Thread

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from superthread.links import links_in, rewritten
from superthread.models import Link, Memory
from superthread.services.save import save
from superthread.services.upkeep import linking
from superthread.store_terms import Draft
from superthread.tests.access.worlds import person
from superthread.tests.reads.linking import URL, linked, texts
from testing.polling import is_waited_for, wait_until


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("[[notes/deploy]] and [[ A title | shown ]]", ["notes/deploy", "A title"]),
        ("![[pic.md#head]] [[a^block]] [[./b]] [[../c]]", ["pic.md", "a", "notes/b", "c"]),
        (
            "[x](b.md) [y](../up/a%20b.md#h 't') [z](<c d.md>)",
            ["notes/b.md", "up/a b.md", "notes/c d.md"],
        ),
        ("[x](/root.md) [y](./../z.md)", ["root.md", "z.md"]),
        ("[u](https://e.com/x) [m](mailto:a@b) [h](#here) [o](../../out) [e]()", []),
        ("`[[a]]` ``b ` [[c]]`` ` [[d]]", ["d"]),
        ("```py\n[[a]] [x](b)\n```\n[[c]]\n~~~\n[[d]]\n", ["c"]),
        ("````\n```\n[[a]]\n````\n[[b]]", ["b"]),
        ("[[a]] [[a]] [[]] [[ ]] [[x", ["a"]),
    ],
)
def test_what_is_a_link(content, expected):
    assert texts(content, "notes/here.md") == expected


def test_a_text_of_nothing_but_signs_is_looked_through_at_once():
    for signs in ("[[", "](", "[[` ", "[x](<a", "```\n[[", "[[" + "`" * 50):
        links_in(signs * 100_000, None)


def test_only_what_names_the_target_is_rewritten():
    content = "[[old|shown]] [[old.md#h]] [a](old.md 't') [b](<old.md>) `[[old]]` [[older]]"
    text, count = rewritten(content, "x/here.md", "n w.md", lambda link: "older" not in link.text)
    assert count == 4
    assert text == (
        "[[n w|shown]] [[n w.md#h]] [a](../n%20w.md 't') [b](<../n%20w.md>) `[[old]]` [[older]]"
    )


def test_out_and_back_links(mina):
    deploy = mina.save("# Deploy plan\nTuesdays.", path="notes/deploy.md")["doc_id"]
    content = "[[notes/Deploy]], [[Deploy plan]], [it](deploy.md), [[nowhere]]"
    source = mina.save(content, path="notes/week.md")["doc_id"]
    found = linked(mina, source)["links"]
    assert [one["memory"] and one["memory"]["doc_id"] for one in found] == [deploy] * 3 + [None]
    assert [one["kind"] for one in found] == ["wiki", "wiki", "markdown", "wiki"]
    back = linked(mina, deploy)["backlinks"]
    assert [one["doc_id"] for one in back] == [source]
    # They follow the text, the path, and where the memory lives.
    mina.patch(f"{URL}/{source}", json={"path": "week.md"})
    assert linked(mina, source)["links"][2]["memory"] is None
    mina.patch(f"{URL}/{source}", json={"content": "Nothing."})
    assert linked(mina, deploy)["backlinks"] == []
    mina.patch(f"{URL}/{source}", json={"content": "[[notes/deploy]]"})
    mina.patch(f"{URL}/{source}", json={"scope": "public"})
    assert linked(mina, source)["links"][0]["memory"] is None
    mina.patch(f"{URL}/{deploy}", json={"scope": "public"})
    assert linked(mina, source)["links"][0]["memory"]["doc_id"] == deploy
    mina.delete(f"{URL}/{source}")
    assert linked(mina, deploy)["backlinks"] == []


def test_links_tell_nothing_that_one_may_not_read(mina, api):
    jun = api("jun@example.com")
    secret = mina.save("# Secret", path="secret.md")["doc_id"]
    shared = mina.save("[[secret]]", path="shared.md")["doc_id"]
    mina.save("[[shared]]", path="other.md")
    grant = {"permissions": {"jun@example.com": "viewer"}}
    mina.post(f"/superthread/permissions/{shared}", json=grant)
    told = linked(jun, shared)
    assert told["links"] == [{"kind": "wiki", "text": "secret", "memory": None}]
    assert told["backlinks"] == []
    mina.post(f"/superthread/permissions/{secret}", json=grant)
    assert linked(jun, shared)["links"][0]["memory"]["doc_id"] == secret
    # Another owner's link in the public is to that owner's memories.
    jun.save("[[a]]", path="b", scope="public")
    public = mina.save("x", path="a", scope="public")["doc_id"]
    assert linked(mina, public)["backlinks"] == []


def test_backlinks_go_on_by_their_cursor(mina):
    target = mina.save("x", path="a")["doc_id"]
    sources = [mina.save(f"[[a]] {n}")["doc_id"] for n in range(5)]
    found, cursor = [], None
    while True:
        page = linked(mina, target, limit="2", **({"cursor": cursor} if cursor else {}))
        found += [one["doc_id"] for one in page["backlinks"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == sources


def test_older_texts_get_their_links(mina, monkeypatch):
    monkeypatch.setattr(linking, "AT_ONCE", 2)
    target = mina.save("x", path="a")["doc_id"]
    texts = ("[[a]] 1", "no link", "[u](https://e.com) ", "[it](a)", "[[a]] 2")
    sources = [mina.save(text)["doc_id"] for text in texts]
    linking_ones = [sources[number] for number in (0, 3, 4)]
    before = list(Link.objects.order_by("memory_id").values_list("memory_id", "space", "target"))
    Link.objects.filter(memory_id__gt=before[0][0]).delete()
    assert len(linked(mina, target)["backlinks"]) == 1
    for _ in range(2):
        call_command("reindex", "--quiet", stdout=io.StringIO())
        found = Link.objects.order_by("memory_id").values_list("memory_id", "space", "target")
        assert list(found) == before
    assert [one["doc_id"] for one in linked(mina, target)["backlinks"]] == linking_ones


@pytest.mark.only_on("postgresql")
@pytest.mark.django_db(transaction=True)
def test_an_older_text_that_a_writer_holds_gets_the_links_it_then_has():
    for content in ("[[held]]", "[[free]]"):
        save(Draft(content), by=person("mina@example.com"))
    Link.objects.all().delete()

    def fill():
        try:
            list(linking.fill())
        finally:
            connection.close()

    with transaction.atomic():
        Memory.objects.filter(content="[[held]]").update(content="[[rewritten]]")
        other = Thread(target=fill)
        other.start()
        wait_until(lambda: is_waited_for() or not other.is_alive())
        # What nobody holds has waited for nobody.
        assert Link.objects.values_list("target", flat=True).get() == "free"
    other.join()
    assert set(Link.objects.values_list("target", flat=True)) == {"free", "rewritten"}
