# SPDX-License-Identifier: GPL-2.0-or-later
"""What the operations on tiles are given: read here and sent, or read by a node in place.

Both read with these functions, so that requests are the same.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any, Callable

import numpy as np
import numpy.typing as npt

from ...contracts import COARSE_CELL, Core
from ...raster.grid import Grid
from ...raster.source import RasterSource
from ...raster.windows import Window
from .tile import core_of, tile_arrays

Request = tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]


def image_tile(
    source: RasterSource, superpixels: RasterSource | None, window: Window, halo: int
) -> Request:
    """The image of a tile with a halo, for `superpixels` and `stitch`."""
    outer, values, valid = _read(source, window, halo, compact=True)
    return {"core": core_of(window, outer)}, tile_arrays(values, valid)


def described_tile(
    source: RasterSource, superpixels: RasterSource | None, window: Window, halo: int
) -> Request:
    """Image and superpixels of a tile for `describe_superpixels`."""
    grid = source.grid
    outer, values, valid = _read(source, window, halo, compact=True)
    # Borders are counted to the right and down: one line beyond the tile is enough.
    seen = window.expand(1, grid.width, grid.height)
    labels = read_superpixels(given(superpixels), seen)
    labels[~valid[seen.relative_to(outer).slices]] = 0
    # The coarse grid lies on the ground, whatever pixel the scene begins with.
    place = grid.global_offset()
    lead = ((place[1] + outer.row_off) % COARSE_CELL, (place[0] + outer.col_off) % COARSE_CELL)
    arrays = {**tile_arrays(_lead_in(values, lead), _lead_in(valid, lead)), "labels": labels}
    options = {
        "core": _shifted(core_of(window, outer), lead),
        "labeled": _shifted(core_of(seen, outer), lead),
    }
    return options, arrays


def refined_tile(
    source: RasterSource, superpixels: RasterSource | None, window: Window, halo: int
) -> Request:
    """Image and superpixels of a tile, both with a halo, for `refine_superpixels`."""
    outer, values, valid = _read(source, window, halo, compact=True)
    labels = read_superpixels(given(superpixels), outer)
    return {"core": core_of(window, outer)}, {**tile_arrays(values, valid), "labels": labels}


def predicted_tile(
    source: RasterSource, superpixels: RasterSource | None, window: Window, halo: int
) -> Request:
    """The image of a tile with a halo and, if wanted, its superpixels without, for `predict`."""
    outer, values, valid = _read(source, window, halo, compact=False)
    core = core_of(window, outer)
    arrays = tile_arrays(values, valid)
    if superpixels is not None:
        labels = read_superpixels(superpixels, window)
        arrays["labels"] = np.where(valid[core.slices], labels, 0).astype(np.uint32)
    return {"core": core}, arrays


def painted_tile(
    source: RasterSource, superpixels: RasterSource | None, window: Window, halo: int
) -> Request:
    """The superpixels of a tile without its image, for `paint_superpixels`."""
    return {}, {"labels": read_superpixels(given(superpixels), window)}


def measured_tile(
    source: RasterSource, superpixels: RasterSource | None, window: Window, halo: int
) -> Request:
    """Image and superpixels of a tile, for `paint_on_image`."""
    values, valid = source.read(window)
    labels = read_superpixels(given(superpixels), window)
    labels[~valid] = 0
    return {}, {"image": values, "labels": labels}


REQUESTS: dict[str, Callable[[RasterSource, RasterSource | None, Window, int], Request]] = {
    "superpixels": image_tile,
    "stitch": image_tile,
    "describe_superpixels": described_tile,
    "refine_superpixels": refined_tile,
    "paint_superpixels": painted_tile,
    "paint_on_image": measured_tile,
    "predict": predicted_tile,
}


def read_superpixels(superpixels: RasterSource, window: Window) -> npt.NDArray[np.uint32]:
    """Read superpixel ids, 0 where invalid; numbers below 0, as of other programs, are none."""
    values, valid = superpixels.read(window)
    ids = values[0]
    valid &= ids > 0
    ids[~valid] = 0
    found: npt.NDArray[np.uint32] = ids.astype(np.uint32, copy=False)
    return found


def area_arrays(grid: Grid, window: Window) -> dict[str, npt.NDArray[Any]]:
    """Areas of the pixels of a window, as operations take them: two matrices to be multiplied."""
    rows, columns = grid.area_factors(window)
    return {"area_rows": rows, "area_columns": columns}


def _read(
    source: RasterSource, window: Window, halo: int, compact: bool
) -> tuple[Window, npt.NDArray[Any], npt.NDArray[np.bool_]]:
    """Read a window with its halo; that larger window, values and validity."""
    outer = window.expand(halo, source.grid.width, source.grid.height)
    return outer, *source.read(outer, compact=compact)


def given(superpixels: RasterSource | None) -> RasterSource:
    """The superpixels of an operation that needs some."""
    if superpixels is None:
        raise ValueError("the operation needs superpixels")
    return superpixels


def _lead_in(values: npt.NDArray[Any], lead: tuple[int, int]) -> npt.NDArray[Any]:
    """Put so many rows above and columns before `(..., rows, cols)`, all 0."""
    if lead == (0, 0):
        return values
    return np.pad(values, [(0, 0)] * (values.ndim - 2) + [(count, 0) for count in lead])


def _shifted(core: Core, lead: tuple[int, int]) -> Core:
    return Core(core.row + lead[0], core.col + lead[1], core.rows, core.cols)


def checksum(source: RasterSource, windows: Iterable[Window]) -> int:
    """A number that differs where values, validity or type of some windows do."""
    found = 0
    for window in windows:
        values, valid = source.read(window, compact=True)
        found = zlib.crc32(f"{values.dtype.str}{values.shape}".encode(), found)
        found = zlib.crc32(np.ascontiguousarray(values).data, found)
        found = zlib.crc32(np.ascontiguousarray(valid).data, found)
    return found
