"""A lean HTTP/1.1 client connection: the load generator must be quicker than what it measures."""

import asyncio


class Connection(asyncio.Protocol):
    """One keep-alive connection, one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[tuple[int, int]] | None = None
        self._buffer = bytearray()
        self._need = -1
        self._is_chunked = False
        self._status = 0
        self.body = b""
        # The server said that it closes the connection.
        self.ends = False

    @classmethod
    async def open(cls, port: int) -> "Connection":
        loop = asyncio.get_running_loop()
        _, protocol = await loop.create_connection(cls, "127.0.0.1", port)
        return protocol

    def ask(self, request: bytes) -> "asyncio.Future[tuple[int, int]]":
        """Send a request; the status and the length of the body of its answer."""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    def close(self) -> None:
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer
        buffer += data
        if self._need < 0:
            end = buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(buffer[:end]).lower()
            self._status = int(head[9:12])
            self.ends = b"\r\nconnection: close" in head
            self._is_chunked = b"\r\ntransfer-encoding: chunked" in head
            start = head.find(b"content-length:")
            length = 0 if start < 0 else int(head[start + 15 :].split(b"\r\n", 1)[0])
            self._need = end + 4 + length
        # A body in chunks ends with an empty one; its chunks are left as they came.
        if buffer.endswith(b"0\r\n\r\n") if self._is_chunked else len(buffer) >= self._need:
            head_end = buffer.find(b"\r\n\r\n") + 4
            self.body = bytes(buffer[head_end:])
            buffer.clear()
            self._need = -1
            if not self._answer.done():
                self._answer.set_result((self._status, len(self.body)))

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error or ConnectionError("closed by the server"))


def request(method: str, path: str, token: str, body: bytes = b"", *, gzip: bool = False) -> bytes:
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {token}"]
    if gzip:
        lines.append("Accept-Encoding: gzip")
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body
