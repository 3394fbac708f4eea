# SPDX-License-Identifier: GPL-2.0-or-later
"""What tells the classes of superpixels apart, fitted to one scene and used on others too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .consensus import vote
from .description import SceneDescription
from .ensemble import Ensemble, fit_ensemble, shuffled
from .features import FeatureSpace, fit_feature_space
from .projection import Projection, fit_projection, row_parts
from .surroundings import mixed_with_neighbors
from .types import AnyArray, DoubleArray, FloatArray

OWN_COMPONENTS = 10
WORDS = 32
VOCABULARIES = 4
WALKS = (2, 8)
SURROUNDING_COMPONENTS = 5
SURROUNDING_WEIGHT = 0.5
MEMBERS = 16
MEMBER_COMPONENTS = 24
# Superpixels on which the members agree; the others follow.
VOTERS = 8000
LEAST_PROBABILITY = 1e-6


@dataclass(frozen=True)
class ClusterModel:
    """How superpixels become classes; fitted to one scene, used on others too.

    Attributes:
        space: from sums to the superpixels' own features.
        vocabularies: mixtures whose components are the words that surroundings are made of; none
            where surroundings are not looked at.
        surroundings: from shares of words to features, one for each of `WALKS`; may be empty.
        members: mixtures of all features.
        votes: `(members * k, classes)` float32, what a component says of the classes.
    """

    space: FeatureSpace
    vocabularies: Ensemble
    surroundings: tuple[Projection, ...]
    members: Ensemble
    votes: FloatArray

    def features(self, superpixels: SceneDescription) -> FloatArray:
        """Features `(n, d)` float32 of superpixels."""
        own = self.space.features(superpixels.sums, superpixels.bands)
        if not self.surroundings:
            return own
        shares = _shares_of_words(self.vocabularies, own, superpixels)
        return _with_surroundings(own, self.surroundings, shares)

    def evidence(self, features: FloatArray) -> FloatArray:
        """Log probability of each class, `(n, classes)` float32, of `features`."""
        result = np.empty((len(features), self.votes.shape[1]), np.float32)
        for part in row_parts(len(features)):
            shares = self.members.posteriors(features[part]) @ self.votes
            shares /= shares.sum(axis=1, keepdims=True)
            result[part] = np.log(np.maximum(shares, np.float32(LEAST_PROBABILITY)))
        return result

    def to_arrays(self) -> dict[str, FloatArray]:
        """All of the model as named arrays."""
        arrays = {
            "center": self.space.center,
            "spread": self.space.spread,
            **_named("own", self.space.projection),
            **_named("words", self.vocabularies),
            **_named("members", self.members),
            "votes": self.votes,
        }
        for steps, projection in zip(WALKS, self.surroundings):
            arrays.update(_named(f"walk{steps}", projection))
        return arrays

    @classmethod
    def from_arrays(cls, arrays: dict[str, FloatArray]) -> ClusterModel:
        """The model that `to_arrays` was called on."""
        walks = [f"walk{steps}" for steps in WALKS if f"walk{steps}.center" in arrays]
        return cls(
            FeatureSpace(arrays["center"], arrays["spread"], _projection(arrays, "own")),
            _ensemble(arrays, "words"),
            tuple(_projection(arrays, name) for name in walks),
            _ensemble(arrays, "members"),
            arrays["votes"],
        )


def fit_cluster_model(
    superpixels: SceneDescription, classes: int
) -> tuple[ClusterModel, FloatArray]:
    """Find the classes of superpixels by what they look like and what surrounds them.

    First mixtures give vocabularies: kinds of superpixels, more than there are classes. Further
    ones are fitted to the superpixels' own features and to the words around them, which tell a roof
    in a town from a bare field of the same color. The classes are what these agree on.

    Args:
        superpixels: of the scene.
        classes: wanted; a few more may come back, and fewer where there are fewer distinct
            superpixels.

    Returns:
        The model and the features of the superpixels.
    """
    sums, bands, pixels = superpixels.sums, superpixels.bands, superpixels.pixels
    counts = _counts_as(pixels)
    # A full covariance of d dimensions wants several superpixels a class for each of them.
    dimensions = max(2, len(sums) // (2 * classes))
    space = fit_feature_space(sums, bands, min(OWN_COMPONENTS, dimensions))
    features = space.features(sums, bands)
    left = min(SURROUNDING_COMPONENTS, (dimensions - OWN_COMPONENTS) // len(WALKS))
    count = VOCABULARIES if left > 0 and len(superpixels.pairs) else 0
    vocabularies = fit_ensemble(features, counts, max(WORDS, classes), count)
    surroundings: list[Projection] = []
    if count:
        shares = _shares_of_words(vocabularies, features, superpixels)
        weight = np.float32(SURROUNDING_WEIGHT / np.sqrt(len(WALKS)))
        for share in shares:
            found = fit_projection(share, pixels / pixels.sum(), left, unit=True)
            surroundings.append(Projection(found.center, found.vectors * weight))
        features = _with_surroundings(features, surroundings, shares)
    members = fit_ensemble(features, counts, max(MEMBER_COMPONENTS, classes), MEMBERS)
    voters = shuffled(len(features), MEMBERS)[:VOTERS]
    votes = vote(members.posteriors(features[voters]), counts[voters], MEMBERS, classes)
    return ClusterModel(space, vocabularies, tuple(surroundings), members, votes), features


def _counts_as(pixels: DoubleArray) -> FloatArray:
    """How much each superpixel counts: by the root of its size.

    By number alone, a lake that fills a tenth of the scene weighs no more than a hut; by area
    alone, the lake is all there is.
    """
    weights: FloatArray = np.sqrt(pixels / np.median(pixels)).astype(np.float32)
    return weights


def _shares_of_words(
    vocabularies: Ensemble, features: FloatArray, superpixels: SceneDescription
) -> list[AnyArray]:
    members, components = vocabularies.log_weights.shape
    words = np.empty((len(features), members * components), np.float16)
    for part in row_parts(len(features)):
        words[part] = vocabularies.posteriors(features[part]) / np.float32(members)
    graph = superpixels.pairs, superpixels.lengths
    return mixed_with_neighbors(words, *graph, superpixels.pixels, WALKS)


def _with_surroundings(
    own: FloatArray, surroundings: Sequence[Projection], shares: Sequence[AnyArray]
) -> FloatArray:
    around = [each.apply(share) for each, share in zip(surroundings, shares)]
    return np.concatenate([own, *around], axis=1)


def _named(name: str, part: Projection | Ensemble) -> dict[str, FloatArray]:
    return {f"{name}.{field}": value for field, value in vars(part).items()}


def _projection(arrays: dict[str, FloatArray], name: str) -> Projection:
    return Projection(arrays[f"{name}.center"], arrays[f"{name}.vectors"])


def _ensemble(arrays: dict[str, FloatArray], name: str) -> Ensemble:
    fields = ("log_weights", "means", "covariances")
    return Ensemble(*(arrays[f"{name}.{field}"] for field in fields))
