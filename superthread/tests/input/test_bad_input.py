"""Bad input is refused with the right status and code, and harms nothing; see bad_input.py."""

import pytest

from superthread.tests.input import bad_input


def test_there_are_many_cases_and_each_has_its_own_name():
    names = [case[0] for group in bad_input.GROUPS.values() for case in group]
    assert len(names) == len(set(names)) > 200


@pytest.mark.parametrize("group", bad_input.GROUPS)
def test_bad_input_is_refused_and_changes_nothing(mina, group, subtests):
    memory = mina.save()
    before = bad_input.lists(mina)
    for case in bad_input.GROUPS[group]:
        with subtests.test(case[0]):
            refuse(mina, memory, *case[1:])
            after = bad_input.lists(mina)
            assert after == before
            assert {status for status, _ in after} == {200}


def refuse(mina, memory, method, path, sent, status, code) -> None:
    for spelling, value in bad_input.spellings(memory["doc_id"]).items():
        path = path.replace(f"{{{spelling}}}", value)
    answer = mina.request(method, path, **{**sent, "headers": dict(sent.get("headers", {}))})
    assert answer.status_code == status, answer.text
    problem = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (problem["status"], problem["type"]) == (status, f"/problems/{problem['code']}")
    assert problem["request_id"] == answer.headers["X-Request-ID"]
    first = problem.get("errors", [problem])[0]
    assert code is None or first["code"] == code, problem
    if status == 405:
        assert "OPTIONS" in answer.headers["Allow"]


@pytest.mark.parametrize(
    ("method", "path", "sent", "told"),
    [
        ("POST", "/accounts/teams", {"json": {"key": "a"}}, "Known are: team_key, name, default_"),
        ("GET", "/superthread/memories?page=2", {}, "Known are: scope, team_key, category, "),
        ("GET", "/superthread/memories?scope=mine", {}, "expected: personal, team, public, all."),
        ("GET", "/superthread/search", {}, "POST"),
        ("POST", "/superthread/search", {"data": {"query": "x"}}, "Content-Type: application/json"),
        ("PATCH", "{memory}", {"json": {"content": "x"}, "headers": {"If-Match": "2"}}, "ETag"),
        ("POST", "{versions}/restore/1", {}, "version_id"),
        ("GET", "{versions}", {"headers": {"Authorization": "Token x"}}, "Bearer mh_"),
    ],
)
def test_a_usual_mistake_is_told_with_what_would_be_right(mina, method, path, sent, told):
    memory = f"/superthread/memories/{mina.save()['doc_id']}"
    path = path.format(memory=memory, versions=memory.replace("memories", "versions"))
    assert told in mina.request(method, path, **sent).json()["detail"]
