# SPDX-License-Identifier: GPL-2.0-or-later
"""Principal components that can be used again on other rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .types import AnyArray, DoubleArray, FloatArray

# Rows worked on at once; bounds the memory of large scenes.
ROWS = 16384


@dataclass(frozen=True)
class Projection:
    """Centers rows and projects them on a few directions.

    Attributes:
        center: `(features,)` float32.
        vectors: `(features, d)` float32, the directions.
    """

    center: FloatArray
    vectors: FloatArray

    def apply(self, values: AnyArray) -> FloatArray:
        """Project `(n, features)`; returns `(n, d)` float32."""
        result = np.empty((len(values), self.vectors.shape[1]), np.float32)
        for part in row_parts(len(values)):
            result[part] = (values[part].astype(np.float32) - self.center) @ self.vectors
        return result


def fit_projection(
    values: AnyArray, weights: DoubleArray, components: int, unit: bool = False
) -> Projection:
    """Find the directions in which rows vary most.

    Args:
        values: `(n, features)`.
        weights: `(n,)` shares that add up to 1.
        components: kept at most, and no more than vary; a direction of zeros where nothing does.
        unit: scale all directions so that the first component has a spread of 1.
    """
    features = values.shape[1]
    center = np.zeros(features)
    for part in row_parts(len(values)):
        center += weights[part] @ values[part].astype(np.float64)
    covariance = np.zeros((features, features))
    for part in row_parts(len(values)):
        centered = values[part].astype(np.float64) - center
        covariance += (centered * weights[part, None]).T @ centered
    spreads, vectors = np.linalg.eigh(covariance)
    kept = np.flatnonzero(spreads > 1e-9 * max(spreads[-1], 1e-12))[::-1][:components]
    if len(kept) == 0:
        return Projection(center.astype(np.float32), np.zeros((features, 1), np.float32))
    vectors = vectors[:, kept]
    # The sign of an eigenvector is the library's choice; fix it, so that runs can be compared.
    vectors *= np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(len(kept))])
    if unit:
        vectors /= max(float(np.sqrt(spreads[kept[0]])), 1e-6)
    return Projection(center.astype(np.float32), np.ascontiguousarray(vectors, np.float32))


def row_parts(count: int) -> list[slice]:
    """Slices that go through so many rows, a bounded number at once."""
    return [slice(first, first + ROWS) for first in range(0, count, ROWS)]
