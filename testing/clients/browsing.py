"""Browsers of people at the pages, inside the test's process; and what tasks would do for them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.db import connection
from django.test import Client, TestCase
from django.utils import timezone
from django.utils.module_loading import import_string

from memory_hub.accounts.models import User
from memory_hub.jobs.models import QueuedTask
from testing.telling import everything_told

PASSWORD = "correct horse battery staple"


class Person(Client):
    """CSRF is checked as for a real browser. With an account, ``enter`` logs in."""

    def __init__(self, email: str = "", **headers: str) -> None:
        super().__init__(enforce_csrf_checks=True, **headers)
        self.email = email
        self.get("/login")

    def send(self, path: str, /, follow: bool = False, **fields):
        """Posts a form with the CSRF token of the cookie; what waits for a commit happens."""
        form = {"csrfmiddlewaretoken": self.cookies["csrftoken"].value, **fields}
        with everything_told(), TestCase.captureOnCommitCallbacks(execute=True):
            return self.post(path, form, follow=follow)

    def enter(self, password: str = PASSWORD, **fields):
        """Logs in; the answer."""
        return self.send("/login", login=self.email, password=password, **fields)

    def text(self, path: str, status: int = 200, **headers) -> str:
        """The page's HTML. Fails unless it has the status."""
        answer = self.get(path, **headers)
        assert answer.status_code == status, (answer.status_code, path)
        return answer.content.decode()


def registered(email: str, **fields) -> User:
    """A new account with PASSWORD."""
    return User.objects.create_user(email, PASSWORD, **fields)


def inside(email: str, **fields) -> Person:
    """Somebody new who has logged in; ``user`` is the account."""
    user = registered(email, **fields)
    person = Person(email)
    assert person.enter().status_code == 302
    person.user = user
    return person


@contextmanager
def hashing() -> Iterator[list[bool]]:
    """What passwords are hashed meanwhile: of each, whether in a transaction of the hub's."""
    encode, outer, told = MD5PasswordHasher.encode, len(connection.atomic_blocks), []

    def counted(*given: str) -> str:
        told.append(len(connection.atomic_blocks) > outer)
        return encode(*given)

    with patch.object(MD5PasswordHasher, "encode", counted):
        yield told


def carry_out() -> None:
    """What tasks would do now. Rows stay: how many mails were sent is counted in them."""
    for row in QueuedTask.objects.filter(status="READY").order_by("enqueued_at"):
        with everything_told(), TestCase.captureOnCommitCallbacks(execute=True):
            result = import_string(row.path).func(*row.args, **row.kwargs)
        ended = {"status": "SUCCESSFUL", "result": result, "finished_at": timezone.now()}
        QueuedTask.objects.filter(pk=row.pk).update(**ended)


def link_in_mail(to: str) -> str:
    """The path of the link in the latest mail, which went to this address."""
    carry_out()
    letter = mail.outbox[-1]
    assert letter.to == [to]
    return re.search(r"https://hub\.example\.com(/\S+)", letter.body)[1]
