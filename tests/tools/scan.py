# SPDX-License-Identifier: GPL-2.0-or-later
"""`make scan`: the security checks that plugins.qgis.org makes of an upload.

Bandit runs with all its tests but the one for importing subprocess, which the site has switched
off: all that the site calls critical or warning, and more. detect-secrets runs with all its
detectors but the one for public IP addresses, also off there. Any finding fails.
"""

from __future__ import annotations

import json
import subprocess
import sys

from tests.tools.qgis_process import PLUGIN, REPOSITORY

OFF_IN_BANDIT = "B404"
OFF_IN_SECRETS = "IPPublicDetector"
# The site leaves metadata.txt out.
BESIDE = ("LICENSE", "icons")


def packaged_files() -> list[str]:
    """Files of the package, as they are in the work tree."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", PLUGIN, *BESIDE]
    listed = subprocess.run(
        command, cwd=REPOSITORY, check=True, capture_output=True, encoding="utf-8"
    )
    return [name for name in listed.stdout.splitlines() if (REPOSITORY / name).is_file()]


def bandit(files: list[str]) -> bool:
    """Whether bandit finds nothing."""
    modules = [name for name in files if name.endswith(".py")]
    command = [sys.executable, "-m", "bandit", "-q", "-s", OFF_IN_BANDIT, *modules]
    return not subprocess.run(command, cwd=REPOSITORY).returncode


def secrets(files: list[str]) -> bool:
    """Whether detect-secrets finds nothing."""
    command = [sys.executable, "-m", "detect_secrets", "scan", "--all-files", "--no-verify"]
    command += ["--disable-plugin", OFF_IN_SECRETS, *files]
    done = subprocess.run(
        command, cwd=REPOSITORY, check=True, stdout=subprocess.PIPE, encoding="utf-8"
    )
    found = json.loads(done.stdout)["results"]
    for name, places in sorted(found.items()):
        for place in places:
            print(f"{name}:{place['line_number']}: {place['type']}")
    return not found


def main() -> int:
    """Scan; 0 where nothing is found."""
    files = packaged_files()
    clean = [bandit(files), secrets(files)]
    if all(clean):
        print(f"Nothing found by bandit and detect-secrets in {len(files)} files")
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
