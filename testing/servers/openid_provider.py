"""A real OpenID provider of somebody else's: PyPI's oidc-provider-mock, in a venv of its own."""

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx

from testing.clients.foreign import from_pypi
from testing.servers.children import ends_with_parent
from testing.servers.hub import free_port

PACKAGE = "oidc-provider-mock==0.3.4"


def install(place: Path) -> str:
    """Makes the venv; returns the program. Skips the test where it cannot be had."""
    return str(from_pypi(place, PACKAGE) / "oidc-provider-mock")


class OpenIdProvider:
    """Serves users with these claims, ``sub`` among them. A context manager."""

    def __init__(self, program: str, *users: dict[str, Any]) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        told = [part for user in users for part in ("--user-claims", json.dumps(user))]
        self._command = [program, "-p", str(self.port), *told]

    def __enter__(self) -> "OpenIdProvider":
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(self._command, **quiet, **ends_with_parent())
        for _ in range(200):
            try:
                httpx.get(f"{self.url}/.well-known/openid-configuration")
                return self
            except httpx.TransportError:
                time.sleep(0.1)
        raise RuntimeError("The provider does not answer.")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()


def sign_on(browser: httpx.Client, page: str, sub: str) -> httpx.Response:
    """Follows the way from the page that sends people on, as ``sub``; the first page of the hub
    after it."""
    to = httpx.URL(page)
    authorized = httpx.post(to, data={"sub": sub})
    return browser.get(authorized.headers["Location"], follow_redirects=True)
