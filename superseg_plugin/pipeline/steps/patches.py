# SPDX-License-Identifier: GPL-2.0-or-later
"""The bounded set of patches that a network is trained on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...progress import stop_if_cancelled
from ...raster.source import RasterSource
from ...raster.windows import Window, starts
from ..options.training import TrainingOptions
from .scene import Scene
from .tile_requests import read_superpixels

MOST_PATCHES = 64
MOST_BYTES = 512 << 20
# Patches with a smaller share of valid pixels are used only where there are not enough others.
WANTED_SHARE = 0.5


@dataclass(frozen=True)
class PatchSet:
    """Patches, held in files so that their number is not bounded by memory.

    Attributes:
        images: `(n, bands, side, side)` raw values.
        superpixels: `(n, side, side)` int32, 0 = nodata.
    """

    images: npt.NDArray[Any]
    superpixels: npt.NDArray[np.int32]


def draw_patches(scene: Scene, superpixels: RasterSource, options: TrainingOptions) -> PatchSet:
    """Draw the patches of a training from all over the scene."""
    grid = scene.source.grid
    side = min(options.patch_size, _multiple_of_8(max(grid.width, grid.height)))
    windows = random_windows(scene.source, side, options.seed)
    limit = patch_limit(scene.source, side)
    return read_patches(scene, superpixels, windows, side, limit)


def cover_with_patches(scene: Scene, superpixels: RasterSource, side: int, stride: int) -> PatchSet:
    """All tiles of the scene, as the published method trains on."""
    grid = scene.source.grid
    side = min(side, _multiple_of_8(max(grid.width, grid.height)))
    windows = covering_windows(scene.source, side, stride)
    return read_patches(scene, superpixels, windows, side, len(windows))


def random_windows(source: RasterSource, side: int, seed: int) -> list[Window]:
    """Draw windows from all over the scene: a shuffled grid, each window moved within its cell.

    Args:
        source: the scene.
        side: of the patches, pixels.
        seed: of the draw.

    Returns:
        Candidates in the order to try them; at most four times as many as patches are wanted.
    """
    grid = source.grid
    generator = np.random.default_rng(seed)
    cols, rows = max(grid.width // side, 1), max(grid.height // side, 1)
    cells = generator.permutation(cols * rows)[: 4 * MOST_PATCHES]
    windows = []
    for cell in cells:
        row, col = divmod(int(cell), cols)
        slack_col = max(grid.width // cols - side, 0)
        slack_row = max(grid.height // rows - side, 0)
        left = col * (grid.width // cols) + int(generator.integers(slack_col + 1))
        top = row * (grid.height // rows) + int(generator.integers(slack_row + 1))
        windows.append(_window(left, top, side, source))
    return windows


def covering_windows(source: RasterSource, side: int, stride: int) -> list[Window]:
    """Windows that cover the whole scene, as the published method trains on."""
    grid = source.grid
    return [
        _window(col, row, side, source)
        for row in starts(grid.height, side, stride)
        for col in starts(grid.width, side, stride)
    ]


def patch_limit(source: RasterSource, side: int) -> int:
    """How many patches of all bands fit the bound on memory."""
    one = side * side * (len(source.bands) * source.dtype.itemsize + 4)
    return int(min(max(MOST_BYTES // one, 1), MOST_PATCHES))


def read_patches(
    scene: Scene, superpixels: RasterSource, windows: list[Window], side: int, limit: int
) -> PatchSet:
    """Read patches into files in the scratch folder.

    Windows with few valid pixels are only taken when there are not enough others.

    Args:
        scene: the scene; its progress is told of every patch.
        superpixels: its superpixels.
        windows: candidates in the order to try them.
        side: of the patches; smaller windows are filled up with nodata.
        limit: patches wanted.
    """
    source, scratch, progress = scene.source, scene.scratch, scene.progress
    count = min(limit, len(windows))
    bands = len(source.bands)
    images = np.memmap(
        scratch / "patches.images", source.dtype, "w+", shape=(count, bands, side, side)
    )
    labels = np.memmap(scratch / "patches.labels", np.int32, "w+", shape=(count, side, side))
    taken, spare = 0, []
    for window in windows:
        stop_if_cancelled(progress)
        if taken == count:
            break
        ids = read_superpixels(superpixels, window)
        share = float((ids > 0).mean()) * window.width * window.height / side**2
        if share < WANTED_SHARE:
            spare.append((share, window))
            continue
        _fill(images[taken], labels[taken], source, window, ids)
        taken += 1
        progress.report(taken / count)
    for share, window in sorted(spare, key=lambda one: -one[0])[: count - taken]:
        if share > 0:
            _fill(
                images[taken], labels[taken], source, window, read_superpixels(superpixels, window)
            )
            taken += 1
    return PatchSet(images[:taken], labels[:taken])


def _fill(
    image: npt.NDArray[Any],
    labels: npt.NDArray[np.int32],
    source: RasterSource,
    window: Window,
    ids: npt.NDArray[np.uint32],
) -> None:
    values, valid = source.read(window)
    image[:, : window.height, : window.width] = values
    labels[: window.height, : window.width] = np.where(valid, ids, 0)


def _window(col: int, row: int, side: int, source: RasterSource) -> Window:
    return Window(col, row, min(side, source.grid.width - col), min(side, source.grid.height - row))


def _multiple_of_8(length: int) -> int:
    return max(-(-length // 8) * 8, 32)
