# SPDX-License-Identifier: GPL-2.0-or-later
"""Classes of next to no area give their numbers to classes that fall into two by color.

Statistics of texture and surroundings outweigh a color that only few superpixels have, however
large these are: two lakes of different colors may be one class while a few odd shores are another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..formats.cluster_arrays import ClusterArrays

Singles = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# A class with less than this of an even share of the area is a sliver; no part of a split may be
# one. Fewer classes count as so many: a lake is no sliver because it is one of three.
SLIVER = 1 / 16
FEW_CLASSES = 16
# Share of the variance along the line between two means that these have to explain; of an even
# spread, cut in the middle, they explain 0.75.
CLEAR = 0.8
# Log odds of a color at the mean of either part.
SURE = 4.0
# Superpixels at most among which a split is looked for.
EXAMPLES = 32768
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
    plane: Singles

    def log_odds(self, means: Singles) -> Singles:
        """Log odds `(n,)` float32 of the second part, for mean colors `(n, bands)`."""
        odds: Singles = means @ self.plane[:-1] + self.plane[-1]
        return odds


@dataclass(frozen=True)
class Replacement:
    """A sliver's number goes to the second part of another class."""

    sliver: int
    parent: int
    split: Split


def find_replacements(
    evidence: Singles, owner: Ints, means: Singles, pixels: Floats
) -> list[Replacement]:
    """Find slivers to do without and classes to split in their places.

    A sliver stays where no other class falls into two clearly: there are always as many classes.

    Args:
        evidence: `(n, k)` float32 log probability of each class.
        owner: `(n,)` class of each superpixel.
        means: `(n, bands)` float32 mean colors, display units.
        pixels: `(n,)` of each superpixel.

    Returns:
        Replacements in which no class takes part twice.
    """
    count = evidence.shape[1]
    least = SLIVER * pixels.sum() / max(count, FEW_CLASSES)
    units = _spread(means, pixels)
    owner = owner.copy()
    open_to_split = set(range(count))
    splits: dict[int, Split | None] = {}
    found: list[Replacement] = []
    while True:
        areas = np.bincount(owner, pixels, count)
        sliver = int(areas.argmin())
        if areas[sliver] >= least or sliver not in open_to_split:
            return found
        for index in open_to_split - splits.keys():
            splits[index] = find_split(means, pixels, owner == index, units, least)
        clear = {index: each for index, each in splits.items() if each and index != sliver}
        if not clear:
            return found
        parent = max(clear, key=lambda index: clear[index].gain)
        found.append(Replacement(sliver, parent, clear[parent]))
        open_to_split -= {sliver, parent}
        gone = [each.sliver for each in found]
        rows = np.flatnonzero(owner == sliver)
        others = evidence[rows]
        others[:, gone] = -np.inf
        owner[rows] = others.argmax(axis=1)
        owner[(owner == parent) & (clear[parent].log_odds(means) > 0)] = sliver
        for stale in {sliver, parent, *owner[rows].tolist()}:
            splits.pop(stale, None)


def find_split(
    means: Singles, pixels: Floats, inside: Flags, units: Singles, least: float
) -> Split | None:
    """Find the two colors that a class consists of, if it does: 2-means, weighted by area.

    Args:
        means: `(n, bands)` float32 mean colors.
        pixels: `(n,)` of each superpixel.
        inside: `(n,)` bool, which superpixels are the class.
        units: `(bands,)` float32, what a difference in each band is measured in.
        least: pixels that either part must have.
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


def split_evidence(
    evidence: Singles, replacements: Sequence[Replacement], means: Singles
) -> Singles:
    """Log probability `(n, k)` float32 of the classes after replacements, from that before."""
    result = evidence.copy()
    for each in replacements:
        odds = each.split.log_odds(means)
        # Logarithms of the logistic function.
        result[:, each.sliver] = evidence[:, each.parent] - np.logaddexp(np.float32(0), -odds)
        result[:, each.parent] -= np.logaddexp(np.float32(0), odds)
    return result


def split_model(model: ClusterArrays, replacements: Sequence[Replacement]) -> ClusterArrays:
    """The model of the classes after replacements, none of which it had before."""
    votes, gates = model["votes"].copy(), model["gates"].copy()
    for each in replacements:
        votes[:, each.sliver] = votes[:, each.parent]
        gates[each.sliver], gates[each.parent] = each.split.plane, -each.split.plane
    return {**model, "votes": votes, "gates": gates}


def _evenly(rows: Ints) -> Ints:
    """Not more rows than there may be examples, from all over the scene."""
    return rows[:: max(1, -(-len(rows) // EXAMPLES))]


def _spread(means: Singles, pixels: Floats) -> Singles:
    rows = _evenly(np.arange(len(means)))
    colors, weights = means[rows], pixels[rows]
    centered = colors - np.average(colors, axis=0, weights=weights)
    variance = np.average(np.square(centered), axis=0, weights=weights)
    spread: Singles = np.sqrt(np.where(variance > 1e-6, variance, 1.0)).astype(np.float32)
    return spread


def _two_means(colors: Singles, weights: Floats) -> Flags:
    """Which colors are nearer to the second of two means; starts from the longest axis."""
    centered = colors - np.average(colors, axis=0, weights=weights)
    axis = np.linalg.eigh((centered * weights[:, np.newaxis]).T @ centered)[1][:, -1]
    second: Flags = centered @ axis > 0
    for _ in range(ITERATIONS):
        if second.all() or not second.any():
            break
        one, two = _centers(colors, weights, second)
        nearer = (colors - (one + two) / 2) @ (two - one) > 0
        if np.array_equal(nearer, second):
            break
        second = nearer
    return second


def _centers(colors: Singles, weights: Floats, second: Flags) -> tuple[Any, Any]:
    one, two = (
        np.average(colors[part], axis=0, weights=weights[part]) for part in (~second, second)
    )
    return one, two
