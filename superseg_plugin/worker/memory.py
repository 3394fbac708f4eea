# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory that was used once goes back to the system."""

from __future__ import annotations

import contextlib
import ctypes
import sys


def give_back_memory() -> None:
    """Let the C library return what has been freed; elsewhere than on Linux it does so by itself.

    glibc keeps arrays of up to 32 MB for the next one: after a scene's tables, most of what a
    process holds would be unused.
    """
    if sys.platform.startswith("linux"):
        # Other C libraries than glibc have no such function.
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
