"""`manage.py changepassword`: asks twice, and changes nothing where the answers are no password."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from memory_hub.accounts import services
from memory_hub.accounts.management.commands import changepassword
from memory_hub.accounts.models import User
from memory_hub.core.identity import OPERATOR

GOOD = "correct horse battery"

pytestmark = pytest.mark.django_db


@pytest.fixture
def answers(monkeypatch):
    """What somebody types, in its order."""
    typed = []
    monkeypatch.setattr(changepassword, "getpass", lambda *_: typed.pop(0))
    services.ensure_user("mina@example.com", by=OPERATOR)
    return typed


def test_the_password_that_is_typed_twice_is_the_accounts_and_the_address_is_read_as_ever(answers):
    answers += [GOOD, "another one", "short", "short", GOOD, GOOD]
    said, complaints = StringIO(), StringIO()
    call_command("changepassword", "Mina@Example.com", stdout=said, stderr=complaints)
    assert User.objects.get().check_password(GOOD)
    assert "mina@example.com has a new password" in said.getvalue()
    assert "not the same" in complaints.getvalue()
    assert "too short" in complaints.getvalue()
    assert GOOD not in said.getvalue() + complaints.getvalue()


def test_after_three_attempts_nothing_is_changed(answers):
    answers += ["short", "short"] * 3
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("changepassword", "mina@example.com", stderr=StringIO())
    assert not User.objects.get().has_usable_password()
