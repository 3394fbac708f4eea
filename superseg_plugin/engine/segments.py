# SPDX-License-Identifier: GPL-2.0-or-later
"""Input and results of cutting an image into superpixels."""

from __future__ import annotations

from dataclasses import dataclass

from ..contracts import BandScaling
from .types import AnyArray, BoolArray, FloatArray, IdArray, IndexArray


@dataclass(frozen=True)
class Tile:
    """Pixels as they were read: the part that is wanted, and a margin for the smoothing.

    Attributes:
        values: `(bands, rows, cols)` of any type.
        valid: `(rows, cols)` bool.
        scaling: the scaling of these bands.
        core: rows and columns that are wanted, slices with start and stop.
    """

    values: AnyArray
    valid: BoolArray
    scaling: BandScaling
    core: tuple[slice, slice]


@dataclass(frozen=True)
class Superpixels:
    """Superpixels of a tile's core.

    Attributes:
        labels: `(rows, cols)` uint32, 0 = nodata, ids 1..n.
        sizes: `(n,)` int64 pixels of each.
        internal: `(n,)` float32 internal difference of each, Int(C) of `graph_segmentation`,
            display units; 0 for SLIC.
    """

    labels: IdArray
    sizes: IndexArray
    internal: FloatArray


@dataclass(frozen=True)
class Stitch:
    """The superpixels along a seam after stitching, and what changed.

    Attributes:
        labels: `(rows, cols)` uint32; ids 1..given are those of given superpixels, larger ones are
            new.
        sizes: `(given + new,)` int64 pixels; 0 for given superpixels that were dissolved whole or
            merged into another.
        internal: `(given + new,)` float32 internal difference of each, display units.
        merged: `(m, 2)` int64, given superpixels that were merged: `[from, into]`.
    """

    labels: IdArray
    sizes: IndexArray
    internal: FloatArray
    merged: IndexArray


def clear_open_sides(zone: BoolArray, open_sides: tuple[bool, bool, bool, bool]) -> None:
    """Exclude the outermost line of each open side, which keeps superpixels in one piece there.

    Args:
        zone: `(rows, cols)` bool, pixels that are cut again; changed.
        open_sides: whether superpixels may go on beyond the top, bottom, left, right side.

    Example:
        >>> import numpy as np
        >>> zone = np.ones((2, 3), bool)
        >>> clear_open_sides(zone, (True, False, False, True))
        >>> zone.tolist()
        [[False, False, False], [True, True, False]]
    """
    top, bottom, left, right = open_sides
    zone[: int(top)] = False
    zone[zone.shape[0] - int(bottom) :] = False
    zone[:, : int(left)] = False
    zone[:, zone.shape[1] - int(right) :] = False
