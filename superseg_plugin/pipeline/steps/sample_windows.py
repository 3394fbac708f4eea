# SPDX-License-Identifier: GPL-2.0-or-later
"""Samples of a scene: windows from all over it, and pixels of these."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from ...progress import Progress, stop_if_cancelled
from ...raster.grid import Grid
from ...raster.source import RasterSource
from ...raster.windows import Window, spans

Array = npt.NDArray[Any]
Valid = npt.NDArray[np.bool_]

# Side of a window of a sample.
SAMPLE_WINDOW = 128
# Values of the sample in all bands, its pixels at least and at most, and windows it is taken from.
SAMPLE_VALUES = 1 << 21
SAMPLE_PIXELS = (1 << 15, 1 << 18)
SAMPLE_WINDOWS = 64


def scattered_windows(grid: Grid) -> Iterator[Window]:
    """Windows of the scene in an order that looks random, but hangs on their ground alone.

    They are made one by one: a large scene has 60,000, of which a sample looks at some.
    """
    phase = grid.tile_phase(SAMPLE_WINDOW)
    columns = spans(grid.width, SAMPLE_WINDOW, phase[0])
    rows = spans(grid.height, SAMPLE_WINDOW, phase[1])
    col, row = grid.global_offset()
    across = (np.array(columns)[:, 0] + col) // SAMPLE_WINDOW
    down = (np.array(rows)[:, 0] + row) // SAMPLE_WINDOW
    if grid.geotransform is not None and grid.geotransform[5] > 0:
        # Rows of a raster that is stored bottom-up count from south to north.
        down = -1 - down
    keys = _scrambled(across.astype(np.uint64) ^ _scrambled(down.astype(np.uint64))[:, np.newaxis])
    for index in np.argsort(keys, axis=None, kind="stable"):
        row_off, height = rows[index // len(columns)]
        col_off, width = columns[index % len(columns)]
        yield Window(col_off, row_off, width, height)


def sample_size(source: RasterSource) -> int:
    """Number of pixels that a sample of all bands has."""
    fewest, most = SAMPLE_PIXELS
    return min(max(SAMPLE_VALUES // len(source.bands), fewest), most)


def sample_by_band(source: RasterSource, progress: Progress) -> tuple[Array, Valid]:
    """Pixels that are valid in any band, `(bands, pixels)`, and where each band is valid."""
    wanted = sample_size(source)
    parts: list[tuple[Array, Valid]] = []
    found = 0
    windows = scattered_windows(source.grid)
    first = list(itertools.islice(windows, SAMPLE_WINDOWS))
    # Small scenes are taken whole, so that shares are exact.
    from_each = wanted // len(first)
    for window in itertools.chain(first, windows):
        stop_if_cancelled(progress)
        values, valid = source.read_by_band(window)
        inside = valid.any(axis=0).ravel()
        places = np.flatnonzero(inside)
        if len(places) > from_each:
            # The same pixels whether nodata is declared or not.
            order = shuffled(inside.size)
            places = order[inside[order]][:from_each]
        columns = (len(values), -1)
        parts.append((values.reshape(columns)[:, places], valid.reshape(columns)[:, places]))
        found += len(places)
        if found >= wanted:
            break
    return (
        np.concatenate([part[0] for part in parts], axis=1),
        np.concatenate([part[1] for part in parts], axis=1),
    )


@lru_cache(maxsize=4)
def shuffled(count: int) -> npt.NDArray[np.int64]:
    """The numbers below a count in a random order, always the same; windows have few sizes."""
    order = np.random.default_rng(0).permutation(count)
    order.flags.writeable = False
    return order


def _scrambled(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Numbers that follow no pattern where these do.

    Source: the finalizer of splitmix64; G. L. Steele, D. Lea, C. H. Flood, "Fast splittable
    pseudorandom number generators", OOPSLA 2014.
    """
    mixed = numbers + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    scrambled: npt.NDArray[np.uint64] = mixed ^ (mixed >> np.uint64(31))
    return scrambled
