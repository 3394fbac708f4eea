# SPDX-License-Identifier: GPL-2.0-or-later
"""Make every fault there is a test for and print a table: python -m tests.faults [PHRASE ...].

Disks are made in a mount namespace of our own, which takes root or user namespaces.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import traceback
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.faults import (
    beside,
    cancelled,
    closed,
    disk,
    held,
    impostors,
    inputs,
    killed,
    memory,
    starved,
    together,
)
from tests.faults.bench import FOLDER, SHARED_MEMORY, Attempt, Bench, fresh_folders
from tests.faults.session import Session
from tests.tools.qgis_process import QgisProcess

INSIDE = "SUPERSEG_FAULTS_INSIDE"
CANCEL_SECONDS = 2.0
WIDTH = 42


def enter_namespace() -> int:
    """Start again in a separate mount namespace and return its exit code."""
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    unshare = ["unshare", *user, "--mount", "--propagation", "private"]
    if subprocess.run([*unshare, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).returncode:
        print(
            "Disks cannot be mounted here, so faults of disks cannot be made: run this as root, in "
            "a container that may mount (CAP_SYS_ADMIN), or where user namespaces are allowed.",
            file=sys.stderr,
        )
        return 2
    fresh_folders()
    environment = {**os.environ, INSIDE: "1", "TMPDIR": str(FOLDER / "tmp")}
    command = [*unshare, sys.executable, "-m", "tests.faults", *sys.argv[1:]]
    return subprocess.run(command, env=environment).returncode


def make_faults(phrases: Sequence[str]) -> int:
    """Make all faults whose names contain one of the phrases, all without any; the exit code."""
    # In the new mount, only files of our own processes are visible.
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(SHARED_MEMORY)], check=True)
    began = time.monotonic()
    inside = [killed, memory, disk, held, inputs, cancelled, together, beside]
    outside = [closed, starved]
    names = [name for module in [impostors, *inside, *outside] for name in module.FAULTS]
    for phrase in phrases:
        if not any(phrase in name for name in names):
            print(f"No fault has “{phrase}” in its name: {'; '.join(names)}.", file=sys.stderr)
            return 2
    chosen = {name for name in names if any(phrase in name for phrase in phrases or [""])}
    bench, qgis = Bench(), QgisProcess("faults")
    session = Session(bench)
    print_row("fault", "tried", "survived", "left", "seconds")
    failed = 0
    with ThreadPoolExecutor() as pool:
        waiting = {
            name: pool.submit(make, fault, qgis, bench)
            for name, fault in impostors.FAULTS.items()
            if name in chosen
        }
        for module in inside:
            for name, fault in module.FAULTS.items():
                if name in chosen:
                    failed += tell(name, make(fault, session))
        for name, future in waiting.items():
            failed += tell(name, future.result())
    for module in outside:
        for name, fault in module.FAULTS.items():
            if name in chosen:
                failed += tell(name, make(fault, qgis, session))
    session.close()
    minutes = (time.monotonic() - began) / 60
    print(f"\n{failed} faults not survived, {minutes:.1f} minutes", flush=True)
    return 1 if failed else 0


def make(fault, *arguments) -> list[Attempt]:
    """Make a fault; what goes wrong in doing so counts as not survived."""
    try:
        return fault(*arguments)
    except Exception:  # the other faults are still to be made
        return [Attempt(wrong=[traceback.format_exc()])]


def tell(name: str, attempts: list[Attempt]) -> int:
    """Print a row of the table and what was wrong; returns 1 where anything was."""
    survived = sum(not attempt.wrong for attempt in attempts)
    left = [path for attempt in attempts for path in attempt.left]
    seconds = sorted(attempt.seconds for attempt in attempts)
    told = f"{seconds[-1]:.1f}"
    slow = False
    if name in cancelled.FAULTS:
        percentile = seconds[-(-95 * len(seconds) // 100) - 1]
        slow = percentile > CANCEL_SECONDS
        told = f"{seconds[len(seconds) // 2]:.1f}, p95 {percentile:.1f}, at most {told}"
    print_row(name, len(attempts), survived, len(left), told)
    for attempt in attempts:
        for text in [*attempt.wrong, *(f"left: {path}" for path in attempt.left)]:
            print(f"    {text}", flush=True)
    if attempts[-1].note:
        print(f"    ({attempts[-1].note})", flush=True)
    return int(survived < len(attempts) or bool(left) or slow)


def print_row(*cells: object) -> None:
    """Print a row of the table."""
    name, *rest = cells
    print(f"{name!s:{WIDTH}}" + "".join(f"{cell!s:>9}" for cell in rest[:3]) + f"  {rest[3]}")
    sys.stdout.flush()


if __name__ == "__main__":
    if INSIDE in os.environ:
        sys.exit(make_faults(sys.argv[1:]))
    sys.exit(enter_namespace())
