# SPDX-License-Identifier: GPL-2.0-or-later
"""Accuracy and areas of a class map from a stratified random sample.

Idea: the strata are the classes of the map, whose areas are known. A sample of each stratum was
labelled with the reference classes; the sample of a large class stands for more area than that of
a small one, so that all figures are means over the strata weighted by their areas [1]. A class of
the map counts as the reference class that it is named; several may be named the same.

Exact: unbiased estimates of overall accuracy, user's accuracy and areas, for simple random samples
within the strata. Approximate: producer's accuracy is a ratio of two estimates, and intervals are
those of the normal distribution, which are too short for few samples or accuracies near 0 and 1.
Cost: none.

With one class of the map for each reference class, the estimates are those of [1], equations 1 to
11; with several, those of [2], of which [1] is a special case.

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

# Half the width of a 95 % interval of the normal distribution, in standard errors.
NORMAL_95 = 1.96
# Standard error of the overall accuracy that a sample is made for, the user's accuracy that is
# assumed of all classes, and the fewest samples of a class: the example and advice of [1], 5.1.
WANTED_ERROR, ASSUMED_ACCURACY, LEAST_OF_CLASS = 0.01, 0.85, 30


@dataclass(frozen=True)
class Estimate:
    """A figure with its standard error, NaN where the sample is too small for one.

    Attributes:
        value: the estimate.
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


def estimate_accuracy(counts: Counts, areas: Floats, names: Counts) -> AccuracyEstimates:
    """Estimate accuracy and areas.

    Args:
        counts: `(strata, classes)` samples of each stratum by their reference class. Strata without
            a sample are left out of all figures, as if the map ended there.
        areas: `(strata,)` area of each stratum, any unit.
        names: `(strata,)` index of the reference class that each stratum is named.

    Example:
        The example of [1], table 8: deforestation, forest gain, stable forest, other land.

        >>> counts = np.array([[66, 0, 5, 4], [0, 55, 8, 12], [1, 0, 153, 11], [2, 1, 9, 313]])
        >>> areas = np.array([200_000.0, 150_000.0, 3_200_000.0, 6_450_000.0])
        >>> found = estimate_accuracy(counts, areas, np.arange(4))
        >>> [round(each.value, 2) for each in (found.overall, found.users[0], found.producers[0])]
        [0.95, 0.88, 0.75]
    """
    sampled = counts.sum(axis=1) > 0
    counts, names = counts[sampled], names[sampled]
    weights = areas[sampled] / areas[sampled].sum()
    size = counts.shape[1]
    shares = counts / counts.sum(axis=1, keepdims=True)
    proportions = np.zeros((size, size))
    np.add.at(proportions, names, weights[:, np.newaxis] * shares)
    strata = _Strata(weights, counts.sum(axis=1))
    rows = np.arange(len(counts))
    right = shares[rows, names]
    users, producers, extents = [], [], []
    for one in range(size):
        mapped = (names == one).astype(np.float64)
        hit = np.where(names == one, shares[:, one], 0.0)
        # User's accuracy: right of the class among mapped as the class.
        users.append(strata.ratio(hit, mapped, hit))
        producers.append(strata.ratio(hit, shares[:, one], hit))
        extents.append(strata.mean(shares[:, one]))
    kappa = cohen_kappa(proportions)
    return AccuracyEstimates(
        proportions, strata.mean(right), tuple(users), tuple(producers), tuple(extents), kappa
    )


class _Strata:
    """Means and ratios of values of 0 and 1 over the strata.

    Args:
        weights: `(strata,)` shares of the area.
        samples: `(strata,)` number of samples.
    """

    def __init__(self, weights: Floats, samples: Counts) -> None:
        self._weights, self._samples = weights, samples

    def mean(self, share: Floats) -> Estimate:
        """Share of the area where a value is 1.

        Args:
            share: `(strata,)` share of the samples where it is 1.
        """
        return self._estimate(float(self._weights @ share), share * (1 - share))

    def ratio(self, share: Floats, of: Floats, both: Floats) -> Estimate:
        """Ratio of two shares of the area.

        Args:
            share: `(strata,)` share of the samples where the numerator is 1.
            of: the same for the denominator.
            both: the same for both at once.
        """
        whole = float(self._weights @ of)
        if not whole:
            return Estimate(math.nan, math.nan)
        ratio = float(self._weights @ share) / whole
        variance = share * (1 - share) + ratio**2 * of * (1 - of)
        variance = variance - 2 * ratio * (both - share * of)
        return self._estimate(ratio, variance, whole)

    def _estimate(self, value: float, variances: Floats, whole: float = 1.0) -> Estimate:
        """An estimate with its error from the variance `(strata,)` of a sample of each stratum."""
        used = self._weights > 0
        if (self._samples[used] < 2).any():
            return Estimate(value, math.nan)
        parts = self._weights[used] ** 2 * variances[used] / (self._samples[used] - 1)
        return Estimate(value, math.sqrt(max(float(parts.sum()), 0.0)) / whole)


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
