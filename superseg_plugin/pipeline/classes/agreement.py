# SPDX-License-Identifier: GPL-2.0-or-later
"""Agreement of a map with a reference that is known for whole pixels, not for a sample.

Idea: each class of the map counts as one reference class, several may count as the same one, as
after naming and merging. A class that has the name of a reference class counts as that one, any
other class as the reference class that most of its pixels have. The error matrix of this naming
gives overall, user's and producer's accuracy, intersection over union and kappa.

Exact: all figures count pixels, and agree with scikit-learn to rounding; areas are measured on the
ellipsoid. There are no intervals: nothing is estimated where every pixel is known, and pixels of
polygons that somebody chose are no random sample. Naming by most of the pixels favors the map.
Cost: none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .scores import Pairs, Scores

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Agreement:
    """Agreement of classes with the reference classes that they count as.

    Attributes:
        names: `(classes,)` index of the reference class that each class counts as.
        by_name: `(classes,)` whether the class has the name of that reference class.
        shares: `(classes,)` share of the pixels of the class with that reference class.
        matrix: `(r, r)` pixels by class of the map (row) and of the reference (column).
        areas: `(r, r)` the same as areas.
    """

    names: Counts
    by_name: npt.NDArray[np.bool_]
    shares: Floats
    matrix: Counts
    areas: Floats

    @property
    def overall(self) -> float:
        """Share of the pixels that are right."""
        return float(np.trace(self.matrix) / self.matrix.sum())

    @property
    def users(self) -> Floats:
        """`(r,)` user's accuracy, 1 less the error of commission; NaN for a class not mapped."""
        return _ratio(np.diag(self.matrix), self.matrix.sum(axis=1))

    @property
    def producers(self) -> Floats:
        """`(r,)` producer's accuracy, 1 less the error of omission."""
        return _ratio(np.diag(self.matrix), self.matrix.sum(axis=0))

    @property
    def ious(self) -> Floats:
        """`(r,)` intersection over union."""
        hits = np.diag(self.matrix)
        return _ratio(hits, self.matrix.sum(axis=0) + self.matrix.sum(axis=1) - hits)

    @property
    def mean_iou(self) -> float:
        """Mean intersection over union of the reference classes."""
        return float(self.ious.mean())

    @property
    def kappa(self) -> float:
        """Cohen's kappa, for comparison with older work."""
        return cohen_kappa(self.matrix / self.matrix.sum())

    @property
    def proportions(self) -> Floats:
        """`(r, r)` share of the compared area by class of the map (row) and of the reference."""
        return np.asarray(self.areas / self.areas.sum())


@dataclass(frozen=True)
class Evaluation(Scores):
    """Scores over the labelled pixels, and what they were computed from.

    Attributes:
        with_unlabelled: the same scores with unlabelled pixels as one more reference class for
            AMI, ARI, FMI and V-measure; ARE, accuracy and IoU leave these pixels out here too.
        table: `(reference classes, classes)` int64, counts of labelled pixels.
        reference_values: `(reference classes,)` int64, ascending.
        predicted_values: `(classes,)` int64, ascending.
        reference_names: `(reference classes,)`.
        predicted_names: `(classes,)`.
        pairs: as `matching` returns them.
        ious: `(reference classes,)` intersection over union of each with its pair.
        agreement: the classes as the reference classes that they count as.
        labelled: number of pixels compared.
        unlabelled: number of classified pixels without a label.
        unclassified: number of pixels without a class, left out of all scores.
        overlapping: number of classified pixels in polygons of several labels, which count as
            unlabelled.
        in_meters: whether areas are square meters.
    """

    with_unlabelled: Scores
    table: Counts
    reference_values: Counts
    predicted_values: Counts
    reference_names: tuple[str, ...]
    predicted_names: tuple[str, ...]
    pairs: Pairs
    ious: Floats
    agreement: Agreement
    labelled: int
    unlabelled: int
    unclassified: int
    overlapping: int
    in_meters: bool


def agreement_of(
    table: Counts, areas: Floats, names: Sequence[str], reference_names: Sequence[str]
) -> Agreement:
    """Let each class count as a reference class, and make the error matrix.

    Args:
        table: `(reference classes, classes)` pixels of each pair.
        areas: `(reference classes, classes)` the same as areas.
        names: of the classes, "" for those that nobody has named.
        reference_names: of the reference classes.
    """
    index = {name.strip().casefold(): row for row, name in enumerate(reference_names)}
    given = [index.get(name.strip().casefold()) if name else None for name in names]
    by_name = np.array([row is not None for row in given], bool)
    best = table.argmax(axis=0)
    rows = np.array([most if row is None else row for row, most in zip(given, best)], np.int64)
    size = len(reference_names)
    matrix, measured = np.zeros((size, size), np.int64), np.zeros((size, size))
    np.add.at(matrix, rows, table.T)
    np.add.at(measured, rows, areas.T)
    hits = table[rows, np.arange(len(rows))]
    return Agreement(rows, by_name, _ratio(hits, table.sum(axis=0)), matrix, measured)


def cohen_kappa(proportions: Floats) -> float:
    """Return Cohen's kappa of an error matrix of shares that sum to 1; NaN where chance is 1."""
    chance = float(proportions.sum(axis=0) @ proportions.sum(axis=1))
    return (float(np.trace(proportions)) - chance) / (1 - chance) if chance < 1 else math.nan


def _ratio(part: npt.NDArray[np.generic], whole: npt.NDArray[np.generic]) -> Floats:
    """Divide, NaN by 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.true_divide(part, whole), np.float64)
