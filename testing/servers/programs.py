"""Programs that run with the settings of a hub, in a process of their own: what a start imports."""

import os
import subprocess
import sys
from pathlib import Path

from testing.servers.hub import ROOT


def printed(program: str, directory: Path, *arguments: str) -> list[str]:
    """The lines that the text of a Python program prints, of a hub with its data in the directory.

    Raises CalledProcessError where it fails."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        env=os.environ
        | {
            "HUB_ENVIRONMENT": "test",
            "HUB_DATA_DIR": str(directory),
            "DJANGO_SETTINGS_MODULE": "memory_hub.settings",
        },
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()
