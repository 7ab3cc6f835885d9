"""Grants: our roles, Google's permissions."""

import asyncio


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


def test_simultaneous_grants_on_one_file_are_all_there(docs, double):
    """Google applies only the last of simultaneous changes; so they are made one by one."""
    from memory_hub.testing.client import _loop

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


def test_a_grant_lost_to_another_process_is_made_again(docs, double, monkeypatch):
    doc_id = docs.save()["doc_id"]
    genuine, lost = double.api._rewrite, []

    def losing(file, change):
        if not lost:
            lost.append(file.id)  # another process wrote the whole list back
            return
        genuine(file, change)

    monkeypatch.setattr(double.api, "_rewrite", losing)
    _set(docs, doc_id, permissions={"a@example.com": "viewer"})
    assert _map(docs, doc_id) == {"a@example.com": "viewer"}
