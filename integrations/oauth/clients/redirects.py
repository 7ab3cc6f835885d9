"""To which addresses a browser may be sent back with a code: what a client may name, and what then
counts as named."""

from urllib.parse import SplitResult, urlsplit

from integrations.oauth.models import ADDRESS_LENGTH

LOOPBACK = ("127.0.0.1", "::1", "localhost")
# Private-use schemes of programs that do not name theirs by a domain, as RFC 8252 §7.1 has it.
KNOWN_SCHEMES = frozenset({"cursor", "vscode", "vscode-insiders", "windsurf"})


def problem_of(uri: str) -> str:
    """What is wrong with an address that a client wants to name, in words; empty: nothing."""
    url = _split(uri)
    if url is None or len(uri) > ADDRESS_LENGTH or not _is_plain(uri):
        return "is no address, or too long"
    if "#" in uri or "@" in url.netloc:
        return "has a fragment or a user name"
    if url.scheme == "https":
        return "" if url.hostname else "names no host"
    if url.scheme == "http":
        return "" if url.hostname in LOOPBACK else "is http, which only this machine's own may be"
    if url.scheme in KNOWN_SCHEMES or "." in url.scheme:
        return ""
    return "has a scheme that is not https, nor one that a program names by its domain"


def is_named(uri: str, named: list[str]) -> bool:
    """Whether the client has named this address: to the letter, but for the port of one on the
    person's own machine, which the program learns only when it starts (RFC 8252 §7.3)."""
    return uri in named or any(_is_same_but_port(uri, one) for one in named)


def _is_same_but_port(uri: str, named: str) -> bool:
    asked, known = _split(uri), _split(named)
    if asked is None or known is None or not is_on_this_machine(known):
        return False
    same = _without_port(asked) == _without_port(known) and ("?" in uri) == ("?" in named)
    return same and problem_of(uri) == ""


def is_on_this_machine(url: SplitResult) -> bool:
    """Whether it leads to a program on the machine of whoever opens it."""
    return url.scheme == "http" and url.hostname in LOOPBACK


def _without_port(url: SplitResult) -> tuple[str, str | None, str, str]:
    return url.scheme, url.hostname, url.path, url.query


def _split(uri: str) -> SplitResult | None:
    try:
        url = urlsplit(uri)
        _ = url.port
    except ValueError:
        return None
    return url if url.scheme else None


def _is_plain(uri: str) -> bool:
    """Of the characters of addresses alone: what is in a header must not end it."""
    return uri.isascii() and uri.isprintable() and not set(' "<>\\^`{|}') & set(uri)
