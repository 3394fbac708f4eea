# SPDX-License-Identifier: GPL-2.0-or-later
"""Model of the classes of superpixels, fitted to one scene and applicable to others.

Superpixels have features of their own appearance (`features`). Each has shares in visual words,
kinds of superpixels (`vocabularies`); random walks on the region adjacency graph collect the
histogram of words around it, at two distances, and their principal components are further features
(`surroundings`). They separate a roof in a town from a bare field of the same color. The classes
are clusters in all of these features (`leaves`).

Approximate: words are fitted to samples, and the principal components of histograms to 32768
superpixels. Repeatable: the same superpixels in the same order give the same bits. Cost: linear in
superpixels and edges after the fits; memory some 200 bytes a superpixel.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np

from ..blocks import EMBEDDING, Description
from .features import FeatureSpace, fit_feature_space
from .leaves import NO_LEAVES, Leaves
from .projection import Projection
from .surroundings import WALK_STEPS, fit_surroundings, walks_of, with_surroundings
from .types import AnyArray, DoubleArray, FloatArray
from .vocabularies import Vocabularies, fit_vocabularies

# Features of a superpixel's own appearance, and of its surroundings at each distance, at most.
APPEARANCE_COMPONENTS = 10
SURROUNDINGS_COMPONENTS = 5
# Principal components of embeddings and of several blocks. Where parcels of a kind differ along
# many directions, 16 lose what tells the kinds apart: named accuracy at 16 classes .974 with 32 and
# with 64, .968 with 16, in the mean of ten synthetic embeddings, three of them with such parcels.
WITHOUT_SURROUNDINGS_COMPONENTS = 32
# A covariance of d dimensions needs several superpixels of a kind for each of them: small scenes
# have fewer features.
SUPERPIXELS_A_FEATURE = 16
VOCABULARY_SIZE = 32
# Vocabularies, each from another mixture. With one, two and four of them, named mean IoU at 8, 16
# and 32 classes is .456 .515 .561, .458 .519 .566 and .456 .512 .558, and the agreement (ARI) of
# runs on renumbered superpixels .82 .70 .67, .81 .70 .69 and .83 .70 .69 (27 images, superpixels at
# three scales).
VOCABULARIES = 2

Part = TypeVar("Part", Projection, Vocabularies)


@dataclass(frozen=True)
class ClusterModel:
    """Model of the classes of superpixels.

    Attributes:
        space: from sums to features of appearance.
        vocabularies: of visual words; none where surroundings do not count.
        surroundings: from histograms of words to features, one for each of `WALK_STEPS`; may be
            empty.
        leaves: of the tree of classes; without leaves before `fit_leaves`.
    """

    space: FeatureSpace
    vocabularies: Vocabularies
    surroundings: tuple[Projection, ...]
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

    def to_arrays(self) -> dict[str, AnyArray]:
        """All of the model as arrays by name; model files hold them."""
        arrays = {
            "center": self.space.center,
            "scale": self.space.scale,
            **_named("appearance", self.space.projection),
            **_named("vocabularies", self.vocabularies),
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
            _part(Vocabularies, arrays, "vocabularies"),
            tuple(_part(Projection, arrays, name) for name in walks),
            Leaves.from_arrays(arrays),
        )


def fit_cluster_model(
    superpixels: Description, vocabularies: int = VOCABULARIES
) -> tuple[ClusterModel, FloatArray]:
    """Fit the features of the superpixels of a scene; `fit_leaves` completes the model.

    Args:
        superpixels: of the scene; every row with pixels.
        vocabularies: their number, 1 or more. One takes less time, and the classes depend a little
            more on chance. Scenes that are told by appearance alone have none.

    Returns:
        The model without leaves, and the features of the superpixels.

    Example:
        200 superpixels of one band, without neighbors: half of them dark, half bright.

        >>> sums, shade = np.zeros((200, 7)), np.repeat([40.0, 200.0], 100)
        >>> sums[:, 0], sums[:, 1], sums[:, 2] = 100, 100 * shade, 100 * (shade**2 + 900)
        >>> graph = np.zeros((0, 2), np.int64), np.zeros(0, np.int64)
        >>> scene = Description.from_sums(sums, *graph, 1)
        >>> model, features = fit_cluster_model(scene, vocabularies=1)
        >>> len(np.unique(features, axis=0))
        2
    """
    sums, blocks = superpixels.sums, superpixels.blocks
    dimensions = max(2, len(sums) // SUPERPIXELS_A_FEATURE)
    one_kind = len(blocks) == 1 and blocks[0].kind != EMBEDDING
    components = APPEARANCE_COMPONENTS if one_kind else WITHOUT_SURROUNDINGS_COMPONENTS
    space = fit_feature_space(superpixels, min(components, dimensions))
    features = space.features(sums, blocks)
    left = min(SURROUNDINGS_COMPONENTS, (dimensions - APPEARANCE_COMPONENTS) // len(WALK_STEPS))
    # Surroundings tell nothing in scenes of clear levels and in embeddings. In ten synthetic scenes
    # of two rasters named mean IoU is .92 at 8 or 9 classes and .94 at 16 without them, .87 and .92
    # with them.
    alone = len(blocks) > 1 or space.means_only(blocks) or left <= 0 or not len(superpixels.pairs)
    weights, count = _weights(superpixels.pixels), 0 if alone else vocabularies
    words = fit_vocabularies(features, weights, VOCABULARY_SIZE, count)
    if alone:
        return ClusterModel(space, words, ()), features
    walks = walks_of(superpixels)
    surroundings = fit_surroundings(features, words, walks, left)
    features = with_surroundings(features, surroundings, words, walks)
    return ClusterModel(space, words, tuple(surroundings)), features


def _weights(pixels: DoubleArray) -> FloatArray:
    """Weight `(n,)` of each superpixel: the square root of its area, 1 for the median.

    With equal weights, a large lake would count as much as a hut; by area, it would decide alone.
    """
    weights: FloatArray = np.sqrt(pixels / np.median(pixels)).astype(np.float32)
    return weights


def _named(name: str, part: Projection | Vocabularies) -> dict[str, FloatArray]:
    return {f"{name}.{field.name}": getattr(part, field.name) for field in fields(part)}


def _part(kind: type[Part], arrays: dict[str, AnyArray], name: str) -> Part:
    return kind(*(arrays[f"{name}.{field.name}"] for field in fields(kind)))
