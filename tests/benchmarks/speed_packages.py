# SPDX-License-Identifier: GPL-2.0-or-later
"""Seconds that other Python packages take for a step, as JSON; runs where they are installed.

    speed_packages.py CROP.npy superpixels            one run of each, on one core if possible
    speed_packages.py CROP.npy others CLASSES
    speed_packages.py CROP.npy versions               of all packages, by name

The crop is `(bands, rows, cols)`. Loading and the start of Python are not counted.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import sys
import time
import warnings
from collections.abc import Callable

import numpy as np
from skimage.segmentation import felzenszwalb, slic

from tests.benchmarks.baselines import Image, kmeans

# The same parameters for all packages: SuperSeg's defaults.
SCALE, SIGMA, MIN_SIZE = 32, 0.5, 64
SUPERPIXEL_PIXELS = 256


def superpixel_runs(image: Image) -> dict[str, Callable[[], object]]:
    """Felzenszwalb's method by scikit-image and, where it is installed, by OpenCV-contrib."""
    last = np.ascontiguousarray(image.transpose(1, 2, 0))
    runs: dict[str, Callable[[], object]] = {
        "scikit-image": lambda: felzenszwalb(
            last, scale=SCALE, sigma=SIGMA, min_size=MIN_SIZE, channel_axis=-1
        )
    }
    with contextlib.suppress(ImportError, AttributeError):
        import cv2

        cv2.setNumThreads(1)
        make = cv2.ximgproc.segmentation.createGraphSegmentation
        runs["OpenCV"] = lambda: make(SIGMA, SCALE, MIN_SIZE).processImage(last)
    return runs


def other_runs(image: Image, classes: int) -> dict[str, Callable[[], object]]:
    """SLIC by scikit-image and k-means of pixels by scikit-learn."""
    last = np.ascontiguousarray(image.transpose(1, 2, 0))
    rows, cols = image.shape[1:]
    count = rows * cols // SUPERPIXEL_PIXELS
    return {
        "slic": lambda: slic(
            last, n_segments=count, compactness=10, start_label=1, channel_axis=-1
        ),
        "kmeans": lambda: kmeans(image, np.ones((rows, cols), bool), classes, 0),
    }


def versions() -> dict[str, str]:
    """Versions of the installed packages."""
    found = {}
    for package in ("scikit-image", "scikit-learn", "opencv-contrib-python-headless"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[package] = importlib.metadata.version(package)
    return found


def main(arguments: list[str]) -> int:
    """Print seconds or versions."""
    # scikit-image warns of more than three bands, although the axis of the bands is given.
    warnings.filterwarnings("ignore", "Got image with third dimension")
    if arguments[1] == "versions":
        print(json.dumps(versions()))
        return 0
    image = np.load(arguments[0])
    if arguments[1] == "superpixels":
        runs = superpixel_runs(image)
    else:
        runs = other_runs(image, int(arguments[2]))
    seconds = {}
    for name, run in runs.items():
        started = time.perf_counter()
        run()
        seconds[name] = time.perf_counter() - started
    print(json.dumps(seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
