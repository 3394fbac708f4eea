# SPDX-License-Identifier: GPL-2.0-or-later
"""Accuracy and areas of a class map from a stratified random sample.

Idea: the strata are the classes that the sample was drawn from, whose areas are known. A sample of
each stratum was labelled with the reference classes; the sample of a large class stands for more
area than that of a small one, so that all figures are means over the strata weighted by their areas
[1]. A class of the map counts as the reference class that it is named; several may be named the
same, and the map may have changed since the sample was drawn.

Exact: unbiased estimates of overall accuracy, user's accuracy and areas, for simple random samples
within the strata. Approximate: producer's accuracy is a ratio of two estimates, and intervals are
those of the normal distribution, which are too short for few samples or accuracies near 0 and 1. A
stratum with a single sample enters intervals with the largest variance possible.
Cost: none.

Where the strata are the classes of the map, the estimates are those of [1], equations 1 to 11; else
those of [2], of which [1] is a special case.

References:
    [1] P. Olofsson et al., "Good practices for estimating area and assessing accuracy of land
        change", Remote Sensing of Environment 148 (2014), doi 10.1016/j.rse.2014.02.015.
    [2] S. V. Stehman, "Estimating area and map accuracy for stratified random sampling when the
        strata are different from the map classes", International Journal of Remote Sensing 35
        (2014), doi 10.1080/01431161.2014.930207.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .agreement import cohen_kappa

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

# Variance of values within a range of 1, at most: that of an even chance of both ends.
LARGEST_VARIANCE = 0.25
# Half the width of a 95 % interval of the normal distribution, in standard errors.
NORMAL_95 = 1.96
# Standard error of the overall accuracy that a sample is made for, the user's accuracy that is
# assumed of all classes, and the fewest samples of a class: the example and advice of [1], 5.1.
WANTED_ERROR, ASSUMED_ACCURACY, LEAST_OF_CLASS = 0.01, 0.85, 30


@dataclass(frozen=True)
class Estimate:
    """A figure with its standard error.

    Attributes:
        value: the estimate; NaN where no sample tells it.
        error: its standard error, of the same unit.
    """

    value: float
    error: float

    @property
    def half_width(self) -> float:
        """Half the width of the 95 % interval."""
        return NORMAL_95 * self.error


@dataclass(frozen=True)
class AccuracyEstimates:
    """Accuracy and areas of a map, estimated from a sample.

    Attributes:
        proportions: `(classes, classes)` share of the area by class of the map (row) and of the
            reference (column).
        overall: share of the area that is right.
        users: by class, share of the map's class that is right: 1 less the error of commission.
        producers: by class, share of the reference class that the map has: 1 less the error of
            omission.
        areas: by class, share of the area that has the reference class.
        kappa: Cohen's kappa of the proportions, for comparison with older work.
    """

    proportions: Floats
    overall: Estimate
    users: tuple[Estimate, ...]
    producers: tuple[Estimate, ...]
    areas: tuple[Estimate, ...]
    kappa: float


def estimate_accuracy(counts: Counts, areas: Floats) -> AccuracyEstimates:
    """Estimate accuracy and areas.

    Args:
        counts: `(strata, classes, classes)` samples of each stratum, by the reference class that
            their class of the map counts as, and by their true reference class. Strata without a
            sample are left out of all figures, as if the map ended there.
        areas: `(strata,)` area of each stratum, any unit.

    Example:
        The example of [1], table 8: deforestation, forest gain, stable forest, other land.

        >>> table = np.array([[66, 0, 5, 4], [0, 55, 8, 12], [1, 0, 153, 11], [2, 1, 9, 313]])
        >>> counts = np.zeros((4, 4, 4), np.int64)
        >>> counts[np.arange(4), np.arange(4)] = table
        >>> found = estimate_accuracy(counts, np.array([2e5, 1.5e5, 3.2e6, 6.45e6]))
        >>> [round(each.value, 2) for each in (found.overall, found.users[0], found.producers[0])]
        [0.95, 0.88, 0.75]
    """
    sampled = counts.sum(axis=(1, 2)) > 0
    counts, weights = counts[sampled], areas[sampled] / areas[sampled].sum()
    samples = counts.sum(axis=(1, 2))
    shares = counts / samples[:, np.newaxis, np.newaxis]
    strata = _Strata(weights, samples)
    mapped, true = shares.sum(axis=2), shares.sum(axis=1)
    hits = np.diagonal(shares, axis1=1, axis2=2)
    proportions = np.tensordot(weights, shares, axes=1)
    classes = range(counts.shape[1])
    return AccuracyEstimates(
        proportions,
        strata.mean(hits.sum(axis=1)),
        # The map is known everywhere, so that classes are mapped only where samples show it.
        tuple(strata.part(hits[:, one], mapped[:, one], mapped[:, one] > 0) for one in classes),
        tuple(strata.part(hits[:, one], true[:, one]) for one in classes),
        tuple(strata.mean(true[:, one]) for one in classes),
        cohen_kappa(proportions),
    )


class _Strata:
    """Means and ratios of values of 0 and 1 over the strata.

    Args:
        weights: `(strata,)` shares of the area.
        samples: `(strata,)` number of samples.
    """

    def __init__(self, weights: Floats, samples: Counts) -> None:
        self._weights, self._samples, self._single = weights, samples, samples < 2

    def mean(self, share: Floats) -> Estimate:
        """Share of the area where a value is 1.

        Args:
            share: `(strata,)` share of the samples where it is 1.
        """
        value = float(self._weights @ share)
        return Estimate(value, self._error(share * (1 - share), self._single))

    def part(self, share: Floats, of: Floats, possible: Booleans | None = None) -> Estimate:
        """Share of a part in the area where a value is 1.

        Args:
            share: `(strata,)` share of the samples in the part; these have the value 1.
            of: `(strata,)` share of the samples where the value is 1.
            possible: `(strata,)` whether the value may be 1; None where it may be everywhere.
        """
        whole = float(self._weights @ of)
        if not whole:
            return Estimate(math.nan, math.nan)
        ratio = float(self._weights @ share) / whole
        variances = share * (1 - share) + ratio**2 * of * (1 - of)
        variances = variances - 2 * ratio * (share - share * of)
        single = self._single if possible is None else self._single & possible
        return Estimate(ratio, self._error(variances, single) / whole)

    def _error(self, variances: Floats, unknown: Booleans) -> float:
        """Standard error of a mean from the variance `(strata,)` of a sample of each stratum."""
        # A single sample says nothing about its variance, which LARGEST_VARIANCE bounds.
        parts = np.where(unknown, LARGEST_VARIANCE, variances / np.maximum(self._samples - 1, 1))
        return math.sqrt(max(float(self._weights**2 @ parts), 0.0))


def sample_sizes(areas: Floats, total: int = 0, least: int = LEAST_OF_CLASS) -> Counts:
    """Divide a sample among the classes of a map.

    Every class gets the least number, so that its user's accuracy can be told; the rest is divided
    by area, which serves the overall accuracy and the areas ([1], 5.1.2).

    Args:
        areas: `(classes,)`.
        total: number of samples; 0 for those that bring the standard error of the overall accuracy
            to .01 where the user's accuracy of all classes is .85 (equation 13).
        least: of each class, fewer where the total does not suffice.

    Returns:
        `(classes,)` numbers, in all `total`, or more where each class would get less than one.

    Example:
        >>> sample_sizes(np.array([90.0, 9.0, 1.0]), 120, 20).tolist()
        [74, 25, 21]
    """
    shares = areas / areas.sum()
    if not total:
        spread = math.sqrt(ASSUMED_ACCURACY * (1 - ASSUMED_ACCURACY))
        total = math.ceil((float(shares.sum()) * spread / WANTED_ERROR) ** 2)
    least = min(least, max(total // len(areas), 1))
    rest = max(total - least * len(areas), 0)
    exact = shares * rest
    sizes = np.floor(exact).astype(np.int64)
    # The largest remainders are rounded up.
    order = np.argsort(-(exact - sizes), kind="stable")
    sizes[order[: rest - int(sizes.sum())]] += 1
    result: Counts = sizes + least
    return result
