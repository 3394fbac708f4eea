# SPDX-License-Identifier: GPL-2.0-or-later
"""Model of the classes of superpixels, fitted to one scene and applicable to others.

Superpixels have features of their own appearance (`features`). Mixtures fitted to these are
vocabularies: their components are visual words, kinds of superpixels, more than there are parts.
Random walks on the region adjacency graph collect the histogram of words around each superpixel, at
two distances; their principal components are further features. They separate a roof in a town from
a bare field of the same color. An ensemble of mixtures is fitted to all features, and its consensus
gives eight parts of the scene, whatever number of classes is wanted: the top of the tree of
classes. The leaves below are small clusters of superpixels (`leaves`).

Approximate: mixtures are fitted to samples (`ensemble`), the consensus to 8000 superpixels, and the
principal components of histograms to 32768; all superpixels are then assigned. Repeatable: the same
superpixels in the same order give the same bits. Cost: linear in superpixels and edges after the
fits; memory some 500 bytes a superpixel.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np

from ..blocks import EMBEDDING, Description
from .consensus import cumulative_voting
from .ensemble import Ensemble, fit_ensemble, random_order
from .features import FeatureSpace, fit_feature_space
from .leaves import NO_LEAVES, Leaves
from .projection import Projection
from .row_blocks import row_blocks, side_by_side
from .surroundings import WALK_STEPS, fit_surroundings, walks_of, with_surroundings
from .types import AnyArray, DoubleArray, FloatArray

# Features of a superpixel's own appearance, and of its surroundings at each distance, at most.
APPEARANCE_COMPONENTS = 10
SURROUNDINGS_COMPONENTS = 5
# Principal components of embeddings and of several blocks. Where parcels of a kind differ along
# many directions, 16 lose what tells the kinds apart: named accuracy at 16 classes .974 with 32 and
# with 64, .968 with 16, in the mean of ten synthetic embeddings, three of them with such parcels.
WITHOUT_PARTS_COMPONENTS = 32
# Parts of a scene: a number at which the consensus is best by named accuracy and mean IoU, on 15
# images; with 4 or 12 of them the map of 16 classes loses .02 in mean IoU.
PARTS = 8
VOCABULARY_SIZE = 32
# Mixtures of the ensemble, and components of each.
ENSEMBLE_SIZE = 16
MIXTURE_COMPONENTS = 24
# Superpixels that the consensus is found on; all others are assigned.
CONSENSUS_SAMPLE = 8000
# Lowest probability of a class, so that its logarithm exists.
LEAST_PROBABILITY = 1e-6

Part = TypeVar("Part", Projection, Ensemble)


@dataclass(frozen=True)
class ClusterModel:
    """Model of the classes of superpixels.

    Attributes:
        space: from sums to features of appearance.
        vocabularies: mixtures whose components are visual words; of size 0 where surroundings do
            not count.
        surroundings: from histograms of words to features, one for each of `WALK_STEPS`; may be
            empty.
        ensemble: mixtures of all features.
        memberships: `(size * k, parts)` float32, share of each component in each part.
        leaves: of the tree of classes; without leaves before `fit_leaves`.
    """

    space: FeatureSpace
    vocabularies: Ensemble
    surroundings: tuple[Projection, ...]
    ensemble: Ensemble
    memberships: FloatArray
    leaves: Leaves = NO_LEAVES

    def features(self, superpixels: Description) -> FloatArray:
        """Features `(n, d)` float32 of superpixels.

        Raises:
            SuperSegError: the model is of another number of bands.
        """
        appearance = self.space.features(superpixels.sums, superpixels.blocks)
        if not self.surroundings:
            return appearance
        walks = walks_of(superpixels)
        return with_surroundings(appearance, self.surroundings, self.vocabularies, walks)

    def log_likelihood(self, features: FloatArray) -> FloatArray:
        """Log probability of each part before smoothing.

        Args:
            features: `(n, d)` float32 of superpixels.

        Returns:
            `(n, parts)` float32, at least log(1e-6).
        """
        result = np.zeros((len(features), self.memberships.shape[1]), np.float32)

        def compute(rows: slice) -> None:
            shares = self.ensemble.posteriors(features[rows]) @ self.memberships
            shares /= shares.sum(axis=1, keepdims=True)
            result[rows] = np.log(np.maximum(shares, np.float32(LEAST_PROBABILITY)))

        # A scene of clear levels is one part, without an ensemble.
        if len(self.ensemble.log_weights):
            side_by_side(compute, row_blocks(len(features)))
        return result

    def to_arrays(self) -> dict[str, AnyArray]:
        """All of the model as arrays by name; model files hold them."""
        arrays = {
            "center": self.space.center,
            "scale": self.space.scale,
            **_named("appearance", self.space.projection),
            **_named("vocabularies", self.vocabularies),
            **_named("ensemble", self.ensemble),
            "memberships": self.memberships,
            **self.leaves.to_arrays(),
        }
        for steps, projection in zip(WALK_STEPS, self.surroundings):
            arrays.update(_named(f"walk{steps}", projection))
        return arrays

    @classmethod
    def from_arrays(cls, arrays: dict[str, AnyArray]) -> ClusterModel:
        """The inverse of `to_arrays`."""
        walks = [f"walk{steps}" for steps in WALK_STEPS if f"walk{steps}.center" in arrays]
        columns = arrays["center"], arrays["scale"]
        return cls(
            FeatureSpace(*columns, _part(Projection, arrays, "appearance")),
            _part(Ensemble, arrays, "vocabularies"),
            tuple(_part(Projection, arrays, name) for name in walks),
            _part(Ensemble, arrays, "ensemble"),
            arrays["memberships"],
            Leaves.from_arrays(arrays),
        )


def fit_cluster_model(
    superpixels: Description, ensemble_size: int = ENSEMBLE_SIZE
) -> tuple[ClusterModel, FloatArray]:
    """Fit the model of the parts to the superpixels of a scene; `fit_leaves` completes it.

    Args:
        superpixels: of the scene; every row with pixels.
        ensemble_size: mixtures of the ensemble, 1 or more; its square root is the number of
            vocabularies. Fewer mixtures take less time, and the parts depend more on chance: 4
            suit a preview. They do not count where a scene is one part, see `_without_parts`.

    Returns:
        The model without leaves, and the features of the superpixels.

    Example:
        200 noisy superpixels of one band, without neighbors: half of them dark, half bright.

        >>> sums, shade = np.zeros((200, 7)), np.repeat([40.0, 200.0], 100)
        >>> sums[:, 0], sums[:, 1], sums[:, 2] = 100, 100 * shade, 100 * (shade**2 + 900)
        >>> graph = np.zeros((0, 2), np.int64), np.zeros(0, np.int64)
        >>> scene = Description.from_sums(sums, *graph, 1)
        >>> model, features = fit_cluster_model(scene, ensemble_size=4)
        >>> parts = model.log_likelihood(features).argmax(axis=1)
        >>> len(set(parts[:100])), len(set(parts[100:])), len(set(parts))
        (1, 1, 2)
    """
    sums, blocks, pixels = superpixels.sums, superpixels.blocks, superpixels.pixels
    weights = _weights(pixels)
    # A full covariance of d dimensions needs several superpixels a part for each of them.
    dimensions = max(2, len(sums) // (2 * PARTS))
    one_kind = len(blocks) == 1 and blocks[0].kind != EMBEDDING
    components = APPEARANCE_COMPONENTS if one_kind else WITHOUT_PARTS_COMPONENTS
    space = fit_feature_space(superpixels, min(components, dimensions))
    features = space.features(sums, blocks)
    if len(blocks) > 1 or space.means_only(blocks):
        return _without_parts(space), features
    left = min(SURROUNDINGS_COMPONENTS, (dimensions - APPEARANCE_COMPONENTS) // len(WALK_STEPS))
    count = max(round(ensemble_size**0.5), 1) if left > 0 and len(superpixels.pairs) else 0
    vocabularies = fit_ensemble(features, weights, VOCABULARY_SIZE, count)
    surroundings: list[Projection] = []
    if count:
        walks = walks_of(superpixels)
        surroundings = fit_surroundings(features, vocabularies, walks, left)
        features = with_surroundings(features, surroundings, vocabularies, walks)
    ensemble = fit_ensemble(features, weights, MIXTURE_COMPONENTS, ensemble_size)
    sample = random_order(len(features), ensemble_size)[:CONSENSUS_SAMPLE]
    posteriors = ensemble.posteriors(features[sample])
    memberships = cumulative_voting(posteriors, weights[sample], ensemble_size, PARTS)
    model = ClusterModel(space, vocabularies, tuple(surroundings), ensemble, memberships)
    return model, features


def _without_parts(space: FeatureSpace) -> ClusterModel:
    """The model of a scene that is one part, so that nothing needs mixtures.

    Scenes of clear levels and embeddings are, and scenes of several blocks: on 20 synthetic scenes
    of two blocks named mean IoU is .77 and .88 at 9 and 16 classes without parts, .68 and .85 with
    them; on eight images whose bands were divided into two rasters .50, .52 and .57 at 8, 16 and 32
    classes without, .47, .53 and .57 with them.
    """
    dimensions = space.projection.vectors.shape[1]
    none = Ensemble(
        np.zeros((0, 0), np.float32),
        np.zeros((0, 0, dimensions), np.float32),
        np.zeros((0, 0, dimensions, dimensions), np.float32),
    )
    return ClusterModel(space, none, (), none, np.zeros((0, 1), np.float32))


def _weights(pixels: DoubleArray) -> FloatArray:
    """Weight `(n,)` of each superpixel: the square root of its area, 1 for the median.

    With equal weights, a large lake would count as much as a hut; by area, it would decide alone.
    """
    weights: FloatArray = np.sqrt(pixels / np.median(pixels)).astype(np.float32)
    return weights


def _named(name: str, part: Projection | Ensemble) -> dict[str, FloatArray]:
    return {f"{name}.{field.name}": getattr(part, field.name) for field in fields(part)}


def _part(kind: type[Part], arrays: dict[str, AnyArray], name: str) -> Part:
    return kind(*(arrays[f"{name}.{field.name}"] for field in fields(kind)))
