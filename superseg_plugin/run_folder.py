# SPDX-License-Identifier: GPL-2.0-or-later
"""Private folders of a run, which a later run removes if this one is killed.

A folder holds a lock file that its process keeps locked. The operating system releases the lock
however the process ends, so a folder whose lock can be taken is abandoned. Only folders of the same
user on the same machine are removed: locks of other machines are not visible on network drives. The
name of the machine is written to the lock file last; a folder without it is never removed.
"""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import tempfile
import time
from pathlib import Path

from .file_lock import take_lock

LOCK = ".lock"
# Seconds to wait after each attempt to remove a folder.
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.0)


class RunFolder:
    """A folder with a random name that only this user can access.

    Creating one removes abandoned folders with the same prefix beside it.

    Args:
        prefix: beginning of its name.
        parent: folder to create it in.

    Attributes:
        path: the folder.

    Raises:
        OSError: the folder cannot be created.
    """

    def __init__(self, prefix: str, parent: Path) -> None:
        _remove_abandoned(prefix, parent)
        self.path = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        try:
            self._lock = (self.path / LOCK).open("wb", buffering=0)
            # Some network drives have no locks; a folder there is never considered abandoned.
            with contextlib.suppress(OSError):
                take_lock(self._lock.fileno(), wait=True)
                self._lock.write(_machine_name())
        except OSError:
            shutil.rmtree(self.path, ignore_errors=True)
            raise

    def remove(self) -> None:
        """Remove the folder and its contents."""
        self._lock.close()
        for pause in PAUSES:
            shutil.rmtree(self.path, ignore_errors=True)
            if not self.path.exists():
                break
            # A node of a cluster that writes at this moment keeps a folder from being removed.
            time.sleep(pause)


def _remove_abandoned(prefix: str, parent: Path) -> None:
    with contextlib.suppress(OSError):
        for folder in parent.glob(f"{prefix}*"):
            if _is_own(folder) and _is_abandoned(folder / LOCK):
                shutil.rmtree(folder, ignore_errors=True)


def _is_own(folder: Path) -> bool:
    """Whether it is a folder of this user, not a link; other users can write to a public parent."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    is_own = not hasattr(os, "getuid") or status.st_uid == os.getuid()
    return folder.is_dir() and not folder.is_symlink() and is_own


def _is_abandoned(lock: Path) -> bool:
    """Whether the process that created a lock file on this machine has ended."""
    try:
        handle = os.open(lock, os.O_RDWR)
    except OSError:
        return False
    try:
        take_lock(handle, wait=False)
        return os.read(handle, 1024) == _machine_name()
    except OSError:
        return False
    finally:
        os.close(handle)


def _machine_name() -> bytes:
    return platform.node().encode() or b"?"
