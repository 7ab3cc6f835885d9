"""A token never outlives its maker, nor may it more."""

from datetime import timedelta

import pytest
from django.utils import timezone

from memory_hub.accounts import services
from memory_hub.accounts.models import Token, User
from memory_hub.accounts.principal import principal_of
from memory_hub.accounts.scopes import every_scope
from memory_hub.accounts.services import operators
from memory_hub.core.errors import NotAuthenticated
from memory_hub.core.identity import OPERATOR
from memory_hub.core.text import rfc3339
from monitoring.scopes import MONITORING_READ
from testing.clients.in_process import Client

URL = "/accounts/tokens"
MAKING = {"scopes": ["accounts:manage", "memories:read"]}


@pytest.fixture
def making(mina):
    """``making(client, **fields)``: a client with a token that the client made, and its answer."""

    def make(maker, **fields):
        answer = maker.post(URL, json={**MAKING, **fields})
        assert answer.status_code == 201, answer.text
        made = answer.json()
        return Client(made["token"], mina.user, threads=mina.threads), made

    return make


def works(client) -> bool:
    return client.get("/accounts/me").status_code == 200


def test_a_token_ends_when_its_maker_does(mina, making):
    end = timezone.now() + timedelta(days=3)
    Token.objects.filter(user=mina.user).update(expires_at=end)
    _, made = making(mina)
    assert made["expires_at"] == rfc3339(end)
    later = mina.post(URL, json={"expires_at": rfc3339(end + timedelta(seconds=1))})
    assert (later.status_code, later.json()["errors"][0]["code"]) == (400, "after-its-maker")
    _, sooner = making(mina, expires_at=rfc3339(end - timedelta(seconds=1)))
    assert sooner["expires_at"] == rfc3339(end - timedelta(seconds=1))


def test_revoking_a_token_revokes_what_it_made(mina, making):
    mine = Token.objects.get(user=mina.user)
    parent, made = making(mina)
    child, between = making(parent)
    grandchild, told = making(child)
    assert (made["made_by"], between["made_by"]) == (mine.pk, made["id"])
    assert told["made_by"] == between["id"]
    assert mina.delete(f"{URL}/{made['id']}").status_code == 204
    assert works(mina)
    assert not any(works(each) for each in (parent, child, grandchild))


def test_an_operator_revokes_what_it_made_too(mina, making):
    parent, made = making(mina)
    child, _ = making(parent)
    assert operators.revoke_tokens(Token.objects.filter(pk=made["id"]), by=OPERATOR) == 2
    assert [works(each) for each in (mina, parent, child)] == [True, False, False]


def test_a_token_that_ends_leaves_its_maker(mina, making):
    child, made = making(mina)
    assert child.delete(f"{URL}/{made['id']}").status_code == 204
    assert works(mina)


def test_nobody_is_staff_by_a_token_from_better_days(api, making):
    staff = api("ops@example.com", is_staff=True)
    token, _ = making(staff, scopes=["monitoring:read", "memories:read"])
    assert token.get("/monitoring/pool").status_code == 200
    user = User.objects.get(email="ops@example.com")
    user.is_staff = False
    operators.store_user(user, by=OPERATOR)
    assert token.get("/monitoring/pool").status_code == 403
    assert token.get("/superthread/memories").status_code == 200


def test_an_operator_may_give_a_machine_monitoring_without_making_it_staff(api):
    scraper = api("prometheus@example.com", scopes=["monitoring:read"])
    assert scraper.get("/monitoring/pool").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_token_that_was_revoked_meanwhile_makes_no_other():
    user = services.ensure_user("mina@example.com", by=OPERATOR)
    token, _ = services.create_token(user_id=user.pk, scopes=every_scope(), by=OPERATOR)
    by = principal_of(user, "session")
    maker = by.__class__(user.pk, user.email, frozenset(every_scope()), token_id=token.pk)
    services.revoke_token(token_id=token.pk, user_id=user.pk, by=OPERATOR)
    with pytest.raises(NotAuthenticated):
        services.create_token(user_id=user.pk, scopes=[MONITORING_READ], by=maker)
