# SPDX-License-Identifier: GPL-2.0-or-later
"""Minimum-cost assignment of rows to columns (the Hungarian method).

Rows are assigned one after another. For each, Dijkstra's algorithm on reduced costs finds the
cheapest chain of reassignments that ends at a free column (a shortest augmenting path), and the
potentials of rows and columns are updated so that reduced costs stay 0 or more. The result is
exact. It takes rows^2 times columns steps of numpy-vectorized work; SciPy has the same algorithm
(`scipy.optimize.linear_sum_assignment`), but QGIS does not bring SciPy on every platform.

References:
    R. Jonker and A. Volgenant, "A shortest augmenting path algorithm for dense and sparse linear
    assignment problems", Computing 38 (1987).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def assign_rows(costs: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
    """Choose a column for each row, no column twice, at the least total cost.

    Args:
        costs: `(rows, columns)`; there must be at least as many columns as rows.

    Returns:
        `(rows,)` the column of each row.
    """
    rows, columns = costs.shape
    row_potential = np.zeros(rows + 1)
    column_potential = np.zeros(columns + 1)
    # Rows and columns are numbered from 1; 0 means "not assigned".
    row_of = np.zeros(columns + 1, dtype=np.intp)
    for row in range(1, rows + 1):
        row_of[0] = row
        column = 0
        slack = np.full(columns + 1, np.inf)
        came_from = np.zeros(columns + 1, dtype=np.intp)
        seen = np.zeros(columns + 1, dtype=bool)
        while row_of[column]:
            seen[column] = True
            current = row_of[column]
            reduced = costs[current - 1] - row_potential[current] - column_potential[1:]
            closer = ~seen[1:] & (reduced < slack[1:])
            slack[1:][closer] = reduced[closer]
            came_from[1:][closer] = column
            open_slack = np.where(seen, np.inf, slack)
            following = int(open_slack[1:].argmin()) + 1
            step = open_slack[following]
            row_potential[row_of[seen]] += step
            column_potential[seen] -= step
            slack[~seen] -= step
            column = following
        while column:
            previous = came_from[column]
            row_of[column] = row_of[previous]
            column = previous
    pairs = np.full(rows, -1, dtype=np.intp)
    used = row_of[1:] > 0
    pairs[row_of[1:][used] - 1] = np.flatnonzero(used)
    return pairs
