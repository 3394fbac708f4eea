# SPDX-License-Identifier: GPL-2.0-or-later
"""Principal component analysis of weighted rows, kept for use on other rows.

Means and covariance are summed in float64 over blocks of rows; the eigenvectors of the covariance
with the largest eigenvalues are the directions. Exact. Cost: n f^2 for f features; memory of 16384
rows beside the input. `project_row` projects the pixels of a row of an image on given axes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from .row_blocks import MANY_ROWS, row_blocks
from .types import AnyArray, DoubleArray, FloatArray, IndexArray


@dataclass(frozen=True)
class Projection:
    """Projection of rows on a few directions, after centering.

    Attributes:
        center: `(features,)` float32, subtracted from each row.
        vectors: `(features, d)` float32, the directions as columns.
    """

    center: FloatArray
    vectors: FloatArray

    def apply(self, values: AnyArray) -> FloatArray:
        """Project `(n, features)`; returns `(n, d)` float32."""
        result = np.empty((len(values), self.vectors.shape[1]), np.float32)
        for part in row_blocks(len(values), MANY_ROWS):
            result[part] = (values[part].astype(np.float32) - self.center) @ self.vectors
        return result


def fit_projection(
    values: AnyArray, weights: DoubleArray, components: int, unit: bool = False
) -> Projection:
    """Find the directions of the largest variance.

    Args:
        values: `(n, features)`.
        weights: `(n,)` weight of each row; they must add up to 1.
        components: directions to keep at most, 1 or more. Directions without variance are left
            out; if no feature varies, one direction of zeros remains.
        unit: scale all directions so that the first component has a standard deviation of 1.

    Returns:
        The projection. Of each direction, the coefficient of the largest magnitude is positive.

    Example:
        >>> values = np.array([[0.0, 0.0], [2.0, 2.0], [4.0, 4.0]])
        >>> found = fit_projection(values, np.full(3, 1 / 3), 2)
        >>> (2 * found.vectors**2).round(3).tolist()
        [[1.0], [1.0]]
        >>> found.apply(values).astype(int).ravel().tolist()
        [-2, 0, 2]
    """
    features = values.shape[1]
    center = np.zeros(features)
    for part in row_blocks(len(values), MANY_ROWS):
        center += weights[part] @ values[part].astype(np.float64)
    covariance = np.zeros((features, features))
    for part in row_blocks(len(values), MANY_ROWS):
        centered = values[part].astype(np.float64) - center
        covariance += (centered * weights[part, None]).T @ centered
    spreads, vectors = np.linalg.eigh(covariance)
    kept = np.flatnonzero(spreads > 1e-9 * max(spreads[-1], 1e-12))[::-1][:components]
    if len(kept) == 0:
        return Projection(center.astype(np.float32), np.zeros((features, 1), np.float32))
    vectors = vectors[:, kept]
    # The sign of an eigenvector depends on the library; fixed, so that runs can be compared.
    vectors *= np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(len(kept))])
    if unit:
        vectors /= max(float(np.sqrt(spreads[kept[0]])), 1e-6)
    return Projection(center.astype(np.float32), np.ascontiguousarray(vectors, np.float32))


def sample_by_weight(weights: FloatArray, size: int) -> tuple[IndexArray, DoubleArray]:
    """Systematic sample of rows, with probability proportional to their weights.

    Args:
        weights: `(n,)` float32, 0 or more.
        size: number of draws; all rows are returned where there are no more than that.

    Returns:
        Indices of the rows drawn, `(m,)` int64 ascending, and the number of draws of each (or the
        weight, if all rows are returned), `(m,)` float64.

    Example:
        >>> rows, counts = sample_by_weight(np.array([1, 1, 6, 1], np.float32), 3)
        >>> rows.tolist(), counts.tolist()
        ([1, 2], [1.0, 2.0])
    """
    if len(weights) <= size:
        return np.arange(len(weights)), weights.astype(np.float64)
    ends = np.cumsum(weights, dtype=np.float64)
    places = (np.arange(size) + 0.5) * (ends[-1] / size)
    rows, counts = np.unique(np.searchsorted(ends, places), return_counts=True)
    return rows, counts.astype(np.float64)


@njit(cache=True, nogil=True)
def project_row(image: FloatArray, row: int, axes: FloatArray, points: FloatArray) -> None:
    """Project the pixels of a row on axes, in the same way wherever in a tile they lie.

    Four bands at a time, so that points are loaded and stored once for four products: 64 bands take
    half the time. The rounding of a library's matrix product may depend on the size of the tile.

    Args:
        image: `(bands, rows, cols)` float32; where it is contiguous, vector instructions are used.
        row: of the image.
        axes: `(bands, dimensions)` float32.
        points: `(dimensions, cols)` float32, the result.

    Example:
        >>> points = np.empty((1, 2), np.float32)
        >>> image = np.array([[[1, 2]], [[3, 4]]], np.float32)
        >>> project_row(image, 0, np.array([[1], [10]], np.float32), points)
        >>> points.tolist()
        [[31.0, 42.0]]
    """
    bands, _, cols = image.shape
    points[:] = 0
    fours = bands - bands % 4
    for band in range(0, fours, 4):
        first, second = image[band, row], image[band + 1, row]
        third, fourth = image[band + 2, row], image[band + 3, row]
        for axis in range(points.shape[0]):
            one, two = axes[band, axis], axes[band + 1, axis]
            three, four = axes[band + 2, axis], axes[band + 3, axis]
            for col in range(cols):
                points[axis, col] += (
                    one * first[col] + two * second[col] + three * third[col] + four * fourth[col]
                )
    for band in range(fours, bands):
        values = image[band, row]
        for axis in range(points.shape[0]):
            share = axes[band, axis]
            for col in range(cols):
                points[axis, col] += share * values[col]
