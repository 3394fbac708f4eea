# SPDX-License-Identifier: GPL-2.0-or-later
"""`make scan`: the security checks that plugins.qgis.org runs on an upload, and some more.

Bandit runs with all its tests but the one for importing subprocess, which the site has switched
off: all that the site calls critical or warning, and more. detect-secrets runs with all its
detectors but the one for public IP addresses, also off there. flake8 has the site's line length.
Any finding fails, and so does a second waiver. Known vulnerabilities of the worker's packages are
only reported: new ones appear at any time, and their list may not be reachable.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys

from tests.tools.qgis_process import PLUGIN, REPOSITORY

OFF_IN_BANDIT = "B404"
OFF_IN_SECRETS = "IPPublicDetector"
LINE_LENGTH = "120"
WAIVER = re.compile(r"#\s*nosec|pragma:\s*allowlist")
MOST_WAIVERS = 1
PACKAGES = "superseg_plugin/runtime/requirements.txt"
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


def style(files: list[str]) -> bool:
    """Whether flake8 finds nothing, as the site calls it."""
    modules = [name for name in files if name.endswith(".py")]
    # QGS rules are the linter's: `make lint`. Where W503 and E203 apply, the formatter decides.
    command = [sys.executable, "-m", "flake8", "--isolated", "--max-line-length", LINE_LENGTH]
    command += ["--extend-ignore", "E203,W503,QGS", *modules]
    return not subprocess.run(command, cwd=REPOSITORY).returncode


def waivers(files: list[str]) -> bool:
    """Whether the package has at most one waiver for the scanners; prints them."""
    found = []
    for name in files:
        if name.endswith((".py", ".txt", ".html")):
            lines = (REPOSITORY / name).read_text(encoding="utf-8").splitlines()
            found += [
                f"Waiver: {name}:{number}: {line.strip()}"
                for number, line in enumerate(lines, start=1)
                if WAIVER.search(line)
            ]
    print("\n".join(found) or "No waivers")
    return len(found) <= MOST_WAIVERS


def vulnerabilities() -> str:
    """The vulnerabilities that pip-audit knows of the worker's packages."""
    command = [sys.executable, "-m", "pip_audit", "--no-deps", "--disable-pip", "-f", "json"]
    done = subprocess.run(
        [*command, "--progress-spinner", "off", "-r", PACKAGES],
        cwd=REPOSITORY,
        capture_output=True,
        encoding="utf-8",
    )
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = (done.stderr.strip().splitlines() or ["it printed nothing"])[-1]
        return f"pip-audit failed: {last}"
    unknown = [package["name"] for package in packages if "vulns" not in package]
    lines = [
        f"pip-audit: {package['name']} {package['version']}: {found['id']},"
        f" fixed in {', '.join(found['fix_versions']) or 'no version yet'}"
        for package in packages
        for found in package.get("vulns", [])
    ]
    count = len(packages) - len(unknown)
    lines.append(
        f"pip-audit: {len(lines)} known vulnerabilities in {count} of {len(packages)} packages of"
        f" {PACKAGES}"
    )
    if unknown:
        lines.append(
            f"pip-audit: nothing could be looked up of the other {len(unknown)}: this package index"
            " has no list of vulnerabilities, or it is out of reach"
        )
    return "\n".join(lines)


def main() -> int:
    """Scan; 0 where nothing is found."""
    files = packaged_files()
    clean = [bandit(files), secrets(files), style(files), waivers(files)]
    print(vulnerabilities())
    if all(clean):
        print(f"Nothing found by bandit, detect-secrets and flake8 in {len(files)} files")
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
