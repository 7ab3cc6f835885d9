"""What a search finds: as soon as it is written, in every spelling, and no longer than allowed."""

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest

from superthread.models import Memory

# What half-width letters of a Korean keyboard write: 배포.
HALF_WIDTH = "\uffb2\uffc3\uffbd\uffcc"


def test_a_memory_is_found_by_the_very_next_search(mina, contents):
    mina.save("The zebra crossed the road.")
    assert contents(mina, "zebra") == ["The zebra crossed the road."]


def test_an_edited_memory_is_found_by_its_new_words_only(mina, contents):
    saved = mina.save("The zebra crossed the road.")
    mina.patch(f"/superthread/memories/{saved['doc_id']}", json={"content": "A giraffe did."})
    assert contents(mina, "zebra") == []
    assert contents(mina, "giraffe") == ["A giraffe did."]


def test_a_restored_version_is_found_by_its_old_words(mina, contents):
    saved = mina.save("The zebra crossed the road.")
    mina.patch(f"/superthread/memories/{saved['doc_id']}", json={"content": "A giraffe did."})
    url = f"/superthread/versions/{saved['doc_id']}"
    first = mina.get(url).json()["versions"][-1]
    mina.post(f"{url}/restore/{first['version_id']}")
    assert contents(mina, "zebra") == ["The zebra crossed the road."]
    assert contents(mina, "giraffe") == []


def test_a_deleted_memory_is_not_found_until_it_is_undeleted(mina, contents):
    saved = mina.save("The zebra crossed the road.")
    url = f"/superthread/memories/{saved['doc_id']}"
    mina.delete(url)
    assert contents(mina, "zebra") == []
    mina.post(f"{url}/undelete")
    assert contents(mina, "zebra") == ["The zebra crossed the road."]


def test_a_purged_memory_leaves_nothing_in_the_index(mina, contents, index_of):
    saved = mina.save("The zebra crossed the road.")
    mina.delete(f"/superthread/memories/{saved['doc_id']}", params={"permanent": "true"})
    assert contents(mina, "zebra") == []
    assert index_of() == {}


def test_an_expired_memory_is_not_found(mina, contents):
    soon = datetime.now(UTC) + timedelta(days=1)
    saved = mina.save("The zebra crossed the road.", expires_at=soon.isoformat())
    assert contents(mina, "zebra") == ["The zebra crossed the road."]
    past = datetime.now(UTC) - timedelta(seconds=1)
    Memory.objects.filter(doc_id=saved["doc_id"]).update(expires_at=past)
    assert contents(mina, "zebra") == []


def test_a_foreign_memory_is_not_found_until_it_is_granted(mina, api, contents):
    saved = mina.save("The zebra crossed the road.")
    jun = api("jun@example.com")
    assert contents(jun, "zebra") == []
    grant = {"permissions": {"jun@example.com": "viewer"}}
    mina.post(f"/superthread/permissions/{saved['doc_id']}", json=grant)
    assert contents(jun, "zebra") == []
    jun.post(f"/superthread/shares/{saved['doc_id']}", json={"accept": True})
    assert contents(jun, "zebra") == ["The zebra crossed the road."]


def test_filters_narrow_before_the_limit(mina, contents):
    for number in range(5):
        mina.save(f"zebra zebra zebra {number}", category="herd")
    mina.save("One zebra among many other animals of the plains.", category="stray")
    mina.save("A zebra for all.", scope="public")
    stray = ["One zebra among many other animals of the plains."]
    assert contents(mina, "zebra", category="stray", limit=1) == stray
    assert contents(mina, "zebra", scope="public", limit=1) == ["A zebra for all."]
    assert contents(mina, "zebra", scope="team") == []
    assert len(contents(mina, "zebra")) == 7
    assert contents(mina, "zebra", team_key="nowhere") == []


@pytest.mark.parametrize(
    ("content", "query"),
    [
        ("결제 서비스 배포는 화요일이다.", unicodedata.normalize("NFD", "배포")),
        (unicodedata.normalize("NFD", "결제 서비스 배포는 화요일이다."), "배포"),
        ("결제 서비스 배포는 화요일이다.", HALF_WIDTH),
        (f"결제 서비스 {HALF_WIDTH}는 화요일이다.", "배포"),
        ("Ｒｅｄｉｓ를 캐시로 쓴다.", "redis"),
        ("Redis를 캐시로 쓴다.", "ＲＥＤＩＳ 캐시"),
        ("We met at the café.", "CAFE"),
        ("See upload_worker for it.", "upload worker"),
        ("See parseInvoiceDate for it.", "invoice date"),
        ("See parseInvoiceDate for it.", "parseinvoicedate"),
        ("Ticket TP-1234 is open.", "tp-1234"),
        ("Flight TP1234 is late.", "1234"),
        ("배포는 Kubernetes에서 한다.", "kubernetes 배포"),
        ("She went to the children's museum.", "go museum child"),
        ("東京都に行く", "東京"),
        ("Настройки сервера", "НАСТРОЙКИ"),
        ("The timezone is Seoul's.", "time zone"),
        ("We upgraded Kubernetes.", "kubernets"),
    ],
)
def test_every_spelling_finds_and_is_found(mina, contents, content, query):
    mina.save(content)
    mina.save("Something else altogether: 아무 관계 없는 글.")
    assert contents(mina, query) == [unicodedata.normalize("NFC", content)]


def test_a_mistyped_word_is_read_as_words_the_caller_may_see(mina, api, contents):
    mina.save("The kubernetes cluster is mine.")
    jun = api("jun@example.com")
    answer = jun.post("/superthread/search", json={"query": "kubernets", "explain": True}).json()
    assert answer["results"] == []
    assert answer["explain"]["terms"] == []


def test_a_word_that_only_others_have_does_not_hide_a_misspelling(mina, api, contents):
    mina.save("kubernets is how I spell it.")
    jun = api("jun@example.com")
    jun.save("The kubernetes cluster.")
    assert contents(jun, "kubernets") == ["The kubernetes cluster."]


def test_searching_needs_the_scope_for_reading(api):
    blind = api("jun@example.com", scopes=["memories:write"])
    reader = api("jun@example.com", scopes=["memories:read"])
    assert blind.post("/superthread/search", json={"query": "zebra"}).status_code == 403
    assert reader.post("/superthread/search", json={"query": "zebra"}).status_code == 200
