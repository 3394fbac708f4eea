# SPDX-License-Identifier: GPL-2.0-or-later
"""`make test-fuzz`: fuzz every target for its part of the time; any crash fails.

Targets run one after the other, each in a process of its own, so that one which dies is counted
like one that raises.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time

from tests.tools.qgis_process import REPOSITORY

from .targets import TARGETS

COUNTED = re.compile(r"(?:executions|stat::number_of_executed_units): *(\d+)")
# Seconds to reduce a crash and describe it.
END_SECONDS = 240.0
# Importing and instrumenting take a few seconds.
LEAST_SECONDS = 5.0
SHOWN_LINES = 60


def drawn_by(name: str) -> str:
    """Where a target's cases come from."""
    return "atheris" if TARGETS[name].cases is None else "hypothesis"


def fuzz(name: str, seconds: float) -> tuple[int, bool]:
    """Fuzz one target; returns how many cases were tried and whether all went well."""
    command = [sys.executable, "-m", "tests.fuzz.run_one", name, f"{seconds:.1f}", drawn_by(name)]
    with subprocess.Popen(
        command,
        cwd=REPOSITORY,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            said, _ = process.communicate(timeout=seconds + END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            said, _ = process.communicate()
            said += "\nIt never came to an end.\n"
    counts = COUNTED.findall(said)
    if process.returncode:
        print("\n".join(said.splitlines()[-SHOWN_LINES:]), flush=True)
    return int(counts[-1]) if counts else 0, process.returncode == 0


def main(arguments: list[str]) -> int:
    """Fuzz and print a table; 0 where nothing crashed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--targets", nargs="+", default=list(TARGETS), choices=list(TARGETS))
    chosen = parser.parse_args(arguments)
    share = max(60 * chosen.minutes / len(chosen.targets), LEAST_SECONDS)
    rows = []
    begin = time.monotonic()
    for name in chosen.targets:
        print(f"{name}: {share:.0f} s", flush=True)
        tried, well = fuzz(name, share)
        rows.append((name, drawn_by(name), tried, 0 if well else 1))
    print(f"\n{'target':20}{'cases by':14}{'executions':>12}{'crashes':>10}")
    for name, by, tried, crashes in rows:
        print(f"{name:20}{by:14}{tried:12}{crashes:10}")
    crashes = sum(row[3] for row in rows)
    total = sum(row[2] for row in rows)
    print(f"{'all':34}{total:12}{crashes:10}   {time.monotonic() - begin:.0f} s")
    silent = [name for name, _, tried, _ in rows if not tried]
    if silent:
        print(f"Nothing was tried of {', '.join(silent)}.")
    return 1 if crashes or silent else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
