# SPDX-License-Identifier: GPL-2.0-or-later
"""What goes into cutting an image into superpixels, and what comes out."""

from __future__ import annotations

from dataclasses import dataclass

from ..contracts import BandScaling
from .types import AnyArray, BoolArray, FloatArray, IdArray, IndexArray


@dataclass(frozen=True)
class Tile:
    """Pixels as they were read, with a margin for the smoothing around what is wanted.

    Attributes:
        values: `(bands, rows, cols)` of any type.
        valid: `(rows, cols)` bool.
        scaling: the scaling of these bands.
        core: rows and columns that are wanted, with start and stop.
    """

    values: AnyArray
    valid: BoolArray
    scaling: BandScaling
    core: tuple[slice, slice]


@dataclass(frozen=True)
class Superpixels:
    """Superpixels of an array.

    Attributes:
        labels: `(rows, cols)` uint32, 0 = nodata, ids 1..n.
        sizes: `(n,)` int64 pixels of each.
        internal: `(n,)` float32 largest weight inside each, display units.
    """

    labels: IdArray
    sizes: IndexArray
    internal: FloatArray


@dataclass(frozen=True)
class Stitch:
    """What joining the tiles on both sides of a seam changed.

    Attributes:
        labels: `(rows, cols)` uint32; ids up to the number of given superpixels are theirs, larger
            ones are new.
        sizes: `(given + new,)` int64 pixels; 0 for given ones that were dissolved whole or merged.
        internal: `(given + new,)` float32.
        merged: `(m, 2)` int64, given ids that became one: `[from, into]`.
    """

    labels: IdArray
    sizes: IndexArray
    internal: FloatArray
    merged: IndexArray
