"""A consent that is kept: under keys that change, and gone with whom it was of."""

import io
from types import SimpleNamespace

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.test import TestCase

from google_docs.access import ended
from google_docs.access.token_encryption import TokenEncryption
from google_docs.models import Connection
from google_docs.tests.access.test_who_may import OAUTH, connected
from google_docs.tests.conftest import DocsClient
from memory_hub.accounts import services
from memory_hub.accounts.models import Team, User
from memory_hub.accounts.services import closing, operators
from memory_hub.accounts.services.proving import take_over
from memory_hub.core.errors import Conflict
from memory_hub.core.identity import OPERATOR
from memory_hub.jobs.models import QueuedTask
from superthread.models import Memory
from testing.clients.browsing import carry_out
from testing.telling import everything_told


def test_keys_are_rotated_and_the_old_one_is_needed_no_more(hub, double, configure):
    mina = hub("mina@example.com")
    connected(double, "mina@gmail.example", user=mina.user)
    old, new = OAUTH["token_keys"][0], Fernet.generate_key().decode()
    configure(root=double.root, **OAUTH | {"token_keys": (new, old)})
    out = io.StringIO()
    call_command("rotate_google_keys", stdout=out)
    assert out.getvalue().strip() == "Encrypted 1 tokens with the first key."
    locked = Connection.objects.get().locked_token
    assert TokenEncryption([new]).open(locked) == "1//refresh-of-mina@gmail.example"
    configure(root=double.root, **OAUTH | {"token_keys": (new,)})
    DocsClient(mina).save()


def test_a_lost_key_is_told_and_changes_nothing(hub, double, configure):
    mina = hub("mina@example.com")
    connected(double, "mina@gmail.example", user=mina.user)
    configure(root=double.root, **OAUTH | {"token_keys": (Fernet.generate_key().decode(),)})
    with pytest.raises(CommandError, match="GOOGLE_TOKEN_KEYS"):
        call_command("rotate_google_keys")
    answer = mina.get("/google-docs/memories")
    assert (answer.status_code, answer.json()["code"]) == (503, "google-account-not-connected")


def test_health_tells_of_a_consent_that_cannot_be_read(hub, double, configure):
    mina = hub("mina@example.com")
    connection = connected(double, "mina@gmail.example", user=mina.user)
    connected(double, "alpha@gmail.example", team=Team.objects.create(key="alpha"))
    services.place_member(key="alpha", email="mina@example.com", role="member", by=OPERATOR)
    Connection.objects.filter(pk=connection.pk).update(locked_token="of a lost key")
    answer = mina.get("/google-docs/health")
    found = {item["space"][0]: item["status"] for item in answer.json()["credentials"]}
    assert found == {"t": "ok", "u": "google-account-not-connected"}
    assert (answer.status_code, answer.json()["status"]) == (503, "unhealthy")


def test_who_takes_an_account_over_saves_into_no_foreign_google_account(hub, double):
    mina, jun = hub("mina@example.com"), hub("jun@example.com")
    for one in (mina, jun):
        connected(double, f"{one.user.pk}@gmail.example", user=one.user)
    User.objects.filter(pk=mina.user.pk).update(vouched_by="lead@example.com")
    for one in (mina, jun):
        with TestCase.captureOnCommitCallbacks(execute=True), everything_told():
            take_over(one.user.pk, by=OPERATOR)
    carry_out()
    # Of a proven address the account is its owner's already.
    assert Connection.objects.get().user == jun.user
    assert double.oauth.revoked == [f"1//refresh-of-{mina.user.pk}@gmail.example"]


WAYS = {
    "by its own wish": ("user", lambda user: closing.close(user, by=OPERATOR)),
    "by staff": ("user", lambda user: operators.delete_user(user, by=OPERATOR)),
    "a team by staff": ("team", lambda team: operators.delete_team(team, by=OPERATOR)),
}


@pytest.fixture
def holders(hub, double):
    """Mina and team alpha, each with a Google account."""
    mina, team = hub("mina@example.com"), Team.objects.create(key="alpha")
    services.place_member(key="alpha", email="mina@example.com", role="admin", by=OPERATOR)
    connected(double, "user@gmail.example", user=mina.user)
    connected(double, "team@gmail.example", team=team)
    return SimpleNamespace(user=mina.user, team=team, client=mina)


@pytest.mark.parametrize("way", WAYS)
def test_who_is_deleted_leaves_no_consent_at_google(holders, double, way):
    kind, delete = WAYS[way]
    with TestCase.captureOnCommitCallbacks(execute=True), everything_told():
        delete(getattr(holders, kind))
    carry_out()
    assert double.oauth.revoked == [f"1//refresh-of-{kind}@gmail.example"]
    assert not Connection.objects.filter(account=f"{kind}@gmail.example").exists()


def test_a_consent_that_google_could_not_take_back_is_asked_for_again(holders, double, configure):
    configure(root="http://127.0.0.1:9/", **OAUTH)
    with everything_told():
        operators.delete_user(holders.user, by=OPERATOR)
    with pytest.raises(RuntimeError):
        carry_out()
    configure(root=double.root, **OAUTH)
    # Whoever connects the same account meanwhile keeps it.
    jun = services.ensure_user("jun@example.com", by=OPERATOR)
    anew = connected(double, "user@gmail.example", user=jun)
    (waiting,) = QueuedTask.objects.filter(status="READY")
    ended.take_back.func(*waiting.args)
    assert double.oauth.revoked == []
    anew.delete()
    carry_out()
    assert double.oauth.revoked == ["1//refresh-of-user@gmail.example"]


def test_nor_does_who_has_written_what_others_keep(holders, double):
    holders.client.save("For all.", scope="public")
    Memory.objects.update(owner=services.ensure_user("jun@example.com", by=OPERATOR))
    with TestCase.captureOnCommitCallbacks(execute=True):
        closing.close(holders.user, by=OPERATOR)
    carry_out()
    assert User.objects.get(pk=holders.user.pk).email.startswith("deleted-")
    assert double.oauth.revoked == ["1//refresh-of-user@gmail.example"]


def test_a_team_that_its_admin_deletes_leaves_none_either(holders, double):
    assert holders.client.delete("/accounts/teams/alpha").status_code == 204
    carry_out()
    assert double.oauth.revoked == ["1//refresh-of-team@gmail.example"]


def test_who_stays_keeps_the_consent(holders, double):
    holders.client.save("Ours.", scope="team", team_key="alpha")
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert holders.client.delete("/accounts/teams/alpha").status_code == 409
        for delete in (operators.delete_user, operators.delete_team):
            with pytest.raises(Conflict):
                delete(
                    holders.user if delete is operators.delete_user else holders.team, by=OPERATOR
                )
        # What is shut out may come back.
        operators.set_active([holders.user], active=False, by=OPERATOR)
    carry_out()
    assert double.oauth.revoked == []
    assert Connection.objects.count() == 2
