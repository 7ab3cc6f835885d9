"""What kind of disk the data lies on. A network's keeps no promise that the hub lives by."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

MOUNTS = Path("/proc/self/mountinfo")  # of Linux; see proc(5)
NETWORK = frozenset(
    {
        "9p", "afs", "beegfs", "ceph", "cifs", "coda", "fuse.cephfs", "fuse.gcsfuse",
        "fuse.glusterfs", "fuse.juicefs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "gfs2",
        "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "smb3", "smbfs",
    }
)  # fmt: skip


def network_filesystem(directory: Path) -> str | None:
    """The name of the network file system that a directory lies on; None for any other, and where
    the system does not say."""
    try:
        lines = MOUNTS.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return None
    best, kind = "", None
    for line in lines:
        mounted, _, described = line.partition(" - ")
        point = _unescaped(mounted.split()[4])
        below = directory.is_relative_to(point)
        # Of two mounts at one place the later one is seen.
        if below and len(point) >= len(best):
            best, kind = point, described.split()[0]
    return kind if kind in NETWORK else None


def _unescaped(text: str) -> str:
    """A path as mountinfo writes it: blanks, tabs, line breaks and backslashes in octal."""
    for octal, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(octal, character)
    return text


def refuse_network_filesystem(directory: Path) -> None:
    """Raises ImproperlyConfigured for a data directory on a network file system."""
    found = network_filesystem(directory)
    if found:
        raise ImproperlyConfigured(
            f"HUB_DATA_DIR lies on a network file system ({found}): locks and the files that the "
            "workers share are not to be trusted there, and SQLite can lose data. Name a directory "
            "on a disk of this machine, or set HUB_NETWORK_DATA_DIR=1 to go on all the same."
        )
