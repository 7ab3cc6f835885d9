"""Every principal × scope × call by path: who finds what is there, and what nobody is told."""

import pytest

from superthread.models import Memory
from superthread.tests.access import matrix
from superthread.tests.access.matrix import CALLERS, OWNER, PATH, SCOPES
from superthread.tests.access.test_permission_matrix import EMAIL, SAME, bare
from superthread.tests.access.worlds import world
from superthread.tests.writes.paths.test_paths import expire
from testing.examples import taken_back

ABSENT = "keys/none.md"
CALLS = {"GET": matrix.VIEWER, "HEAD": matrix.VIEWER, "PUT": matrix.EDITOR, "DELETE": matrix.ADMIN}
DONE = {"GET": 200, "HEAD": 200, "PUT": 200, "DELETE": 204}
OWNER_EMAIL = "owner@example.com"


def role_there(caller, scope: str) -> int:
    """A caller finds by path what is in their own space, in their teams', and their own in the
    public's; what others have shared with them they find by its id."""
    if scope == "team":
        member = caller.member is not None or (caller.owner and caller.role(scope) == OWNER)
        # Owners are members in these worlds, but for those who left.
        return caller.role(scope) if member else matrix.NONE
    return OWNER if caller.owner else matrix.NONE


def place(scope: str) -> str:
    return {"personal": "personal", "team": "team/alpha", "public": "public"}[scope]


def send(client, method, scope, path, **options):
    url = f"/superthread/by-path/{place(scope)}/{path}"
    body = {"json": {"content": "Mina has the key."}} if method == "PUT" else {}
    headers = {**SAME, **options.pop("headers", {})}
    return client.request(method, url, headers=headers, **{**body, **options})


def code(answer) -> str | None:
    return answer.json()["code"] if answer.status_code >= 400 and answer.content else None


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("name", CALLERS)
def test_a_call_by_path_is_answered_as_the_role_says(api, name, scope):
    caller = CALLERS[name]
    client = api(EMAIL, is_superuser=caller.superuser)
    world(scope, caller, EMAIL)
    role = role_there(caller, scope)
    outside = scope == "team" and not caller.member and role == matrix.NONE
    wrong = []

    def cell(method: str) -> None:
        answer = send(client, method, scope, PATH)
        missing = send(client, method, scope, ABSENT)
        if role:
            expected = 403 if role < CALLS[method] else DONE[method]
        else:
            expected = 201 if method == "PUT" and not outside else 404
        if answer.status_code != expected:
            wrong.append(f"{method}: {answer.status_code}, not {expected}: {answer.text[:200]}")
        if expected == 403 and method != "HEAD" and code(answer) != "role-too-low":
            wrong.append(f"{method}: {code(answer)}")
        if expected == 404 and bare(answer) != bare(missing):
            wrong.append(f"{method}: hidden {bare(answer)} differs from absent {bare(missing)}")
        if expected != 404 and method != "PUT" and missing.status_code != 404:
            wrong.append(f"{method} of nothing: {missing.status_code}")

    for method in CALLS:
        taken_back(lambda method=method: cell(method))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", CALLERS)
def test_everybody_reads_what_an_owner_has_in_the_public(api, name):
    caller = CALLERS[name]
    client = api(EMAIL)
    made = world("public", caller, EMAIL)
    owner = {"owner": EMAIL if caller.owner else OWNER_EMAIL}
    found = client.get(f"/superthread/by-path/public/{PATH}", params=owner)
    assert found.json()["doc_id"] == made.doc_id
    answers = [
        client.get(f"/superthread/by-path/public/{path}", params={"owner": email}, headers=SAME)
        for path, email in ((ABSENT, OWNER_EMAIL), (PATH, "who@example.com"), ("a//b", EMAIL))
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize("scope", ["personal", "team"])
def test_a_strangers_space_a_foreign_team_and_none_are_the_same_bytes(api, scope):
    world(scope, CALLERS["stranger"], EMAIL)
    client = api(EMAIL)
    urls = [f"{place(scope)}/{PATH}", f"{place(scope)}/{ABSENT}", f"team/nowhere/{PATH}"]
    for method in ("GET", "DELETE"):
        answers = [
            client.request(method, f"/superthread/by-path/{url}", headers=SAME) for url in urls
        ]
        assert len({bare(answer)[:2] for answer in answers}) == 1
        assert answers[0].status_code == 404


def test_a_memory_in_the_trash_or_expired_is_not_there(api):
    client = api(EMAIL)
    made = world("personal", CALLERS["owner"], EMAIL)
    absent = bare(send(client, "GET", "personal", ABSENT))
    client.delete(f"/superthread/memories/{made.doc_id}")
    assert bare(send(client, "GET", "personal", PATH)) == absent
    client.post(f"/superthread/memories/{made.doc_id}/undelete")
    assert send(client, "GET", "personal", PATH).status_code == 200
    expire(made.doc_id)
    assert bare(send(client, "GET", "personal", PATH)) == absent


@pytest.mark.parametrize("scope", SCOPES)
def test_without_a_credential_and_without_its_scope_nothing_is_looked_up(api, nobody, scope):
    world(scope, CALLERS["owner and member"], EMAIL)
    reader = api(EMAIL, scopes=["memories:read"])
    writer = api(EMAIL, scopes=["memories:write"])
    for method in CALLS:
        assert send(nobody, method, scope, PATH).status_code == 401
        poor = writer if method in ("GET", "HEAD") else reader
        answers = [send(poor, method, scope, path) for path in (PATH, ABSENT)]
        assert {answer.status_code for answer in answers} == {403}
        assert len({answer.content for answer in answers}) == 1


def test_a_reader_without_a_credential_reads_the_public_alone(nobody, mina, settings):
    settings.HUB_PUBLIC_READ = True
    mina.save("For all.", scope="public", path="a")
    mina.save("For me.", path="b")
    of_mina = {"owner": "mina@example.com"}
    url = "/superthread/by-path"
    assert nobody.get(f"{url}/public/a", params=of_mina).json()["content"] == "For all."
    for path in ("public/a", "public/b", "personal/a", "personal/b", "team/alpha/a"):
        assert nobody.get(f"{url}/{path}").status_code == 404
    assert nobody.put(f"{url}/personal/a", json={"content": "x"}).status_code == 401
    assert nobody.get("/superthread/stats").json()["storage_used"] == len("For all.")


@pytest.mark.parametrize("body", [{"content": ""}, {"colour": "red"}, {}])
def test_existence_and_role_go_before_the_body(api, body):
    client = api(EMAIL)
    made = world("team", CALLERS["member"], EMAIL)
    assert send(client, "PUT", "team", PATH, json=body).status_code == 403
    assert send(client, "PUT", "team", ABSENT, json=body).status_code == 400
    answer = client.put(f"/superthread/by-path/team/nowhere/{PATH}", json=body)
    assert answer.status_code == 404
    assert Memory.objects.get().content == made.memory["content"]


def test_a_new_public_memory_needs_the_scope_for_it(api):
    client = api(EMAIL, scopes=["memories:read", "memories:write"])
    assert send(client, "PUT", "public", PATH).status_code == 403
    world("public", CALLERS["owner"], EMAIL)
    assert send(client, "PUT", "public", PATH).status_code == 200
