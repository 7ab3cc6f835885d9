"""A browser at the admin, as far as tests need one."""

import re

from django.contrib.auth.models import Permission
from django.test import Client, TestCase

from memory_hub.accounts.models import User
from testing.telling import everything_told

PASSWORD = "correct horse battery staple"


class Browser(Client):
    """Logs in through the login page; CSRF is checked as for a real browser."""

    def __init__(self, email: str = "root@example.com", **fields):
        super().__init__(enforce_csrf_checks=True)
        fields = fields or {"is_superuser": True}
        self.user = User.objects.create_user(email, PASSWORD, is_staff=True, **fields)
        self.get("/login")
        answer = self.send("/login", login=email, password=PASSWORD)
        assert answer.status_code == 302, answer.content

    def send(self, path: str, follow: bool = False, **fields):
        """Posts a form with the CSRF token of the cookie."""
        token = self.cookies["csrftoken"].value
        form = {"csrfmiddlewaretoken": token, **fields}
        # What waits for a commit happens, though the test's own transaction never commits.
        with everything_told(), TestCase.captureOnCommitCallbacks(execute=True):
            return self.post(path, form, follow=follow)

    def text(self, path: str, **query) -> str:
        """The page's HTML. Fails unless it is 200."""
        answer = self.get(path, query)
        assert answer.status_code == 200, (answer.status_code, path)
        return answer.content.decode()


def rows(html: str) -> int:
    """How many rows a list shows."""
    return len(re.findall(r'name="_selected_action"', html))


def staff_browser(*permissions: str) -> Browser:
    """One of the staff at the admin, with these permissions alone."""
    browser = Browser("staff@example.com", is_superuser=False)
    browser.user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return browser
