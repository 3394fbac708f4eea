# SPDX-License-Identifier: GPL-2.0-or-later
"""What SuperSeg is compared with; runs in the engine environment, arrays as .npy files.

    rivals.py timings CROP.npy CLASSES              seconds of each rival, as JSON
    rivals.py kmeans IMAGE.npy VALID.npy OUT.npy CLASSES SEED
    rivals.py superpixel-kmeans MEANS.npy PIXELS.npy OUT.npy CLASSES SEED

Images are `(bands, rows, cols)`. The last two print their seconds, without the start of Python.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
import numpy.typing as npt
from skimage.segmentation import felzenszwalb, slic
from sklearn.cluster import KMeans

# Pixels that k-means learns from; the others are only assigned.
SAMPLE = 100_000
STARTS = 3
SUPERPIXEL_PIXELS = 256

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
    """K-means of the mean colors `(n, bands)` of superpixels, each weighing as many pixels."""
    model = KMeans(classes, n_init=STARTS, random_state=seed)
    model.fit(means, sample_weight=pixels)
    return (model.labels_ + 1).astype(np.uint8)


def timings(image: Image, classes: int) -> dict[str, float]:
    """Seconds that each rival takes for an image."""
    rows, cols = image.shape[1:]
    last = np.ascontiguousarray(image.transpose(1, 2, 0))
    count = rows * cols // SUPERPIXEL_PIXELS
    runs = {
        "felzenszwalb": lambda: felzenszwalb(
            last, scale=32, sigma=0.5, min_size=64, channel_axis=-1
        ),
        "slic": lambda: slic(
            last, n_segments=count, compactness=10, start_label=1, channel_axis=-1
        ),
        "kmeans": lambda: kmeans(image, np.ones((rows, cols), bool), classes, 0),
    }
    seconds = {}
    for name, run in runs.items():
        started = time.perf_counter()
        run()
        seconds[name] = time.perf_counter() - started
    return seconds


def main(arguments: list[str]) -> int:
    """Do what the command line says."""
    command, *rest = arguments
    if command == "timings":
        print(json.dumps(timings(np.load(rest[0]), int(rest[1]))))
        return 0
    method = {"kmeans": kmeans, "superpixel-kmeans": superpixel_kmeans}[command]
    first, second, target, classes, seed = rest
    started = time.perf_counter()
    np.save(target, method(np.load(first), np.load(second), int(classes), int(seed)))
    print(time.perf_counter() - started)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
