"""A browser for tests: headless Chromium through chromedriver, whose protocol is plain HTTP.

https://www.w3.org/TR/webdriver2/; what Chromium adds is under ``goog`` and ``se``.
"""

import base64
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from testing.servers.hub import free_port

# The protocol's name of an element's id.
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
WITHIN = 30.0  # seconds, on a loaded machine


def missing() -> str:
    """Return what is not installed, or an empty text."""
    wanted = ("chromium", "chromedriver")
    return ", ".join(name for name in wanted if shutil.which(name) is None)


# Marks of a module whose tests drive a browser.
IN_A_BROWSER = [
    pytest.mark.drill,
    pytest.mark.skipif(bool(missing()), reason=f"not installed: {missing()}"),
]


class Browser:
    """One window of a headless Chromium. A context manager."""

    def __init__(self, profile: Path) -> None:
        self._profile = profile

    def __enter__(self) -> "Browser":
        port = free_port()
        self._driver = subprocess.Popen(
            ["chromedriver", f"--port={port}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)
        options = {
            "binary": shutil.which("chromium"),
            # No sandbox: it needs a user other than root, as containers often have not.
            "args": [
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                f"--user-data-dir={self._profile}",
            ],
        }
        capabilities = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        body = {"capabilities": {"alwaysMatch": capabilities}}
        deadline = time.monotonic() + WITHIN
        while True:
            try:
                self._session = self._http.post("/session", json=body).json()["value"]["sessionId"]
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return self

    def __exit__(self, *exception: object) -> None:
        self._http.delete(f"/session/{self._session}")
        self._http.close()
        self._driver.terminate()
        self._driver.wait()

    def call(self, method: str, path: str, **body: Any) -> Any:
        """Carry out a command of the protocol and return its value."""
        json = {"json": body} if method == "POST" else {}
        answer = self._http.request(method, f"/session/{self._session}/{path}", **json)
        value = answer.json()["value"]
        assert answer.status_code == 200, value
        return value

    def open(self, url: str) -> None:
        """Load a page."""
        self.call("POST", "url", url=url)

    def find(self, selector: str) -> str:
        """Return the id of the first element that a CSS selector finds."""
        return self.call("POST", "element", using="css selector", value=selector)[ELEMENT]

    def type(self, selector: str, text: str) -> None:
        """Type into a field."""
        self.call("POST", f"element/{self.find(selector)}/value", text=text)

    def clear(self, selector: str) -> None:
        """Take away what is in a field."""
        self.call("POST", f"element/{self.find(selector)}/clear")

    def click(self, selector: str) -> None:
        """Click an element."""
        self.call("POST", f"element/{self.find(selector)}/click")

    def run(self, script: str) -> Any:
        """Return what a piece of JavaScript returns."""
        return self.call("POST", "execute/sync", script=script, args=[])

    def wait(self, script: str) -> Any:
        """Return what a script returns as soon as it is true; fail when it never is."""
        deadline = time.monotonic() + WITHIN
        while not (value := self.run(script)):
            assert time.monotonic() < deadline, f"never true: {script}; {self._seen()}"
            time.sleep(0.05)
        return value

    def _seen(self) -> str:
        return self.run("return `${location.href} ${document.body.innerText.slice(0, 500)}`")

    def cdp(self, command: str, **parameters: Any) -> Any:
        """Carry out a command of the DevTools protocol."""
        return self.call("POST", "goog/cdp/execute", cmd=command, params=parameters)

    def complaints(self) -> list[str]:
        """Return what was written to the console since the last look."""
        return [entry["message"] for entry in self.call("POST", "se/log", type="browser")]

    def screenshot(self, path: Path) -> bytes:
        """Save the whole page as a PNG and return it."""
        taken = self.cdp("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(taken["data"]))
        return path.read_bytes()
