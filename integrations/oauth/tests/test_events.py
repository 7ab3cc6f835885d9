"""What clients are given and lose is told as all changes are, by whom and from where."""

import pytest

from integrations.oauth.tests.flow import sent_back
from memory_hub.accounts.models import Token
from memory_hub.core.identity import Actor
from testing.telling import recording


@pytest.fixture
def told(agent, person):
    """What the agent was given."""
    return agent.let_in(person)


def kinds(events):
    return [f"{type(event).__name__} {event.kind.value}" for event in events]


def test_letting_in_renewing_and_ending_are_told(agent, person):
    code = sent_back(person.allows(agent.question()))["code"]
    with recording() as events:
        told = agent.exchange(code).json()
        told = agent.refresh(told["refresh_token"]).json()
        agent.ask("/oauth/revoke", token=told["access_token"])
    assert kinds(events) == [
        "TokenChanged created",
        "TokenChanged renewed",
        "TokenChanged revoked",
    ]
    token = Token.objects.get(client=agent.client_id)
    assert [event.actor for event in events] == [
        Actor(person.user.pk, None),
        Actor(person.user.pk, token.pk),
        Actor(person.user.pk, token.pk),
    ]
    assert {event.origin.via for event in events} == {"oauth"}
    assert {event.origin.address for event in events} == {"127.0.0.1"}


def test_what_comes_twice_tells_of_what_it_ended(agent, told):
    agent.refresh(told["refresh_token"])
    with recording() as events:
        agent.refresh(told["refresh_token"])
    assert kinds(events) == ["TokenChanged revoked"]


def test_kept_answers_of_a_token_that_was_renewed_are_not_given_for_it(agent, told):
    before = agent.using()
    for _ in range(3):
        assert before.get("/superthread/memories").status_code == 200
    agent.refresh(told["refresh_token"])
    assert before.get("/superthread/memories").status_code == 401
