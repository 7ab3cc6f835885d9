"""Requests to addresses that strangers named, without being led anywhere else.

No address that is not public, looked at once and then connected to, so that a name that changes
meanwhile leads nowhere; no redirects, no proxy; bounded in time and in what is read.
"""

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from http.client import HTTPException
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import SplitResult

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection

_NAT64 = IPv6Network("64:ff9b::/96")
_AGENT = "memory-hub"


class Unreachable(Exception):
    """No answer is to be had there. The reason is for the log, and in general words."""


class Answer(NamedTuple):
    """What was answered: at most one byte more of the body than was asked for."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def send(
    method: str,
    url: SplitResult,
    *,
    seconds: float,
    headers: Mapping[str, str],
    body: bytes | None = None,
    most: int = 0,
    private: bool = False,
) -> Answer:
    """Sends one request to an https address, and returns what was answered, whatever it was.

    ``most`` bytes of the body are wanted; with 0 nothing is read of it. ``private`` lets it be any
    address, and http as well. All of it takes ``seconds`` at most. Raises Unreachable.
    """
    if url.scheme != "https" and not (private and url.scheme == "http"):
        raise Unreachable("The address is not one of https.")
    until = time.monotonic() + seconds
    host, port = str(url.hostname), url.port or (443 if url.scheme == "https" else 80)
    found = addresses(host, port, seconds, private=private)
    # Here, for most hubs never send any.
    from urllib3.exceptions import HTTPError

    with _connected(found, url, port, until) as connection:
        path = (url.path or "/") + (f"?{url.query}" if url.query else "")
        sent = {"Host": url.netloc, "User-Agent": _AGENT, **headers}
        try:
            connection.request(method, path, body=body, headers=sent, preload_content=False)
            answer = connection.getresponse()
            read = answer.read(most + 1, decode_content=False) if most else b""
            return Answer(answer.status, answer.headers, read)
        except (HTTPError, HTTPException, OSError):
            raise _no_answer() from None


def addresses(host: str, port: int, seconds: float, *, private: bool = False) -> list[str]:
    """The addresses of the host. Raises Unreachable where one of them is not public, unless
    ``private``: a host with both could be reached at the wrong one."""
    found = _resolved(host, port, seconds)
    if not found or not (private or all(map(is_public, found))):
        raise Unreachable("The host has no address, or one that is not public.")
    return found


def _resolved(host: str, port: int, seconds: float) -> list[str]:
    """Asks in a thread of its own: the system's resolver has no limit that one could set."""
    told: SimpleQueue[list[str]] = SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)
        except (OSError, UnicodeError):
            found = []
        told.put(list(dict.fromkeys(str(one[4][0]) for one in found)))

    threading.Thread(target=ask, name="outgoing-host", daemon=True).start()
    try:
        return told.get(timeout=seconds)
    except Empty:
        raise Unreachable("The host's address was not told in time.") from None


def is_public(text: str) -> bool:
    """Whether it is an address on the internet, also by the IPv4 address that some IPv6 ones carry
    (RFC 4291 §2.5.5.2, RFC 3056, RFC 4380, RFC 6052)."""
    address = ip_address(text.partition("%")[0])
    return all(one.is_global and not one.is_multicast for one in _meant_by(address))


def _meant_by(address: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    if isinstance(address, IPv4Address):
        return [address]
    if address.teredo:
        return list(address.teredo)
    if address in _NAT64:
        return [IPv4Address(int(address) & 0xFFFF_FFFF)]
    return [address.ipv4_mapped or address.sixtofour or address]


@contextmanager
def _connected(
    found: list[str], url: SplitResult, port: int, until: float
) -> Iterator["HTTPConnection"]:
    """A connection to the first of these addresses that takes one, in the name of the host, and to
    no other; cut when the time is over."""
    from urllib3.exceptions import HTTPError

    for address in found:
        left = until - time.monotonic()
        if left <= 0:
            break
        connection = _connection(address, url, port, left)
        with closing(connection), _ended_after(left, connection):
            try:
                connection.connect()
            except (HTTPError, HTTPException, OSError):
                continue
            yield connection
            return
    raise _no_answer()


def _connection(address: str, url: SplitResult, port: int, seconds: float) -> "HTTPConnection":
    from urllib3.connection import HTTPConnection, HTTPSConnection

    if url.scheme == "http":
        return HTTPConnection(address, port, timeout=seconds)
    return HTTPSConnection(
        address, port, timeout=seconds, ssl_context=trusted(), server_hostname=url.hostname
    )


def _no_answer() -> Unreachable:
    return Unreachable("The host did not answer in time, or not by https as it should.")


@contextmanager
def _ended_after(seconds: float, connection: "HTTPConnection") -> Iterator[None]:
    """Ends the connection then, whatever it is doing: the limit of a socket is one of each
    reading, and a host can send a byte at a time."""

    def cut() -> None:
        with suppress(OSError, AttributeError):
            connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def trusted() -> ssl.SSLContext:
    """Whose certificates are believed: those that the system believes."""
    return ssl.create_default_context()
