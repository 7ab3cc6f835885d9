"""A person at a browser without scripts: logs in, says yes, and is sent back to the client. Needs
nothing but what comes with PyPI's ``mcp``: it runs where that is installed."""

import re
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2 as httpx

FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class Person:
    """``asked`` are the scopes on the last page, ``new`` those marked."""

    # Nobody listens: it is read from the redirect.
    callback = "http://localhost:3030/callback"

    def __init__(self, hub: str, email: str, password: str) -> None:
        self._hub, self._login = hub, {"login": email, "password": password}
        self._browser = httpx.Client(base_url=hub, follow_redirects=False)
        self.asked: list[str] = []
        self.new: list[str] = []

    def answer(self, question: str) -> dict[str, str]:
        """Opens the address that a client sends the browser to; what the client is told."""
        page = self._opened(question)
        labels = re.findall(
            r'<label><input[^>]*name="scope" value="([^"]+)"(.*?)</label>', page.text, re.DOTALL
        )
        self.asked = [name for name, _ in labels]
        self.new = [name for name, rest in labels if "<strong>" in rest]
        form = {**_hidden(page), "answer": "allow", "memories": "everything", "scope": self.asked}
        sent = self._browser.post(str(page.url), data=form, headers={"Origin": self._hub})
        assert sent.status_code == 303, (sent.status_code, sent.text)
        told = parse_qs(urlsplit(sent.headers["Location"]).query)
        return {name: values[0] for name, values in told.items()}

    def _opened(self, address: str) -> httpx.Response:
        page = self._browser.get(address)
        while page.is_redirect:
            page = self._browser.get(urljoin(str(page.url), page.headers["Location"]))
        if 'name="password"' not in page.text:
            return page
        form = {**_hidden(page), **self._login}
        sent = self._browser.post(str(page.url), data=form, headers={"Origin": self._hub})
        assert sent.is_redirect, sent.text
        return self._opened(urljoin(str(page.url), sent.headers["Location"]))


def _hidden(page: httpx.Response) -> dict[str, str]:
    page_form = page.text[page.text.index("<main") :].partition("</main>")[0]
    return {name: value.replace("&amp;", "&") for name, value in FIELD.findall(page_form)}
