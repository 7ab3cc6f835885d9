"""One spelling of a client's address, whatever it is compared with."""

from ipaddress import IPv6Address, IPv6Network, ip_address, ip_network

_SPELT = ("::ffff:", "::FFFF:", "0")
# Bits before the IPv4 address in ::ffff:0:0/96.
_MAPPED = 96


def unmapped(address: str) -> str:
    """An IPv4-mapped address (``::ffff:192.0.2.1``) as the IPv4 address that it is; all else as
    it stands. A socket that listens on ``::`` names every IPv4 client so."""
    # Most are not, and this is asked for every request.
    if not address.startswith(_SPELT):
        return address
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return str(mapped) if mapped else address


def network(text: str) -> str:
    """A network or an address as networks are written, an IPv4-mapped one as IPv4. Raises
    ValueError."""
    found = ip_network(text, strict=False)
    mapped = found.network_address.ipv4_mapped if isinstance(found, IPv6Network) else None
    if mapped is None or found.prefixlen < _MAPPED:
        return str(found)
    return str(ip_network((mapped, found.prefixlen - _MAPPED)))


def is_loopback(host: str) -> bool:
    """Whether the name or address, an IPv6 one without brackets, is of this machine alone."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
