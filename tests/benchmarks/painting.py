# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures of scenes, references and class maps, `(rows, cols, 3)` bytes, and PNG files of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from osgeo import gdal, gdal_array

from superseg_plugin.pipeline.colors import lab_of, told_apart
from superseg_plugin.pipeline.scores import matching
from superseg_plugin.raster.source import RasterSource
from tests.benchmarks.measures import likeliest_reference

Picture = npt.NDArray[np.uint8]
Classes = npt.NDArray[np.uint8]

STRETCH_PERCENT = (2.0, 98.0)
NOTHING = (186, 186, 190)
# How much of its color a class keeps where the reference is silent.
KEPT = 0.3
# Colors that few mistake for each other, and that are no gray.
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
        [59, 59, 70],
    ],
    np.uint8,
)


def photo(source: RasterSource, bands: tuple[int, ...] | None = None) -> Picture:
    """The scene in three of its bands, by index from 0, or as QGIS would show it."""
    values, valid = source.read(source.grid.window)
    chosen = bands or source.display_bands
    picture = np.empty((*valid.shape, 3), np.uint8)
    for place in range(3):
        band = values[chosen[place % len(chosen)]].astype(np.float64)
        low, high = np.percentile(band[valid], STRETCH_PERCENT)
        shown = (band - low) / max(high - low, 1e-9)
        picture[..., place] = np.where(valid, np.clip(shown, 0, 1) * 255, 255)
    return picture


def reference_colors(picture: Picture, labels: Classes) -> Picture:
    """A color for each number of a reference, `(256, 3)`: of the palette, alike to the scene's.

    The scene's own average colors are too much alike to tell classes apart; so each class gets
    the color of the palette that stands to the others as its average does.
    """
    numbers = np.unique(labels[labels > 0])
    palette = told_apart(np.concatenate([PALETTE] * -(-len(numbers) // len(PALETTE))))
    flat, counts = labels.ravel(), np.bincount(labels.ravel(), minlength=256)[numbers]
    sums = [np.bincount(flat, picture[..., band].ravel(), 256)[numbers] for band in range(3)]
    spread = lab_of(np.stack(sums, axis=1) / counts[:, None])
    wide = lab_of(palette)
    spread = (spread - spread.mean(axis=0)) / np.maximum(spread.std(axis=0), 1.0)
    wide = (wide - wide.mean(axis=0)) / wide.std(axis=0)
    distance = ((spread[:, None] - wide) ** 2).sum(axis=-1)
    likeness = np.rint((distance.max() - distance) * 1000).astype(np.int64) + 1
    colors = np.full((256, 3), NOTHING, np.uint8)
    colors[numbers] = palette[matching(likeness)]
    return colors


def paint_reference(labels: Classes, colors: Picture) -> Picture:
    """The reference; gray where it is silent."""
    return colors[labels]


def paint_classes(classes: Classes, labels: Classes, colors: Picture) -> Picture:
    """A map, each class in the color of the reference class that it shares most pixels with.

    Pale where the reference is silent, gray without a class or where none of its class is labelled.
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
