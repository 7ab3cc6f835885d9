"""A window at a hub, in one language, and the pictures of what it shows.

Without variables a story runs in English, and its pictures go with the test's directory.
``STORY_LANGUAGES=en,ko STORY_PICTURES=directory`` keeps them there to be looked at, each step
narrow and wide, light; with ``STORY_SCHEME=dark`` dark.
"""

import json
import os
from itertools import count
from pathlib import Path
from typing import Any

from django.utils.translation import gettext, override

from testing.clients.webdriver import Browser
from web.tests.browser import windows

LANGUAGES = os.environ.get("STORY_LANGUAGES", "en").split(",")
PICTURES = os.environ.get("STORY_PICTURES", "")
SCHEME = os.environ.get("STORY_SCHEME", "light")
WIDTHS = (320, 1440)


class Story:
    """``language`` is what the browser asks for."""

    def __init__(self, browser: Browser, hub: Any, language: str, folder: Path) -> None:
        self.browser, self.hub, self.language = browser, hub, language
        self.folder = Path(PICTURES) if PICTURES else folder
        self.folder.mkdir(exist_ok=True)
        self._numbers = count(1)
        self.speak()

    def speak(self) -> None:
        """A window asks for the language: each new one has to be told."""
        self.browser.cdp("Network.enable")
        headers = {"Accept-Language": self.language}
        self.browser.cdp("Network.setExtraHTTPHeaders", headers=headers)

    def says(self, english: str, **values: Any) -> bool:
        """Whether the page says this sentence of the catalogue, in its language."""
        with override(self.language):
            return gettext(english) % values in self.text()

    def open(self, path: str) -> None:
        self.browser.open(path if path.startswith("http") else f"{self.hub.url}{path}")

    def at(self, path: str) -> None:
        windows.at(self.browser, path)

    def press(self, do: str, within: str = "main") -> None:
        """The button of this deed, then the page that answers."""
        self.click(f"{within} button[name=do][value={do}]")

    def sure(self) -> None:
        self.click("main button[name=sure]")

    def click(self, selector: str) -> None:
        """What leads to another page, or to this one anew."""
        self.browser.run("document.body.dataset.old = 1")
        self.browser.click(selector)
        new = "!document.body.dataset.old && document.readyState === 'complete'"
        self.browser.wait(f"return {new}")

    def text(self) -> str:
        return self.browser.run("return document.querySelector('main').innerText")

    def write(self, text: str) -> None:
        """Into the field of a memory's text, as somebody does who types."""
        self.browser.clear("#text")
        self.browser.type("#text", text)

    def written(self) -> str:
        return self.browser.run("return document.querySelector('#text').value")

    def picture(self, name: str) -> None:
        """On a telephone and on a desk; nothing is wider than these."""
        number = next(self._numbers)
        feature = {"name": "prefers-color-scheme", "value": SCHEME}
        self.browser.cdp("Emulation.setEmulatedMedia", features=[feature])
        for width in WIDTHS:
            shape = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
            self.browser.cdp("Emulation.setDeviceMetricsOverride", **shape)
            wide = self.browser.run("return document.documentElement.scrollWidth")
            assert wide <= width, (name, self.language, width, wide)
            file = f"{number:02}-{name}-{self.language}-{width}-{SCHEME}.png"
            self.browser.screenshot(self.folder / file)
        self.browser.cdp("Emulation.clearDeviceMetricsOverride")

    def log_in(self, email: str) -> None:
        windows.log_in(self.browser, self.hub.url, email)
        self.browser.wait("return location.pathname !== '/login'")

    def forget_who_is_there(self) -> None:
        self.browser.call("DELETE", "cookie")

    def windows(self) -> tuple[str, str]:
        """This window and another one of the same browser."""
        first = self.browser.call("GET", "window")
        second = self.browser.call("POST", "window/new", type="window")["handle"]
        self.to(second)
        self.speak()
        return first, second

    def to(self, window: str) -> None:
        self.browser.call("POST", "window", handle=window)

    def send(self, path: str, **form: str) -> None:
        """A form, by the window's own session."""
        told = json.dumps(form)
        self.browser.run(
            f"""window.answered = 0;
            const body = new FormData();
            for (const [name, value] of Object.entries({told})) body.append(name, value);
            body.append('csrfmiddlewaretoken', document.cookie.match(/csrftoken=(\\w+)/)[1]);
            fetch({path!r}, {{ method: 'POST', body }})
              .then((it) => {{ window.answered = it.status; }});"""
        )
        assert self.browser.wait("return window.answered") == 200
