# SPDX-License-Identifier: GPL-2.0-or-later
"""Similarity of classes: measured in an image, or taken from a stored merge order.

With an image (`MeasuredSimilarity`) each class is a Gaussian of its pixels' band values: one pass
over the scene sums counts, values and products of values per class (`measure_moments`), from which
the moments of any union of classes follow exactly. Classes merge by Bhattacharyya distance, see
`agglomeration.py`. Two things are approximate: a class with many pixels in a strip is measured on
an even sample of them, and more than 32 bands are first summed with their neighbors.

Without an image (`StoredSimilarity`) the distances are those of the dendrogram that a model or a
record stores (cophenetic distances). Clusters of classes are compared by average linkage.

Memory: k * bands^2 numbers, k classes. Time: one read of the scene.

References:
    R. R. Sokal and C. D. Michener, "A statistical method for evaluating systematic relationships",
    University of Kansas Science Bulletin 38 (1958): average linkage (UPGMA).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ...agglomeration import MergeStep, bhattacharyya_merge_order
from ...errors import SuperSegError
from ...progress import Progress, stop_if_cancelled
from ...raster.grid_comparison import require_same_grid
from ...raster.source import RasterSource
from ..formats.merge_order import check_merge_order, cophenetic
from .strips import ClassStrips

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# More bands than this are summed with their neighbors first: covariances of hundreds of bands are
# mostly noise, and their products would take most of the time.
MOST_BANDS = 32
# A class with more pixels than this in a strip is measured on an even sample of them, which is
# enough for the covariance of 32 bands.
MOST_PIXELS = 40_000
# Smallest eigenvalue of a class's covariance, as a share of the bands' variances: classes of a
# single color would otherwise be infinitely far apart.
LEAST_VARIANCE = 1e-3


class Similarity(Protocol):
    """Similarity of the k classes that occur in a raster."""

    def order(self, members: Ints, areas: Floats) -> list[MergeStep]:
        """Compute the merge order of clusters of classes.

        Args:
            members: `(k,)` index of the cluster of each class, 0 to g - 1.
            areas: `(k,)` areas of the classes, in any unit.

        Returns:
            g - 1 steps.
        """


@dataclass(frozen=True)
class Moments:
    """Sums of an image's values by class, from which means and covariances follow.

    Attributes:
        counts: `(k,)` pixels.
        sums: `(k, bands)` sums of values minus `origin`.
        products: `(k, bands, bands)` sums of products of values minus `origin`.
        origin: `(bands,)` subtracted from all values, so that products of large values keep their
            precision.
    """

    counts: Floats
    sums: Floats
    products: Floats
    origin: Floats

    def merged(self, members: Ints) -> Moments:
        """Return the moments of clusters of classes.

        Args:
            members: `(k,)` index of the cluster of each class, 0 to g - 1.
        """
        indicator = np.eye(int(members.max()) + 1)[members].T
        return Moments(
            indicator @ self.counts,
            indicator @ self.sums,
            np.tensordot(indicator, self.products, 1),
            self.origin,
        )

    @property
    def spread(self) -> Floats:
        """Standard deviation of all pixels in each band, `(bands,)`; 1 where it is 0."""
        count = max(self.counts.sum(), 1)
        squares = np.einsum("kbb->b", self.products) / count
        variance = squares - (self.sums.sum(axis=0) / count) ** 2
        spread: Floats = np.sqrt(np.where(variance > 0, variance, 1))
        return spread


class MeasuredSimilarity:
    """Similarity of the band values of classes in an image.

    Args:
        moments: of the classes.
    """

    def __init__(self, moments: Moments) -> None:
        self.moments = moments

    def order(self, members: Ints, areas: Floats) -> list[MergeStep]:
        """Compute the merge order of clusters of classes by Bhattacharyya distance."""
        merged = self.moments.merged(members)
        counts, spread = merged.counts, self.moments.spread
        bands = len(spread)
        total = max(counts.sum(), 1.0)
        overall = merged.sums.sum(axis=0) / total
        divisors = np.maximum(counts, 1)[:, np.newaxis]
        # A class without any valid pixel gets the mean of all pixels.
        means = np.where(counts[:, np.newaxis] > 0, merged.sums / divisors, overall) / spread
        second_moments = merged.products / divisors[:, :, np.newaxis] / np.outer(spread, spread)
        scatter = second_moments - means[:, :, np.newaxis] * means[:, np.newaxis, :]
        scatter *= counts[:, np.newaxis, np.newaxis]
        pooled = scatter.sum(axis=0) / total
        # Shrinkage: the pooled covariance counts as much as `bands` pixels of the class, because
        # the covariance of few pixels is unreliable.
        shrunk = (scatter + bands * pooled) / (counts + bands)[:, np.newaxis, np.newaxis]
        values, vectors = np.linalg.eigh(shrunk)
        floored = np.maximum(values, LEAST_VARIANCE)[:, np.newaxis, :]
        covariances = (vectors * floored) @ vectors.transpose(0, 2, 1)
        steps = bhattacharyya_merge_order(counts / total, means, covariances)
        return check_merge_order(steps, len(counts))


class StoredSimilarity:
    """Similarity of classes by a stored merge order.

    Args:
        steps: the merge order of all classes of the model or map that it was computed for.
        numbers: `(k,)` numbers of the classes that occur.
    """

    def __init__(self, steps: Sequence[MergeStep], numbers: Ints) -> None:
        ranks = [step._replace(distance=rank) for rank, step in enumerate(steps, 1)]
        occurring = np.ix_(numbers - 1, numbers - 1)
        self._distances = cophenetic(steps, len(steps) + 1)[occurring]
        self._ranks = cophenetic(ranks, len(steps) + 1)[occurring]

    def order(self, members: Ints, areas: Floats) -> list[MergeStep]:
        """Compute the merge order of clusters by the mean rank of the steps that join classes."""
        weights = np.eye(int(members.max()) + 1)[members].T * areas
        shares = weights.sum(axis=1)
        weights /= shares[:, np.newaxis]
        # Ranks keep the order of steps of equal distance.
        return average_linkage(
            weights @ self._ranks @ weights.T, weights @ self._distances @ weights.T, shares
        )


def average_linkage(ranks: Floats, distances: Floats, weights: Floats) -> list[MergeStep]:
    """Merge classes greedily by average linkage, the pair with the lowest rank first.

    Ranks and distances of a merged class are the weighted means of those of its classes.

    Args:
        ranks: `(k, k)`, symmetric; they decide which pair merges next.
        distances: `(k, k)`, symmetric; they become the distances of the steps, raised where they
            would decrease.
        weights: `(k,)` for the means, such as areas.

    Returns:
        k - 1 steps.
    """
    count = len(weights)
    measures, weights = np.stack([ranks, distances]), weights.copy()
    pending = np.triu(np.ones((count, count), bool), 1)
    steps: list[MergeStep] = []
    height = 0.0
    for _ in range(count - 1):
        pending_ranks = np.where(pending, measures[0], np.inf)
        kept, absorbed = (int(i) for i in np.unravel_index(pending_ranks.argmin(), ranks.shape))
        height = max(height, float(measures[1, kept, absorbed]))
        steps.append(MergeStep(kept + 1, absorbed + 1, height))
        total = max(weights[kept] + weights[absorbed], 1e-300)
        merged = measures[:, kept] + (measures[:, absorbed] - measures[:, kept]) * (
            weights[absorbed] / total
        )
        measures[:, kept], measures[:, :, kept] = merged, merged
        weights[kept] = total
        pending[absorbed], pending[:, absorbed] = False, False
    return steps


def measure_moments(
    image: RasterSource, classes: ClassStrips, count: int, progress: Progress
) -> Moments:
    """Sum an image's values and their products by class, strip by strip.

    Args:
        image: on the grid of the classes.
        classes: whose `count_classes` has run.
        count: number of classes.
        progress: reports every strip.

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
        indices = (classes.read(window) * valid).ravel()
        found = np.bincount(indices, minlength=count + 1)
        order = np.argsort(indices, kind="stable")
        ends = np.cumsum(found)
        flat = values.reshape(len(values), -1)
        for index in np.flatnonzero(found[1:]):
            members = order[ends[index] : ends[index + 1]]
            chosen = members[:: -(-len(members) // MOST_PIXELS)]
            pixels = sum_neighboring_bands(flat[:, chosen].astype(np.float64), MOST_BANDS)
            if origin is None:
                origin = pixels.mean(axis=1)
            pixels -= origin[:, np.newaxis]
            weight = len(members) / len(chosen)
            counts[index] += len(members)
            sums[index] += weight * pixels.sum(axis=1)
            products[index] += weight * (pixels @ pixels.T)
        progress.report(done / len(classes.windows))
    if origin is None:
        raise SuperSegError(
            f"INPUT: {image.name} has no valid pixel where {classes.source.name} has classes; give"
            " the image of these classes."
        )
    return Moments(counts, sums, products, origin)


def sum_neighboring_bands(pixels: npt.NDArray[Any], most: int) -> npt.NDArray[Any]:
    """Sum neighboring bands of `(bands, ...)` values if there are more than `most`."""
    if len(pixels) <= most:
        return pixels
    starts = np.arange(most) * len(pixels) // most
    return np.add.reduceat(pixels, starts, axis=0)
