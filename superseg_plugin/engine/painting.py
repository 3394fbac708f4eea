# SPDX-License-Identifier: GPL-2.0-or-later
"""Classes of superpixels drawn on the pixels of a tile, and sums of the image by class.

Pixels, areas and sums of a tile add up to those of a scene, so that one pass over the superpixels
and the image draws a map and measures its classes. Values are summed as float64.

Exact: pixels and areas, and sums of whole numbers; other sums depend by their rounding on the size
of the tiles. Cost: 2 ns a pixel, and 1 ns more for each band.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numba import njit

from ..contracts import CLASS_NUMBERS
from .description import add_values
from .display import look_up, strips
from .types import AnyArray, ByteArray, DoubleArray, IdArray, IndexArray


@dataclass(frozen=True)
class ClassSums:
    """Sums of a tile by class number.

    Attributes:
        counts: `(256,)` int64, pixels.
        areas: `(256,)` float64.
        sums: `(256, bands)` float64, of the values of the image; 0 for number 0.
    """

    counts: IndexArray
    areas: DoubleArray
    sums: DoubleArray


def paint(labels: IdArray, tables: Mapping[str, ByteArray]) -> dict[str, ByteArray]:
    """Draw what tables say of superpixels on their pixels.

    Args:
        labels: `(rows, cols)` uint32, 0 = nodata.
        tables: `(n + 1,)` uint8, the values for nodata and for superpixels 1 to n.

    Returns:
        `(rows, cols)` uint8 for each table.

    Example:
        >>> labels = np.array([[1, 2], [0, 2]], np.uint32)
        >>> paint(labels, {"classes": np.array([0, 7, 9], np.uint8)})["classes"].tolist()
        [[7, 9], [0, 9]]
    """
    painted = {name: np.empty(labels.shape, np.uint8) for name in tables}
    for name, table in tables.items():
        look_up(labels[np.newaxis], table[np.newaxis], painted[name][np.newaxis])
    return painted


def sum_classes(classes: ByteArray, areas: DoubleArray, image: AnyArray | None) -> ClassSums:
    """Sum pixels, areas and values by class.

    Args:
        classes: `(rows, cols)` uint8, 0 for none.
        areas: of the pixels, `(rows, cols)`, `(rows, 1)` or `(1, 1)` float64.
        image: `(bands, rows, cols)` of any real type; None to sum no values.

    Example:
        >>> classes = np.array([[1, 2], [2, 0]], np.uint8)
        >>> image = np.array([[[5, 10], [30, 99]]], np.int16)
        >>> found = sum_classes(classes, np.full((1, 1), 4.0), image)
        >>> found.counts[:3].tolist(), found.areas[:3].tolist(), found.sums[:3].tolist()
        ([1, 1, 2], [4.0, 4.0, 8.0], [[0.0], [5.0], [40.0]])
    """
    counts, measured = np.zeros(CLASS_NUMBERS, np.int64), np.zeros(CLASS_NUMBERS)
    _count(classes, areas, counts, measured)
    if areas.size == 1:
        measured = counts * areas[0, 0]
    sums = np.zeros((CLASS_NUMBERS, 0 if image is None else len(image)))
    if image is not None:
        # Pixels without a class can have any value, such as NaN.
        rows = classes.astype(np.int16)
        rows[classes == 0] = -1
        for strip in strips(slice(0, len(rows))):
            add_values(image[:, strip].astype(np.float64), rows[strip], sums)
    return ClassSums(counts, measured, sums)


@njit(cache=True, nogil=True)
def _count(
    classes: ByteArray, areas: DoubleArray, counts: IndexArray, measured: DoubleArray
) -> None:
    rows, cols = classes.shape
    by_row, by_col = int(areas.shape[0] > 1), int(areas.shape[1] > 1)
    equal = areas.size == 1
    for row in range(rows):
        for col in range(cols):
            number = classes[row, col]
            counts[number] += 1
            if not equal:
                measured[number] += areas[row * by_row, col * by_col]
