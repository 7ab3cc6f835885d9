"""A receiver of webhooks on this machine: it verifies what comes by the reference implementation,
keeps what it took, and answers as the test says."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from testing.servers.serving import serving


class Receiver:
    """``answer`` gets a post and returns the status, or None to hang up. ``posts`` are all that
    came, ``taken`` those answered with 2xx: each a dict with id, body and the headers."""

    def __init__(self) -> None:
        self.secret = ""
        self.answer: Callable[[dict[str, Any]], int | None] = lambda post: 204
        self.headers: dict[str, str] = {}
        self.posts: list[dict[str, Any]] = []
        self.taken: list[dict[str, Any]] = []
        self.arrived = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.take(self, raw)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"

    def take(self, handler: BaseHTTPRequestHandler, raw: bytes) -> None:
        headers = {name.lower(): value for name, value in handler.headers.items()}
        post = {"id": headers["webhook-id"], "headers": headers, "raw": raw}
        post["body"] = self.verified(post)
        status = self.answer(post)
        with self.arrived:
            self.posts.append(post)
            if status is not None and 200 <= status < 300:
                self.taken.append(post)
            self.arrived.notify_all()
        if status is not None:
            handler.send_response(status)
            for name, value in self.headers.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", "0")
            handler.end_headers()

    def verified(self, post: dict[str, Any], secret: str = "") -> Any:
        """What it says, or None where the signature is not the secret's."""
        try:
            return Webhook(secret or self.secret).verify(post["raw"], post["headers"])
        except WebhookVerificationError:
            return None

    @property
    def types(self) -> list[str]:
        return [post["body"]["type"] for post in self.taken]

    @contextmanager
    def listening(self) -> Iterator["Receiver"]:
        with serving(self.server):
            yield self
