# SPDX-License-Identifier: GPL-2.0-or-later
"""The region adjacency graph of a scene, and random walks on it.

Nodes are superpixels, edges join neighbors, and an edge weighs the share of the superpixel's
perimeter that the two have in common. Lazy random walks on this graph describe what surrounds a
superpixel: after a few steps the near neighbors, after more of them a neighborhood. A superpixel is
represented by visual words (`vocabularies`), and a walk collects their histogram, weighted by area.

The histograms are exact sums over all walks, not samples: each step is one product of a sparse
matrix. Cost: `steps` products of m edges times w words; memory three arrays of n times w float32.

References:
    [1] J. Sivic, A. Zisserman, "Video Google: a text retrieval approach to object matching in
        videos", ICCV (2003): visual words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from .row_blocks import MANY_ROWS, row_blocks, side_by_side
from .types import AnyArray, DoubleArray, FloatArray, IndexArray


def adjacency_matrix(
    pairs: IndexArray, lengths: AnyArray, count: int, similarity: AnyArray | None = None
) -> Any:
    """Share of each superpixel's perimeter that it has in common with each of its neighbors.

    Args:
        pairs: `(m, 2)` indices of neighbors, each pair once.
        lengths: `(m,)` shared border, pixel edges.
        count: number of superpixels.
        similarity: `(m,)` factor of each pair, or None for 1.

    Returns:
        Sparse `(count, count)` float32; without factors, rows with neighbors add up to 1.

    Example:
        Three superpixels in a row; the last two have the longer border.

        >>> matrix = adjacency_matrix(np.array([[0, 1], [1, 2]]), np.array([10, 30]), 3)
        >>> matrix.toarray().tolist()
        [[0.0, 1.0, 0.0], [0.25, 0.0, 0.75], [0.0, 1.0, 0.0]]
    """
    one, two = pairs.astype(np.int32, copy=False).T
    perimeter = np.bincount(one, lengths, count) + np.bincount(two, lengths, count)
    values = lengths if similarity is None else lengths * similarity
    weights = np.concatenate([values / perimeter[one], values / perimeter[two]], dtype=np.float32)
    places = (np.concatenate([one, two]), np.concatenate([two, one]))
    return sparse.csr_matrix((weights, places), shape=(count, count))


def squared_contrast(means: FloatArray, pairs: IndexArray) -> FloatArray:
    """Squared distance `(m,)` float32 between the mean colors of neighbors.

    Args:
        means: `(n, bands)` float32 mean colors, display units.
        pairs: `(m, 2)` rows of neighbors.

    Example:
        >>> squared_contrast(np.array([[1, 2], [4, 6]], np.float32), np.array([[0, 1]])).tolist()
        [25.0]
    """
    contrast = np.empty(len(pairs), np.float32)

    def compute(part: slice) -> None:
        one, two = pairs[part].T
        contrast[part] = np.square(means[one] - means[two]).sum(axis=1)

    side_by_side(compute, row_blocks(len(pairs), MANY_ROWS))
    return contrast


def multiply_rows(matrix: Any, values: FloatArray) -> FloatArray:
    """Multiply a sparse matrix `(n, m)` of rows by `(m, w)` on all cores, `(n, w)` float32.

    Example:
        >>> matrix = sparse.csr_matrix(np.array([[0.0, 2.0], [1.0, 0.0]], np.float32))
        >>> multiply_rows(matrix, np.array([[1.0], [4.0]], np.float32)).tolist()
        [[8.0], [1.0]]
    """
    result = np.empty((matrix.shape[0], values.shape[1]), np.float32)
    starts = matrix.indptr

    def multiply(rows: slice) -> None:
        places = slice(starts[rows.start], starts[rows.stop])
        part = matrix.data[places], matrix.indices[places], starts[rows.start : rows.stop + 1]
        shape = rows.stop - rows.start, matrix.shape[1]
        own = sparse.csr_matrix((*part[:2], part[2] - part[2][0]), shape=shape)
        result[rows] = own @ values

    side_by_side(multiply, row_blocks(len(result), MANY_ROWS))
    return result


@dataclass(frozen=True)
class RandomWalks:
    """Lazy random walks on the region adjacency graph; half of the steps stay where they are.

    Attributes:
        steps: lengths of the walks, rising.
        transitions: sparse `(n, n)` float32, probabilities of one step.
        area: `(n, 1)` float32, pixels of each superpixel.
        reached: for each of `steps`, the mean area that a walk from each superpixel ends on,
            `(n, 1)` float32 pixels.

    Example:
        Two superpixels, one in three of the pixels; their histograms of two visual words after
        one step.

        >>> pairs, lengths, pixels = np.array([[0, 1]]), np.array([10]), np.array([100.0, 300.0])
        >>> walks = RandomWalks.on_graph(pairs, lengths, pixels, (1,))
        >>> histograms = walks.root_histograms(np.eye(2, dtype=np.float32))
        >>> (histograms[0] ** 2).round(2).tolist()
        [[0.25, 0.75], [0.25, 0.75]]
    """

    steps: tuple[int, ...]
    transitions: Any
    area: FloatArray
    reached: list[FloatArray]

    @classmethod
    def on_graph(
        cls, pairs: IndexArray, lengths: AnyArray, pixels: DoubleArray, steps: tuple[int, ...]
    ) -> RandomWalks:
        """Prepare walks.

        Args:
            pairs: `(m, 2)` indices of neighbors, each pair once.
            lengths: `(m,)` shared border, pixel edges.
            pixels: `(n,)` pixels of each superpixel.
            steps: lengths of the walks, rising. A walk of t steps reaches some sqrt(t / 2)
                superpixels far.
        """
        count = len(pixels)
        staying = sparse.identity(count, dtype=np.float32, format="csr")
        transitions = (staying + adjacency_matrix(pairs, lengths, count)) * np.float32(0.5)
        area = pixels.astype(np.float32)[:, None]
        return cls(steps, transitions, area, _walk(transitions, area, steps))

    def root_histograms(self, visual_words: AnyArray) -> list[FloatArray]:
        """Histograms of visual words around every superpixel.

        Args:
            visual_words: `(n, w)` probabilities of some words of a vocabulary, by superpixel.

        Returns:
            For each of `steps` the square root of the area share of each word, `(n, w)` float32:
            Euclidean distances between such rows are proportional to Hellinger distances.
        """
        values = np.empty(visual_words.shape, np.float32)
        blocks = row_blocks(len(values), MANY_ROWS)

        def weigh(rows: slice) -> None:
            np.multiply(visual_words[rows], self.area[rows], out=values[rows])

        side_by_side(weigh, blocks)
        histograms = _walk(self.transitions, values, self.steps)

        def normalize(rows: slice) -> None:
            for histogram, total in zip(histograms, self.reached):
                histogram[rows] /= total[rows]
                np.maximum(histogram[rows], 0, out=histogram[rows])
                np.sqrt(histogram[rows], out=histogram[rows])

        side_by_side(normalize, blocks)
        return histograms


def _walk(transitions: Any, values: FloatArray, steps: tuple[int, ...]) -> list[FloatArray]:
    """Expected values at the end of walks of the given lengths."""
    expected = []
    for step in range(1, steps[-1] + 1):
        values = multiply_rows(transitions, values)
        if step in steps:
            expected.append(values)
    return expected
