# SPDX-License-Identifier: GPL-2.0-or-later
"""The superpixel whose name would tell most: active learning for `teaching`.

A new example changes the predictions of a Gaussian process where they covary with it. The gain of
an example is the variance that it would take away, summed over the scene by area and by how
undecided each place is: 1 less the margin between its two most probable names. Without examples
this is the integrated variance of the design of experiments [1]: the first places asked for are
central ones of the largest kinds of superpixels.

The first examples stand for large parts of the scene; an untypical one misnames all of its part. So
the gain is multiplied by the likeness of the superpixel to its neighbors, less with each of the
first `FEW_EXAMPLES`: inside large uniform areas a superpixel has the most frequent name of its
class more often than at a border or on a small object (the third most like the neighbors on .91 of
its area, the third least like them on .72; means of 27 labelled images).

Superpixels that cannot be named do not count: they are neither asked for nor part of the sum. On a
Landsat scene with labels on 4 % of the superpixels (nc_landsat7), 5 and 50 answers then name .71
and .98 of the labelled area right; .53 and .93 with a sum over the whole scene
(means of three runs).

Approximate: the sum runs over at most 1000 superpixels, drawn evenly by area in the order of the
leaves, which are the candidates, too; so large superpixels are asked for rather than small ones.
Cost: independent of the number of superpixels; c^2 (d + m) for c candidates and m examples.

References:
    [1] J. Sacks, W. J. Welch, T. J. Mitchell, H. P. Wynn, "Design and analysis of computer
        experiments", Statistical Science 4 (1989).
"""

from __future__ import annotations

import numpy as np

from .projection import sample_by_weight
from .teaching import NOISE, Examples, Posterior, Teachable
from .types import DoubleArray, FloatArray, IndexArray

# Superpixels that the gain is summed over. With 500 or 2000, accuracy is the same within .003.
CANDIDATES = 1000
# Examples over which the likeness to the neighbors fades. On 27 images, 5 and 10 examples then name
# .743 and .808 of the area right, without it .731 and .800; on the 12 that nothing was tuned on
# .702 and .770, without it .706 and .768. What it is for is the worst image: the loss against
# naming of classes is .015 instead of .158. Over 5 or 7 examples, the same within .002.
FEW_EXAMPLES = 6


def next_example(scene: Teachable, examples: Examples, excluded: IndexArray) -> int | None:
    """Row of the superpixel whose name would tell most; None where no candidate is left.

    Args:
        scene: prepared superpixels.
        examples: that are known; may be none.
        excluded: rows of superpixels that cannot be named.

    Example:
        Six superpixels in two leaves; the example is in the first one.

        >>> features = np.array([[0.0], [0.1], [0.2], [5.0], [5.1], [5.2]], np.float32)
        >>> leaf, joining = np.array([0, 0, 0, 1, 1, 1]), 1 - np.eye(2, dtype=np.float32)
        >>> shares, coherence = np.full(6, 1 / 6), np.ones(6, np.float32)
        >>> scene = Teachable(features, features, leaf, joining, shares, coherence)
        >>> next_example(scene, Examples(np.array([1]), np.array([0])), np.zeros(0, np.int64))
        4
    """
    rows, shares = _candidates(scene, excluded)
    open_rows = ~np.isin(rows, examples.rows)
    if not open_rows.any():
        return None
    posterior = Posterior(scene, examples)
    covariance = posterior.covariance(rows)
    weights = shares * (1 - _margin(posterior.probabilities(rows)))
    variance = np.maximum(covariance.diagonal(), 0) + NOISE
    few = max(0.0, 1 - len(examples.rows) / FEW_EXAMPLES)
    gain = (weights @ np.square(covariance)) / variance * scene.coherence[rows] ** few
    return int(rows[np.where(open_rows, gain, -1).argmax()])


def _candidates(scene: Teachable, excluded: IndexArray) -> tuple[IndexArray, DoubleArray]:
    """Rows `(c,)` of superpixels drawn evenly by area, and the share of the area of each."""
    weights = scene.weights.astype(np.float32)
    weights[excluded] = 0
    order = np.lexsort((scene.features[:, 0], scene.leaf))
    order = order[weights[order] > 0]
    picks, counts = sample_by_weight(weights[order], CANDIDATES)
    return order[picks], counts / max(float(counts.sum()), 1e-300)


def _margin(probable: FloatArray) -> FloatArray:
    """Difference `(c,)` between the two largest probabilities."""
    two = np.sort(np.pad(probable, ((0, 0), (0, 2))), axis=1)[:, -2:]
    result: FloatArray = two[:, 1] - two[:, 0]
    return result
