# SPDX-License-Identifier: GPL-2.0-or-later
"""Clusterings by scikit-learn that SuperSeg is compared with; run in the engine environment.

    python -m tests.benchmarks.baselines

Each line of the standard input is a request in JSON: `method`, the names of its two arrays `first`
and `second` (.npy files), `target` of the labels (.npy), `classes`, `seed` and `starts`. The answer
is a line with the seconds that it took, without reading and writing.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
import numpy.typing as npt
from sklearn.cluster import KMeans
from sklearn.mixture import GaussianMixture

# K-means of pixels is fitted to a sample of this many; the others are only assigned.
SAMPLE = 100_000
STARTS = 3
# The same for the mixture of superpixels, whose cost grows with the square of the features.
MIXTURE_SAMPLE = 10_000
# Added to the variances of the features, whose standard deviations are about 1: the covariance of a
# few superpixels would be singular.
MIXTURE_RIDGE = 1e-3

Image = npt.NDArray[np.generic]
Labels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.int64]


def kmeans(
    image: Image, valid: npt.NDArray[np.bool_], classes: int, seed: int, starts: int = STARTS
) -> Labels:
    """Pixel k-means on the bands as they are; 0 where a pixel is not valid."""
    pixels = image[:, valid].T.astype(np.float32)
    chosen = np.random.default_rng(seed).permutation(len(pixels))[:SAMPLE]
    model = KMeans(classes, n_init=starts, random_state=seed).fit(pixels[chosen])
    labels = np.zeros(valid.shape, np.uint8)
    labels[valid] = model.predict(pixels) + 1
    return labels


def superpixel_kmeans(
    means: Floats, pixels: Pixels, classes: int, seed: int, starts: int
) -> Labels:
    """K-means of the mean values `(n, bands)` of superpixels, weighted by their pixels."""
    model = KMeans(min(classes, len(means)), n_init=starts, random_state=seed)
    model.fit(means, sample_weight=pixels)
    return (model.labels_ + 1).astype(np.uint8)


def gaussian_mixture(
    features: Floats, pixels: Pixels, classes: int, seed: int, starts: int
) -> Labels:
    """Gaussian mixture of features `(n, d)` of superpixels, which all weigh the same."""
    del pixels
    chosen = np.random.default_rng(seed).permutation(len(features))[:MIXTURE_SAMPLE]
    model = GaussianMixture(
        min(classes, len(chosen)), n_init=starts, reg_covar=MIXTURE_RIDGE, random_state=seed
    )
    model.fit(features[chosen])
    return (model.predict(features) + 1).astype(np.uint8)


METHODS = {
    "pixel-kmeans": kmeans,
    "superpixel-kmeans": superpixel_kmeans,
    "gaussian-mixture": gaussian_mixture,
}


def answer(request: dict) -> float:
    """Fulfil a request and return the seconds that it took."""
    method = METHODS[request["method"]]
    first, second = np.load(request["first"]), np.load(request["second"])
    started = time.perf_counter()
    labels = method(first, second, request["classes"], request["seed"], request["starts"])
    seconds = time.perf_counter() - started
    np.save(request["target"], labels)
    return seconds


def main() -> int:
    """Answer requests until the input ends."""
    for line in sys.stdin:
        print(answer(json.loads(line)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
