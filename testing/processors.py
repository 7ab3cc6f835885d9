"""How many processes of pytest a machine has room for: python -m testing.processors."""

import os
import sys
from pathlib import Path

# Two at least, since tests wait for hubs and browsers; more than four wait for the longest modules.
FEWEST, MOST = 2, 4
_QUOTAS = Path("/sys/fs/cgroup")


def processes(root: Path = _QUOTAS) -> int:
    """One for each processor that this process may use; of a container, what it was given of them
    (cgroups of version 2: ``cpu.max``, of version 1: ``cpu/cpu.cfs_quota_us``)."""
    seen = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(FEWEST, min(MOST, seen or 1, int(_given(root))))


def _given(root: Path) -> float:
    for names in (["cpu.max"], ["cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us"]):
        try:
            quota, period = " ".join((root / name).read_text() for name in names).split()
            if quota not in ("max", "-1"):
                return int(quota) / int(period)
        except (OSError, ValueError):
            continue
    return MOST


if __name__ == "__main__":
    sys.stdout.write(f"{processes()}\n")
