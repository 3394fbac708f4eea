# SPDX-License-Identifier: GPL-2.0-or-later
"""Several mixtures of the same points, each fitted to other ones of them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch

from .mixture import Mixture, fit_mixture
from .types import FloatArray, IndexArray

FITTED_POINTS = 4000
FITTED_SHARE = 0.8
# A mixture is far too sure of itself; at this power its posteriors can argue with others.
TEMPERATURE = 0.3


@dataclass(frozen=True)
class Ensemble:
    """Mixtures of Gaussians of the same number of components; unused ones have no weight.

    Attributes:
        log_weights: `(members, k)` float32.
        means: `(members, k, d)` float32.
        covariances: `(members, k, d, d)` float32.
    """

    log_weights: FloatArray
    means: FloatArray
    covariances: FloatArray

    def posteriors(self, points: FloatArray) -> FloatArray:
        """Tempered probability of every component of every member.

        Args:
            points: `(n, d)` float32.

        Returns:
            `(n, members * k)` float32; each row adds up to the number of members.
        """
        members, components = self.log_weights.shape
        result = np.empty((len(points), members * components), np.float32)
        for member in range(members):
            part = slice(member * components, (member + 1) * components)
            result[:, part] = self.posteriors_of(member, points)
        return result

    def posteriors_of(self, member: int, points: FloatArray) -> FloatArray:
        """Tempered probability of every component of one member, `(n, k)` float32."""
        mixture = Mixture(
            torch.from_numpy(self.log_weights[member]),
            torch.from_numpy(self.means[member]),
            torch.from_numpy(self.covariances[member]),
        )
        joint = mixture.log_joint(torch.from_numpy(np.ascontiguousarray(points, np.float32)))
        found: FloatArray = torch.softmax(joint.mul_(TEMPERATURE), dim=1).numpy()
        return found


def fit_ensemble(
    points: FloatArray, weights: FloatArray, components: int, members: int
) -> Ensemble:
    """Fit mixtures to overlapping parts of the points.

    Mixtures that fit about as well cut the same scene in different ways, and which one is found
    hangs on a few points; what most of them agree on does not.

    Args:
        points: `(n, d)` float32.
        weights: `(n,)` float32, how much each point counts.
        components: wanted in each mixture; fewer where there are fewer distinct points.
        members: number of mixtures.
    """
    dimensions = points.shape[1]
    log_weights = np.full((members, components), -np.inf, np.float32)
    means = np.zeros((members, components, dimensions), np.float32)
    covariances = np.tile(np.eye(dimensions, dtype=np.float32), (members, components, 1, 1))
    size = min(FITTED_POINTS, max(int(len(points) * FITTED_SHARE), 2 * components))

    def fit(index: int) -> Mixture:
        chosen = shuffled(len(points), index)[:size]
        return fit_mixture(points[chosen], weights[chosen], components)

    for index, mixture in enumerate(_side_by_side(fit, members)):
        found = len(mixture.log_weights)
        log_weights[index, :found] = mixture.log_weights.numpy()
        means[index, :found] = mixture.means.numpy()
        covariances[index, :found] = mixture.covariances.numpy()
    return Ensemble(log_weights, means, covariances)


def _side_by_side(fit: Callable[[int], Mixture], members: int) -> list[Mixture]:
    """Fit one member on each core: shared out, their many small steps would wait for each other."""
    threads = torch.get_num_threads()
    with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        try:
            return list(pool.map(fit, range(members)))
        finally:
            torch.set_num_threads(threads)


def shuffled(count: int, turn: int) -> IndexArray:
    """Indices in an order that says nothing about the points, the same in every run."""
    return np.random.default_rng(turn).permutation(count)
