# SPDX-License-Identifier: GPL-2.0-or-later
"""K-means baselines that SuperSeg is compared with; run in the engine environment.

    baselines.py kmeans IMAGE.npy VALID.npy OUT.npy CLASSES SEED
    baselines.py superpixel-kmeans MEANS.npy PIXELS.npy OUT.npy CLASSES SEED

Arrays are .npy files, images `(bands, rows, cols)`. Both commands print their seconds, without the
start of Python.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import numpy.typing as npt
from sklearn.cluster import KMeans

# K-means is fitted to a sample of this many pixels; the others are only assigned.
SAMPLE = 100_000
STARTS = 3

Image = npt.NDArray[np.generic]
Labels = npt.NDArray[np.uint8]


def kmeans(image: Image, valid: npt.NDArray[np.bool_], classes: int, seed: int) -> Labels:
    """Pixel k-means on the bands as they are; 0 where a pixel is not valid."""
    pixels = image[:, valid].T.astype(np.float32)
    chosen = np.random.default_rng(seed).permutation(len(pixels))[:SAMPLE]
    model = KMeans(classes, n_init=STARTS, random_state=seed).fit(pixels[chosen])
    labels = np.zeros(valid.shape, np.uint8)
    labels[valid] = model.predict(pixels) + 1
    return labels


def superpixel_kmeans(
    means: npt.NDArray[np.float32], pixels: npt.NDArray[np.int64], classes: int, seed: int
) -> Labels:
    """K-means of the mean colors `(n, bands)` of superpixels, weighted by their pixels."""
    model = KMeans(classes, n_init=STARTS, random_state=seed)
    model.fit(means, sample_weight=pixels)
    return (model.labels_ + 1).astype(np.uint8)


def main(arguments: list[str]) -> int:
    """Run one baseline and print its seconds."""
    command, *rest = arguments
    method = {"kmeans": kmeans, "superpixel-kmeans": superpixel_kmeans}[command]
    first, second, target, classes, seed = rest
    started = time.perf_counter()
    np.save(target, method(np.load(first), np.load(second), int(classes), int(seed)))
    print(time.perf_counter() - started)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
