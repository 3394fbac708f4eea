# SPDX-License-Identifier: GPL-2.0-or-later
"""Numba's cache is the worker's, whose kernels were compiled when the runtime was installed."""

from __future__ import annotations

import os

from superseg_plugin.worker.interpreter import find_interpreter, numba_cache_folder
from tests.conftest import REPOSITORY

# Numba reads the variable when it is imported; processes that tests start inherit it.
os.environ["NUMBA_CACHE_DIR"] = str(numba_cache_folder(find_interpreter(), REPOSITORY / "build"))
