# SPDX-License-Identifier: GPL-2.0-or-later
"""What surrounds a superpixel: the words that its neighbors on the graph are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from .borders import border_shares
from .types import AnyArray, DoubleArray, FloatArray, IndexArray


@dataclass(frozen=True)
class Walks:
    """Lazy random walks across shared borders, weighted by area.

    After a few steps a walk has seen the near neighbors, after more of them a neighborhood.

    Attributes:
        steps: lengths of the walks, rising.
        matrix: sparse `(n, n)` float32, one step.
        area: `(n, 1)` float32, pixels of each superpixel.
        seen: for each of `steps` the pixels seen from each superpixel, `(n, 1)` float32.
    """

    steps: tuple[int, ...]
    matrix: Any
    area: FloatArray
    seen: list[FloatArray]

    @classmethod
    def across(
        cls, pairs: IndexArray, lengths: AnyArray, pixels: DoubleArray, steps: tuple[int, ...]
    ) -> Walks:
        """Prepare to walk.

        Args:
            pairs: `(m, 2)` indices of neighbors, each pair once.
            lengths: `(m,)` shared border.
            pixels: `(n,)` pixels of each superpixel.
            steps: lengths of the walks, rising.
        """
        count = len(pixels)
        alone = sparse.identity(count, dtype=np.float32, format="csr")
        matrix = (alone + border_shares(pairs, lengths, count)) * np.float32(0.5)
        area = pixels.astype(np.float32)[:, None]
        return cls(steps, matrix, area, _walk(matrix, area, steps))

    def shares(self, words: AnyArray) -> list[FloatArray]:
        """Share of each word in the surroundings of every superpixel.

        Args:
            words: `(n, w)` probability of some words of a vocabulary, by superpixel.

        Returns:
            For each of `steps` the square root of the shares, `(n, w)` float32: distances between
            such rows are Hellinger distances.
        """
        masses = _walk(self.matrix, words * self.area, self.steps)
        for mass, total in zip(masses, self.seen):
            mass /= total
            np.maximum(mass, 0, out=mass)
            np.sqrt(mass, out=mass)
        return masses


def _walk(matrix: Any, values: FloatArray, steps: tuple[int, ...]) -> list[FloatArray]:
    seen = []
    for step in range(1, steps[-1] + 1):
        values = matrix @ values
        if step in steps:
            seen.append(values)
    return seen
