"""Headers as ASGI has them, pairs of name and value, and as they are sent: lines."""

from collections.abc import Iterable

Header = tuple[bytes, bytes]
Headers = list[Header]


def lines_of(headers: Iterable[Header]) -> bytes:
    """Headers as they are sent, each ended by a line break."""
    return b"".join([b"%b: %b\r\n" % pair for pair in headers])


def headers_of(lines: bytes) -> Headers:
    """The headers that `lines_of` made the lines of."""
    return [_header(line) for line in lines.split(b"\r\n")[:-1]]


def _header(line: bytes) -> Header:
    name, _, value = line.partition(b": ")
    return name, value
