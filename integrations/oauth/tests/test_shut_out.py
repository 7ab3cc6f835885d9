"""Who is shut out, changes their password or ends their sessions shuts out their clients too."""

import pytest

from integrations.oauth import services
from integrations.oauth.tests.flow import GRANT, Person, sent_back
from memory_hub.accounts.services import operators
from memory_hub.core.identity import OPERATOR


def test_clients_of_a_person_who_is_shut_out_are_shut_out(agent, person):
    code = sent_back(person.allows(agent.question()))["code"]
    told = agent.let_in(person)
    with person.client.threads.committing():
        operators.set_active([person.user], active=False, by=OPERATOR)
    assert agent.exchange(code).json() == GRANT
    assert agent.using(told["access_token"]).get("/accounts/me").status_code == 401
    assert agent.refresh(told["refresh_token"]).json() == GRANT
    with person.client.threads.committing():
        operators.set_active([person.user], active=True, by=OPERATOR)
    assert agent.using(told["access_token"]).get("/accounts/me").status_code == 401
    assert agent.refresh(told["refresh_token"]).json() == GRANT


def test_a_token_that_is_revoked_while_it_is_renewed_stays_revoked(agent, person, monkeypatch):
    told = agent.let_in(person)
    looked_at = services.connection_of

    def revoked_then(*given):
        found = looked_at(*given)
        services.end([found.token_id], by=OPERATOR)
        return found

    monkeypatch.setattr(services, "connection_of", revoked_then)
    answer = agent.refresh(told["refresh_token"])
    assert (answer.status_code, answer.json()) == (400, GRANT)


def test_another_password_ends_what_was_let_in_with_the_old_one(agent, person, mina):
    told = agent.let_in(person)
    code = sent_back(person.allows(agent.question()))["code"]
    person.user.set_password("another long pass phrase")
    with person.client.threads.committing():
        operators.store_password(person.user, by=OPERATOR)
    assert agent.exchange(code).json() == GRANT
    assert agent.using(told["access_token"]).get("/accounts/me").status_code == 401
    assert agent.refresh(told["refresh_token"]).json() == GRANT
    assert mina.get("/accounts/me").status_code == 200


def test_who_ends_all_other_sessions_ends_clients_too(agent, person):
    told = agent.let_in(person)
    page = person.get("/account/sessions")
    assert person.send(page, "/account/sessions", session="others").status_code == 302
    assert agent.using(told["access_token"]).get("/accounts/me").status_code == 401
    assert agent.refresh(told["refresh_token"]).json() == GRANT
    assert person.get("/oauth/clients").status_code == 200


def shut_out_for_a_while(person):
    with person.client.threads.committing():
        operators.set_active([person.user], active=False, by=OPERATOR)
        operators.set_active([person.user], active=True, by=OPERATOR)


def change_password(person):
    person.user.set_password("another long pass phrase")
    with person.client.threads.committing():
        operators.store_password(person.user, by=OPERATOR)


def end_other_sessions(person):
    page = person.get("/account/sessions")
    assert person.send(page, "/account/sessions", session="others").status_code == 302


@pytest.mark.parametrize("end", [change_password, end_other_sessions, shut_out_for_a_while])
def test_a_code_that_is_still_on_its_way_ends_with_what_was_let_in(agent, person, api, end):
    code = sent_back(person.allows(agent.question()))["code"]
    other = sent_back(Person(api("jun@example.com")).allows(agent.question()))["code"]
    end(person)
    assert agent.exchange(code).json() == GRANT
    assert agent.exchange(other).status_code == 200
