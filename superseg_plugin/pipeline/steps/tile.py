# SPDX-License-Identifier: GPL-2.0-or-later
"""A tile of a scene as the worker's operations take it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ...contracts import Core
from ...raster.windows import Window


def core_of(window: Window, outer: Window) -> Core:
    """Where a window lies in the larger one that was read."""
    inner = window.relative_to(outer)
    return Core(inner.row_off, inner.col_off, inner.height, inner.width)


def tile_arrays(
    values: npt.NDArray[Any], valid: npt.NDArray[np.bool_]
) -> dict[str, npt.NDArray[Any]]:
    """The image of a tile, and its validity where not every pixel is valid."""
    arrays: dict[str, npt.NDArray[Any]] = {"image": values}
    if not valid.all():
        arrays["valid"] = valid
    return arrays
