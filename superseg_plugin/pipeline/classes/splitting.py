# SPDX-License-Identifier: GPL-2.0-or-later
"""Splitting classes: their superpixels are divided into a few parts by the features of the run.

The superpixels of each leaf of the tree of classes are one point, the mean of their features,
weighted by area. Ward's method joins the points until the wanted number of parts is left, as it
did for the classes themselves: a class that the run made is divided where its next number of
classes would divide it. Where a class has few leaves, as in a plain scene, its superpixels are
divided by k-means instead, which is fitted to a sample.

Exact: the parts are a function of features, leaves and areas alone; ties go to the smaller index.
Approximate: means by leaf; k-means finds a local minimum. Cost: one pass over the superpixels, and
half a second for 1000 leaves at worst.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...class_tree import fit_class_tree

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MOST_PARTS = 8
# With fewer leaves for each part, the leaves are too coarse to be divided well.
LEAVES_OF_PART = 4
# k-means is fitted to at most so many superpixels, evenly drawn, in so many rounds.
SAMPLE, ROUNDS = 20_000, 30


@dataclass(frozen=True)
class Members:
    """The superpixels of the classes to be split; row i is one superpixel.

    Attributes:
        features: `(s, d)` float32.
        areas: `(s,)` float64, above 0.
        leaf: `(s,)` int64 leaf of the tree of classes.
    """

    features: npt.NDArray[np.float32]
    areas: Floats
    leaf: Ints


def split(members: Members, parts: int) -> tuple[Ints, Floats]:
    """Divide superpixels into parts.

    Args:
        members: the superpixels.
        parts: wanted, 2 or more.

    Returns:
        The part `(s,)` of each, from 0, by area, largest first; fewer parts where fewer differ.
        And the distance `(parts,)` of each part to the nearest larger one, as in a merge order; 0
        for the first.

    Example:
        >>> features = np.array([[0.0], [0.1], [5.0]], np.float32)
        >>> found, _ = split(Members(features, np.ones(3), np.arange(3)), 2)
        >>> found.tolist()
        [0, 0, 1]
    """
    leaves, point = np.unique(members.leaf, return_inverse=True)
    if len(leaves) < LEAVES_OF_PART * parts:
        point = _k_means(members.features, members.areas, parts)
    masses, centers = _means(members.features, members.areas, point)
    part = fit_class_tree(centers, masses).cut(min(parts, len(masses)))[point]
    areas = np.bincount(part, members.areas)
    order = np.argsort(-areas, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    part = rank[part]
    return part, _distances(members, part)


def _distances(members: Members, part: Ints) -> Floats:
    """Distance of each part to the nearest larger one: the root of Ward's cost, as in a tree."""
    masses, centers = _means(members.features, members.areas, part)
    distances = np.zeros(len(masses))
    for index in range(1, len(masses)):
        both = masses[:index] * masses[index] / (masses[:index] + masses[index])
        squares = np.square(centers[:index] - centers[index]).sum(axis=1)
        distances[index] = np.sqrt((both * squares).min() / masses.sum())
    return distances


def _means(features: npt.NDArray[Any], areas: Floats, group: Ints) -> tuple[Floats, Floats]:
    """Areas `(g,)` and mean features `(g, d)` of groups, of which each has a superpixel."""
    masses = np.bincount(group, areas)
    sums = np.stack([np.bincount(group, areas * column) for column in features.T], axis=1)
    means: Floats = sums / masses[:, np.newaxis]
    return masses.astype(np.float64), means


def _k_means(features: npt.NDArray[np.float32], areas: Floats, parts: int) -> Ints:
    """Divide superpixels by Lloyd's algorithm; the groups are numbered without gaps.

    The first centers lie at even quantiles along the direction of the largest variance.
    """
    step = -(-len(features) // SAMPLE)
    sample, weights = features[::step].astype(np.float64), areas[::step]
    mean = np.average(sample, axis=0, weights=weights)
    centered = (sample - mean) * np.sqrt(weights)[:, np.newaxis]
    axis = np.linalg.eigh(centered.T @ centered)[1][:, -1]
    along = np.argsort((sample - mean) @ axis, kind="stable")
    reached = np.cumsum(weights[along]) / weights.sum()
    places = np.searchsorted(reached, (np.arange(parts) + 0.5) / parts)
    centers = np.unique(sample[along[np.minimum(places, len(along) - 1)]], axis=0)
    for _ in range(ROUNDS):
        nearest = _nearest(sample, centers)
        present, nearest = np.unique(nearest, return_inverse=True)
        _, moved = _means(sample, weights, nearest)
        if len(present) == len(centers) and np.allclose(moved, centers):
            break
        centers = moved
    group: Ints = np.unique(_nearest(features, centers), return_inverse=True)[1]
    return group


def _nearest(features: npt.NDArray[Any], centers: Floats) -> Ints:
    squares = np.square(centers).sum(axis=1) - 2 * (features @ centers.T.astype(features.dtype))
    nearest: Ints = squares.argmin(axis=1)
    return nearest
