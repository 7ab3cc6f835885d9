"""What is public is no share, and may be left out of all."""

import pytest

from superthread.reads.memories import _page_query
from superthread.search.retrieval.reach import _query
from superthread.tests.access.test_shares import JUN, PLANTED, _reply, _share, _url


@pytest.fixture
def without_public(settings):
    """``scope=all`` without other people's public memories."""
    settings.HUB_PUBLIC_IN_ALL = False
    for cached in (_query, _page_query):
        cached.cache_clear()
    yield
    for cached in (_query, _page_query):
        cached.cache_clear()


def test_public_memories_of_others_can_be_left_out_of_all(mina, api, without_public):
    jun = api(JUN)
    planted = mina.save(PLANTED, scope="public")
    own = jun.save("quokka, public", scope="public")
    shown = {}
    for scope in ("all", "public"):
        page = jun.get("/superthread/memories", params={"scope": scope}).json()["memories"]
        found = jun.post("/superthread/search", json={"query": "quokka", "scope": scope}).json()
        shown[scope] = (
            {one["doc_id"] for one in page},
            {one["doc_id"] for one in found["results"]},
        )
    assert shown["all"] == ({own["doc_id"]},) * 2
    assert shown["public"] == ({own["doc_id"], planted["doc_id"]},) * 2
    assert jun.get(_url(planted)).status_code == 200


def test_without_public_ones_all_is_nothing_for_a_reader_without_a_credential(
    mina, nobody, settings, without_public
):
    settings.HUB_PUBLIC_READ = True
    mina.save(PLANTED, scope="public")
    shown = {}
    for scope in ("all", "public"):
        page = nobody.get("/superthread/memories", params={"scope": scope, "total": "true"})
        found = nobody.post("/superthread/search", json={"query": "quokka", "scope": scope})
        shown[scope] = (page.json()["total"], len(page.json()["memories"]), found.json()["results"])
    assert shown["all"] == (0, 0, [])
    assert shown["public"][:2] == (1, 1)
    assert len(shown["public"][2]) == 1


def test_an_offer_makes_nothing_shared_of_what_is_public(mina, api):
    jun = api(JUN)
    memory = mina.save(PLANTED, scope="public", category="mine")
    _share(mina, memory, role="admin")
    listed = jun.get("/superthread/memories", params={"scope": "all", "origin": "shared"})
    assert listed.json()["memories"] == []
    body = {"query": "quokka", "origin": ["shared"]}
    assert jun.post("/superthread/search", json=body).json()["results"] == []
    assert jun.get(_url(memory)).json()["origin"] == "public"
    rename = {"from": "mine", "to": "theirs"}
    assert jun.post("/superthread/categories/rename", json=rename).json()["renamed"] == 0
    _reply(jun, memory, True)
    assert jun.post("/superthread/categories/rename", json=rename).json()["renamed"] == 1
