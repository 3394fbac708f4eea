# SPDX-License-Identifier: GPL-2.0-or-later
"""Scores of a clustering against a reference, computed from one contingency table.

Every function takes a contingency table `(reference classes, predicted classes)` of pixel counts
without empty rows or columns. AMI, ARI, FMI, ARE and V-measure do not depend on which number a
class has; accuracy and IoU first pair the classes one to one (`matching`).

All scores are exact and agree with scikit-learn and scikit-image to rounding. Sums over pairs of
pixels are Python integers, so counts of any size are safe. The cost depends on the table and not on
the pixels, but for the expected mutual information: each pair of class sizes takes time in
proportion to the standard deviation of their cell's count.

References:
    AMI: Vinh, Epps and Bailey, Journal of Machine Learning Research 11 (2010). ARI: Hubert and
    Arabie, Journal of Classification 2 (1985). FMI: Fowlkes and Mallows, Journal of the American
    Statistical Association 78 (1983). ARE: Arganda-Carreras et al., Frontiers in Neuroanatomy 9
    (2015). V-measure: Rosenberg and Hirschberg, EMNLP-CoNLL (2007).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .assignment import assign_rows

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Pairs = npt.NDArray[np.intp]

EPSILON = float(np.finfo(np.float64).eps)
# Standard deviations around the mean of a hypergeometric count that are summed. The probability
# beyond 12 is below 1e-30, less than the rounding of float64.
SPREADS = 12


@dataclass(frozen=True)
class Scores:
    """Scores of classes against a reference.

    All are from 0 to 1, higher is better except for `are`; `ami` and `ari` are slightly negative
    where classes agree with the reference less than by chance.

    Attributes:
        ami: adjusted mutual information, normalized by the mean of both entropies.
        ari: adjusted Rand index.
        fmi: Fowlkes-Mallows index.
        are: adapted Rand error; lower is better.
        homogeneity: 1 if every class holds pixels of one reference class only.
        completeness: 1 if every reference class lies in one class only.
        v_measure: harmonic mean of homogeneity and completeness.
        accuracy: share of pixels whose class is paired with their reference class.
        mean_iou: mean intersection over union of the reference classes with their pairs.
    """

    ami: float
    ari: float
    fmi: float
    are: float
    homogeneity: float
    completeness: float
    v_measure: float
    accuracy: float
    mean_iou: float


def all_scores(table: Counts, pairs: Pairs | None = None) -> Scores:
    """Compute all scores.

    Args:
        table: `(reference classes, predicted classes)` pixel counts.
        pairs: as `matching` returns them; it is called if None.
    """
    if pairs is None:
        pairs = matching(table)
    homogeneity, completeness, v_measure = homogeneity_completeness_v(table)
    return Scores(
        ami=adjusted_mutual_information(table),
        ari=adjusted_rand_index(table),
        fmi=fowlkes_mallows_index(table),
        are=adapted_rand_error(table),
        homogeneity=homogeneity,
        completeness=completeness,
        v_measure=v_measure,
        accuracy=accuracy(table, pairs),
        mean_iou=float(class_ious(table, pairs).mean()) if len(table) else 1.0,
    )


def mutual_information(table: Counts) -> float:
    """Return the mutual information of both divisions, in nats."""
    total = table.sum()
    rows, columns = np.nonzero(table)
    cells = table[rows, columns].astype(np.float64)
    reference, predicted = table.sum(axis=1), table.sum(axis=0)
    # The logarithms are taken one by one because the product exceeds 64 bits in large scenes.
    logs = np.log(cells) + math.log(total) - np.log(reference)[rows] - np.log(predicted)[columns]
    return max(float((cells / total * logs).sum()), 0.0)


def entropy(counts: Counts) -> float:
    """Return the entropy of the shares of `counts`, in nats."""
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log(shares)).sum())


def expected_mutual_information(reference: Counts, predicted: Counts) -> float:
    """Return the mean mutual information of all divisions into classes of these sizes.

    The count of a cell is hypergeometric (Vinh et al. 2010, equation 24a). Its probabilities follow
    from the ratio of neighboring ones and are normalized to 1, which avoids the factorials and
    stays exact for any number of pixels.

    Args:
        reference: `(reference classes,)` pixels of each.
        predicted: `(classes,)` pixels of each.
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
    """Return the mutual information adjusted for chance; 1 for equal divisions.

    It is (MI - E[MI]) / (mean of both entropies - E[MI]), Vinh et al. 2010.
    """
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
    """Return the agreement on pairs of pixels, adjusted for chance; 1 for equal divisions."""
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
    """Return the geometric mean of precision and recall over pairs of pixels."""
    total, both, reference, predicted = _pair_sums(table)
    if both == total:
        return 0.0
    return math.sqrt((both - total) / (predicted - total)) * math.sqrt(
        (both - total) / (reference - total)
    )


def adapted_rand_error(table: Counts) -> float:
    """Return 1 minus the harmonic mean of precision and recall over pairs of pixels."""
    total, both, reference, predicted = _pair_sums(table)
    pairs = (reference - total) + (predicted - total)
    if pairs == 0:
        return 0.0
    return 1 - 2 * (both - total) / pairs


def homogeneity_completeness_v(table: Counts) -> tuple[float, float, float]:
    """Return homogeneity, completeness and their harmonic mean (V-measure)."""
    if not table.size:
        return 1.0, 1.0, 1.0
    information = mutual_information(table)
    of_reference, of_predicted = entropy(table.sum(axis=1)), entropy(table.sum(axis=0))
    homogeneity = information / of_reference if of_reference else 1.0
    completeness = information / of_predicted if of_predicted else 1.0
    both = homogeneity + completeness
    return homogeneity, completeness, 2 * homogeneity * completeness / both if both else 0.0


def matching(table: Counts) -> Pairs:
    """Pair classes one to one so that the most pixels agree.

    Returns:
        `(reference classes,)` column of the class paired with each reference class; -1 if there
        are fewer classes than reference classes and it has none.
    """
    if table.shape[0] <= table.shape[1]:
        return assign_rows(-table.astype(np.float64))
    pairs = np.full(table.shape[0], -1, dtype=np.intp)
    pairs[assign_rows(-table.T.astype(np.float64))] = np.arange(table.shape[1])
    return pairs


def accuracy(table: Counts, pairs: Pairs) -> float:
    """Return the share of pixels whose class is paired with their reference class."""
    return float(_matched(table, pairs).sum() / table.sum()) if table.size else 1.0


def class_ious(table: Counts, pairs: Pairs) -> Floats:
    """Return the intersection over union of each reference class with its pair; 0 for none."""
    matched = _matched(table, pairs)
    columns = table.sum(axis=0)
    union = table.sum(axis=1) + np.where(pairs >= 0, columns[pairs], 0) - matched
    return np.asarray(matched / union, dtype=np.float64)


def _matched(table: Counts, pairs: Pairs) -> Counts:
    """Return the pixels of each reference class in its pair, 0 for none."""
    return np.where(pairs >= 0, table[np.arange(len(pairs)), pairs], 0)


def _expected_cell(size: int, other: int, total: int) -> float:
    """Return the mean of n/N log(n N / (a b)) over the hypergeometric counts n of one cell.

    `size` is a and `other` b, the pixels of both classes, and `total` is N, those of all.
    """
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
    """Return the pixels and the sums of squares of cells, rows and columns, as Python integers."""

    def squares(counts: npt.NDArray[Any]) -> int:
        whole = counts[counts > 0]
        if not whole.size:
            return 0
        fits = int(whole.max()) ** 2 * whole.size < 2**62
        return int((whole * whole).sum()) if fits else sum(n * n for n in whole.tolist())

    return int(table.sum()), squares(table), squares(table.sum(axis=1)), squares(table.sum(axis=0))


def _away_from_zero(number: float) -> float:
    return min(number, -EPSILON) if number < 0 else max(number, EPSILON)
