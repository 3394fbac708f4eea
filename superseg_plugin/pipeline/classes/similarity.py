# SPDX-License-Identifier: GPL-2.0-or-later
"""Which classes are alike: measured on an image, or read from the order that a model or map has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ...errors import SuperSegError
from ...progress import Progress, stop_if_cancelled
from ...raster.grid import require_same_grid
from ...raster.source import RasterSource
from ..formats.merge_order import Step, bhattacharyya_merge_order, check_merge_order, cophenetic
from .strips import ClassStrips

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# More bands than this are averaged with their neighbors first: what covariances of hundreds of
# bands have to tell apart is mostly noise.
MOST_BANDS = 32
# A class with more pixels than this in a strip is measured on an even choice of them.
MOST_PIXELS = 40_000
# Part of a band's variance that every class is given: plain classes would be infinitely far apart.
LEAST_VARIANCE = 1e-3


class Similarity(Protocol):
    """Knows which of the classes 1..k of a survey are alike."""

    def order(self, members: Ints, areas: Floats) -> list[Step]:
        """Give the merge order of groups of classes.

        Args:
            members: `(k,)` group of each class, 0 to g - 1.
            areas: `(k,)` of the classes.

        Returns:
            g - 1 steps, see `merge_order.check_merge_order`.
        """


@dataclass(frozen=True)
class Moments:
    """Pixels, sums and sums of products of an image's values by class, about a fixed origin.

    Attributes:
        counts: `(k,)`.
        sums: `(k, bands)`.
        products: `(k, bands, bands)`.
        origin: `(bands,)` what was subtracted before.
    """

    counts: Floats
    sums: Floats
    products: Floats
    origin: Floats

    def joined(self, members: Ints) -> Moments:
        """Return the moments of groups of classes."""
        groups = np.eye(int(members.max()) + 1)[members].T
        return Moments(
            groups @ self.counts,
            groups @ self.sums,
            np.tensordot(groups, self.products, 1),
            self.origin,
        )

    @property
    def center(self) -> Floats:
        """Average of all pixels in each band, `(bands,)`."""
        center: Floats = self.origin + self.sums.sum(axis=0) / max(self.counts.sum(), 1)
        return center

    @property
    def spread(self) -> Floats:
        """Standard deviation of all pixels in each band, `(bands,)`; 1 where there is none."""
        count = max(self.counts.sum(), 1)
        squares = np.einsum("kbb->b", self.products) / count
        variance = squares - (self.sums.sum(axis=0) / count) ** 2
        spread: Floats = np.sqrt(np.where(variance > 0, variance, 1))
        return spread


class MeasuredSimilarity:
    """Similarity of the values that classes have in an image."""

    def __init__(self, moments: Moments) -> None:
        self.moments = moments

    def order(self, members: Ints, areas: Floats) -> list[Step]:
        """Give the merge order by the Bhattacharyya distances of the groups."""
        joint = self.moments.joined(members)
        counts, spread = joint.counts, self.moments.spread
        bands = len(spread)
        total = max(counts.sum(), 1.0)
        overall = joint.sums.sum(axis=0) / total
        many = np.maximum(counts, 1)[:, np.newaxis]
        # A class without any valid pixel is taken for an average one.
        means = np.where(counts[:, np.newaxis] > 0, joint.sums / many, overall) / spread
        inside = joint.products / many[:, :, np.newaxis] / np.outer(spread, spread)
        scatter = inside - means[:, :, np.newaxis] * means[:, np.newaxis, :]
        scatter *= counts[:, np.newaxis, np.newaxis]
        pooled = scatter.sum(axis=0) / total
        # Few pixels say little about spread: a class has as much of the common one as it has
        # bands, counted in pixels.
        shrunk = (scatter + bands * pooled) / (counts + bands)[:, np.newaxis, np.newaxis]
        values, vectors = np.linalg.eigh(shrunk)
        floored = np.maximum(values, LEAST_VARIANCE)[:, np.newaxis, :]
        covariances = (vectors * floored) @ vectors.transpose(0, 2, 1)
        steps = bhattacharyya_merge_order(counts / total, means, covariances)
        return check_merge_order(steps, len(counts))


class StoredSimilarity:
    """Similarity as a merge order tells it.

    Args:
        steps: of all classes of the model or map that has the order.
        numbers: `(k,)` those of them that occur.
    """

    def __init__(self, steps: Sequence[Step], numbers: Ints) -> None:
        turns = [(kept, absorbed, turn) for turn, (kept, absorbed, _) in enumerate(steps, 1)]
        there = np.ix_(numbers - 1, numbers - 1)
        self._distances = cophenetic(steps, len(steps) + 1)[there]
        self._turns = cophenetic(turns, len(steps) + 1)[there]

    def order(self, members: Ints, areas: Floats) -> list[Step]:
        """Give the merge order by the average turn in which the groups' classes would join."""
        weights = np.eye(int(members.max()) + 1)[members].T * areas
        shares = weights.sum(axis=1)
        weights /= shares[:, np.newaxis]
        # By turns, since steps of equal distance have an order too, which is to stay.
        return average_linkage(
            weights @ self._turns @ weights.T, weights @ self._distances @ weights.T, shares
        )


def average_linkage(turns: Floats, distances: Floats, weights: Floats) -> list[Step]:
    """Join classes greedily, the pair with the earliest turn first.

    Turns and distances of a joint class are the averages of those of its classes.

    Args:
        turns: `(k, k)`, symmetric: which pairs join early.
        distances: `(k, k)`, symmetric: what the steps hold, as far as they never fall.
        weights: `(k,)`, of the averages.
    """
    count = len(weights)
    measures, weights = np.stack([turns, distances]), weights.copy()
    waiting = np.triu(np.ones((count, count), bool), 1)
    steps: list[Step] = []
    height = 0.0
    for _ in range(count - 1):
        open_turns = np.where(waiting, measures[0], np.inf)
        kept, absorbed = (int(i) for i in np.unravel_index(open_turns.argmin(), turns.shape))
        height = max(height, float(measures[1, kept, absorbed]))
        steps.append((kept + 1, absorbed + 1, height))
        total = max(weights[kept] + weights[absorbed], 1e-300)
        joint = measures[:, kept] + (measures[:, absorbed] - measures[:, kept]) * (
            weights[absorbed] / total
        )
        measures[:, kept], measures[:, :, kept] = joint, joint
        weights[kept] = total
        waiting[absorbed], waiting[:, absorbed] = False, False
    return steps


def measure_moments(
    image: RasterSource, classes: ClassStrips, count: int, progress: Progress
) -> Moments:
    """Sum an image's values and their products by class, strip by strip.

    Args:
        image: on the grid of the classes.
        classes: surveyed already.
        count: of classes.
        progress: told of every strip.

    Raises:
        SuperSegError: the grids differ, or no pixel with a class is valid in the image.
    """
    require_same_grid(classes.source.grid, image.grid, "INPUT", image.name)
    bands = min(len(image.bands), MOST_BANDS)
    counts, sums = np.zeros(count), np.zeros((count, bands))
    products = np.zeros((count, bands, bands))
    origin: Floats | None = None
    for done, window in enumerate(classes.windows, start=1):
        stop_if_cancelled(progress)
        values, valid = image.read(window)
        places = (classes.read(window) * valid).ravel()
        found = np.bincount(places, minlength=count + 1)
        order = np.argsort(places, kind="stable")
        ends = np.cumsum(found)
        flat = values.reshape(len(values), -1)
        for index in np.flatnonzero(found[1:]):
            mine = order[ends[index] : ends[index + 1]]
            chosen = mine[:: -(-len(mine) // MOST_PIXELS)]
            pixels = band_groups(flat[:, chosen].astype(np.float64), MOST_BANDS)
            if origin is None:
                origin = pixels.mean(axis=1)
            pixels -= origin[:, np.newaxis]
            weight = len(mine) / len(chosen)
            counts[index] += len(mine)
            sums[index] += weight * pixels.sum(axis=1)
            with np.errstate(over="ignore", invalid="ignore"):
                products[index] += weight * (pixels @ pixels.T)
        progress.report(done / len(classes.windows))
    if origin is None:
        raise SuperSegError(
            f"INPUT: {image.name} has no valid pixel where {classes.source.name} has classes; give"
            " the image of these classes."
        )
    if not np.isfinite(products).all():
        raise SuperSegError(
            f"INPUT: {image.name} holds numbers too large to compute with; declare them as nodata."
        )
    return Moments(counts, sums, products, origin)


def band_groups(pixels: npt.NDArray[Any], most: int) -> npt.NDArray[Any]:
    """Sum neighboring bands, `(bands, ...)`, where there are more than `most`."""
    if len(pixels) <= most:
        return pixels
    starts = np.arange(most) * len(pixels) // most
    return np.add.reduceat(pixels, starts, axis=0)
