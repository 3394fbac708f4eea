# SPDX-License-Identifier: GPL-2.0-or-later
"""Mixture of Gaussians with full covariances, fitted by expectation-maximization in float32.

The mixture starts from Ward's hierarchical clustering [3] of the first 1500 points [1], improved by
expectation-maximization on all of them. Each covariance has a conjugate prior [2]: it is drawn
towards a diagonal matrix common to all components, as if that had been seen on 2 d points more. So
components of few points stay regular, and d + 1 points are not needed for each.

Approximate: a local maximum of the posterior, which depends on the first points; the iteration
stops when the mean log likelihood rises by less than 0.001, or after 60 rounds. Cost: n k d^2 a
round, and 1500^2 distances for the start. scikit-learn's GaussianMixture takes neither sample
weights nor a prior.

References:
    [1] C. Fraley, A. E. Raftery, "Model-based clustering, discriminant analysis, and density
        estimation", Journal of the American Statistical Association 97 (2002).
    [2] C. Fraley, A. E. Raftery, "Bayesian regularization for normal mixture estimation and
        model-based clustering", Journal of Classification 24 (2007).
    [3] J. H. Ward, "Hierarchical grouping to optimize an objective function", Journal of the
        American Statistical Association 58 (1963).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from scipy.cluster.hierarchy import fcluster, linkage
from torch import Tensor

from .types import AnyArray, FloatArray, IndexArray

# Added to the diagonal of each covariance, so that its Cholesky factor exists in float32.
REGULARIZATION = 1e-3
# Ward's tree needs the distances of all pairs of these points: 9 MB.
TREE_POINTS = 1500
MAX_ITERATIONS = 60
# Rise of the mean log likelihood of a point below which the fit has converged.
TOLERANCE = 1e-3
# The prior on a covariance counts as much as this many points a dimension.
PRIOR_POINTS = 2.0
# Rows computed at once: their products, 24 components times 20 dimensions, fit into the cache of a
# core. With 8192 rows they do not, and take three times as long.
ROWS = 512


@dataclass(frozen=True)
class Mixture:
    """A fitted mixture.

    Attributes:
        log_weights: `(k,)` float32 log share of each component.
        means: `(k, d)` float32.
        covariances: `(k, d, d)` float32, positive definite.
    """

    log_weights: Tensor
    means: Tensor
    covariances: Tensor

    def log_joint(self, points: Tensor) -> Tensor:
        """Log of weight times density of each component.

        Args:
            points: `(n, d)` float32.

        Returns:
            `(n, k)` float32; its logsumexp over the components is the log likelihood of a point.
        """
        count, dimensions = self.means.shape
        columns, offsets, constants = self._whitening
        result = torch.empty(len(points), count)
        for first in range(0, len(points), ROWS):
            white = torch.addmm(offsets, points[first : first + ROWS], columns)
            distances = white.view(-1, count, dimensions).square_().sum(dim=2)
            result[first : first + ROWS] = constants - 0.5 * distances
        return result

    @cached_property
    def _whitening(self) -> tuple[Tensor, Tensor, Tensor]:
        """Columns and offsets that whiten points, and the constants of the log densities."""
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
        return columns, offsets, constants


def fit_mixture(points: FloatArray, weights: FloatArray, components: int) -> Mixture:
    """Fit a mixture of Gaussians to weighted points.

    Args:
        points: `(n, d)` float32 in random order, n >= 1; the first 1500 decide on the start.
        weights: `(n,)` float32, how much each point counts, above 0.
        components: number of Gaussians wanted; fewer where there are fewer distinct points.

    Returns:
        The mixture.

    Example:
        >>> points = np.array([[0.0], [0.1], [0.2], [5.0], [5.1], [5.2]], np.float32)
        >>> mixture = fit_mixture(points, np.ones(6, np.float32), 2)
        >>> sorted(round(float(mean), 1) for mean in mixture.means[:, 0])
        [0.1, 5.1]
    """
    data = torch.from_numpy(np.ascontiguousarray(points, np.float32))
    mass = torch.from_numpy(np.ascontiguousarray(weights, np.float32))
    products = (data[:, :, None] * data[:, None, :]).reshape(len(data), -1)
    few = data[:TREE_POINTS]
    components = max(1, min(components, len(torch.unique(few, dim=0))))
    owner = torch.from_numpy(_branches(few.numpy(), components))
    hard = torch.nn.functional.one_hot(owner, components).to(data.dtype)
    mixture = _maximize(few, products[:TREE_POINTS], mass[:TREE_POINTS], hard)
    previous = -np.inf
    for _ in range(MAX_ITERATIONS):
        joint = mixture.log_joint(data)
        total = torch.logsumexp(joint, dim=1)
        score = float((total * mass).sum() / mass.sum())
        mixture = _maximize(data, products, mass, (joint - total[:, None]).exp())
        if score - previous < TOLERANCE:
            break
        previous = score
    return mixture


def _branches(points: AnyArray, count: int) -> IndexArray:
    """Branch `(n,)` of each point, from 0: at most so many of the tree by Ward's method."""
    if len(points) < 2:
        return np.zeros(1, np.int64)
    tree = linkage(points.astype(np.float64), "ward")
    branches: IndexArray = fcluster(tree, count, "maxclust").astype(np.int64) - 1
    return branches


def _maximize(data: Tensor, products: Tensor, weights: Tensor, responsibilities: Tensor) -> Mixture:
    """The maximization step: weights, means, and covariances with their prior (Reference 2)."""
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
    ridge = REGULARIZATION * torch.eye(dimensions)
    return Mixture((mass / mass.sum()).log(), means, covariances + ridge)
