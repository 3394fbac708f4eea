# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures of scenes, references and class maps, `(rows, cols, 3)` bytes, and PNG files of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from osgeo import gdal, gdal_array

from superseg_plugin.pipeline.classes.colors import distinct_colors, lab_of
from superseg_plugin.pipeline.classes.scores import matching
from superseg_plugin.raster.source import RasterSource
from tests.benchmarks.measures import likeliest_reference

Picture = npt.NDArray[np.uint8]
Classes = npt.NDArray[np.uint8]

STRETCH_PERCENT = (2.0, 98.0)
# Wanted median brightness of a scene (0 to 1), and the smallest exponent that may be applied.
MIDDLE, LIGHTEST = 0.4, 0.5
NOTHING = (186, 186, 190)
# Share of its color that a class keeps where the reference has no label.
KEPT = 0.3
# CIELAB lightness of the darkest and of the brightest class, and the factor of the chroma.
LIGHTNESS = (30, 85)
VIVIDNESS = 3.0
# Colors that are easily distinguished, without grays.
PALETTE = np.array(
    [
        [33, 102, 172],
        [116, 179, 232],
        [27, 107, 52],
        [85, 168, 74],
        [181, 219, 112],
        [244, 216, 78],
        [208, 139, 44],
        [138, 90, 43],
        [240, 207, 160],
        [211, 49, 44],
        [244, 141, 112],
        [140, 29, 64],
        [245, 168, 189],
        [111, 63, 160],
        [185, 154, 216],
        [23, 163, 152],
        [11, 68, 82],
        [224, 33, 138],
        [124, 122, 28],
        [149, 224, 196],
        [255, 127, 14],
    ],
    np.uint8,
)


def photo(source: RasterSource) -> Picture:
    """The scene in the bands that QGIS would display, stretched."""
    values, valid = source.read(source.grid.window)
    chosen = source.display_bands
    shown = np.empty((*valid.shape, 3))
    for place in range(3):
        band = values[chosen[place % len(chosen)]].astype(np.float64)
        low, high = np.percentile(band[valid], STRETCH_PERCENT)
        shown[..., place] = np.clip((band - low) / max(high - low, 1e-9), 0, 1)
    # A few bright roofs make the rest dark: raise the brightness of the median.
    middle = min(max(float(np.median(shown[valid])), 1e-3), MIDDLE)
    lighter = shown ** max(math.log(MIDDLE) / math.log(middle), LIGHTEST)
    return np.where(valid[..., None], np.rint(lighter * 255), 255).astype(np.uint8)


def reference_colors(picture: Picture, labels: Classes) -> Picture:
    """A color of the palette for each number of a reference, `(256, 3)`, similar to the scene's.

    The average colors of the scene are too similar to distinguish classes; so each class gets the
    color of the palette that is nearest to its average with more chroma.
    """
    numbers = np.unique(labels[labels > 0])
    palette = distinct_colors(np.concatenate([PALETTE] * -(-len(numbers) // len(PALETTE))))
    flat, counts = labels.ravel(), np.bincount(labels.ravel(), minlength=256)[numbers]
    sums = [np.bincount(flat, picture[..., band].ravel(), 256)[numbers] for band in range(3)]
    vivid = lab_of(np.stack(sums, axis=1) / counts[:, None])
    # Lightness is spread over the whole range, and chroma is raised, as if without haze.
    vivid[:, 0] = np.linspace(*LIGHTNESS, len(numbers))[np.argsort(np.argsort(vivid[:, 0]))]
    vivid[:, 1:] *= VIVIDNESS
    distance = ((vivid[:, None] - lab_of(palette)) ** 2).sum(axis=-1)
    likeness = np.rint(distance.max() - distance).astype(np.int64) + 1
    return colors_of(dict(zip(numbers.tolist(), palette[matching(likeness)].tolist())))


def colors_of(legend: Mapping[int, Sequence[int]]) -> Picture:
    """Colors by number, `(256, 3)`; gray for numbers that the legend lacks."""
    colors = np.full((256, 3), NOTHING, np.uint8)
    colors[list(legend)] = list(legend.values())
    return colors


def paint_reference(labels: Classes, colors: Picture) -> Picture:
    """The reference; gray where it has no label."""
    return colors[labels]


def paint_classes(classes: Classes, labels: Classes, colors: Picture) -> Picture:
    """A map, each class in the color of the reference class that it shares most pixels with.

    Pale where the reference has no label, gray without a class and for a class without labels.
    """
    pairs = labels.astype(np.int64) * 256 + classes
    table = np.bincount(pairs.ravel(), minlength=1 << 16).reshape(256, 256)
    table[0] = 0
    table[:, 0] = 0
    best = likeliest_reference(table)
    own = np.where(best[:, None] > 0, colors[np.maximum(best, 0)], np.array(NOTHING, np.uint8))
    pale = np.rint(own * KEPT + np.array(NOTHING) * (1 - KEPT)).astype(np.uint8)
    return np.where((labels > 0)[..., None], own[classes], pale[classes])


def resized(picture: Picture, longest: int, smooth: bool) -> Picture:
    """Fit a picture into a square; averaged when smooth and smaller, else nearest pixels."""
    rows, cols = picture.shape[:2]
    scale = longest / max(rows, cols)
    height, width = max(round(rows * scale), 1), max(round(cols * scale), 1)
    if smooth and scale < 1:
        top = np.arange(height) * rows // height
        left = np.arange(width) * cols // width
        sums = np.add.reduceat(np.add.reduceat(picture.astype(np.uint32), top, 0), left, 1)
        area = np.diff([*top, rows])[:, None] * np.diff([*left, cols])
        return np.rint(sums / area[..., None]).astype(np.uint8)
    row = ((np.arange(height) + 0.5) * rows / height).astype(int)
    col = ((np.arange(width) + 0.5) * cols / width).astype(int)
    return picture[row[:, None], col]


def png(picture: Picture) -> bytes:
    """The bytes of a PNG file."""
    memory = gdal_array.OpenArray(np.ascontiguousarray(picture.transpose(2, 0, 1)))
    path = "/vsimem/picture.png"
    gdal.GetDriverByName("PNG").CreateCopy(path, memory, options=["ZLEVEL=9"])
    size = gdal.VSIStatL(path).size
    file = gdal.VSIFOpenL(path, "rb")
    content = bytes(gdal.VSIFReadL(1, size, file))
    gdal.VSIFCloseL(file)
    gdal.Unlink(path)
    return content
