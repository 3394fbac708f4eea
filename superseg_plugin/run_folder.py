# SPDX-License-Identifier: GPL-2.0-or-later
"""Private folders of one run; a later run removes what one that was killed has left."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

# Held by the process that made the folder, and let go by the system however that process ends.
LOCK = ".lock"


class RunFolder:
    """A folder that only this user may enter, with a name that nobody can guess.

    Making one removes folders with the same prefix beside it whose process is gone.

    Args:
        prefix: how its name begins.
        parent: where to make it.

    Raises:
        OSError: it cannot be made.
    """

    def __init__(self, prefix: str, parent: Path) -> None:
        _remove_abandoned(prefix, parent)
        self.path = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        try:
            self._lock = (self.path / LOCK).open("wb", buffering=0)
            # Without locks, as on some network drives, the folder is never taken for abandoned.
            with contextlib.suppress(OSError):
                _take_lock(self._lock.fileno(), wait=True)
                # Written last: until it is there, nobody touches the folder.
                self._lock.write(_host())
        except OSError:
            shutil.rmtree(self.path, ignore_errors=True)
            raise

    def remove(self) -> None:
        """Remove the folder with all that is in it."""
        self._lock.close()
        shutil.rmtree(self.path, ignore_errors=True)


def _remove_abandoned(prefix: str, parent: Path) -> None:
    with contextlib.suppress(OSError):
        for folder in parent.glob(f"{prefix}*"):
            if _is_own(folder) and _is_abandoned(folder / LOCK):
                shutil.rmtree(folder, ignore_errors=True)


def _is_own(folder: Path) -> bool:
    """Tell whether it is a real folder of this user: others may put anything into a public one."""
    try:
        about = folder.lstat()
    except OSError:
        return False
    mine = not hasattr(os, "getuid") or about.st_uid == os.getuid()
    return folder.is_dir() and not folder.is_symlink() and mine


def _is_abandoned(lock: Path) -> bool:
    """Tell whether the process that made a lock, on this very machine, is gone."""
    try:
        handle = os.open(lock, os.O_RDWR)
    except OSError:
        return False
    try:
        _take_lock(handle, wait=False)
        return os.read(handle, 1024) == _host()
    except OSError:
        return False
    finally:
        os.close(handle)


def _take_lock(handle: int, wait: bool) -> None:
    if sys.platform == "win32":
        msvcrt.locking(handle, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


def _host() -> bytes:
    # A folder on a network drive may belong to another machine, whose locks do not show here.
    return platform.node().encode() or b"?"
