# SPDX-License-Identifier: GPL-2.0-or-later
"""Mixture of Gaussians with full covariances, fitted by expectation-maximisation in float32."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from .types import FloatArray
from .ward import ward_groups, ward_tree

REGULARISATION = 1e-3
# Ward's tree needs the distances of all pairs of these points.
TREE_POINTS = 1500
ITERATIONS = 60
TOLERANCE = 1e-3
# The prior on a covariance counts as much as this many points a dimension.
PRIOR_POINTS = 2.0
ROWS = 8192


@dataclass(frozen=True)
class Mixture:
    """A fitted mixture: `(k,)` log weights, `(k, d)` means, `(k, d, d)` covariances."""

    log_weights: Tensor
    means: Tensor
    covariances: Tensor

    def log_joint(self, points: Tensor) -> Tensor:
        """Log of weight times density, `(points, k)`, for `(points, d)`."""
        count, dimensions = self.means.shape
        factors = torch.linalg.cholesky(self.covariances)
        identity = torch.eye(dimensions).expand(count, -1, -1)
        whitening = torch.linalg.solve_triangular(factors, identity, upper=False)
        # All components whiten in one product of matrices: many small ones take ten times as long.
        columns = whitening.permute(2, 0, 1).reshape(dimensions, -1).contiguous()
        offsets = -(whitening @ self.means[:, :, None]).reshape(-1)
        log_determinants = factors.diagonal(dim1=1, dim2=2).log().sum(dim=1)
        constants = (
            self.log_weights - log_determinants - 0.5 * dimensions * float(np.log(2 * np.pi))
        )
        result = torch.empty(len(points), count)
        for first in range(0, len(points), ROWS):
            white = torch.addmm(offsets, points[first : first + ROWS], columns)
            distances = white.view(-1, count, dimensions).square_().sum(dim=2)
            result[first : first + ROWS] = constants - 0.5 * distances
        return result


def fit_mixture(points: FloatArray, weights: FloatArray, components: int) -> Mixture:
    """Fit the mixture, starting from Ward's hierarchical clustering of the first points.

    Source: C. Fraley, A. E. Raftery, "Model-based clustering, discriminant analysis, and density
    estimation", Journal of the American Statistical Association 97 (2002).

    Args:
        points: `(n, d)` float32 in any order that says nothing about them, n >= 1.
        weights: `(n,)` float32, how much each point counts.
        components: number of Gaussians wanted; fewer where there are fewer distinct points.
    """
    data = torch.from_numpy(np.ascontiguousarray(points, np.float32))
    mass = torch.from_numpy(np.ascontiguousarray(weights, np.float32))
    products = (data[:, :, None] * data[:, None, :]).reshape(len(data), -1)
    few = data[:TREE_POINTS]
    components = max(1, min(components, len(torch.unique(few, dim=0))))
    owner = torch.from_numpy(ward_groups(ward_tree(few.numpy()), components))
    hard = torch.nn.functional.one_hot(owner, components).to(data.dtype)
    mixture = _maximise(few, products[:TREE_POINTS], mass[:TREE_POINTS], hard)
    previous = -np.inf
    for _ in range(ITERATIONS):
        joint = mixture.log_joint(data)
        total = torch.logsumexp(joint, dim=1)
        score = float((total * mass).sum() / mass.sum())
        mixture = _maximise(data, products, mass, (joint - total[:, None]).exp())
        if score - previous < TOLERANCE:
            break
        previous = score
    return mixture


def _maximise(data: Tensor, products: Tensor, weights: Tensor, responsibilities: Tensor) -> Mixture:
    """Weights, means and covariances, the latter drawn a little towards a common one.

    Source of the prior: C. Fraley, A. E. Raftery, "Bayesian regularization for normal mixture
    estimation and model-based clustering", Journal of Classification 24 (2007).
    """
    responsibilities = responsibilities * weights[:, None]
    dimensions = data.shape[1]
    mass = responsibilities.sum(dim=0) + 1e-6
    means = (responsibilities.T @ data) / mass[:, None]
    moments = (responsibilities.T @ products).view(-1, dimensions, dimensions)
    scatter = moments - mass[:, None, None] * means[:, :, None] * means[:, None, :]
    spread = (data - (weights @ data) / weights.sum()).square()
    prior = torch.diag(weights @ spread / weights.sum()) / len(mass) ** (2.0 / dimensions)
    strength = PRIOR_POINTS * dimensions
    covariances = (scatter + prior * strength) / (mass + strength)[:, None, None]
    ridge = REGULARISATION * torch.eye(dimensions)
    return Mixture((mass / mass.sum()).log(), means, covariances + ridge)
