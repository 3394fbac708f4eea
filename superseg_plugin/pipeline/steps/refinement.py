# SPDX-License-Identifier: GPL-2.0-or-later
"""Refinement of the borders of a scene's superpixels by the colors of single pixels.

Idea: see `engine/refinement`. The classes that a pixel can be assigned to are those of the tree at
16 classes whatever number is wanted, so that maps of all numbers are cuts of one tree. A pixel
moves to another superpixel, so that all that follows knows superpixels alone.
Exact: over tiles, and every pixel of the result has the class of its superpixel.
Approximate: the covariance within the classes is that of windows from all over the scene.
Cost: the image is read once more; 130 ns a pixel of three bands with two cores, at most a seventh
of the time of a run.
"""

from __future__ import annotations

from contextlib import nullcontext
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...blocks import Description
from ...contracts import REFINEMENT_HALO
from ...progress import stop_if_cancelled
from ...raster.pieces import Piece, join_pieces
from ...raster.source import RasterSource
from ...raster.windows import tiles
from ...raster.writer import RasterProfile, RasterWriter
from .clustering import change_class_count
from .description import Borders, Sums, means_of_classes
from .kept_superpixels import Knowledge
from .sample_windows import SAMPLE_WINDOW, sample_size, scattered_windows
from .scene import Arrays, Scene, Tile
from .tile_requests import read_superpixels
from .tiling import automatic_tile, tile_bytes

# Cut of the tree that pixels are assigned to, whatever is wanted. Named mean IoU of 12 images of
# set A at 16 and 32 classes by the cut: without refinement .563 .595; 8: .567 .599; 16: .576 .602;
# 32: .576 .605; 64: .573 .601. In scenes of few kinds, 32 classes divide the noise.
CUT = 16
# A tile is refined with one line beyond it, on which borders are counted.
HALO = REFINEMENT_HALO + 1
# Windows that are looked at for the sample; those without a valid pixel do not count.
MOST_WINDOWS = 256


def refine_superpixels(scene: Scene, known: Knowledge) -> tuple[Path, Description]:
    """Assign pixels near borders to the superpixel that fits their color.

    Args:
        scene: the scene; pixels that are not valid in it get 0.
        known: its superpixels.

    Returns:
        Path of the new superpixels in the scratch folder, UInt32, not compressed. Some can have
        lost all their pixels, and some consist of several pieces. And their description: pixels,
        means and borders are theirs, while the sums are those of the superpixels as they were
        clustered; of AlphaEarth's bytes, the sums are theirs too.
    """
    source, grid, superpixels = scene.source, scene.source.grid, known.superpixels
    fitted = scene.worker.keep(_fit(scene.part(0, 0.1), known))
    size = automatic_tile(len(source.bands))
    column_block = max(source.column_block, superpixels.column_block)
    windows = tiles(grid.width, grid.height, size, column_block, grid.tile_phase(size))

    progress, in_place = scene.progress.part(0.1, 1), scene.seen_by_nodes(superpixels)
    path = scene.scratch / "refined.tif"
    needed = tile_bytes(size + 2 * HALO, len(source.bands))
    pieces = [Piece.of("refined", window) for window in windows]
    read = [Tile(each.window, HALO, superpixels, write=each.name) for each in pieces]
    answers = scene.tiles_in_flight("refine_superpixels", read, needed, arrays=fitted)
    profile = RasterProfile(1, np.uint32, nodata=0, compress=False)
    sums, borders = Sums(), Borders()
    writer = None if in_place else RasterWriter(path, grid, profile)
    with writer or nullcontext():
        for index, (tile, arrays) in enumerate(answers):
            if writer is not None:
                writer.write(tile.window, arrays["labels"])
            sums.add(arrays["ids"], arrays["sums"])
            borders.add(arrays["pairs"], arrays["lengths"])
            progress.report((index + 1) / len(windows), "Refining borders")
    if in_place:
        join_pieces(path, grid, profile, pieces)
    return path, _described(known.description, sums.joined(), *borders.joined())


def _described(
    before: Description,
    sums: npt.NDArray[np.float64],
    pairs: npt.NDArray[np.int32],
    lengths: npt.NDArray[np.int32],
) -> Description:
    """The description of superpixels with the pixels, means and borders that they have now."""
    rows, columns = before.sums.shape
    sums = np.pad(sums, ((0, rows - len(sums)), (0, 0)))
    pixels, values = sums[:, 0].copy(), sums[:, 1 : 1 + before.bands]
    means = (values / np.maximum(pixels, 1)[:, np.newaxis]).astype(np.float32)
    of_vectors = sums.shape[1] > 1 + before.bands
    whole = np.pad(sums, ((0, 0), (0, columns - sums.shape[1]))) if of_vectors else before.sums
    return Description(whole, pairs, lengths, pixels, means, before.blocks, before.tiles)


def _fit(scene: Scene, known: Knowledge) -> dict[str, npt.NDArray[Any]]:
    """Class of each superpixel from 1, the first for none, and what tells the classes apart."""
    labels = np.asarray(change_class_count(scene, known.clusters, CUT).labels, np.int64)
    classes = np.append(0, labels + 1).astype(np.uint8)
    areas, means = means_of_classes(known.description, labels, int(labels.max(initial=0)) + 1)
    sample = _sample(scene, known.superpixels, classes)
    options = {"scaling": scene.scaling}
    answer = scene.compute("fit_refinement", options, {**sample, "means": means, "areas": areas})
    return {"classes": classes, **{name: np.array(part) for name, part in answer.arrays.items()}}


def _sample(scene: Scene, superpixels: RasterSource, classes: npt.NDArray[np.uint8]) -> Arrays:
    """Windows from all over the scene, all of one size: `images`, `valid` and `classes`."""
    source = scene.source
    wanted = sample_size(source)
    images, known, found, count = [], [], [], 0
    for window in islice(scattered_windows(source.grid), MOST_WINDOWS):
        stop_if_cancelled(scene.progress)
        values, valid = source.read(window, compact=True)
        if not valid.any():
            continue
        margin = (0, SAMPLE_WINDOW - window.height), (0, SAMPLE_WINDOW - window.width)
        images.append(np.pad(values, ((0, 0), *margin)))
        known.append(np.pad(valid, margin))
        found.append(np.pad(classes[read_superpixels(superpixels, window)], margin))
        count += int(valid.sum())
        if count >= wanted:
            break
    return {"images": np.stack(images), "valid": np.stack(known), "classes": np.stack(found)}
