"""Memories in the admin: found, looked at, moved to the trash, restored; never rewritten."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from memory_hub.admin import base
from superthread.models import Grant, Memory, Version
from testing.clients.admin_site import Browser, rows, staff_browser

MEMORIES = "/admin/superthread/memory/"
VERSIONS = "/admin/superthread/version/"
GRANTS = "/admin/superthread/grant/"


@pytest.fixture
def root(db):
    """A superuser at the admin."""
    return Browser()


def _memory(saved):
    return Memory.objects.get(doc_id=saved["doc_id"])


def _page(saved):
    return f"{MEMORIES}{_memory(saved).pk}"


def _version(saved, number):
    return Version.objects.get(memory=_memory(saved), number=number)


def test_the_list_is_searched_by_title_id_and_owner_and_filtered(root, mina, api):
    saved = mina.save("Deploys on Tuesdays", category="decisions")
    api("jun@example.com").save("결제 배포", scope="public")
    for query, titles in [
        ({"q": "tuesdays"}, ["Deploys"]),
        ({"q": "결제"}, ["결제"]),
        ({"q": saved["doc_id"]}, ["Deploys"]),
        ({"q": "Mina@example.com"}, ["Deploys"]),
        ({"q": "%"}, []),
        ({"q": "nothing"}, []),
        ({"scope__exact": "2"}, ["결제"]),
        ({"category": "decisions"}, ["Deploys"]),
        ({"owner": "JUN@example.com"}, ["결제"]),
        ({"team": "alpha"}, []),
        ({"state": "alive"}, ["Deploys", "결제"]),
        ({"state": "trash"}, []),
    ]:
        html = root.text(MEMORIES, **query)
        assert rows(html) == len(titles), query
        assert all(title in html for title in titles), query


@pytest.mark.parametrize("query", [{"category": "a\x00b"}, {"q": "x" * 100_000}, {"p": "999"}])
def test_odd_queries_are_no_server_error(root, mina, query):
    mina.save()
    assert root.get(MEMORIES, query, follow=True).status_code == 200


def test_lists_take_as_many_queries_with_many_rows_and_read_no_texts(root, mina):
    def queries(path):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            root.text(path)
        return [query["sql"] for query in captured.captured_queries]

    for path in (MEMORIES, VERSIONS, GRANTS):
        one = mina.save()
        mina.post(
            f"/superthread/permissions/{one['doc_id']}",
            json={"permissions": {"jun@example.com": "viewer"}},
        )
        few = queries(path)
        for n in range(6):
            saved = mina.save(f"memory {n}")
            mina.post(
                f"/superthread/permissions/{saved['doc_id']}",
                json={"permissions": {"jun@example.com": "viewer"}},
            )
        many = queries(path)
        assert len(many) == len(few), path
        assert not any('"content"' in sql or '"metadata"' in sql for sql in many), path


def test_the_count_of_a_long_list_stops_at_a_bound(root, mina, monkeypatch):
    monkeypatch.setattr(base, "COUNTED", 3)
    for n in range(5):
        mina.save(f"memory {n}")
    assert "3+" in "".join(root.text(MEMORIES).split())
    monkeypatch.setattr(base, "COUNTED", 5)
    assert "5+" not in "".join(root.text(MEMORIES).split())


def test_a_memory_shows_its_text_escaped_and_its_versions_with_what_they_changed(root, mina):
    saved = mina.save("first <script>alert(1)</script>\nsame\n")
    mina.patch(f"/superthread/memories/{saved['doc_id']}", json={"content": "second\nsame\n"})
    html = root.text(f"{_page(saved)}/change/")
    assert "<script>alert" not in html
    assert "-first &lt;script&gt;" in html
    assert '<span class="added">+second</span>' in html
    assert "first version, 2 lines" in html


@pytest.mark.parametrize("name", ["999", "01a2072c-35e9-7060-a932-ae7d42a6a8fd", "9" * 40])
def test_the_page_of_no_memory_leads_back_and_says_so(root, name):
    index = root.get(f"{MEMORIES}{name}/change/", follow=True)
    assert f"memory with ID “{name}” doesn’t exist" in index.content.decode()


def test_many_versions_are_shown_a_page_at_a_time(root, mina):
    saved = mina.save("0")
    for n in range(1, 25):
        mina.patch(f"/superthread/memories/{saved['doc_id']}", json={"content": str(n)})
    html = root.text(f"{_page(saved)}/change/")
    assert html.count('class="hub-changes"') == 10
    assert root.text(f"{_page(saved)}/change/", **{"versions-page": "3"}).count("hub-changes") == 4


def test_a_long_text_is_not_compared_in_the_list_of_versions(root, mina):
    saved = mina.save("x\n" * 100_000)
    mina.patch(f"/superthread/memories/{saved['doc_id']}", json={"content": "y\n" * 100_000})
    assert "too long to compare here" in root.text(f"{_page(saved)}/change/")
    page = root.text(f"{VERSIONS}{_version(saved, 2).pk}/change/")
    assert "further lines" in page


def test_no_page_changes_adds_or_deletes_memories_and_versions(root, mina):
    saved = mina.save("as it was")
    version = _version(saved, 1)
    before = mina.get(f"/superthread/memories/{saved['doc_id']}").json()
    for path in (_page(saved), f"{VERSIONS}{version.pk}"):
        assert root.send(f"{path}/change/", content="rewritten", title="x").status_code == 403
        assert root.get(f"{path}/delete/").status_code == 403
        assert root.send(f"{path}/delete/", post="yes").status_code == 403
    for path in (MEMORIES, VERSIONS):
        assert root.get(f"{path}add/").status_code == 403
        answer = root.send(
            path, action="delete_selected", _selected_action=str(version.pk), post="yes"
        )
        assert answer.status_code in (200, 302, 403)
    assert mina.get(f"/superthread/memories/{saved['doc_id']}").json() == before
    assert Version.objects.get().content == "as it was"


def test_the_trash_takes_a_memory_after_a_question_and_gives_it_back(root, mina):
    saved = mina.save("to the trash")
    url = f"/superthread/memories/{saved['doc_id']}"
    # A link changes nothing: only the form behind it does.
    assert "to the trash" in root.text(f"{_page(saved)}/trash/")
    assert mina.get(url).status_code == 200
    assert "1 of 1" in root.send(f"{_page(saved)}/trash/", follow=True).content.decode()
    assert mina.get(url).status_code == 404
    assert _memory(saved).deleted_by == root.user
    root.send(f"{_page(saved)}/undelete/")
    assert mina.get(url).json() == saved


def test_a_form_without_the_csrf_token_is_refused(root, mina):
    saved = mina.save()
    assert root.post(f"{_page(saved)}/trash/").status_code == 403
    assert _memory(saved).deleted_at is None


def test_chosen_memories_go_to_the_trash_together_and_come_back(root, mina):
    saved = [mina.save(f"memory {n}") for n in range(3)]
    chosen = [str(_memory(one).pk) for one in saved[:2]]
    root.send(MEMORIES, action="trash_chosen", _selected_action=chosen)
    assert [_memory(one).deleted_at is None for one in saved] == [False, False, True]
    assert rows(root.text(MEMORIES, state="trash")) == 2
    root.send(MEMORIES, action="undelete_chosen", _selected_action=chosen)
    assert [_memory(one).deleted_at for one in saved] == [None] * 3


def test_restoring_a_version_shows_what_it_changes_and_makes_a_new_one(root, mina):
    saved = mina.save("first\n", category="a")
    url = f"/superthread/memories/{saved['doc_id']}"
    mina.patch(url, json={"content": "second\n", "category": "b"})
    page = f"{VERSIONS}{_version(saved, 1).pk}/restore/"
    assert "-second" in root.text(page)
    assert "version 3" in root.send(page, follow=True).content.decode()
    now = mina.get(url).json()
    assert (now["content"], now["category"], now["revision"]) == ("first\n", "a", 3)
    assert _version(saved, 3).author == root.user
    assert Version.objects.count() == 3


def test_a_version_of_a_memory_in_the_trash_is_not_restored(root, mina):
    saved = mina.save("first")
    mina.delete(f"/superthread/memories/{saved['doc_id']}")
    page = f"{VERSIONS}{_version(saved, 1).pk}/restore/"
    assert "in the trash" in root.send(page, follow=True).content.decode()
    assert Version.objects.count() == 1


def test_what_was_done_is_in_the_log_without_texts_of_users(root, mina):
    saved = mina.save("a secret title")
    root.send(f"{_page(saved)}/trash/")
    root.send(f"{_page(saved)}/undelete/")
    root.send(f"{VERSIONS}{_version(saved, 1).pk}/restore/")
    logged = LogEntry.objects.order_by("pk").values_list("user__email", "change_message")
    assert list(logged) == [
        ("root@example.com", "Moved to the trash."),
        ("root@example.com", "Taken out of the trash."),
        ("root@example.com", "Restored as version 2."),
    ]
    html = root.text("/admin/admin/logentry/")
    assert saved["doc_id"] in html
    assert "secret" not in html


def test_staff_see_and_do_what_their_permissions_say(db, mina):
    saved = mina.save("second")
    staff = staff_browser("view_memory", "view_version")
    assert "second" in staff.text(f"{_page(saved)}/change/")
    for path in (
        f"{_page(saved)}/trash/",
        f"{_page(saved)}/undelete/",
        f"{VERSIONS}{_version(saved, 1).pk}/restore/",
    ):
        assert (staff.get(path).status_code, staff.send(path).status_code) == (403, 403), path
    staff.send(MEMORIES, action="trash_chosen", _selected_action=str(_memory(saved).pk))
    assert _memory(saved).deleted_at is None
    assert staff.get("/admin/admin/logentry/").status_code == 403
    assert staff.get("/admin/accounts/user/").status_code == 403
    staff.user.user_permissions.add(Permission.objects.get(codename="delete_memory"))
    assert staff.send(f"{_page(saved)}/trash/").status_code == 302
    assert _memory(saved).deleted_at is not None


def test_staff_do_not_act_on_what_they_may_not_see(db, mina):
    saved = mina.save()
    staff = staff_browser("delete_memory")
    for path in (f"{_page(saved)}/trash/", f"{MEMORIES}999999/trash/"):
        assert (staff.get(path).status_code, staff.send(path).status_code) == (403, 403)
    assert _memory(saved).deleted_at is None


def test_outsiders_are_sent_to_the_login_page(client, mina):
    saved = mina.save()
    for path in (MEMORIES, f"{_page(saved)}/change/", f"{_page(saved)}/trash/"):
        answer = client.get(path)
        assert (answer.status_code, answer.url.split("?")[0]) == (302, "/admin/login/")


def test_a_grant_is_given_changed_and_taken(root, mina, api):
    saved = mina.save("shared")
    jun = api("jun@example.com")
    url = f"/superthread/memories/{saved['doc_id']}"
    memory = str(_memory(saved).pk)
    root.send(f"{GRANTS}add/", memory=memory, email="Jun@Example.com", role="1")
    assert jun.get(url).json()["role"] == "viewer"
    grant = Grant.objects.get()
    root.send(f"{GRANTS}{grant.pk}/change/", role="2")
    assert jun.get(url).json()["role"] == "editor"
    root.send(f"{GRANTS}{grant.pk}/delete/", post="yes")
    assert jun.get(url).status_code == 404


@pytest.mark.parametrize(
    ("email", "told"),
    [
        ("mina@example.com", "The owner needs no grant"),
        ("jun@example.com", "already exists"),
        ("no address", "valid email"),
    ],
)
def test_a_grant_that_makes_no_sense_is_refused(root, mina, email, told):
    saved = mina.save("shared")
    memory = str(_memory(saved).pk)
    root.send(f"{GRANTS}add/", memory=memory, email="jun@example.com", role="1")
    answer = root.send(f"{GRANTS}add/", memory=memory, email=email, role="2")
    assert told in answer.content.decode()
    assert Grant.objects.get().role == 1
