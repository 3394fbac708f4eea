# SPDX-License-Identifier: GPL-2.0-or-later
"""Ensemble of Gaussian mixtures, each fitted to another random sample of the same points.

Mixtures that fit a scene about equally well divide it in different ways, and which of them a fit
finds depends on a few points; what most members of an ensemble agree on does not. Each member is
fitted to 80 % of the points, 4000 at most, drawn with a fixed seed. The posteriors of a mixture in
many dimensions are nearly 0 or 1; they are tempered [1], so that members can be compared.

Approximate: the samples; nothing else is random. Members are fitted in parallel, each by one
thread, so that a fit does not depend on the number of threads. Cost: that of `fit_mixture`, once a
member.

References:
    [1] C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, "On calibration of modern neural networks",
        ICML (2017): temperature scaling.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from .mixture import Mixture, fit_mixture
from .row_blocks import side_by_side
from .types import FloatArray, IndexArray

# Points that one member is fitted to at most, and their share of all.
SAMPLE_POINTS = 4000
SAMPLE_SHARE = 0.8
# Factor of the log joint density before the softmax: the inverse of a temperature.
INVERSE_TEMPERATURE = 0.3


@dataclass(frozen=True)
class Ensemble:
    """Mixtures of the same number of components; unused components have a log weight of -inf.

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
            `(n, members * k)` float32; each row adds up to the ensemble size.
        """
        members, components = self.log_weights.shape
        result = np.empty((len(points), members * components), np.float32)
        for member in range(members):
            part = slice(member * components, (member + 1) * components)
            result[:, part] = self.posteriors_of(member, points)
        return result

    def posteriors_of(self, member: int, points: FloatArray) -> FloatArray:
        """Tempered probability of every component of one member, `(n, k)` float32."""
        data = torch.from_numpy(np.ascontiguousarray(points, np.float32))
        joint = self._mixtures[member].log_joint(data)
        found: FloatArray = torch.softmax(joint.mul_(INVERSE_TEMPERATURE), dim=1).numpy()
        return found

    @cached_property
    def _mixtures(self) -> list[Mixture]:
        tables = self.log_weights, self.means, self.covariances
        return [Mixture(*map(torch.from_numpy, member)) for member in zip(*tables)]


def fit_ensemble(points: FloatArray, weights: FloatArray, components: int, size: int) -> Ensemble:
    """Fit mixtures to overlapping samples of the points.

    Args:
        points: `(n, d)` float32.
        weights: `(n,)` float32, how much each point counts, above 0.
        components: Gaussians in each mixture, at least the number of clusters wanted; fewer where
            there are fewer distinct points.
        size: number of mixtures, 0 or more; with more of them, their consensus depends less on
            chance.

    Returns:
        The ensemble, the same for the same points.

    Example:
        >>> points = np.array([[0.0], [0.1], [0.2], [5.0], [5.1], [5.2]], np.float32)
        >>> ensemble = fit_ensemble(points, np.ones(6, np.float32), 2, 3)
        >>> ensemble.posteriors(points).shape
        (6, 6)
    """
    dimensions = points.shape[1]
    log_weights = np.full((size, components), -np.inf, np.float32)
    means = np.zeros((size, components, dimensions), np.float32)
    covariances = np.tile(np.eye(dimensions, dtype=np.float32), (size, components, 1, 1))
    sample = min(SAMPLE_POINTS, max(int(len(points) * SAMPLE_SHARE), 2 * components))

    def fit(index: int) -> Mixture:
        chosen = random_order(len(points), index)[:sample]
        return fit_mixture(points[chosen], weights[chosen], components)

    for index, mixture in enumerate(side_by_side(fit, range(size))):
        found = len(mixture.log_weights)
        log_weights[index, :found] = mixture.log_weights.numpy()
        means[index, :found] = mixture.means.numpy()
        covariances[index, :found] = mixture.covariances.numpy()
    return Ensemble(log_weights, means, covariances)


def random_order(count: int, seed: int) -> IndexArray:
    """Random permutation of `count` indices, int64, the same in every run.

    Example:
        >>> sorted(random_order(4, 0).tolist())
        [0, 1, 2, 3]
    """
    return np.random.default_rng(seed).permutation(count)
