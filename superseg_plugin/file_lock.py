# SPDX-License-Identifier: GPL-2.0-or-later
"""Locks of files between processes. The system releases them however a process ends."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from types import TracebackType

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


def take_lock(handle: int, wait: bool, shared: bool = False) -> None:
    """Lock an open file.

    Args:
        handle: of the file, open for writing.
        wait: whether to wait until other processes have released it.
        shared: whether other processes may have it shared too; Windows has no such locks, and
            gives an exclusive one.

    Raises:
        OSError: another process has the lock, or the file system has none.
    """
    if sys.platform == "win32":
        msvcrt.locking(handle, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
    else:
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        fcntl.flock(handle, kind | (0 if wait else fcntl.LOCK_NB))


class FileLock:
    """A lock file, taken without waiting; a context manager that releases it.

    Where the file cannot be made, or its file system has no locks, it counts as taken: a lock must
    not keep those from working who have no other process beside them.

    Args:
        path: the file; it stays when the lock is released, unless it is removed.
        shared: see `take_lock`.

    Attributes:
        taken: whether no other process has it.
    """

    def __init__(self, path: Path, shared: bool = False) -> None:
        self.taken = True
        self._path = path
        self._handle: int | None = None
        try:
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            return
        try:
            take_lock(self._handle, wait=False, shared=shared)
            # Another process may have removed the file since it was opened.
            self.taken = os.path.samestat(os.fstat(self._handle), path.stat())
        except BlockingIOError:
            self.taken = False
        except FileNotFoundError:
            self.taken = False
        except OSError:
            # Windows reports a lock of another process as a lack of permission.
            self.taken = sys.platform != "win32"

    def __enter__(self) -> FileLock:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

    def remove(self) -> None:
        """Remove the file while the lock is held; Windows keeps it."""
        if self._handle is not None and self.taken:
            with contextlib.suppress(OSError):
                self._path.unlink()

    def release(self) -> None:
        """Release the lock; a second call has no effect."""
        handle, self._handle = self._handle, None
        if handle is not None:
            with contextlib.suppress(OSError):
                os.close(handle)
