"""Data on a network file system: refused with the reason, unless the operator insists."""

import subprocess
import sys
from pathlib import Path

import pytest

from memory_hub.conf import filesystems

ROOT = Path(__file__).resolve().parents[3]
MOUNTS = r"""
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
40 27 0:40 / /srv rw,relatime shared:1 - nfs4 nas:/srv rw,vers=4.2
41 40 0:41 / /srv/local rw - xfs /dev/vdb rw
42 27 0:42 / /mnt/with\040blank rw - cifs //nas/share rw
43 27 0:43 / /over rw - nfs nas:/over rw
44 27 0:44 / /over rw - tmpfs tmpfs rw
45 27 0:45 / /ssh rw - fuse.sshfs me@nas:/ rw
""".strip()


@pytest.mark.parametrize(
    ("directory", "kind"),
    [
        ("/var/lib/memory-hub", None),
        ("/srv/memory-hub", "nfs4"),
        ("/srv", "nfs4"),
        ("/srvs", None),
        ("/srv/local/memory-hub", None),
        ("/mnt/with blank/hub", "cifs"),
        ("/over/hub", None),
        ("/ssh/hub", "fuse.sshfs"),
    ],
)
def test_the_file_system_is_that_of_the_innermost_mount(tmp_path, monkeypatch, directory, kind):
    monkeypatch.setattr(filesystems, "MOUNTS", tmp_path / "mountinfo")
    assert filesystems.network_filesystem(Path(directory)) is None  # a system that does not say
    (tmp_path / "mountinfo").write_text(MOUNTS)
    assert filesystems.network_filesystem(Path(directory)) == kind


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_a_hub_on_a_network_file_system_says_why_it_does_not_start(tmp_path, environment):
    data, mounts = tmp_path / "data", tmp_path / "mountinfo"
    mounts.write_text(f"27 1 254:0 / / rw - ext4 /dev/vda rw\n40 27 0:40 / {data} rw - nfs4 n:/ rw")
    code = (
        "from pathlib import Path; from memory_hub.conf import filesystems; "
        f"filesystems.MOUNTS = Path({str(mounts)!r}); from memory_hub import settings"
    )

    def start(**variables):
        given = {"HUB_DATA_DIR": str(data), "HUB_ENVIRONMENT": environment, **variables}
        given |= {"HUB_ALLOWED_HOSTS": "hub.example.com"}
        return subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=given, capture_output=True, text=True
        )

    refused = start()
    assert refused.returncode == 1
    told = refused.stderr.split("ImproperlyConfigured: ")[-1]
    assert "HUB_DATA_DIR" in told
    assert "nfs4" in told
    assert "HUB_NETWORK_DATA_DIR=1" in told
    assert not list(data.iterdir())
    forced = start(HUB_NETWORK_DATA_DIR="1")
    assert forced.returncode == 0, forced.stderr
