# SPDX-License-Identifier: GPL-2.0-or-later
"""Splitting classes by color in exchange for classes of negligible area.

Idea: statistics of texture and surroundings outweigh a color that only few superpixels have. Two
lakes of different colors may be one class while a few mixed superpixels on a shore are another. A
class below a minimum share of the area is dissolved into the next best classes of its superpixels,
and its number goes to one half of the class that falls into two colors most clearly: 2-means,
weighted by area, whose means explain at least 80 % of the variance along the line between them.
Exact: each replacement, given the ones before it.
Approximate: 2-means sees at most 32 768 superpixels of a class.
Cost: O(n bands) for each class that is examined.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .types import AnyArray, BoolArray, DoubleArray, FloatArray, IndexArray

# A class below this part of an even share of the area is small; neither part of a split may be.
# With few classes, the even share is that of 16: a lake is not small for being one of three.
SMALL_CLASS_SHARE = 1 / 16
FEW_CLASSES = 16
# Share of the variance along the line between two means that the means must explain. Of a uniform
# distribution cut in the middle they explain 0.75.
CLEAR = 0.8
# Log odds of a color at the mean of either part.
SURE = 4.0
# Superpixels that 2-means sees at most.
SAMPLE = 32768
ITERATIONS = 30


@dataclass(frozen=True)
class Split:
    """A class in two parts, by a plane between their colors.

    Attributes:
        gain: area times squared distance that the parts explain, in spreads of the bands.
        plane: `(bands + 1,)` float32; the log odds of the second part are the first `bands`
            figures times the mean color plus the last.
    """

    gain: float
    plane: FloatArray

    def log_odds(self, means: FloatArray) -> FloatArray:
        """Log odds `(n,)` float32 of the second part, for mean colors `(n, bands)`."""
        odds: FloatArray = means @ self.plane[:-1] + self.plane[-1]
        return odds


@dataclass(frozen=True)
class Replacement:
    """The number of a small class goes to the second part of another class."""

    small: int
    parent: int
    split: Split


def find_replacements(
    log_likelihood: FloatArray, labels: IndexArray, means: FloatArray, pixels: DoubleArray
) -> list[Replacement]:
    """Find small classes to dissolve and the classes to split instead.

    A small class stays where no other class splits clearly, so that their number never changes.

    Args:
        log_likelihood: `(n, k)` float32 log probability of each class.
        labels: `(n,)` class of each superpixel.
        means: `(n, bands)` float32 mean colors, display units.
        pixels: `(n,)` of each superpixel.

    Returns:
        Replacements in which no class takes part twice.

    Example:
        Class 0 has two colors, class 1 next to no area; it goes to one half of class 0.

        >>> means = np.repeat(np.array([[40.0], [200.0], [90.0]], np.float32), [50, 49, 1], axis=0)
        >>> labels, pixels = np.array([0] * 99 + [1]), np.full(100, 10.0)
        >>> pixels[99] = 1
        >>> log_likelihood = np.log(np.eye(2, dtype=np.float32)[labels] + np.float32(0.01))
        >>> [(each.small, each.parent)
        ...  for each in find_replacements(log_likelihood, labels, means, pixels)]
        [(1, 0)]
    """
    count = log_likelihood.shape[1]
    least = SMALL_CLASS_SHARE * pixels.sum() / max(count, FEW_CLASSES)
    units = _spread(means, pixels)
    labels = labels.copy()
    open_to_split = set(range(count))
    splits: dict[int, Split | None] = {}
    found: list[Replacement] = []
    while True:
        areas = np.bincount(labels, pixels, count)
        small = int(areas.argmin())
        if areas[small] >= least or small not in open_to_split:
            return found
        for index in open_to_split - splits.keys():
            splits[index] = find_split(means, pixels, labels == index, units, least)
        clear = {index: each for index, each in splits.items() if each and index != small}
        if not clear:
            return found
        parent = max(clear, key=lambda index: clear[index].gain)
        found.append(Replacement(small, parent, clear[parent]))
        open_to_split -= {small, parent}
        gone = [each.small for each in found]
        rows = np.flatnonzero(labels == small)
        others = log_likelihood[rows]
        others[:, gone] = -np.inf
        labels[rows] = others.argmax(axis=1)
        labels[(labels == parent) & (clear[parent].log_odds(means) > 0)] = small
        for stale in {small, parent, *labels[rows].tolist()}:
            splits.pop(stale, None)


def find_split(
    means: FloatArray, pixels: DoubleArray, inside: BoolArray, units: FloatArray, least: float
) -> Split | None:
    """Find the two colors that a class consists of, if it does: 2-means, weighted by area.

    Args:
        means: `(n, bands)` float32 mean colors.
        pixels: `(n,)` of each superpixel.
        inside: `(n,)` bool, which superpixels are the class.
        units: `(bands,)` float32, what a difference in each band is measured in.
        least: pixels that either part must have.

    Returns:
        The split, or None where the class has not two clearly different colors.

    Example:
        >>> means = np.array([[40.0], [41.0], [200.0], [201.0]], np.float32)
        >>> pixels, units = np.full(4, 10.0), np.array([80.0], np.float32)
        >>> split = find_split(means, pixels, np.ones(4, bool), units, 5.0)
        >>> second = split.log_odds(means) > 0
        >>> bool(second[0] == second[1] != second[2] == second[3])
        True
    """
    rows = _evenly(np.flatnonzero(inside & (pixels > 0)))
    if len(rows) < 2:
        return None
    colors, weights = means[rows] / units, pixels[rows]
    second = _two_means(colors, weights)
    if second.all() or not second.any():
        return None
    areas = np.array([weights[~second].sum(), weights[second].sum()])
    if areas.min() / areas.sum() * pixels[inside].sum() < least:
        return None
    one, two = _centers(colors, weights, second)
    apart = two - one
    explained = areas.prod() / areas.sum() * (apart @ apart)
    along = colors @ (apart / np.linalg.norm(apart))
    if explained < CLEAR * (weights @ np.square(along - np.average(along, weights=weights))):
        return None
    slope = 2 * SURE * apart / (apart @ apart)
    plane = np.append(slope / units, -slope @ (one + two) / 2)
    return Split(float(explained), plane.astype(np.float32))


def split_log_likelihood(
    log_likelihood: FloatArray, replacements: Sequence[Replacement], means: FloatArray
) -> FloatArray:
    """Log probability `(n, k)` float32 of the classes after replacements, from that before.

    Args:
        log_likelihood: `(n, k)` float32 before.
        replacements: of `find_replacements`.
        means: `(n, bands)` float32 mean colors, display units.

    Example:
        Class 1 becomes the part of class 0 that is brighter than 100.

        >>> split = Split(1.0, np.array([0.1, -10.0], np.float32))
        >>> means = np.array([[0.0], [200.0]], np.float32)
        >>> log_likelihood = np.log(np.array([[0.9, 0.1], [0.9, 0.1]], np.float32))
        >>> found = split_log_likelihood(log_likelihood, [Replacement(1, 0, split)], means)
        >>> found.argmax(axis=1).tolist()
        [0, 1]
    """
    result = log_likelihood.copy()
    for each in replacements:
        odds = each.split.log_odds(means)
        # Logarithms of the logistic function.
        result[:, each.small] = log_likelihood[:, each.parent] - np.logaddexp(np.float32(0), -odds)
        result[:, each.parent] -= np.logaddexp(np.float32(0), odds)
    return result


def split_model(
    model: dict[str, AnyArray], replacements: Sequence[Replacement]
) -> dict[str, AnyArray]:
    """The model after replacements.

    Args:
        model: arrays of a `ClusterModel` whose hyperplanes exclude nothing yet.
        replacements: of `find_replacements`.

    Returns:
        The arrays, with other memberships and hyperplanes.

    Example:
        >>> memberships = np.array([[1, 0], [0, 1]], np.float32)
        >>> model = {"memberships": memberships, "hyperplanes": np.zeros((2, 2), np.float32)}
        >>> split = Split(1.0, np.array([0.5, -50.0], np.float32))
        >>> split_model(model, [Replacement(1, 0, split)])["hyperplanes"].tolist()
        [[-0.5, 50.0], [0.5, -50.0]]
    """
    memberships, hyperplanes = model["memberships"].copy(), model["hyperplanes"].copy()
    for each in replacements:
        memberships[:, each.small] = memberships[:, each.parent]
        hyperplanes[each.small], hyperplanes[each.parent] = each.split.plane, -each.split.plane
    return {**model, "memberships": memberships, "hyperplanes": hyperplanes}


def _evenly(rows: IndexArray) -> IndexArray:
    """Not more rows than there may be examples, from all over the scene."""
    return rows[:: max(1, -(-len(rows) // SAMPLE))]


def _spread(means: FloatArray, pixels: DoubleArray) -> FloatArray:
    rows = _evenly(np.arange(len(means)))
    colors, weights = means[rows], pixels[rows]
    centered = colors - np.average(colors, axis=0, weights=weights)
    variance = np.average(np.square(centered), axis=0, weights=weights)
    spread: FloatArray = np.sqrt(np.where(variance > 1e-6, variance, 1.0)).astype(np.float32)
    return spread


def _two_means(colors: FloatArray, weights: DoubleArray) -> BoolArray:
    """Which colors are nearer to the second of two means; starts from the longest axis."""
    centered = colors - np.average(colors, axis=0, weights=weights)
    axis = np.linalg.eigh((centered * weights[:, np.newaxis]).T @ centered)[1][:, -1]
    second: BoolArray = centered @ axis > 0
    for _ in range(ITERATIONS):
        if second.all() or not second.any():
            break
        one, two = _centers(colors, weights, second)
        nearer = (colors - (one + two) / 2) @ (two - one) > 0
        if np.array_equal(nearer, second):
            break
        second = nearer
    return second


def _centers(colors: FloatArray, weights: DoubleArray, second: BoolArray) -> tuple[Any, Any]:
    one, two = (
        np.average(colors[part], axis=0, weights=weights[part]) for part in (~second, second)
    )
    return one, two
