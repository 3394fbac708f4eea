# SPDX-License-Identifier: GPL-2.0-or-later
"""Ids of regions in the order in which they appear."""

from __future__ import annotations

import numpy as np
from numba import njit

from .types import AnyArray, IdArray


@njit(cache=True, nogil=True)
def number_regions(node: AnyArray, fixed: AnyArray, next_id: int) -> tuple[IdArray, AnyArray]:
    """Give pixels the ids of their components.

    Args:
        node: `(rows, cols)` uint32 component of each pixel.
        fixed: `(components,)` uint32 id of components that have one; 0 for those that get the next
            one, in order of first appearance. Component 0 is no component.
        next_id: id of the first new region.

    Returns:
        Ids `(rows, cols)` uint32, 0 where component 0 is, and the component of every new id.
    """
    rows, cols = node.shape
    labels = np.empty((rows, cols), np.uint32)
    given = fixed.copy()
    fresh = np.empty(given.size, np.uint32)
    count = 0
    for row in range(rows):
        for col in range(cols):
            component = node[row, col]
            if given[component] == 0 and component > 0:
                given[component] = next_id + count
                fresh[count] = component
                count += 1
            labels[row, col] = given[component]
    return labels, fresh[:count].copy()
