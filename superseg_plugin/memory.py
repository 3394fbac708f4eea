# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory of the process: how much may still be used, and returning what was freed."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

# Files of a control group that hold its limit and its use, and the line of `memory.stat` with the
# cached files, which are given up on demand: version 2, then version 1.
CGROUP_FILES = (
    ("", "memory.max", "memory.current", "inactive_file"),
    ("memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
)


def available_memory(root: Path = Path("/")) -> int | None:
    """Bytes that can be allocated without swapping; None if the system does not tell.

    It is what is free in the computer, or in the control groups of the process if those allow less,
    as in containers, in batch systems and for services.

    Args:
        root: where `proc` and `sys` are.
    """
    if sys.platform == "win32":
        return _windows_memory()
    found = [*_of_system(root), *_of_groups(root)]
    return min(found) if found else None


def _of_system(root: Path) -> Iterator[int]:
    with contextlib.suppress(OSError):
        text = (root / "proc/meminfo").read_text(encoding="ascii", errors="replace")
        number = re.search(r"^MemAvailable:\s+(\d+) kB", text, re.MULTILINE)
        if number:
            yield int(number[1]) * 1024
            return
    # macOS has no count of what can be given up; half of the memory is a cautious guess.
    with contextlib.suppress(OSError, ValueError, AttributeError):
        yield os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2


def _of_groups(root: Path) -> Iterator[int]:
    """What each control group of the process, and of those above it, has left."""
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeError):
        return
    for line in lines:
        _, _, rest = line.partition(":")
        controllers, _, group = rest.partition(":")
        for controller, limit, used, cached in CGROUP_FILES:
            if controller not in controllers.split(","):
                continue
            mount = root / "sys/fs/cgroup" / controller
            place = mount / group.lstrip("/")
            # Within a container the path is that of the host, and only the mount exists.
            for folder in [place, *place.parents]:
                if mount in (folder, *folder.parents):
                    left = _left(folder, limit, used, cached)
                    if left is not None:
                        yield left


def _left(folder: Path, limit: str, used: str, cached: str) -> int | None:
    try:
        most = int((folder / limit).read_text(encoding="ascii"))
        taken = int((folder / used).read_text(encoding="ascii"))
        statistics = (folder / "memory.stat").read_text(encoding="ascii")
    except (OSError, ValueError):
        # No limit is written as “max”.
        return None
    number = re.search(rf"^{cached} (\d+)", statistics, re.MULTILINE)
    return max(most - taken + (int(number[1]) if number else 0), 0)


def _windows_memory() -> int | None:
    class Status(ctypes.Structure):
        _fields_ = [
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((f"size_{index}", ctypes.c_ulonglong) for index in range(7)),
        ]

    status = Status()
    status.length = ctypes.sizeof(Status)
    windows = getattr(ctypes, "windll", None)
    if windows is None or not windows.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        return None
    # The second size is the available physical memory.
    return int(status.size_1)


def trim_memory() -> None:
    """Make glibc return freed memory to the system (`malloc_trim`); no effect outside Linux.

    glibc keeps freed arrays of up to 32 MB for later allocations. After the tables of a scene are
    freed, they would be most of the resident memory of the process.
    """
    if sys.platform.startswith("linux"):
        # Other C libraries, such as musl, have no malloc_trim.
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
