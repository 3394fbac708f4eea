# SPDX-License-Identifier: GPL-2.0-or-later
"""A thread pool whose threads are started at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor


def started_pool(threads: int) -> ThreadPoolExecutor:
    """Create a pool and start all its threads; later, memory for a new one may be lacking."""
    pool = ThreadPoolExecutor(threads)
    all_run = threading.Barrier(threads + 1)
    for _ in range(threads):
        pool.submit(all_run.wait)
    all_run.wait()
    return pool
