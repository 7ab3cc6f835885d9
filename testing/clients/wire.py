"""A connection to a hub on which tests write what a client library would not."""

import socket
from urllib.parse import urlsplit

from testing.servers.hub import HubServer


class Wire:
    """One connection; sends bytes, reads one answer."""

    def __init__(self, hub: HubServer) -> None:
        address = urlsplit(hub.url)
        self.socket = socket.create_connection((address.hostname, address.port), timeout=30)
        self.stream = self.socket.makefile("rb")
        self.host = address.netloc

    def close(self) -> None:
        self.stream.close()
        self.socket.close()

    def send(self, data: bytes) -> "Wire":
        self.socket.sendall(data)
        return self

    def head(self, method: str, path: str, token: str, *lines: str) -> bytes:
        first = [f"{method} {path} HTTP/1.1", f"Host: {self.host}"]
        first += [f"Authorization: Bearer {token}", "Content-Type: application/json", *lines]
        return "\r\n".join([*first, "", ""]).encode()

    def answer(self, *, without_body: bool = False) -> tuple[int, dict[str, str], bytes]:
        """Status, headers with lower-case names, body. Raises where nothing comes.

        `without_body` says that a length is told and no body sent, as in answers to HEAD.
        """
        status = int(self.stream.readline().split()[1])
        headers = {}
        while (line := self.stream.readline().strip()) != b"":
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        length = 0 if without_body else int(headers.get("content-length", 0))
        return status, headers, self.stream.read(length)

    def closed(self) -> bool:
        return self.stream.read(1) == b""
