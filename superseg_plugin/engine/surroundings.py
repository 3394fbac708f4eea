# SPDX-License-Identifier: GPL-2.0-or-later
"""Features of the surroundings of superpixels, from histograms of visual words around them.

Superpixels belong to kinds, visual words (`vocabularies`). Random walks on the region adjacency
graph (`region_graph`) collect the histogram of words around each superpixel, at two distances; the
principal components of each are features.

Approximate: principal components are fitted to 32768 superpixels, probabilities of words are
float16. Cost: linear in superpixels, edges and words, in blocks of rows on all cores; words are
taken a few at a time, which bounds the memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch

from ..blocks import Description
from .projection import Projection, fit_projection, sample_by_weight
from .region_graph import RandomWalks
from .row_blocks import row_blocks, side_by_side
from .types import AnyArray, FloatArray
from .vocabularies import Vocabularies

# Lengths of the random walks: the next neighbors, and a neighborhood of some two superpixels.
WALK_STEPS = (2, 8)
# Standard deviation of the first components of the surroundings, both distances together.
SURROUNDINGS_WEIGHT = 0.5
# Superpixels, chosen evenly by area, that the principal components of histograms are fitted to.
HISTOGRAM_SAMPLE = 32768
# Words whose histograms are computed at once; bounds the memory.
WORDS_AT_ONCE = 8


def walks_of(superpixels: Description) -> RandomWalks:
    """Random walks on the region adjacency graph of a scene, of both lengths.

    Args:
        superpixels: of the scene; every row with pixels.

    Example:
        >>> scene = Description.from_sums(np.ones((2, 7)), np.array([[0, 1]]), np.array([4]), 1)
        >>> walks_of(scene).steps
        (2, 8)
    """
    graph = superpixels.pairs, superpixels.lengths, superpixels.pixels
    return RandomWalks.on_graph(*graph, WALK_STEPS)


def _histograms(
    appearance: FloatArray, vocabularies: Vocabularies, walks: RandomWalks
) -> Iterator[tuple[slice, list[FloatArray]]]:
    """Columns of a few words, and their histograms at each distance.

    The histograms of all words at once would take most of the memory.
    """
    size, components = vocabularies.log_weights.shape
    for number in range(size):
        words = _words(appearance, vocabularies, number)
        for first in range(0, components, WORDS_AT_ONCE):
            last = min(first + WORDS_AT_ONCE, components)
            column = number * components
            yield slice(column + first, column + last), walks.root_histograms(words[:, first:last])


def _words(appearance: FloatArray, vocabularies: Vocabularies, number: int) -> AnyArray:
    """Probabilities `(n, k)` float16 of the words of one vocabulary, over their number."""
    size, components = vocabularies.log_weights.shape
    words = np.empty((len(appearance), components), np.float16)

    def compute(rows: slice) -> None:
        shares = vocabularies.words(number, appearance[rows]) / np.float32(size)
        # PyTorch converts to float16 with the processor's instruction, NumPy without.
        words[rows] = torch.from_numpy(shares).half().numpy()

    side_by_side(compute, row_blocks(len(appearance)))
    return words


def fit_surroundings(
    appearance: FloatArray, vocabularies: Vocabularies, walks: RandomWalks, dimensions: int
) -> list[Projection]:
    """Find the principal components of the histograms at each distance.

    Args:
        appearance: `(n, d)` float32 features that the vocabularies were fitted to.
        vocabularies: of visual words.
        walks: of `walks_of`.
        dimensions: components to keep at each distance, at most.

    Returns:
        For each of `WALK_STEPS` the projection of histograms.

    Example:
        Two superpixels, and two vocabularies of two words each.

        >>> from superseg_plugin.engine.vocabularies import fit_vocabularies
        >>> scene = Description.from_sums(np.ones((2, 7)), np.array([[0, 1]]), np.array([4]), 1)
        >>> appearance = np.array([[0.0], [1.0]], np.float32)
        >>> vocabularies = fit_vocabularies(appearance, np.ones(2, np.float32), 2, 2)
        >>> len(fit_surroundings(appearance, vocabularies, walks_of(scene), 1))
        2
    """
    rows, counts = sample_by_weight(walks.area[:, 0], HISTOGRAM_SAMPLE)
    words = vocabularies.log_weights.size
    samples = [np.empty((len(rows), words), np.float32) for _ in WALK_STEPS]
    for columns, histograms in _histograms(appearance, vocabularies, walks):
        for sample, histogram in zip(samples, histograms):
            sample[:, columns] = histogram[rows]
    weight = np.float32(SURROUNDINGS_WEIGHT / np.sqrt(len(WALK_STEPS)))
    shares = counts / counts.sum()
    found = [fit_projection(sample, shares, dimensions, unit=True) for sample in samples]
    return [Projection(each.center, each.vectors * weight) for each in found]


def with_surroundings(
    appearance: FloatArray,
    surroundings: Sequence[Projection],
    vocabularies: Vocabularies,
    walks: RandomWalks,
) -> FloatArray:
    """Put features of the surroundings beside those of appearance.

    Args:
        appearance: `(n, d)` float32.
        surroundings: of `fit_surroundings`.
        vocabularies: of visual words.
        walks: of `walks_of`.

    Returns:
        `(n, d + ...)` float32.

    Example:
        Two superpixels, and two vocabularies of two words each.

        >>> from superseg_plugin.engine.vocabularies import fit_vocabularies
        >>> scene = Description.from_sums(np.ones((2, 7)), np.array([[0, 1]]), np.array([4]), 1)
        >>> appearance = np.array([[0.0], [1.0]], np.float32)
        >>> vocabularies = fit_vocabularies(appearance, np.ones(2, np.float32), 2, 2)
        >>> walks = walks_of(scene)
        >>> found = fit_surroundings(appearance, vocabularies, walks, 1)
        >>> with_surroundings(appearance, found, vocabularies, walks).shape
        (2, 3)
    """
    ends = np.cumsum([appearance.shape[1], *(each.vectors.shape[1] for each in surroundings)])
    features = np.zeros((len(appearance), ends[-1]), np.float32)
    features[:, : ends[0]] = appearance
    for columns, histograms in _histograms(appearance, vocabularies, walks):
        for first, last, each, histogram in zip(ends, ends[1:], surroundings, histograms):
            few = Projection(each.center[columns], each.vectors[columns])
            _add_projected(features[:, first:last], few, histogram)
    return features


def _add_projected(features: FloatArray, projection: Projection, values: FloatArray) -> None:
    """Add the projections of rows `(n, columns)` to features `(n, d)`, in place."""

    def add(rows: slice) -> None:
        features[rows] += (values[rows] - projection.center) @ projection.vectors

    side_by_side(add, row_blocks(len(features)))
