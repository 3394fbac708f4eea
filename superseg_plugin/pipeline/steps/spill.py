# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables that are not looked at for a while, in files instead of memory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt


def lay_aside(folder: Path, tables: Mapping[str, npt.NDArray[Any]]) -> dict[str, Any]:
    """Write tables to files and map them, read-only; the caller lets go of what it has.

    Args:
        folder: where to put the files; they go with it.
        tables: by name, the files' names.
    """
    mapped = {}
    for name, table in tables.items():
        path = folder / f"{name}.npy"
        np.save(path, table)
        mapped[name] = np.load(path, mmap_mode="r")
    return mapped
