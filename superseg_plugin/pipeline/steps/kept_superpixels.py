# SPDX-License-Identifier: GPL-2.0-or-later
"""Keeping what a run knows of its superpixels in a file beside the class raster.

With this file, classes are split, corrected and learned from examples without the image and
without clustering again. One pass over superpixels and classes writes the ids; the worker counts
pixels and finds for each superpixel its class and a pixel well inside (`engine/tabulation`).
Features, means and neighbors are those of the description and of the clusters. Cost: some 60 ns a
pixel, and about 200 bytes a superpixel on the disk.

Exact: each pixel of the map has the class of its superpixel. A superpixel of which MIN_AREA gave a
part to another class is stored as several, with the same features; of the borders between its
parts, only that they exist is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...blocks import Description
from ...contracts import CLASS_NUMBERS, BandScaling, Clusters
from ...progress import Progress, stop_if_cancelled
from ...raster.overviews import add_overviews
from ...raster.source import RasterSource
from ...raster.superpixel_tables import SuperpixelTables, append_tables
from ...raster.windows import Window, tiles
from ...raster.writer import RasterProfile, RasterWriter
from ...worker.interface import Answer
from ..classes.reading import TILE
from ..options.classification import ClassificationOptions
from ..options.segmentation import SegmentationOptions
from .scene import Arrays, Scene
from .tile_requests import area_arrays, read_superpixels

MEGABYTE = 1e6
# Bytes that a compressed superpixel id takes: 0.16 to 0.37 on eleven images, most where superpixels
# are small; their tables, which are counted without compression, are larger there by far.
BYTES_OF_ID = 0.2
# Bytes of a pixel while its tile is tabulated: id and class in both processes, area in the worker,
# and as much again as an area while it is read.
TABULATED_BYTES = 26
# Arrays of the cluster model that make up the tree of classes.
TREE = "tree."


@dataclass(frozen=True)
class Knowledge:
    """What a run knows of its superpixels, beside their raster.

    Attributes:
        superpixels: their raster, which may be closed.
        description: of the superpixels.
        clusters: of the superpixels.
    """

    superpixels: RasterSource
    description: Description
    clusters: Clusters

    def expected_size(self, pixels: int) -> float:
        """Size of the file in bytes, without the compression of the tables."""
        count, bands = self.description.means.shape
        columns = 2 * 7 + bands + self.clusters.features.shape[1]
        tables = 4.0 * count * columns + 12.0 * len(self.description.pairs)
        return float(tables + BYTES_OF_ID * pixels)


def keep_superpixels(
    scene: Scene,
    known: Knowledge,
    classes: RasterSource,
    path: Path,
    options: SegmentationOptions | ClassificationOptions,
) -> SuperpixelTables | None:
    """Write the file of superpixels of a class raster.

    Args:
        scene: the scene.
        known: of its superpixels.
        classes: the class raster, finished.
        path: of the file to write.
        options: of the run.

    Returns:
        The tables that were written; None if the file would be too large, which a log line says.
    """
    grid, progress = scene.source.grid, scene.progress
    limit = options.superpixel_file
    if not limit:
        return None
    size = known.expected_size(grid.width * grid.height) / MEGABYTE
    if size > limit:
        progress.log(
            f"The file of superpixels would have about {size:.0f} MB, more than SUPERPIXEL_FILE"
            f" ({limit:.0f} MB), and is not written; without it, classes of this result cannot be"
            " split or learned from examples"
        )
        return None
    profile = RasterProfile(1, np.uint32, nodata=0, band_names=("superpixel",))
    windows = tiles(grid.width, grid.height, TILE)
    opened = known.superpixels.with_bands(known.superpixels.bands)
    with opened as superpixels, RasterWriter(path, grid, profile) as writer:
        # Without MIN_AREA no superpixel has more than one class.
        pairs = (
            _pairs(superpixels, classes, progress) if options.min_area else np.zeros(0, np.int64)
        )
        parts = _Parts(len(known.clusters.labels), pairs)
        found = _Found(parts.count)

        def submit(window: Window) -> Future[Answer]:
            ids, numbers = _read(superpixels, classes, window)
            ids = parts.numbered(ids, numbers)
            writer.write(window, ids)
            arrays: Arrays = {"ids": ids, "classes": numbers, **area_arrays(grid, window)}
            return scene.worker.submit("tabulate_superpixels", {}, arrays)

        answers = scene.in_flight(windows, submit, TABULATED_BYTES * TILE**2)
        for done, (window, answer) in enumerate(answers, start=1):
            found.add(window, answer.arrays)
            progress.report(0.8 * done / len(windows), "Storing superpixels")
    clusters, description = known.clusters, known.description
    tables = SuperpixelTables(
        found.pixels,
        found.areas,
        found.classes,
        parts.rows_of(clusters.confidence),
        parts.rows_of(clusters.leaf),
        found.place,
        parts.rows_of(_raw_means(description, scene.scaling)),
        parts.rows_of(clusters.features),
        np.concatenate([description.pairs, parts.pairs]).astype(np.int32),
        np.append(description.lengths, np.ones(len(parts.pairs))).astype(np.int32),
        {name: array for name, array in clusters.model.items() if name.startswith(TREE)},
        scene.source.band_names,
    )
    append_tables(path, tables)
    add_overviews(path, "nearest", progress.part(0.9, 1))
    return tables


def _raw_means(description: Description, scaling: BandScaling) -> npt.NDArray[np.float32]:
    """Mean values of the image, `(n, bands)`, from those in display units."""
    means = scaling.to_values(description.means)
    means[np.asarray(description.pixels) == 0] = np.nan
    return np.asarray(means, dtype=np.float32)


def _read(
    superpixels: RasterSource, classes: RasterSource, window: Window
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint8]]:
    """Read superpixel ids and classes of a window; pixels without class have no superpixel."""
    ids = read_superpixels(superpixels, window)
    values, valid = classes.read(window)
    numbers = np.where(valid, values[0], 0).astype(np.uint8)
    ids[numbers == 0] = 0
    return ids, numbers


def _pairs(
    superpixels: RasterSource, classes: RasterSource, progress: Progress
) -> npt.NDArray[np.int64]:
    """Find which superpixels have which classes: `(p,)` 256 times id plus class, ascending."""
    found = np.zeros(0, np.int64)
    for window in tiles(classes.grid.width, classes.grid.height, TILE):
        stop_if_cancelled(progress)
        ids, numbers = _read(superpixels, classes, window)
        found = np.union1d(found, _codes(ids, numbers))
    return found[found >= CLASS_NUMBERS]


def _codes(ids: npt.NDArray[np.uint32], classes: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    codes: npt.NDArray[np.int64] = ids.astype(np.int64) * CLASS_NUMBERS + classes
    return codes


class _Parts:
    """Numbers for the parts of superpixels that have more than one class.

    Args:
        count: of the superpixels.
        pairs: of `_pairs`.

    Attributes:
        count: of the superpixels and the further parts.
        pairs: `(p, 2)` rows of the superpixels and their further parts.
    """

    def __init__(self, count: int, pairs: npt.NDArray[np.int64]) -> None:
        owners = pairs // CLASS_NUMBERS
        further = np.append(False, owners[1:] == owners[:-1]) if len(pairs) else pairs > 0
        self._codes = pairs[further]
        self._parents = owners[further] - 1
        self.count = count + len(self._parents)
        self.pairs = np.stack([self._parents, np.arange(count, self.count)], axis=1)

    def numbered(
        self, ids: npt.NDArray[np.uint32], classes: npt.NDArray[np.uint8]
    ) -> npt.NDArray[np.uint32]:
        """Give the further parts in a window their own ids."""
        if not len(self._codes):
            return ids
        codes = _codes(ids, classes)
        place = np.minimum(np.searchsorted(self._codes, codes), len(self._codes) - 1)
        first = self.count - len(self._codes) + 1
        return np.where(self._codes[place] == codes, first + place, ids).astype(np.uint32)

    def rows_of(self, table: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Extend a table of the superpixels by rows for the further parts."""
        return np.concatenate([table, table[self._parents]])


class _Found:
    """What one pass over superpixels and classes finds, for n superpixels."""

    def __init__(self, count: int) -> None:
        self.pixels = np.zeros(count, np.int64)
        self.areas = np.zeros(count)
        self.classes = np.zeros(count, np.uint8)
        self.place = np.zeros((count, 2), np.int64)
        self._level = np.zeros(count, np.uint8)

    def add(self, window: Window, table: Mapping[str, npt.NDArray[Any]]) -> None:
        """Add what `tabulate_superpixels` found in a window."""
        if not len(table["pixels"]):
            return
        first = int(table["first"][0]) - 1
        rows = slice(first, first + len(table["pixels"]))
        self.pixels[rows] += table["pixels"]
        self.areas[rows] += table["areas"]
        present, levels = table["pixels"] > 0, table["levels"]
        self.classes[rows][present] = table["classes"][present]
        better = levels > self._level[rows]
        self._level[rows][better] = levels[better]
        row, col = np.divmod(table["places"][better], window.width)
        self.place[rows][better] = np.stack([row + window.row_off, col + window.col_off], axis=1)
