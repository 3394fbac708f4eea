# SPDX-License-Identifier: GPL-2.0-or-later
"""Interpreters that pass the plugin's probe and then fail as workers."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from superseg_plugin.worker.interpreter import find_interpreter
from tests.faults.bench import FOLDER, Attempt, Bench, check_sentence
from tests.faults.command import Command, run_into
from tests.tools.qgis_process import QgisProcess

# What each does as a worker, and the expected error.
SCRIPTS = {
    "never starts": ("exec sleep 1000", "does not start.*60 s.*no error output.*runtimereport"),
    "prints rubbish for ever": (
        "while :; do echo '<html>'; sleep 1; done",
        "does not start.*60 s.*<html>.*runtimereport",
    ),
    "prints rubbish, then exits 0": (
        "echo '{\"id\":'; echo '[1, 2]'; exit 0",
        r"ended unexpectedly with exit code 0.*\[1, 2\].*runtimereport",
    ),
    "exits 0 early": ("exit 0", "ended unexpectedly with exit code 0.*no error output"),
    "says something first": ('echo "Loading modules"; exec {python} "$@"', ""),
}


def impostor(name: str) -> Path:
    """Create an interpreter that works until it is started as a worker."""
    folder = FOLDER / "pythons"
    folder.mkdir(exist_ok=True)
    path = folder / name.replace(" ", "-").replace(",", "")
    python = find_interpreter().path
    action = SCRIPTS[name][0].replace("{python}", str(python))
    path.write_text(
        f'#!/bin/sh\ncase "$*" in\n*worker.server*) {action} ;;\n*) exec {python} "$@" ;;\nesac\n'
    )
    path.chmod(0o755)
    return path


def fails(qgis: QgisProcess, bench: Bench, name: str) -> list[Attempt]:
    """Run with a false interpreter, then with the real one."""
    wanted = SCRIPTS[name][1]
    place_name = name.replace(" ", "-").replace(",", "")
    attempt, _ = run_into(qgis, bench, place_name, impostor(name), wanted)
    return [attempt]


def speaks_first(qgis: QgisProcess, bench: Bench) -> list[Attempt]:
    """A script that prints a line and then starts Python is not a fault."""
    name = "says something first"
    place = bench.place("speaks-first")
    command = Command(qgis, place, {"SUPERSEG_PYTHON": str(impostor(name))})
    code = command.wait()
    attempt = Attempt(time.monotonic() - command.started_at)
    if code:
        attempt.wrong.append(f"the run failed: {command.errors()}")
    place.check(attempt, "balanced")
    return [attempt]


def stalls(qgis: QgisProcess, bench: Bench) -> list[Attempt]:
    """The real worker is stopped in the middle of the training."""
    place = bench.place("stalls")
    command = Command(qgis, place)
    command.wait_for("Step 25")
    for number in command.workers:
        os.kill(number, signal.SIGSTOP)
    stopped_at = time.monotonic()
    code = command.wait()
    attempt = Attempt(time.monotonic() - stopped_at)
    if code == 0:
        attempt.wrong.append("the run succeeded")
    check_sentence(attempt, command.errors(), "no longer answers.*60 s.*runtimereport")
    place.check(attempt)
    return [attempt]


# These mostly wait, so they run in parallel with the others.
FAULTS = {
    "worker is stopped (SIGSTOP)": stalls,
    **{
        f"worker {name}": lambda qgis, bench, name=name: fails(qgis, bench, name)
        for name in SCRIPTS
        if SCRIPTS[name][1]
    },
    "worker says something first": speaks_first,
}
