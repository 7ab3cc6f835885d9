"""Reading a document from an address that a stranger named, without being led anywhere else.

Only https; no address that is not public, looked at once and then connected to, so that a name that
changes meanwhile leads nowhere; no redirects, no proxy; bounded in time, in bytes, and in how many
at once.
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
from typing import Any, NamedTuple
from urllib.parse import SplitResult

import orjson
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from memory_hub.core.budget import Budget

SECONDS, MOST_BYTES, AT_ONCE = 5.0, 16 * 1024, 3
LONGEST_FRESH, SHORTEST_FRESH = 86_400, 300  # seconds
fetches = Budget("documents of clients", AT_ONCE)
_NAT64 = IPv6Network("64:ff9b::/96")


class Unreadable(Exception):
    """There is no document to be had there. The reason is for the log, and in general words."""


class Document(NamedTuple):
    """What it says, and for how many seconds it may be kept."""

    says: dict[str, Any]
    fresh_for: int


def fetch(url: SplitResult) -> Document:
    """The JSON object at an https address. Raises Unreadable; Spent when too many are read."""
    with fetches.holding(1):
        until = time.monotonic() + SECONDS
        host, port = str(url.hostname), url.port or 443
        found = public_addresses(host, port, SECONDS)
        return _first_answer(found, url, until)


def public_addresses(host: str, port: int, seconds: float) -> list[str]:
    """The addresses of the host. Raises Unreadable where one of them is not public: a host with
    both could be reached at the wrong one."""
    found = _resolved(host, port, seconds)
    if not found or not all(map(is_public, found)):
        raise Unreadable("The host has no address, or one that is not public.")
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

    threading.Thread(target=ask, name="client-host", daemon=True).start()
    try:
        return told.get(timeout=seconds)
    except Empty:
        raise Unreadable("The host's address was not told in time.") from None


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


def _first_answer(addresses: list[str], url: SplitResult, until: float) -> Document:
    for address in addresses:
        left = until - time.monotonic()
        if left <= 0:
            break
        try:
            return _read(address, url, left)
        except (HTTPError, HTTPException, OSError):
            continue
    raise Unreadable("The host did not answer in time, or not by https as it should.")


def _read(address: str, url: SplitResult, seconds: float) -> Document:
    """Connects to this address, and to no other, in the name of the host."""
    connection = HTTPSConnection(
        address,
        url.port or 443,
        timeout=seconds,
        ssl_context=trusted(),
        server_hostname=url.hostname,
    )
    headers = {"Host": url.netloc, "Accept": "application/json", "User-Agent": "memory-hub"}
    path = url.path + (f"?{url.query}" if url.query else "")
    with closing(connection), _ended_after(seconds, connection):
        connection.request("GET", path, headers=headers, preload_content=False)
        answer = connection.getresponse()
        return Document(_said(answer), _fresh_for(answer.headers))


@contextmanager
def _ended_after(seconds: float, connection: HTTPSConnection) -> Iterator[None]:
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


def _said(answer: BaseHTTPResponse) -> dict[str, Any]:
    if answer.status != 200:
        raise Unreadable(f"The host answered {answer.status}.")
    body = answer.read(MOST_BYTES + 1, decode_content=False)
    if len(body) > MOST_BYTES:
        raise Unreadable("The document is too long.")
    try:
        says = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Unreadable("The document is no JSON.") from None
    if not isinstance(says, dict):
        raise Unreadable("The document is no JSON object.")
    return says


def _fresh_for(headers: Mapping[str, str]) -> int:
    """Seconds for which the document need not be read again, within our bounds."""
    said = [part.strip().lower() for part in headers.get("Cache-Control", "").split(",")]
    if "no-store" in said or "no-cache" in said:
        return SHORTEST_FRESH
    ages = [part.removeprefix("max-age=") for part in said if part.startswith("max-age=")]
    given = [int(age) for age in ages if age.isdecimal() and len(age) < 10]
    return max(SHORTEST_FRESH, min(given[0] if given else LONGEST_FRESH, LONGEST_FRESH))
