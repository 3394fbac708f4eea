# SPDX-License-Identifier: GPL-2.0-or-later
"""Returning freed memory to the operating system, in QGIS's process and in the worker."""

from __future__ import annotations

import contextlib
import ctypes
import sys


def trim_memory() -> None:
    """Make glibc return freed memory to the system (`malloc_trim`); no effect outside Linux.

    glibc keeps freed arrays of up to 32 MB for later allocations. After the tables of a scene are
    freed, they would be most of the resident memory of the process.
    """
    if sys.platform.startswith("linux"):
        # Other C libraries, such as musl, have no malloc_trim.
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
