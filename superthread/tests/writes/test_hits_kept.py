"""A write says what it changed: what others were answered stays kept.

A write that says nothing is found out by watching the database, and then outdates everything. That
keeps answers true, so no test of what they say would notice.
"""

import pytest

MEMORY = "/superthread/memories/{doc_id}"
SHARES = {"permissions": {"sora@example.com": "editor"}}
ITEM = {"doc_id": "{doc_id}", "category": "keys"}
# Method, path and body; {doc_id} is a memory of the writer's, {trashed} one in the trash.
WRITES = {
    "save": ("POST", "/superthread/memories", {"content": "One."}),
    "change content": ("PATCH", MEMORY, {"content": "Two."}),
    "change category": ("PATCH", MEMORY, {"category": "keys"}),
    "change scope": ("PATCH", MEMORY, {"scope": "public"}),
    "trash": ("DELETE", MEMORY, None),
    "undelete": ("POST", "/superthread/memories/{trashed}/undelete", None),
    "purge": ("DELETE", f"{MEMORY}?permanent=true", None),
    "name a version": ("POST", "/superthread/versions/{doc_id}?description=first", None),
    "restore": ("POST", "/superthread/versions/{doc_id}/restore/{version}", None),
    "share": ("POST", "/superthread/permissions/{doc_id}", SHARES),
    "offer": ("POST", f"{MEMORY}/transfer", {"to": "sora@example.com"}),
    "rename a category": ("POST", "/superthread/categories/rename", {"from": "old", "to": "new"}),
    "save many": ("POST", "/superthread/batch/save", {"memories": [{"content": "One."}]}),
    "change many": ("POST", "/superthread/batch/update", {"updates": [ITEM]}),
    "delete many": ("POST", "/superthread/batch/delete", {"doc_ids": ["{doc_id}"]}),
    "make a token": ("POST", "/accounts/tokens", {"scopes": ["memories:read"]}),
    "make a team": ("POST", "/accounts/teams", {"team_key": "gamma"}),
    "add a member": ("PUT", "/accounts/teams/alpha/members/sora@example.com", {"role": "member"}),
}


def filled(value, names):
    """The value with the placeholders in its texts filled in."""
    if isinstance(value, str):
        for name, text in names.items():
            value = value.replace(f"{{{name}}}", text)
    elif isinstance(value, dict):
        value = {key: filled(one, names) for key, one in value.items()}
    elif isinstance(value, list):
        value = [filled(one, names) for one in value]
    return value


@pytest.mark.parametrize("name", WRITES)
def test_a_write_leaves_what_others_were_answered_kept(mina, api, django_assert_num_queries, name):
    mina.post("/accounts/teams", json={"team_key": "alpha"})
    names = {"doc_id": mina.save("Mine.", category="old")["doc_id"]}
    names["trashed"] = mina.save("Gone.")["doc_id"]
    mina.delete(f"/superthread/memories/{names['trashed']}")
    versions = mina.get(f"/superthread/versions/{names['doc_id']}").json()["versions"]
    names["version"] = versions[0]["version_id"]
    jun = api("jun@example.com")
    path = f"/superthread/memories/{jun.save('Theirs.')['doc_id']}"
    for _ in range(2):
        jun.get(path)
    method, asked, body = filled(list(WRITES[name]), names)
    assert mina.request(method, asked, **({"json": body} if body else {})).is_success
    with django_assert_num_queries(0):
        assert jun.get(path).status_code == 200
