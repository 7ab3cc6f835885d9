"""The page on which an account is connected, as a browser sees it."""

from urllib.parse import urlsplit

import httpx
from django.test import Client

PAGE = "/google-docs/connect"


def browser(client) -> Client:
    """A browser that said who it is with a token."""
    page = Client()
    answer = page.post(PAGE, {"action": "identify", "token": client.token})
    assert answer.status_code == 302
    return page


def consented(url: str) -> str:
    """Where Google sends the browser back to once the person agreed, without the host."""
    back = urlsplit(httpx.get(url).headers["location"])
    return f"{back.path}?{back.query}"


def connect(page: Client, **more: str) -> str:
    answer = page.post(PAGE, {"action": "connect", **more})
    assert answer.status_code == 302, answer.content
    return answer["location"]
