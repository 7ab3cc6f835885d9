"""Who listens on a port of this machine, as far as Linux tells it to this user."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

# The state of a socket in /proc/net/tcp.
LISTENS = "0A"


def listener(port: int) -> str | None:
    """The program and its process id; None where they are not to be found out.

    Of several processes with the same socket the first one, which started the others. Arguments
    are not told: they may hold secrets.
    """
    pids = sorted(_holders(set(_sockets(port))))
    if not pids:
        return None
    with suppress(OSError):
        arguments = Path(f"/proc/{pids[0]}/cmdline").read_text(errors="replace").split("\0")
        ours = any("memory_hub.asgi" in part or "memory-hub" in part for part in arguments)
        name = "another Memory Hub" if ours else os.path.basename(arguments[0])
        return f"{name}, process {pids[0]}"
    return None  # it has ended just now


def _sockets(port: int) -> Iterator[str]:
    """The listening sockets of the port, as links of descriptors name them."""
    for table in ("tcp", "tcp6"):
        with suppress(OSError):
            for line in Path("/proc/net", table).read_text().splitlines()[1:]:
                _, local, _, state, *more = line.split()
                if state == LISTENS and int(local.rpartition(":")[2], 16) == port:
                    yield f"socket:[{more[5]}]"


def _holders(sockets: set[str]) -> Iterator[int]:
    for descriptors in Path("/proc").glob("[0-9]*/fd"):
        with suppress(OSError):  # another user's, or ended meanwhile
            if any(os.readlink(one) in sockets for one in descriptors.iterdir()):
                yield int(descriptors.parent.name)
