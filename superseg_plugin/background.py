# SPDX-License-Identifier: GPL-2.0-or-later
"""A thread for what takes a while, whose result is fetched later."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import Callable, TypeVar

Result = TypeVar("Result")


def in_background(function: Callable[[], Result]) -> Future[Result]:
    """Run a function in a thread of its own, which does not keep the program from ending.

    Args:
        function: must not use what belongs to the thread that calls, such as its progress.

    Example:
        >>> in_background(lambda: 6 * 7).result()
        42
    """
    found: Future[Result] = Future()

    def run() -> None:
        try:
            found.set_result(function())
        except Exception as error:
            found.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return found
