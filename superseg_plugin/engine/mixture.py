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


def fit_mixture(points: FloatArray, components: int, seed: int, starts: int = 20) -> Mixture:
    """Fit the mixture: short runs from several starts, the likeliest one run to its end.

    Source: C. Biernacki, G. Celeux, G. Govaert, "Choosing starting values for the EM algorithm",
    Computational Statistics & Data Analysis 41 (2003).

    Args:
        points: `(n, d)` float32, n >= 1.
        components: number of Gaussians wanted; fewer where there are fewer distinct points.
        seed: of the starts.
        starts: number of short runs; they see a part of the points.
    """
    data = torch.from_numpy(np.ascontiguousarray(points, np.float32))
    generator = np.random.default_rng(seed)
    distinct = len(np.unique(points, axis=0))
    components = max(1, min(components, distinct))
    few = data
    if len(data) > SHORT_RUN_POINTS:
        chosen = generator.choice(len(data), SHORT_RUN_POINTS, replace=False)
        few = data[torch.from_numpy(chosen)]
    runs = []
    for _ in range(starts):
        start = _maximise(few, _start_responsibilities(few, components, generator))
        runs.append(_run(few, start, SHORT_RUN))
    likeliest, _ = max(runs, key=lambda run: run[1])
    return _run(data, likeliest, LONG_RUN)[0]


def _run(data: Tensor, mixture: Mixture, iterations: int) -> tuple[Mixture, float]:
    previous = -np.inf
    score = previous
    for _ in range(iterations):
        joint = mixture.log_joint(data)
        total = torch.logsumexp(joint, dim=1)
        score = float(total.mean())
        mixture = _maximise(data, (joint - total[:, None]).exp())
        if score - previous < TOLERANCE:
            break
        previous = score
    return mixture, score


def _maximise(data: Tensor, responsibilities: Tensor) -> Mixture:
    mass = responsibilities.sum(dim=0) + 1e-6
    means = (responsibilities.T @ data) / mass[:, None]
    ridge = REGULARISATION * torch.eye(data.shape[1])
    covariances = []
    for index in range(len(mass)):
        centered = data - means[index]
        weighted = centered * responsibilities[:, index : index + 1]
        covariances.append((weighted.T @ centered) / mass[index] + ridge)
    return Mixture((mass / mass.sum()).log(), means, torch.stack(covariances))


def _start_responsibilities(
    data: Tensor, components: int, generator: np.random.Generator
) -> Tensor:
    """Hard assignment to k-means++ centers after a few Lloyd iterations."""
    centers = data[int(generator.integers(len(data)))][None]
    nearest = torch.cdist(data, centers)[:, 0].square()
    while len(centers) < components:
        share = nearest.double().numpy()
        total = share.sum()
        chance = share / total if total > 0 else None
        chosen = data[int(generator.choice(len(data), p=chance))][None]
        centers = torch.cat([centers, chosen])
        nearest = torch.minimum(nearest, torch.cdist(data, chosen)[:, 0].square())
    for _ in range(5):
        owner = torch.cdist(data, centers).argmin(dim=1)
        hard = torch.nn.functional.one_hot(owner, components).to(data.dtype)
        mass = hard.sum(dim=0)
        moved = (hard.T @ data) / mass.clamp(min=1)[:, None]
        centers = torch.where(mass[:, None] > 0, moved, centers)
    return hard
