# SPDX-License-Identifier: GPL-2.0-or-later
"""Mixture of Gaussians with full covariances, fitted by expectation-maximisation in float32."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from .types import FloatArray

REGULARISATION = 1e-3
SHORT_RUN = 15
SHORT_RUN_POINTS = 4000
LONG_RUN = 150
# The prior on a covariance counts as much as this many points a dimension.
PRIOR_POINTS = 2.0
TOLERANCE = 1e-4


@dataclass(frozen=True)
class Mixture:
    """A fitted mixture: `(k,)` log weights, `(k, d)` means, `(k, d, d)` covariances."""

    log_weights: Tensor
    means: Tensor
    covariances: Tensor

    def log_joint(self, points: Tensor) -> Tensor:
        """Log of weight times density, `(points, k)`, for `(points, d)`."""
        factors = torch.linalg.cholesky(self.covariances)
        dimensions = points.shape[1]
        columns = []
        for weight, mean, factor in zip(self.log_weights, self.means, factors):
            white = torch.linalg.solve_triangular(factor, (points - mean).T, upper=False)
            log_determinant = factor.diagonal().log().sum()
            constant = weight - log_determinant - 0.5 * dimensions * float(np.log(2 * np.pi))
            columns.append(constant - 0.5 * white.square().sum(dim=0))
        return torch.stack(columns, dim=1)


def fit_mixture(
    points: FloatArray, weights: FloatArray, components: int, seed: int, starts: int = 20
) -> Mixture:
    """Fit the mixture: short runs from several starts, the likeliest one run to its end.

    Source: C. Biernacki, G. Celeux, G. Govaert, "Choosing starting values for the EM algorithm",
    Computational Statistics & Data Analysis 41 (2003).

    Args:
        points: `(n, d)` float32, n >= 1.
        weights: `(n,)` float32, how much each point counts.
        components: number of Gaussians wanted; fewer where there are fewer distinct points.
        seed: of the starts.
        starts: number of short runs; they see a part of the points.
    """
    data = torch.from_numpy(np.ascontiguousarray(points, np.float32))
    mass = torch.from_numpy(np.ascontiguousarray(weights, np.float32))
    generator = np.random.default_rng(seed)
    distinct = len(np.unique(points, axis=0))
    components = max(1, min(components, distinct))
    few, few_mass = data, mass
    if len(data) > SHORT_RUN_POINTS:
        chosen = generator.choice(len(data), SHORT_RUN_POINTS, replace=False)
        few, few_mass = data[torch.from_numpy(chosen)], mass[torch.from_numpy(chosen)]
    runs = []
    for _ in range(starts):
        hard = _start_responsibilities(few, few_mass, components, generator)
        runs.append(_run(few, few_mass, _maximise(few, few_mass, hard), SHORT_RUN))
    likeliest, _ = max(runs, key=lambda run: run[1])
    return _run(data, mass, likeliest, LONG_RUN)[0]


def _run(data: Tensor, weights: Tensor, mixture: Mixture, iterations: int) -> tuple[Mixture, float]:
    previous = -np.inf
    score = previous
    for _ in range(iterations):
        joint = mixture.log_joint(data)
        total = torch.logsumexp(joint, dim=1)
        score = float((total * weights).sum() / weights.sum())
        mixture = _maximise(data, weights, (joint - total[:, None]).exp())
        if score - previous < TOLERANCE:
            break
        previous = score
    return mixture, score


def _maximise(data: Tensor, weights: Tensor, responsibilities: Tensor) -> Mixture:
    """Weights, means and covariances, the latter drawn a little towards a common one.

    Source of the prior: C. Fraley, A. E. Raftery, "Bayesian regularization for normal mixture
    estimation and model-based clustering", Journal of Classification 24 (2007).
    """
    responsibilities = responsibilities * weights[:, None]
    mass = responsibilities.sum(dim=0) + 1e-6
    means = (responsibilities.T @ data) / mass[:, None]
    dimensions = data.shape[1]
    spread = (data - (weights @ data) / weights.sum()).square()
    prior = torch.diag(weights @ spread / weights.sum()) / len(mass) ** (2.0 / dimensions)
    prior = prior * PRIOR_POINTS * dimensions
    ridge = REGULARISATION * torch.eye(dimensions)
    covariances = []
    for index in range(len(mass)):
        centered = data - means[index]
        weighted = centered * responsibilities[:, index : index + 1]
        total = mass[index] + PRIOR_POINTS * dimensions
        covariances.append((weighted.T @ centered + prior) / total + ridge)
    return Mixture((mass / mass.sum()).log(), means, torch.stack(covariances))


def _start_responsibilities(
    data: Tensor, weights: Tensor, components: int, generator: np.random.Generator
) -> Tensor:
    """Hard assignment to k-means++ centers after a few Lloyd iterations."""
    centers = data[int(generator.integers(len(data)))][None]
    nearest = torch.cdist(data, centers)[:, 0].square()
    while len(centers) < components:
        share = (nearest * weights).double().numpy()
        total = share.sum()
        chance = share / total if total > 0 else None
        chosen = data[int(generator.choice(len(data), p=chance))][None]
        centers = torch.cat([centers, chosen])
        nearest = torch.minimum(nearest, torch.cdist(data, chosen)[:, 0].square())
    for _ in range(5):
        owner = torch.cdist(data, centers).argmin(dim=1)
        hard = torch.nn.functional.one_hot(owner, components).to(data.dtype)
        mass = weights @ hard
        moved = ((hard * weights[:, None]).T @ data) / mass.clamp(min=1e-6)[:, None]
        centers = torch.where(mass[:, None] > 0, moved, centers)
    return hard
