# SPDX-License-Identifier: GPL-2.0-or-later
"""Scores of a division against a reference, all from one table of counts.

Every function takes a contingency table `(reference classes, predicted classes)` of pixel counts
without empty rows or columns, and agrees with scikit-learn and scikit-image on the same pixels.
Time depends on the table, not on the number of pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

EPSILON = float(np.finfo(np.float64).eps)
# How far from its mean a cell's count is followed; what lies beyond weighs less than rounding.
SPREADS = 12


@dataclass(frozen=True)
class Scores:
    """The scores that need no matching of classes; 0 to 1, or slightly below 0 by chance."""

    ami: float
    ari: float
    fmi: float
    are: float
    homogeneity: float
    completeness: float
    v_measure: float


def all_scores(table: Counts) -> Scores:
    """Compute the scores that need no matching."""
    homogeneity, completeness, v_measure = homogeneity_completeness_v(table)
    return Scores(
        ami=adjusted_mutual_information(table),
        ari=adjusted_rand_index(table),
        fmi=fowlkes_mallows_index(table),
        are=adapted_rand_error(table),
        homogeneity=homogeneity,
        completeness=completeness,
        v_measure=v_measure,
    )


def trimmed(table: Counts) -> Counts:
    """Leave out empty rows and columns."""
    return table[table.any(axis=1)][:, table.any(axis=0)]


def mutual_information(table: Counts) -> float:
    """Mutual information in nats."""
    total = table.sum()
    rows, columns = np.nonzero(table)
    cells = table[rows, columns].astype(np.float64)
    reference, predicted = table.sum(axis=1), table.sum(axis=0)
    # Logarithms of the factors apart: their product passes 64 bits in large scenes.
    logs = np.log(cells) + math.log(total) - np.log(reference)[rows] - np.log(predicted)[columns]
    return max(float((cells / total * logs).sum()), 0.0)


def entropy(counts: Counts) -> float:
    """Entropy in nats of the shares of `counts`."""
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log(shares)).sum())


def expected_mutual_information(reference: Counts, predicted: Counts) -> float:
    """Mean mutual information of random divisions into classes of these sizes, exactly.

    Each cell's count is hypergeometric. Its probabilities are built up from the most likely count
    by their ratios and normalized, which stays exact for any number of pixels.
    """
    total = int(reference.sum())
    sizes, repeats = np.unique(reference, return_counts=True)
    others, other_repeats = np.unique(predicted, return_counts=True)
    information = 0.0
    for size, repeat in zip(sizes.tolist(), repeats.tolist()):
        for other, other_repeat in zip(others.tolist(), other_repeats.tolist()):
            information += repeat * other_repeat * _expected_cell(size, other, total)
    return information


def adjusted_mutual_information(table: Counts) -> float:
    """Mutual information above chance, relative to the mean of both entropies; 1 for equal."""
    rows, columns = table.shape
    if rows == columns and rows <= 1:
        return 1.0
    if rows == 1 or columns == 1:
        return 0.0
    reference, predicted = table.sum(axis=1), table.sum(axis=0)
    expected = expected_mutual_information(reference, predicted)
    above = mutual_information(table) - expected
    room = (entropy(reference) + entropy(predicted)) / 2 - expected
    return _away_from_zero(above) / _away_from_zero(room)


def adjusted_rand_index(table: Counts) -> float:
    """Agreement on pairs of pixels above chance; 1 for equal."""
    total, both, reference, predicted = _pair_sums(table)
    in_both = both - total
    only_reference, only_predicted = reference - both, predicted - both
    in_neither = total * total - only_reference - only_predicted - both
    if only_reference == 0 and only_predicted == 0:
        return 1.0
    return (
        2
        * (in_both * in_neither - only_reference * only_predicted)
        / (
            (in_both + only_reference) * (only_reference + in_neither)
            + (in_both + only_predicted) * (only_predicted + in_neither)
        )
    )


def fowlkes_mallows_index(table: Counts) -> float:
    """Geometric mean of the precision and recall of pairs of pixels."""
    total, both, reference, predicted = _pair_sums(table)
    if both == total:
        return 0.0
    return math.sqrt((both - total) / (predicted - total)) * math.sqrt(
        (both - total) / (reference - total)
    )


def adapted_rand_error(table: Counts) -> float:
    """One minus the harmonic mean of the precision and recall of pairs of pixels."""
    total, both, reference, predicted = _pair_sums(table)
    pairs = (reference - total) + (predicted - total)
    if pairs == 0:
        return 0.0
    return 1 - 2 * (both - total) / pairs


def homogeneity_completeness_v(table: Counts) -> tuple[float, float, float]:
    """Homogeneity, completeness and their harmonic mean."""
    if not table.size:
        return 1.0, 1.0, 1.0
    information = mutual_information(table)
    of_reference, of_predicted = entropy(table.sum(axis=1)), entropy(table.sum(axis=0))
    homogeneity = information / of_reference if of_reference else 1.0
    completeness = information / of_predicted if of_predicted else 1.0
    both = homogeneity + completeness
    return homogeneity, completeness, 2 * homogeneity * completeness / both if both else 0.0


def matching(table: Counts) -> npt.NDArray[np.intp]:
    """Pair classes one to one so that the most pixels agree (the Hungarian method).

    Returns:
        For each reference class the index of its predicted class, or -1 where there are too few.
    """
    if table.shape[0] <= table.shape[1]:
        return _assignment(-table.astype(np.float64))
    pairs = np.full(table.shape[0], -1, dtype=np.intp)
    pairs[_assignment(-table.T.astype(np.float64))] = np.arange(table.shape[1])
    return pairs


def accuracy(table: Counts, pairs: npt.NDArray[np.intp]) -> float:
    """Share of the pixels whose class is paired with their reference class."""
    return float(_matched(table, pairs).sum() / table.sum())


def class_ious(table: Counts, pairs: npt.NDArray[np.intp]) -> Floats:
    """Intersection over union of each reference class with its pair; 0 without one."""
    matched = _matched(table, pairs)
    columns = table.sum(axis=0)
    union = table.sum(axis=1) + np.where(pairs >= 0, columns[pairs], 0) - matched
    return np.asarray(matched / union, dtype=np.float64)


def _matched(table: Counts, pairs: npt.NDArray[np.intp]) -> Counts:
    return np.where(pairs >= 0, table[np.arange(len(pairs)), pairs], 0)


def _expected_cell(size: int, other: int, total: int) -> float:
    """Mean of n/N log(n N / (a b)) over the hypergeometric counts n of one cell."""
    mean = size * other / total
    variance = mean * (total - size) * (total - other) / total / max(total - 1, 1)
    reach = SPREADS * math.sqrt(variance) + SPREADS
    low = max(0, size + other - total, math.floor(mean - reach))
    high = min(size, other, math.ceil(mean + reach))
    counts = np.arange(low, high + 1, dtype=np.float64)
    before = counts[:-1]
    ratios = (
        (size - before) * (other - before) / ((before + 1) * (total - size - other + before + 1))
    )
    logs = np.concatenate([[0.0], np.cumsum(np.log(ratios))])
    mass = np.exp(logs - logs.max())
    mass /= mass.sum()
    some = counts > 0
    counts, mass = counts[some], mass[some]
    terms = counts / total * (np.log(counts) + math.log(total) - math.log(size) - math.log(other))
    return float((mass * terms).sum())


def _pair_sums(table: Counts) -> tuple[int, int, int, int]:
    """Pixels, and sums of squares of cells, rows and columns, as integers without limit."""

    def squares(counts: npt.NDArray[Any]) -> int:
        whole = counts[counts > 0]
        if not whole.size:
            return 0
        if int(whole.max()) ** 2 * whole.size < 2**62:
            return int((whole * whole).sum())
        return sum(count * count for count in whole.tolist())

    return (
        int(table.sum()),
        squares(table),
        squares(table.sum(axis=1)),
        squares(table.sum(axis=0)),
    )


def _away_from_zero(number: float) -> float:
    return min(number, -EPSILON) if number < 0 else max(number, EPSILON)


def _assignment(costs: Floats) -> npt.NDArray[np.intp]:
    """Column of each row at the least total cost; rows must not outnumber columns.

    Shortest augmenting paths with potentials: rows^2 times columns steps.
    """
    rows, columns = costs.shape
    row_potential = np.zeros(rows + 1)
    column_potential = np.zeros(columns + 1)
    # Index 0 stands for "free"; rows and columns count from 1 here.
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
