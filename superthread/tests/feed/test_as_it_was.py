"""``?at=``: what was, for who may read old texts now, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest

from superthread.tests.feed.acts import accept, now, one_of, share
from superthread.tests.feed.test_any_history import Story
from testing.halves import halved

LIST = "/superthread/memories"
# What a memory was, whoever looks at it.
FACTS = ("doc_id", "scope", "team_key", "path", "category", "title", "content", "metadata")
FACTS += ("revision", "owner", "size", "created_at")


def facts(memory):
    return {name: memory[name] for name in FACTS}


def as_of(client, memory, moment):
    return client.get(one_of(memory), params={"at": moment})


def listed(client, moment, **place):
    found, cursor = [], ""
    while cursor is not None:
        query = {"at": moment, "scope": "all", "limit": 2, **place}
        answer = client.get(LIST, params=query | ({"cursor": cursor} if cursor else {}))
        assert answer.status_code == 200, answer.text
        found += answer.json()["memories"]
        cursor = answer.json()["next_cursor"]
    return found


def test_a_memory_is_shown_as_it_was(people):
    mina, _, _ = people
    before = mina.save("# Plan\n\nJun has the key.", category="a", metadata={"n": 1})
    first = now()
    second = mina.patch(
        one_of(before), json={"content": "# Plan B\n\nSora has it.", "category": "b"}
    ).json()
    then = now()
    third = mina.patch(one_of(before), json={"scope": "team", "team_key": "alpha"}).json()
    for moment, told in ((first, before), (then, second), (now(), third)):
        answer = as_of(mina, before, moment)
        assert answer.status_code == 200
        assert facts(answer.json()) == facts(told)
        assert answer.json()["updated_at"][:19] == told["updated_at"][:19]
        assert [facts(one) for one in listed(mina, moment)] == [facts(told)]
    assert listed(mina, then, scope="team") == []
    assert listed(mina, now(), scope="personal") == []
    assert [one["title"] for one in listed(mina, then, category="b", fields="title")] == ["Plan B"]
    assert listed(mina, then, category="a") == []


def test_what_was_not_yet_or_was_in_the_trash_is_not_there(mina):
    first = mina.save("The first.")
    early = now()
    second = mina.save("The second.")
    mina.delete(one_of(second))
    trashed = now()
    mina.post(f"{one_of(second)}/undelete")
    assert as_of(mina, second, early).status_code == 404
    assert as_of(mina, second, trashed).status_code == 404
    assert as_of(mina, second, now()).status_code == 200
    assert [one["doc_id"] for one in listed(mina, trashed)] == [first["doc_id"]]


def test_what_was_trashed_since_is_its_admins_and_what_was_purged_nobodys(people):
    mina = people[0]
    mina.put("/accounts/teams/alpha/members/jun@example.com", json={"role": "member"})
    memory = mina.save("Of the team.", scope="team", team_key="alpha")
    share(mina, memory, sora="editor")
    accept(people[2], memory)
    moment = now()
    mina.delete(one_of(memory))
    assert as_of(mina, memory, moment).json()["content"] == "Of the team."
    for other in people[1:]:
        assert as_of(other, memory, moment).status_code == 404
        assert listed(other, moment) == []
    mina.delete(f"{one_of(memory)}?permanent=true")
    assert as_of(mina, memory, moment).status_code == 404
    assert listed(mina, moment) == []


def test_old_texts_are_for_editors(people):
    mina, jun, sora = people
    memory = mina.save("Secret of the team.", scope="public")
    moment = now()
    mina.patch(one_of(memory), json={"content": "For all."})
    for reader in (jun, sora):
        answer = as_of(reader, memory, moment)
        assert (answer.status_code, answer.json()["code"]) == (403, "role-too-low")
        assert "Secret" not in answer.text
        assert listed(reader, moment) == []
    share(mina, memory, jun="editor")
    accept(jun, memory)
    assert as_of(jun, memory, moment).json()["content"] == "Secret of the team."
    assert [one["content"] for one in listed(jun, moment)] == ["Secret of the team."]
    # By the rights of now.
    share(mina, memory, jun=None)
    assert as_of(jun, memory, moment).status_code == 403
    assert listed(jun, moment) == []


def test_old_texts_of_a_team_are_not_for_its_viewers(people):
    mina, jun, sora = people
    mina.patch("/accounts/teams/alpha", json={"default_role": "viewer"})
    memory = mina.save("Secret of the team.", scope="team", team_key="alpha")
    kept = mina.save("As ever.", scope="team", team_key="alpha")
    moment = now()
    mina.patch(one_of(memory), json={"content": "For all."})
    assert len(listed(mina, moment)) == 2
    for one in (memory, kept):
        answer = as_of(jun, one, moment)
        assert (answer.status_code, answer.json()["code"]) == (403, "role-too-low")
    assert listed(jun, moment) == listed(jun, moment, team_key="alpha") == []
    assert listed(sora, moment) == []


def test_who_reads_without_a_credential_has_no_past(people, nobody, settings):
    mina, *_ = people
    settings.HUB_PUBLIC_READ = True
    memory = mina.save("Secret.", scope="public")
    moment = now()
    mina.patch(one_of(memory), json={"content": "For all."})
    assert nobody.get(one_of(memory)).status_code == 200
    assert as_of(nobody, memory, moment).status_code == 403
    assert listed(nobody, moment) == listed(nobody, moment, scope="public") == []
    found = nobody.post("/superthread/search", json={"query": "secret", "at": moment})
    assert found.status_code == 200
    assert found.json()["results"] == []


def test_strangers_get_the_404_of_what_there_never_was(people):
    mina, jun, _ = people
    memory = mina.save("Mine.")
    moment = now()
    unknown = {"doc_id": "01934e2e-7d6a-7c3b-8f52-0a1b2c3d4e5f"}
    answers = [as_of(jun, one, moment) for one in (memory, unknown)]
    assert [answer.status_code for answer in answers] == [404, 404]
    bodies = [answer.json() | {"request_id": ""} for answer in answers]
    assert bodies[0] == bodies[1]


def test_moments_that_nothing_is_known_of_are_refused(young, mina):
    memory = mina.save("Now.")
    later = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
    for path in (one_of(memory), LIST):
        for moment, code in (
            (later, "in-the-future"),
            ("2001-01-01T00:00:00Z", "too-early"),
            ("yesterday", None),
        ):
            answer = mina.get(path, params={"at": moment})
            assert answer.status_code == 400
            assert code is None or answer.json()["errors"][0]["code"] == code


@pytest.mark.parametrize(
    "beside", [{"sort": "created"}, {"ids": "x"}, {"owner": "me"}, {"total": "true"}]
)
def test_a_list_of_a_moment_takes_no_other_filters(mina, beside):
    mina.save("Now.")
    assert mina.get(LIST, params={"at": now(), **beside}).status_code == 400


def test_long_texts_are_shown_too(mina):
    memory = mina.save("long " * 20_000)
    moment = now()
    mina.patch(one_of(memory), json={"content": "short"})
    assert as_of(mina, memory, moment).json()["size"] == 100_000
    (told,) = listed(mina, moment)
    assert told["content"] == memory["content"]


def test_many_entries_are_looked_at_in_parts(mina, monkeypatch):
    from superthread.feed import past

    monkeypatch.setattr(past, "SCANNED", 4)
    kept = mina.save("Kept.")
    others = [mina.save(f"Trashed {number}.") for number in range(9)]
    for other in others:
        mina.delete(one_of(other))
    assert [one["doc_id"] for one in listed(mina, now())] == [kept["doc_id"]]


def told(api, seed, steps):
    """Any history, and at any moment of it what everybody could see of everything."""
    story = Story(api, seed)
    recorded = []
    for _ in range(steps):
        story.step()
        if story.random.random() < 0.2:
            recorded.append((now(), _everything(story)))
    roles = {client: _roles(story, client) for client in story.people.values()}
    for moment, state in recorded:
        for client, present in roles.items():
            _compare(client, present, moment, state)
    return len(recorded) * sum(map(len, roles.values()))


def _roles(story, client):
    """The role that somebody has on each memory now, None for what they may not see."""
    return {doc_id: client.get(f"{LIST}/{doc_id}").json().get("role") for doc_id in story.memories}


def _everything(story):
    """Each memory as whoever may read it sees it."""
    state = {}
    for doc_id in story.memories:
        answers = [client.get(f"{LIST}/{doc_id}") for client in story.people.values()]
        seen = next((one.json() for one in answers if one.status_code == 200), None)
        if seen:
            state[doc_id] = facts(seen)
    return state


def _compare(client, roles, moment, state):
    for doc_id, role in roles.items():
        answer = client.get(f"{LIST}/{doc_id}", params={"at": moment})
        if role == "viewer":
            assert answer.status_code == 403
        elif role:
            assert (answer.status_code == 200) is (doc_id in state)
        if answer.status_code == 200:
            assert facts(answer.json()) == state[doc_id]
    in_list = listed(client, moment)
    assert all(facts(one) == state[one["doc_id"]] for one in in_list)
    ids = [one["doc_id"] for one in in_list]
    assert len(set(ids)) == len(ids)
    assert _expected(client, roles, state) <= set(ids)


def _expected(client, roles, state):
    """What a list of all must have: what one owned then and may edit now."""
    return {
        doc_id
        for doc_id, one in state.items()
        if one["owner"] == client.user.email
        and one["scope"] in ("personal", "public")
        and roles[doc_id] in ("editor", "admin", "owner")
    }


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.drill)])
def test_any_past_is_what_was_recorded(api, seed):
    assert told(api, seed, 25) > 0


@pytest.mark.drill
@pytest.mark.parametrize("seed", halved(range(200, 204)))
def test_any_long_past_is_what_was_recorded(api, seed):
    assert told(api, seed, 60) > 100
