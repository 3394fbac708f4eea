# SPDX-License-Identifier: GPL-2.0-or-later
"""K-means of weighted points [1], started from k-means++ [2].

Lloyd's iteration [1] for points with weights. The start takes each next center among a few points
that are drawn with a probability proportional to their weighted squared distance to the nearest
center yet, and of these the one that lowers the scatter most. Approximate: a local optimum; the
iteration stops after ten rounds. Repeatable: the seed is fixed. Cost: n k d a round; scikit-learn's
KMeans does the same, but is no dependency of the runtime.

References:
    [1] S. P. Lloyd, "Least squares quantization in PCM", IEEE Transactions on Information Theory
        28 (1982).
    [2] D. Arthur, S. Vassilvitskii, "k-means++: the advantages of careful seeding", SODA (2007).
"""

from __future__ import annotations

import numpy as np

from .row_blocks import row_blocks, side_by_side
from .types import AnyArray, DoubleArray, FloatArray, IndexArray

ITERATIONS = 10
# Superpixels, drawn evenly by area, that levels and leaves are found on at most.
SAMPLE = 16384


def k_means(points: FloatArray, weights: DoubleArray, count: int) -> FloatArray:
    """Find centers of weighted points.

    Args:
        points: `(n, d)` float32, n >= 1.
        weights: `(n,)` weight of each point, above 0.
        count: centers wanted; fewer where there are fewer distinct points.

    Returns:
        `(k, d)` float32.

    Example:
        >>> points = np.array([[0.0], [1.0], [9.0]], np.float32)
        >>> sorted(k_means(points, np.ones(3), 2)[:, 0].tolist())
        [0.5, 9.0]
    """
    generator = np.random.default_rng(0)
    tries = 2 + int(np.log(count))
    first = int(np.searchsorted(np.cumsum(weights), generator.random() * weights.sum()))
    chosen = [min(first, len(points) - 1)]
    distance = np.square(points - points[chosen[0]]).sum(axis=1)
    # Rounding must not make a center of a point that is one already.
    floor = 1e-6 * float(distance.max(initial=0.0))
    squares = np.square(points).sum(axis=1)
    for _ in range(count - 1):
        distance[distance <= floor] = 0
        mass = np.cumsum(distance * weights)
        if mass[-1] <= 0:
            break
        picks = np.searchsorted(mass, generator.random(tries) * mass[-1], side="right")
        picks = np.minimum(picks, len(points) - 1)
        nearer = squares[:, None] + squares[picks] - 2 * (points @ points[picks].T)
        np.clip(nearer, 0, distance[:, None], out=nearer)
        best = int((weights @ nearer).argmin())
        chosen.append(int(picks[best]))
        distance = nearer[:, best].copy()
        distance[picks[best]] = 0
    return lloyd(points, weights, points[chosen], ITERATIONS)[0]


def lloyd(
    points: FloatArray, weights: AnyArray, centers: AnyArray, iterations: int
) -> tuple[FloatArray, IndexArray]:
    """Improve centers by Lloyd's iteration.

    Args:
        points: `(n, d)` float32.
        weights: `(n,)` weight of each point, above 0.
        centers: `(k, d)` to start from; those without points stay.
        iterations: at most, 1 or more; fewer where nothing changes any more.

    Returns:
        The centers `(k, d)` float32, and the center `(n,)` that each point was given last.

    Example:
        >>> points = np.array([[0.0], [1.0], [9.0]], np.float32)
        >>> centers, owner = lloyd(points, np.ones(3), points[:2], 10)
        >>> centers[:, 0].tolist(), owner.tolist()
        ([0.5, 9.0], [0, 0, 1])
    """
    owner = np.full(len(points), -1)
    for _ in range(iterations):
        before, owner = owner, nearest(points, centers)
        if np.array_equal(owner, before):
            break
        centers = weighted_means(points, weights, owner, centers)
    return centers, owner


def nearest(points: FloatArray, centers: FloatArray) -> IndexArray:
    """Index of the nearest center.

    Args:
        points: `(n, d)` float32.
        centers: `(k, d)` float32.

    Returns:
        `(n,)` int64.

    Example:
        >>> nearest(np.array([[4.0], [6.0]], np.float32), np.array([[0.0], [9.0]], np.float32))
        array([0, 1])
    """
    offsets = np.square(centers).sum(axis=1)
    result = np.empty(len(points), np.int64)

    def compute(rows: slice) -> None:
        result[rows] = (offsets - 2 * (points[rows] @ centers.T)).argmin(axis=1)

    side_by_side(compute, row_blocks(len(points)))
    return result


def weighted_means(
    points: FloatArray, weights: AnyArray, owner: IndexArray, before: AnyArray | None = None
) -> FloatArray:
    """Weighted means of the points of each owner.

    Args:
        points: `(n, d)` float32.
        weights: `(n,)`, 0 or more.
        owner: `(n,)` index of the owner of each point.
        before: `(k, d)`, kept where an owner has no points; None where each of them has some.

    Returns:
        `(k, d)` float32.

    Example:
        >>> points = np.array([[0.0], [4.0]], np.float32)
        >>> weighted_means(points, np.array([3.0, 1.0]), np.zeros(2, int))
        array([[1.]], dtype=float32)
    """
    if before is None:
        before = np.zeros((int(owner.max()) + 1, points.shape[1]))
    count = len(before)
    mass = np.bincount(owner, weights, count)[:, None]
    sums = np.stack([np.bincount(owner, weights * column, count) for column in points.T], axis=1)
    means = np.where(mass > 0, sums / np.maximum(mass, 1e-12), before)
    return np.asarray(means, np.float32)
