# SPDX-License-Identifier: GPL-2.0-or-later
"""What surrounds a superpixel: the words that its neighbors on the graph are made of."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from .smoothing import border_matrix
from .types import AnyArray, DoubleArray, FloatArray, IndexArray

# Columns that walk together; bounds the memory of large scenes.
COLUMNS = 8


def mixed_with_neighbors(
    words: FloatArray,
    pairs: IndexArray,
    lengths: DoubleArray,
    pixels: DoubleArray,
    steps: tuple[int, ...],
) -> list[AnyArray]:
    """Share of each word in the surroundings of every superpixel.

    A lazy random walk across shared borders, weighted by area: after a few steps it has seen the
    near neighbors, after more of them a neighborhood.

    Args:
        words: `(n, w)` probability of each word of a vocabulary, by superpixel.
        pairs: `(m, 2)` int64 indices of neighbors, each pair once.
        lengths: `(m,)` shared border.
        pixels: `(n,)` pixels of each superpixel.
        steps: lengths of the walks, rising.

    Returns:
        For each of `steps` the square root of the shares, `(n, w)` float16: distances between such
        rows are Hellinger distances.
    """
    walk = _lazy_walk(pairs, lengths, len(words))
    results = [np.empty(words.shape, np.float16) for _ in steps]
    area = pixels.astype(np.float32)[:, None]
    weights = _walk(walk, area, steps)
    for first in range(0, words.shape[1], COLUMNS):
        part = slice(first, first + COLUMNS)
        for result, mass, total in zip(results, _walk(walk, words[:, part] * area, steps), weights):
            result[:, part] = np.sqrt(np.maximum(mass / total, 0))
    return results


def _lazy_walk(pairs: IndexArray, lengths: DoubleArray, count: int) -> Any:
    borders = border_matrix(pairs, lengths.astype(np.float32), count)
    perimeter = np.asarray(borders.sum(axis=1)).ravel()
    alone = sparse.identity(count, dtype=np.float32, format="csr")
    return (alone + sparse.diags(1.0 / np.maximum(perimeter, 1.0)) @ borders).tocsr() * 0.5


def _walk(walk: Any, values: AnyArray, steps: tuple[int, ...]) -> list[AnyArray]:
    seen = []
    for step in range(1, steps[-1] + 1):
        values = (walk @ values).astype(np.float32)
        if step in steps:
            seen.append(values)
    return seen
