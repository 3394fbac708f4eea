# SPDX-License-Identifier: GPL-2.0-or-later
"""The region adjacency graph as a sparse matrix."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from .types import AnyArray, IndexArray


def border_shares(
    pairs: IndexArray, lengths: AnyArray, count: int, similarity: AnyArray | None = None
) -> Any:
    """Which share of each superpixel's border it has with each of its neighbors.

    Args:
        pairs: `(m, 2)` indices of neighbors, each pair once.
        lengths: `(m,)` shared border.
        count: number of superpixels.
        similarity: `(m,)` factor of each pair, or None for 1.

    Returns:
        Sparse `(count, count)` float32; rows add up to 1 where there are neighbors and no factors.
    """
    one, two = pairs.astype(np.int32, copy=False).T
    perimeter = np.bincount(one, lengths, count) + np.bincount(two, lengths, count)
    values = lengths if similarity is None else lengths * similarity
    weights = np.concatenate([values / perimeter[one], values / perimeter[two]], dtype=np.float32)
    places = (np.concatenate([one, two]), np.concatenate([two, one]))
    return sparse.csr_matrix((weights, places), shape=(count, count))
