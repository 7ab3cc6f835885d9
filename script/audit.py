"""Look for known vulnerabilities in the pinned packages; without a network say so and pass.

    python script/audit.py

Exit status 1 when a package has a known vulnerability. No database of vulnerabilities is reached
without a network: then nothing is known, which is said and is no failure.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GIVE_UP_AFTER = 120  # seconds for everything
COMMAND = ["-m", "pip_audit", "--disable-pip", "--no-deps", "--progress-spinner=off"]
COMMAND += ["--requirement", "constraints.txt", "--format=json", "--timeout=10"]


def audited():
    """pip-audit's list of packages, or None when it could not ask."""
    try:
        done = subprocess.run(
            [sys.executable, *COMMAND],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=GIVE_UP_AFTER,
        )
        return json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError, KeyError):
        return None


def main():
    packages = audited() or []
    asked = [package for package in packages if "vulns" in package]
    if not asked:
        print("No database of vulnerabilities can be reached from here: nothing was checked.")
        return 0
    vulnerable = [package for package in asked if package["vulns"]]
    for package in vulnerable:
        for found in package["vulns"]:
            fixed = ", ".join(found["fix_versions"]) or "no release"
            print(f"{package['name']} {package['version']}: {found['id']}, fixed in {fixed}")
    print(f"{len(asked)} packages checked, {len(vulnerable)} with a known vulnerability.")
    return 1 if vulnerable else 0


if __name__ == "__main__":
    sys.exit(main())
