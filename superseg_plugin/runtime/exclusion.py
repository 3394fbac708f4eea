# SPDX-License-Identifier: GPL-2.0-or-later
"""One change of the runtime at a time, and none under a worker that runs from it.

A change holds the lock file of the folder that the environments lie in. Workers hold a shared lock
in the environment that they run from (see `worker.launch`): they import modules while they run, so
that an environment is replaced only when none is left. Both locks end with their processes.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from ..errors import SuperSegError
from ..file_lock import FileLock
from ..progress import Progress, stop_if_cancelled
from ..worker.launch import IN_USE

CHANGING = ".runtime.lock"
# Name of the previous environment while it is exchanged with the present one.
ASIDE = "partial-previous"
PREVIOUS = "runtime.previous"
POLL_SECONDS = 0.2


@contextlib.contextmanager
def exclusive_change(home: Path) -> Iterator[None]:
    """Context of a change to the environments in a folder.

    Args:
        home: parent folder of the environments; must exist.

    Raises:
        SuperSegError: another QGIS changes them at this moment.
    """
    with FileLock(home / CHANGING) as lock:
        if not lock.taken:
            raise SuperSegError(
                f"Another QGIS installs or removes the runtime in {home} at this moment; wait until"
                " it is done, and try again."
            )
        _repair(home)
        try:
            yield
        finally:
            lock.remove()


def wait_until_unused(environment: Path, progress: Progress) -> None:
    """Wait until no worker runs from an environment.

    On Windows, files in use cannot be renamed, which the caller reports.

    Raises:
        Cancelled: the user cancelled.
    """
    if sys.platform == "win32" or not environment.is_dir():
        return
    waiting = False
    while True:
        with FileLock(environment / IN_USE) as lock:
            if lock.taken:
                return
        if not waiting:
            waiting = True
            progress.log("Waiting until the runs and previews that use the runtime have ended")
        stop_if_cancelled(progress)
        time.sleep(POLL_SECONDS)


def _repair(home: Path) -> None:
    """Undo an exchange of environments that was killed between two steps."""
    aside, previous, present = home / ASIDE, home / PREVIOUS, home / "runtime"
    with contextlib.suppress(OSError):
        # The present one comes first: it was moved to the place of the previous one.
        if previous.is_dir() and not present.exists():
            previous.rename(present)
        if aside.is_dir() and not previous.exists():
            aside.rename(previous if present.exists() else present)
        elif aside.is_dir():
            shutil.rmtree(aside, ignore_errors=True)
