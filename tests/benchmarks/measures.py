# SPDX-License-Identifier: GPL-2.0-or-later
"""Measures of class maps that need no reference, and small tools; needs numpy only.

Measures against a reference are in `named.py`.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from superseg_plugin.pipeline.classes.scores import (
    accuracy,
    adjusted_mutual_information,
    adjusted_rand_index,
    matching,
)

Classes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

# Classes with less than this share of the area are counted as tiny.
TINY = 0.001


def borders(classes: Classes) -> Flags:
    """Pixels whose right or lower neighbor has another class; 0 is no class and has no border."""
    found = np.zeros(classes.shape, bool)
    across = (classes[:, :-1] != classes[:, 1:]) & (classes[:, :-1] > 0) & (classes[:, 1:] > 0)
    down = (classes[:-1] != classes[1:]) & (classes[:-1] > 0) & (classes[1:] > 0)
    found[:, :-1] |= across
    found[:-1] |= down
    return found


def widened(flags: Flags, radius: int) -> Flags:
    """Flag everything within `radius` pixels (Euclidean) of a flag."""
    rows, cols = flags.shape
    wide = np.pad(flags, radius)
    result = np.zeros_like(flags)
    for down, across in itertools.product(range(2 * radius + 1), repeat=2):
        if (down - radius) ** 2 + (across - radius) ** 2 <= radius**2:
            result |= wide[down : down + rows, across : across + cols]
    return result


def boundary_recall(reference: Classes, classes: Classes, radius: int = 2) -> float:
    """Share of the reference's borders that have a border of the map within `radius` pixels.

    Args:
        reference: `(rows, cols)`, 0 = unlabelled; borders with it do not count.
        classes: `(rows, cols)`, 0 = nodata.
        radius: pixels.

    Returns:
        0 to 1, NaN where the reference has no borders.
    """
    wanted = borders(reference)
    count = int(wanted.sum())
    if not count:
        return math.nan
    return int((wanted & widened(borders(classes), radius)).sum()) / count


def effective_classes(areas: npt.ArrayLike) -> float:
    """Exponential of the entropy of the shares of the area: the number of classes if all are equal.

    Args:
        areas: of the classes, of any unit.
    """
    shares = np.asarray(areas, np.float64)
    shares = shares[shares > 0] / max(shares.sum(), 1e-300)
    return float(np.exp(-(shares * np.log(shares)).sum()))


def tiny_classes(areas: npt.ArrayLike) -> int:
    """Number of classes with some, but less than 0.1 % of the area."""
    shares = np.asarray(areas, np.float64)
    return int(((shares > 0) & (shares < TINY * shares.sum())).sum())


def explained_variance(table: Counts, means: npt.NDArray[np.float32]) -> float:
    """Share of the variance of the means of superpixels that the classes explain.

    Variance is summed over the bands, and every superpixel counts by its pixels. Where a map
    divides a superpixel, each part counts with the mean of the whole.

    Args:
        table: `(n, classes)` pixels of each superpixel in each class.
        means: `(n, bands)` mean values of the superpixels.

    Returns:
        0 to 1; NaN where all superpixels are equal.
    """
    pixels = table.sum(axis=1).astype(np.float64)
    centered = means - np.average(means, axis=0, weights=pixels)
    total = float(pixels @ np.square(centered).sum(axis=1))
    if not total:
        return math.nan
    sizes = table.sum(axis=0)
    present = sizes > 0
    sums = table[:, present].T.astype(np.float64) @ centered
    between = (np.square(sums) / sizes[present, None]).sum()
    return float(between) / total


def pair_table(one: Classes, other: Classes) -> Counts:
    """Contingency table of two maps over the pixels that have a class in both.

    Returns:
        `(classes of one, classes of other)`, without empty rows and columns.
    """
    both = (one > 0) & (other > 0)
    pairs = one[both].astype(np.int64) * 256 + other[both]
    return without_empty(np.bincount(pairs, minlength=1 << 16).reshape(256, 256))


def map_ami(one: Classes, other: Classes) -> float:
    """AMI of two class maps over the pixels that have a class in both."""
    return float(adjusted_mutual_information(pair_table(one, other)))


def map_ari(one: Classes, other: Classes) -> float:
    """ARI of two class maps over the pixels that have a class in both."""
    return float(adjusted_rand_index(pair_table(one, other)))


def equal_share(one: Classes, other: Classes) -> float:
    """Share of the pixels with the same class in two maps, after the classes are paired.

    Each class is paired with one of the other map at most, so that the most pixels are the same.
    """
    table = pair_table(one, other)
    return accuracy(table, matching(table))


def without_empty(table: Counts) -> Counts:
    """Leave out the empty rows and columns of a contingency table."""
    return table[table.any(axis=1)][:, table.any(axis=0)]


def agreement(maps: Sequence[Classes]) -> float | None:
    """Mean ARI over all pairs of maps; None for fewer than two."""
    if len(maps) < 2:
        return None
    return statistics.fmean(map_ari(*pair) for pair in itertools.combinations(maps, 2))


def bin_accuracies(confidence: Classes, correct: Flags, bins: int = 10) -> Floats:
    """Accuracy in bins of equal numbers of pixels, by increasing confidence.

    Where a limit between two bins lies among pixels of equal confidence, these count with their
    mean accuracy, so that the result does not depend on their order.

    Args:
        confidence: `(n,)` bytes.
        correct: `(n,)`.
        bins: number of bins.

    Returns:
        `(bins,)`, 0 to 1.
    """
    counts = np.bincount(confidence, minlength=256)
    right = np.bincount(confidence, correct, minlength=256)
    pixels = np.concatenate([[0], np.cumsum(counts)])
    hits = np.concatenate([[0.0], np.cumsum(right)])
    limits = np.linspace(0, pixels[-1], bins + 1)
    keep = np.concatenate([[True], counts > 0])
    reached = np.interp(limits, pixels[keep], hits[keep])
    accuracies: Floats = np.diff(reached) / np.diff(limits)
    return accuracies


def rising(values: Sequence[float]) -> float:
    """Spearman's correlation of values with their position; 0 where all are the same."""
    numbers = np.round(np.asarray(values, dtype=np.float64), 9)
    _, inverse, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse] - (len(numbers) + 1) / 2
    steps = np.arange(len(numbers)) - (len(numbers) - 1) / 2
    spread = math.sqrt(float((ranks**2).sum() * (steps**2).sum()))
    return float((ranks * steps).sum()) / spread if spread else 0.0


def likeliest_reference(table: Counts) -> npt.NDArray[np.intp]:
    """For each class the reference class that it shares most pixels with, -1 for none.

    Args:
        table: `(reference classes, classes)`.
    """
    best: npt.NDArray[np.intp] = np.where(table.any(axis=0), table.argmax(axis=0), -1)
    return best


def known(values: Sequence[float | None]) -> list[float]:
    """The values that are numbers: neither None nor NaN."""
    return [float(value) for value in values if value is not None and not math.isnan(value)]


def mean_and_spread(values: Sequence[float]) -> list[float]:
    """Mean and, for two values or more, sample standard deviation (n - 1); empty for none."""
    if len(values) < 2:
        return list(values)
    return [statistics.fmean(values), statistics.stdev(values)]
