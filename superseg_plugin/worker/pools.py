# SPDX-License-Identifier: GPL-2.0-or-later
"""Threads that are there when they are needed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor


def started_pool(threads: int) -> ThreadPoolExecutor:
    """Make a pool whose threads run already: one begun when memory is short may never start."""
    pool = ThreadPoolExecutor(threads)
    all_run = threading.Barrier(threads + 1)
    for _ in range(threads):
        pool.submit(all_run.wait)
    all_run.wait()
    return pool
