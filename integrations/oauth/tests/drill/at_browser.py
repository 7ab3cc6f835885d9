"""A person at a real browser, which whoever has started this steers: it is told on standard output
which address to open. Needs nothing but Python."""

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit


class AtBrowser:
    """Listens on this machine for what the browser brings to ``callback``."""

    def __init__(self) -> None:
        self._told: dict[str, list[str]] = {}
        self._server = HTTPServer(("127.0.0.1", 0), self._handler())
        self.callback = f"http://127.0.0.1:{self._server.server_port}/callback"

    def answer(self, question: str) -> dict[str, str]:
        """Has the question opened; what the client is told."""
        self._told.clear()
        sys.stdout.write(f"{question}\n")
        sys.stdout.flush()
        while not self._told:
            self._server.handle_request()
        return {name: values[0] for name, values in self._told.items()}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        told = self._told

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path.startswith("/callback"):
                    told.update(parse_qs(urlsplit(self.path).query))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"<title>Back</title>")

            def log_message(self, *_: object) -> None:
                """Nothing."""

        return Handler
