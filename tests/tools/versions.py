# SPDX-License-Identifier: GPL-2.0-or-later
"""All tests, with the packaged plugin, in several versions of QGIS.

`python3 -m tests.tools.versions ZIP [CHROOTS]`: in the installed one and in those in chroots, each
a Debian system in a folder of CHROOTS. Chroots are entered as root in a separate mount namespace,
so nothing stays mounted.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
WORK = REPOSITORY / "build" / "versions"
SUITES = ("test-engine", "test-pipeline", "test-worker", "test-qgis", "test-desktop")
PYTHON = "/usr/bin/python3"
VERSIONS = (
    "import numpy, sys; from qgis.core import Qgis; "
    "print(Qgis.version().split('-')[0], numpy.__version__, sys.version.split()[0])"
)
# Mounts inside the chroot; pip needs the host's certificates.
INSIDE = Path("/mnt/superseg")
ENTER = """set -eu
for place in proc dev etc/ssl/certs mnt/superseg; do mkdir -p "$ROOT/$place"; done
mount --bind /proc "$ROOT/proc"
mount --rbind /dev "$ROOT/dev"
mount --bind /etc/ssl/certs "$ROOT/etc/ssl/certs"
mount --bind "$CHECKOUT" "$ROOT/mnt/superseg"
cat /etc/resolv.conf > "$ROOT/etc/resolv.conf"
exec chroot "$ROOT" /bin/sh -c 'cd /mnt/superseg && exec "$@"' sh "$@"
"""
NEED_MAKE = "command -v make || { apt-get update -q && apt-get install -yq make; }"


@dataclass(frozen=True)
class System:
    """A system with a QGIS: this one where `root` is None, else the chroot there."""

    name: str
    root: Path | None

    def run(self, checkout: Path, *command: str, log: Path | None = None) -> tuple[int, str]:
        """Run a command in a checkout; returns its exit code and output."""
        if self.root is None:
            words, variables = list(command), dict(os.environ)
        else:
            words = ["unshare", "--mount", "--propagation", "private", "sh", "-c", ENTER]
            words += ["sh", *command]
            variables = {
                **{name: value for name, value in os.environ.items() if name.startswith("PIP_")},
                "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "HOME": "/root",
                "LANG": "C.UTF-8",
                "DEBIAN_FRONTEND": "noninteractive",
                "ROOT": str(self.root),
                "CHECKOUT": str(checkout),
            }
        lines = []
        with subprocess.Popen(
            words,
            cwd=checkout,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        ) as process:
            stream = log.open("a", encoding="utf-8") if log else None
            for line in process.stdout or ():
                lines.append(line)
                if stream:
                    stream.write(line)
                    stream.flush()
            if stream:
                stream.close()
        return process.returncode, "".join(lines)


def systems(chroots: Path | None) -> list[System]:
    """This system and the chroots with a QGIS."""
    found = [System("here", None)]
    for folder in sorted(chroots.iterdir()) if chroots else []:
        if (folder / "usr/bin/qgis").exists():
            found.append(System(folder.name, folder))
    return found


def lay_out(name: str, package: Path) -> Path:
    """Make a checkout of the last commit with the packaged plugin; its build folder is kept."""
    checkout = WORK / name
    checkout.mkdir(parents=True, exist_ok=True)
    for path in checkout.iterdir():
        if path.name != "build":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    archive = checkout / "head.tar"
    command = ["git", "archive", "-o", str(archive), "HEAD"]
    subprocess.run(command, cwd=REPOSITORY, check=True)
    shutil.unpack_archive(archive, checkout)
    archive.unlink()
    shutil.rmtree(checkout / "superseg_plugin")
    with zipfile.ZipFile(package) as zipped:
        zipped.extractall(checkout)
    return checkout


def counts(text: str) -> tuple[int, int]:
    """Tests passed and failed, of the closing lines of all pytest runs in a log."""
    passed = failed = 0
    for line in re.findall(r"^(?:=+ )?((?:\d+ \w+,? ?)+)in [\d.]+s", text, re.MULTILINE):
        for number, word in re.findall(r"(\d+) (passed|failed|errors?)", line):
            if word == "passed":
                passed += int(number)
            else:
                failed += int(number)
    return passed, failed


def test_one(system: System, package: Path) -> tuple[str, bool]:
    """Run all suites in one system; returns a row of the table and whether all passed."""
    log = WORK / f"{system.name}.log"
    checkout = lay_out(system.name, package)
    log.write_text("", encoding="utf-8")
    system.run(checkout, "sh", "-c", NEED_MAKE, log=log)
    code, said = system.run(checkout, PYTHON, "-I", "-c", VERSIONS)
    qgis, numpy, python = said.split()[-3:] if code == 0 else ("?", "?", "?")
    print(f"QGIS {qgis} ({system.name}): running, log in {log}", flush=True)
    started = time.monotonic()
    code, said = system.run(
        checkout, "make", "-k", f"QGIS_PYTHON={PYTHON}", *SUITES, "PYTEST=-v -rfE", log=log
    )
    passed, failed = counts(said)
    seconds = time.monotonic() - started
    fine = code == 0 and failed == 0 and passed > 0
    row = f"{qgis:10} {numpy:8} {python:8} {passed:6} {failed:6} {seconds:7.0f}"
    return row + ("" if fine else f"   make ended with {code}"), fine


def main(arguments: list[str]) -> int:
    """Print a table with a row for every QGIS."""
    chroots = Path(arguments[1]).expanduser() if len(arguments) > 1 else None
    if chroots is not None and not chroots.is_dir():
        print(f"CHROOTS={chroots} is not a folder.", file=sys.stderr)
        return 2
    if chroots is not None and os.geteuid() != 0:
        print("Only root can enter a chroot: run this as root.", file=sys.stderr)
        return 2
    WORK.mkdir(parents=True, exist_ok=True)
    results = [test_one(system, Path(arguments[0]).resolve()) for system in systems(chroots)]
    print(f"{'QGIS':10} {'numpy':8} {'Python':8} passed failed seconds")
    for row, _ in results:
        print(row)
    return 0 if all(fine for _, fine in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
