# SPDX-License-Identifier: GPL-2.0-or-later
"""Figures of objects (superpixels or patches of classes), summed strip by strip.

For each object and band: mean, standard deviation, and texture, the mean absolute difference of
adjacent pixels of the object. Values are summed after subtracting a constant of the band, so that
the variance of large values with a small spread keeps its digits. The result is exact up to
rounding and does not depend on the height of the strips. Memory grows with objects times bands,
not with pixels; the cost is linear in the pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .reading import count_and_measure

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class BandFigures:
    """Figures of the values of an image in each object; NaN where there are none.

    Attributes:
        names: of the `b` bands.
        means: `(n, b)`.
        spreads: `(n, b)` standard deviations; None if only means are known.
        textures: `(n, b)` mean absolute differences of adjacent pixels; None likewise.
    """

    names: tuple[str, ...]
    means: Floats
    spreads: Floats | None = None
    textures: Floats | None = None


@dataclass(frozen=True)
class ObjectFigures:
    """Figures of the objects 1 to n; row i belongs to object i + 1.

    Attributes:
        classes: `(n,)` number of the class.
        pixels: `(n,)` number of pixels.
        areas: `(n,)` see `Grid.pixel_areas`.
        neighbors: of the objects.
        confidence: `(n,)` 0 to 1, NaN if unknown; None if unknown for all.
        bands: figures of the image; None if there are none.
    """

    classes: Ints
    pixels: Ints
    areas: Floats
    neighbors: Neighbors
    confidence: Floats | None = None
    bands: BandFigures | None = None


class Neighbors:
    """Which objects share pixel edges.

    Args:
        count: number of objects.
        one: `(m,)` row of an object.
        other: `(m,)` row of its neighbor; each pair once.
    """

    def __init__(self, count: int, one: Ints, other: Ints) -> None:
        first, second = np.concatenate([one, other]), np.concatenate([other, one])
        order = np.lexsort((second, first))
        self._numbers = second[order] + 1
        self._ends = np.cumsum(np.bincount(first, minlength=count))

    def of(self, row: int) -> list[int]:
        """Return the neighbors of an object by its row, as numbers from 1, ascending."""
        start = int(self._ends[row - 1]) if row else 0
        numbers: list[int] = self._numbers[start : self._ends[row]].tolist()
        return numbers


class ObjectSums:
    """Sums over the pixels of each object.

    Args:
        count: number of objects.
        bands: of the image.
        adjacent: whether spreads and textures are wanted, and not means only.
    """

    def __init__(self, count: int, bands: int, adjacent: bool) -> None:
        size = count + 1
        self._adjacent = adjacent
        self.pixels: Ints = np.zeros(size, np.int64)
        self.areas: Floats = np.zeros(size)
        self._valid: Ints = np.zeros(size, np.int64)
        self._sums = np.zeros((bands, size))
        rows = bands if adjacent else 0
        self._squares, self._differences = np.zeros((rows, size)), np.zeros((rows, size))
        self._pairs: Ints = np.zeros(size, np.int64)
        self._shifts: Floats | None = None
        self._last: tuple[Ints, Floats] | None = None

    def add(self, ids: Ints, pixel_areas: Floats, values: Floats, valid: Flags) -> None:
        """Add the next strip of whole rows.

        Args:
            ids: `(rows, cols)` objects from 1, 0 for none.
            pixel_areas: of the pixels, see `Grid.pixel_areas`.
            values: `(bands, rows, cols)` of the image; without bands for none.
            valid: `(rows, cols)` where the values count.
        """
        size = len(self.pixels)
        pixels, areas = count_and_measure(ids, size, pixel_areas)
        self.pixels += pixels
        self.areas += areas
        used = np.where(valid, ids, 0)
        if not len(values) or not used.any():
            self._last = None
            return
        if self._shifts is None:
            self._shifts = values[:, used > 0].mean(axis=1)
        values = np.where(used > 0, values - self._shifts[:, np.newaxis, np.newaxis], 0.0)
        flat = used.ravel()
        self._valid += np.bincount(flat, minlength=size)
        for band, layer in enumerate(values):
            self._sums[band] += np.bincount(flat, weights=layer.ravel(), minlength=size)
            if self._adjacent:
                squares = np.square(layer).ravel()
                self._squares[band] += np.bincount(flat, weights=squares, minlength=size)
        if self._adjacent:
            self._compare(used[:, :-1], used[:, 1:], values[:, :, :-1], values[:, :, 1:])
            self._compare(used[:-1], used[1:], values[:, :-1], values[:, 1:])
            if self._last is not None:
                above, former = self._last
                self._compare(above, used[:1], former, values[:, :1])
            self._last = used[-1:].copy(), values[:, -1:].copy()

    def _compare(self, one: Ints, other: Ints, values: Floats, others: Floats) -> None:
        """Add the differences of adjacent pixels that belong to one object."""
        size = len(self.pixels)
        same = (one == other) & (one > 0)
        objects = one[same]
        self._pairs += np.bincount(objects, minlength=size)
        for band, (layer, next_layer) in enumerate(zip(values, others)):
            differences = np.abs(layer[same] - next_layer[same])
            self._differences[band] += np.bincount(objects, weights=differences, minlength=size)

    def bands(self, names: tuple[str, ...]) -> BandFigures | None:
        """Return the figures of the image with these names of bands; None without bands."""
        if not names:
            return None
        shifts = np.zeros(len(names)) if self._shifts is None else self._shifts
        with np.errstate(invalid="ignore", divide="ignore"):
            means = (self._sums / self._valid)[:, 1:].T
            if not self._adjacent:
                return BandFigures(names, means + shifts)
            variances = (self._squares / self._valid)[:, 1:].T - np.square(means)
            textures = (self._differences / self._pairs)[:, 1:].T
        # Rounding may leave a variance of less than nothing; NaN stays.
        return BandFigures(names, means + shifts, np.sqrt(np.maximum(variances, 0)), textures)
