# SPDX-License-Identifier: GPL-2.0-or-later
"""What tells the classes of superpixels apart, fitted to one scene and used on others too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit

from ..contracts import Description
from .consensus import cumulative_voting
from .ensemble import Ensemble, fit_ensemble, random_order
from .features import FeatureSpace, fit_feature_space
from .projection import Projection, fit_projection, row_parts
from .region_graph import RandomWalks
from .types import DoubleArray, FloatArray, IndexArray

OWN_COMPONENTS = 10
WORDS = 32
WALKS = (2, 8)
SURROUNDING_COMPONENTS = 5
SURROUNDING_WEIGHT = 0.5
MEMBERS = 16
MEMBER_COMPONENTS = 24
# Superpixels on which the members agree; the others follow.
VOTERS = 8000
# Superpixels at most whose surroundings tell how surroundings vary.
EXAMPLES = 32768
# Words whose shares are found together.
WORDS_AT_ONCE = 8
LEAST_PROBABILITY = 1e-6
# Log odds that let everything pass.
OPEN = 100.0


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
        gates: `(classes, bands + 1)` float32: the log odds that a superpixel may be of a class are
            the first `bands` figures times its mean color, display units, plus the last. Classes
            that the members cannot tell apart have the same votes and opposite gates.
    """

    space: FeatureSpace
    vocabularies: Ensemble
    surroundings: tuple[Projection, ...]
    members: Ensemble
    votes: FloatArray
    gates: FloatArray

    def features(self, superpixels: Description) -> FloatArray:
        """Features `(n, d)` float32 of superpixels."""
        own = self.space.features(superpixels.sums, superpixels.bands)
        if not self.surroundings:
            return own
        return _with_surroundings(own, self.surroundings, self.vocabularies, _walks(superpixels))

    def evidence(self, features: FloatArray, means: FloatArray) -> FloatArray:
        """Log probability of each class, `(n, classes)` float32, by features and mean colors."""
        result = np.empty((len(features), self.votes.shape[1]), np.float32)
        for part in row_parts(len(features)):
            shares = self.members.posteriors(features[part]) @ self.votes
            shares *= expit(means[part] @ self.gates[:, :-1].T + self.gates[:, -1])
            shares /= shares.sum(axis=1, keepdims=True)
            result[part] = np.log(np.maximum(shares, np.float32(LEAST_PROBABILITY)))
        return result

    def with_classes(self, features: FloatArray, pixels: DoubleArray, classes: int) -> ClusterModel:
        """Let the members agree on another number of classes, of the scene that they are of."""
        votes = _votes(self.members, features, _counts_as(pixels), classes)
        return replace(self, votes=votes, gates=_open_gates(votes, self.gates.shape[1] - 1))

    def to_arrays(self) -> dict[str, FloatArray]:
        """All of the model as named arrays."""
        arrays = {
            "center": self.space.center,
            "spread": self.space.spread,
            **_named("own", self.space.projection),
            **_named("words", self.vocabularies),
            **_named("members", self.members),
            "votes": self.votes,
            "gates": self.gates,
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
            arrays["gates"],
        )


def fit_cluster_model(
    superpixels: Description, classes: int, members: int = MEMBERS
) -> tuple[ClusterModel, FloatArray]:
    """Find the classes of superpixels by what they look like and what surrounds them.

    First mixtures give vocabularies: kinds of superpixels, more than there are classes. Further
    ones are fitted to the superpixels' own features and to the words around them, which tell a roof
    in a town from a bare field of the same color. The classes are what these agree on.

    Args:
        superpixels: of the scene.
        classes: wanted; a few more may come back, and fewer where there are fewer distinct
            superpixels.
        members: mixtures that have to agree; their root is the number of vocabularies. Fewer take
            less time, and chance has more to say.

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
    count = max(round(members**0.5), 1) if left > 0 and len(superpixels.pairs) else 0
    vocabularies = fit_ensemble(features, counts, max(WORDS, classes), count)
    surroundings: list[Projection] = []
    if count:
        walks = _walks(superpixels)
        surroundings = _fit_surroundings(features, vocabularies, walks, left)
        features = _with_surroundings(features, surroundings, vocabularies, walks)
    fitted = fit_ensemble(features, counts, max(MEMBER_COMPONENTS, classes), members)
    votes = _votes(fitted, features, counts, classes)
    gates = _open_gates(votes, bands)
    return ClusterModel(space, vocabularies, tuple(surroundings), fitted, votes, gates), features


def _open_gates(votes: FloatArray, bands: int) -> FloatArray:
    gates = np.zeros((votes.shape[1], bands + 1), np.float32)
    gates[:, -1] = OPEN
    return gates


def _votes(members: Ensemble, features: FloatArray, counts: FloatArray, classes: int) -> FloatArray:
    count = len(members.log_weights)
    voters = random_order(len(features), count)[:VOTERS]
    return cumulative_voting(members.posteriors(features[voters]), counts[voters], count, classes)


def _counts_as(pixels: DoubleArray) -> FloatArray:
    """How much each superpixel counts: by the root of its size.

    By number alone, a lake that fills a tenth of the scene weighs no more than a hut; by area
    alone, the lake is all there is.
    """
    weights: FloatArray = np.sqrt(pixels / np.median(pixels)).astype(np.float32)
    return weights


def _walks(superpixels: Description) -> RandomWalks:
    return RandomWalks.on_graph(superpixels.pairs, superpixels.lengths, superpixels.pixels, WALKS)


def _shares_of_words(
    own: FloatArray, vocabularies: Ensemble, walks: RandomWalks
) -> Iterator[tuple[slice, list[FloatArray]]]:
    """Shares of a few words at once, for all of them at once would be most of the memory."""
    members, components = vocabularies.log_weights.shape
    for member in range(members):
        words = np.empty((len(own), components), np.float16)
        for part in row_parts(len(own)):
            words[part] = vocabularies.posteriors_of(member, own[part]) / np.float32(members)
        for first in range(0, components, WORDS_AT_ONCE):
            last = min(first + WORDS_AT_ONCE, components)
            column = member * components
            yield slice(column + first, column + last), walks.root_histograms(words[:, first:last])


def _fit_surroundings(
    own: FloatArray, vocabularies: Ensemble, walks: RandomWalks, dimensions: int
) -> list[Projection]:
    rows, counts = _evenly_by_area(walks.area[:, 0])
    kept = [np.empty((len(rows), vocabularies.log_weights.size), np.float32) for _ in WALKS]
    for columns, shares in _shares_of_words(own, vocabularies, walks):
        for each, share in zip(kept, shares):
            each[:, columns] = share[rows]
    weight = np.float32(SURROUNDING_WEIGHT / np.sqrt(len(WALKS)))
    found = [fit_projection(each, counts / counts.sum(), dimensions, unit=True) for each in kept]
    return [Projection(each.center, each.vectors * weight) for each in found]


def _with_surroundings(
    own: FloatArray, surroundings: Sequence[Projection], vocabularies: Ensemble, walks: RandomWalks
) -> FloatArray:
    ends = np.cumsum([own.shape[1], *(each.vectors.shape[1] for each in surroundings)])
    features = np.zeros((len(own), ends[-1]), np.float32)
    features[:, : ends[0]] = own
    for columns, shares in _shares_of_words(own, vocabularies, walks):
        for first, last, each, share in zip(ends, ends[1:], surroundings, shares):
            share -= each.center[columns]
            features[:, first:last] += share @ each.vectors[columns]
    return features


def _evenly_by_area(pixels: FloatArray) -> tuple[IndexArray, DoubleArray]:
    """Superpixels that stand for all, and how much each counts: evenly spaced pixels' own."""
    if len(pixels) <= EXAMPLES:
        return np.arange(len(pixels)), pixels.astype(np.float64)
    ends = np.cumsum(pixels, dtype=np.float64)
    places = (np.arange(EXAMPLES) + 0.5) * (ends[-1] / EXAMPLES)
    rows, counts = np.unique(np.searchsorted(ends, places), return_counts=True)
    return rows, counts.astype(np.float64)


def _named(name: str, part: Projection | Ensemble) -> dict[str, FloatArray]:
    return {f"{name}.{field}": value for field, value in vars(part).items()}


def _projection(arrays: dict[str, FloatArray], name: str) -> Projection:
    return Projection(arrays[f"{name}.center"], arrays[f"{name}.vectors"])


def _ensemble(arrays: dict[str, FloatArray], name: str) -> Ensemble:
    fields = ("log_weights", "means", "covariances")
    return Ensemble(*(arrays[f"{name}.{field}"] for field in fields))
