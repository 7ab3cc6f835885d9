"""Grants: our roles, Google's permissions."""

import asyncio

import pytest


def _map(docs, doc_id: str) -> dict[str, str]:
    answer = docs.get(f"permissions/{doc_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()["permissions"]


def _set(docs, doc_id: str, **more):
    return docs.post(f"permissions/{doc_id}", json=more)


def test_grants_are_merged_and_taken_back(docs, double):
    doc_id = docs.save()["doc_id"]
    _set(docs, doc_id, permissions={"a@example.com": "viewer", "b@example.com": "editor"})
    answer = _set(docs, doc_id, permissions={"a@example.com": "admin", "b@example.com": None})
    assert answer.status_code == 200
    assert answer.json()["permissions"] == _map(docs, doc_id) == {"a@example.com": "admin"}
    roles = {p["emailAddress"]: p["role"] for p in double.world.files[doc_id].permissions.values()}
    assert roles == {"double@example.com": "owner", "a@example.com": "writer"}

    _set(docs, doc_id, permissions={"a@example.com": "editor"})
    assert _map(docs, doc_id) == {"a@example.com": "editor"}


def test_more_admins_than_google_has_room_for_are_refused_before_anything_is_granted(docs):
    doc_id = docs.save()["doc_id"]
    _set(docs, doc_id, permissions={"first@example.com": "admin"})
    refused = _set(docs, doc_id, permissions={f"a{n}@example.com": "admin" for n in range(15)})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "too-many")
    assert _map(docs, doc_id) == {"first@example.com": "admin"}
    instead = {f"a{n}@example.com": "admin" for n in range(15)} | {"first@example.com": "viewer"}
    assert _set(docs, doc_id, permissions=instead).status_code == 200
    assert len(_map(docs, doc_id)) == 16


def test_an_editor_and_an_admin_are_both_writers_in_google_and_differ_here(docs):
    doc_id = docs.save()["doc_id"]
    _set(docs, doc_id, permissions={"a@example.com": "admin", "b@example.com": "editor"})
    body = docs.get(f"permissions/{doc_id}").json()
    assert body["permissions"] == {"a@example.com": "admin", "b@example.com": "editor"}
    google = {item["email"]: item["effective_role"] for item in body["google"]}
    assert google["a@example.com"] == google["b@example.com"] == "writer"


def test_an_address_without_a_google_account_needs_a_mail(docs):
    doc_id = docs.save()["doc_id"]
    refused = _set(docs, doc_id, permissions={"nobody@example.com": "viewer"})
    assert (refused.status_code, refused.json()["code"]) == (422, "sharing-refused")
    told = _set(docs, doc_id, permissions={"nobody@example.com": "viewer"}, notify=True)
    assert told.json()["permissions"] == {"nobody@example.com": "viewer"}


def test_simultaneous_grants_on_one_file_are_all_there(docs, double, threads):
    """Google applies only the last of simultaneous changes; so they are made one by one."""
    from testing.clients.in_process import _loop

    # One user may have half of it.
    threads.queue = 40
    double.world.permission_race = 0.05
    doc_id = docs.save()["doc_id"]
    people = [f"p{n}@example.com" for n in range(8)]

    async def crowd():
        return await asyncio.gather(
            *(
                docs.client._send(
                    "POST",
                    f"/google-docs/permissions/{doc_id}",
                    {"json": {"permissions": {person: "viewer"}}},
                )
                for person in people
            )
        )

    answers = _loop.run_until_complete(crowd())
    assert {answer.status_code for answer in answers} == {200}
    assert _map(docs, doc_id) == dict.fromkeys(people, "viewer")
    assert double.seen.count("drive.permissions.create") == len(people)  # none was lost and redone


@pytest.fixture
def losing_once(double, monkeypatch):
    """The next change is lost: another process writes the whole list back."""

    def lose():
        genuine, lost = double.api._rewrite, []

        def losing(file, change):
            if not lost:
                lost.append(file.id)
                return
            genuine(file, change)

        monkeypatch.setattr(double.api, "_rewrite", losing)

    return lose


def test_a_grant_lost_to_another_process_is_made_again(docs, losing_once):
    doc_id = docs.save()["doc_id"]
    losing_once()
    _set(docs, doc_id, permissions={"a@example.com": "viewer"})
    assert _map(docs, doc_id) == {"a@example.com": "viewer"}


def test_a_grant_that_another_process_gave_back_is_taken_back_again(docs, losing_once):
    doc_id = docs.save()["doc_id"]
    _set(docs, doc_id, permissions={"a@example.com": "viewer"})
    losing_once()
    _set(docs, doc_id, permissions={"a@example.com": None})
    assert _map(docs, doc_id) == {}


def test_a_role_through_a_shared_drive_is_told_as_such_and_fixed(docs, double):
    doc_id = docs.save()["doc_id"]
    drive = double.world.shared_drive(**{"boss@example.com": "writer"})
    double.world.files[doc_id].drive_id = drive
    told = docs.get(f"permissions/{doc_id}").json()
    inherited = {one["email"]: one["inherited"] for one in told["google"]}
    assert inherited == {"double@example.com": False, "boss@example.com": True}
    assert told["permissions"] == {}
    refused = _set(docs, doc_id, permissions={"boss@example.com": None})
    assert (refused.status_code, refused.json()["code"]) == (409, "permission-fixed")


def test_what_became_of_each_address_is_told(docs):
    doc_id = docs.save()["doc_id"]
    first = {f"{name}@example.com": "viewer" for name in "abc"}
    _set(docs, doc_id, permissions=first)
    wanted = dict(zip([*first, "d@example.com"], ["editor", None, "viewer", "viewer"], strict=True))
    outcomes = _set(docs, doc_id, permissions=wanted).json()["outcomes"]
    told = [one["outcome"] for one in outcomes]
    assert told == ["changed", "removed", "unchanged", "granted"]


def test_who_is_no_admin_any_more_makes_room_for_another(docs):
    doc_id = docs.save()["doc_id"]
    _set(docs, doc_id, permissions={f"a{n}@example.com": "admin" for n in range(15)})
    _set(docs, doc_id, permissions={"a0@example.com": "viewer"})
    answer = _set(docs, doc_id, permissions={"another@example.com": "admin"})
    assert answer.status_code == 200, answer.text
    assert (_map(docs, doc_id)["a0@example.com"], len(_map(docs, doc_id))) == ("viewer", 16)


def test_an_alias_is_granted_once_by_the_id_that_google_answers(docs, double):
    doc_id = docs.save()["doc_id"]
    double.world.aliases["mina.kim@googlemail.com"] = "minakim@gmail.com"
    answer = _set(docs, doc_id, permissions={"mina.kim@googlemail.com": "admin"})
    assert double.seen.count("drive.permissions.create") == 1
    assert answer.json()["permissions"] == {"minakim@gmail.com": "admin"}
    (outcome,) = answer.json()["outcomes"]
    assert outcome["outcome"] == "granted"
    assert outcome["google_email"] == "minakim@gmail.com"


def test_an_address_that_has_nothing_cannot_lose_it(docs, double):
    doc_id = docs.save()["doc_id"]
    both = {"a@example.com": "viewer", "never@example.com": None}
    refused = _set(docs, doc_id, permissions=both)
    assert (refused.status_code, refused.json()["code"]) == (422, "no-such-grant")
    assert "never@example.com" in refused.json()["detail"]
    assert _map(docs, doc_id) == {}


def test_what_google_refuses_is_told_by_address_and_the_others_are_granted(docs):
    doc_id = docs.save()["doc_id"]
    wanted = {"nobody@example.com": "viewer", "a@example.com": "editor"}
    answer = _set(docs, doc_id, permissions=wanted)
    assert answer.status_code == 200
    assert answer.json()["permissions"] == _map(docs, doc_id) == {"a@example.com": "editor"}
    outcomes = {one["email"]: one for one in answer.json()["outcomes"]}
    assert outcomes["a@example.com"]["outcome"] == "granted"
    assert outcomes["nobody@example.com"]["outcome"] == "refused"
    assert "invalidSharingRequest" in outcomes["nobody@example.com"]["detail"]


def test_what_a_person_writes_into_title_and_description_is_kept(docs, double):
    saved = docs.save("first", metadata={"n": 1})
    file = double.world.files[saved["doc_id"]]
    file.name, file.description = "Their title", "Their words\n" + file.description
    changed = docs.patch(
        f"memories/{saved['doc_id']}", json={"content": "second", "metadata": {"n": 2}}
    ).json()
    assert (changed["title"], changed["metadata"]) == ("Their title", {"n": 2})
    assert file.description.startswith("Their words\n")

    file.description = "All of it written over"
    read = docs.read(saved["doc_id"])
    assert (read["metadata"], read["owner"]) == ({"n": 2}, "mina@example.com")
    docs.patch(f"memories/{saved['doc_id']}", json={"category": "later"})
    assert file.description.startswith("All of it written over\n")
    assert docs.read(saved["doc_id"])["metadata"] == {"n": 2}


def test_a_title_that_nobody_wrote_follows_the_text(docs, double):
    saved = docs.save("first")
    docs.patch(f"memories/{saved['doc_id']}", json={"content": "second"})
    assert double.world.files[saved["doc_id"]].name == "second"
