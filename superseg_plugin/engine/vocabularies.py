# SPDX-License-Identifier: GPL-2.0-or-later
"""Vocabularies of visual words: kinds of superpixels, components of Gaussian mixtures.

Mixtures that fit a scene about equally well divide it in different ways, and which of them a fit
finds depends on a few points; so there may be several vocabularies, each fitted to another random
sample: 80 % of the points, 4000 at most, drawn with a fixed seed. The posteriors of a mixture in
many dimensions are nearly 0 or 1; they are tempered [1], so that a superpixel may have a share in
several words.

With 64 words of k-means, shared out by distance, in place of one mixture, named mean IoU at 8, 16
and 32 classes is .450 .512 .558 and not .456 .515 .561 (27 images; on the 12 that nothing was tuned
on, .442 .503 .556 and not .447 .508 .566).

Approximate: the samples; nothing else is random. Mixtures are fitted in parallel, each by one
thread, so that a fit does not depend on the number of threads. Cost: that of `fit_mixture`, once a
vocabulary.

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
from .types import FloatArray

# Points that one mixture is fitted to at most, and their share of all.
SAMPLE_POINTS = 4000
SAMPLE_SHARE = 0.8
# Factor of the log joint density before the softmax: the inverse of a temperature.
INVERSE_TEMPERATURE = 0.3


@dataclass(frozen=True)
class Vocabularies:
    """Mixtures of the same number of components; unused components have a log weight of -inf.

    Attributes:
        log_weights: `(m, k)` float32.
        means: `(m, k, d)` float32.
        covariances: `(m, k, d, d)` float32.
    """

    log_weights: FloatArray
    means: FloatArray
    covariances: FloatArray

    def words(self, number: int, points: FloatArray) -> FloatArray:
        """Tempered probability of every word of one vocabulary.

        Args:
            number: of the vocabulary, from 0.
            points: `(n, d)` float32.

        Returns:
            `(n, k)` float32; each row adds up to 1.
        """
        data = torch.from_numpy(np.ascontiguousarray(points, np.float32))
        joint = self._mixtures[number].log_joint(data)
        found: FloatArray = torch.softmax(joint.mul_(INVERSE_TEMPERATURE), dim=1).numpy()
        return found

    @cached_property
    def _mixtures(self) -> list[Mixture]:
        tables = self.log_weights, self.means, self.covariances
        return [Mixture(*map(torch.from_numpy, each)) for each in zip(*tables)]


def fit_vocabularies(
    points: FloatArray, weights: FloatArray, words: int, count: int
) -> Vocabularies:
    """Fit mixtures to overlapping samples of the points.

    Args:
        points: `(n, d)` float32.
        weights: `(n,)` float32, how much each point counts, above 0.
        words: of each vocabulary; fewer where there are fewer distinct points.
        count: number of vocabularies, 0 or more.

    Returns:
        The vocabularies, the same for the same points.

    Example:
        >>> points = np.array([[0.0], [0.1], [0.2], [5.0], [5.1], [5.2]], np.float32)
        >>> vocabularies = fit_vocabularies(points, np.ones(6, np.float32), 2, 3)
        >>> vocabularies.words(0, points).shape
        (6, 2)
    """
    dimensions = points.shape[1]
    log_weights = np.full((count, words), -np.inf, np.float32)
    means = np.zeros((count, words, dimensions), np.float32)
    covariances = np.tile(np.eye(dimensions, dtype=np.float32), (count, words, 1, 1))
    sample = min(SAMPLE_POINTS, max(int(len(points) * SAMPLE_SHARE), 2 * words))

    def fit(index: int) -> Mixture:
        chosen = np.random.default_rng(index).permutation(len(points))[:sample]
        return fit_mixture(points[chosen], weights[chosen], words)

    for index, mixture in enumerate(side_by_side(fit, range(count))):
        found = len(mixture.log_weights)
        log_weights[index, :found] = mixture.log_weights.numpy()
        means[index, :found] = mixture.means.numpy()
        covariances[index, :found] = mixture.covariances.numpy()
    return Vocabularies(log_weights, means, covariances)
