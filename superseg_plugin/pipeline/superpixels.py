# SPDX-License-Identifier: GPL-2.0-or-later
"""Superpixels of a whole scene: tile by tile, then along every seam."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import SuperSegError
from ..progress import PartProgress, Progress
from ..raster.source import RasterSource
from ..raster.staging import Staging
from ..raster.windows import Window, tiles
from ..raster.writer import RasterWriter
from ..worker.client import Answer, Worker
from .record import write_record
from .survey import measure_scene
from .tiling import run_in_flight

AUTOMATIC_TILE = 1024
SMALLEST_TILE = 64
# Superpixels are cut anew within this many pixels of a seam, at most.
SEAM_REACH = 64
TILE_BYTES = 128 << 20
METHODS = ("felzenszwalb", "slic")
Ids = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class SuperpixelOptions:
    """How to cut a scene; see the help of `superseg:superpixels`.

    Attributes:
        method: `felzenszwalb` or `slic`.
        scale: larger makes larger superpixels (Felzenszwalb), 0..255 units.
        sigma: smoothing before, pixels.
        min_size: smallest superpixel, pixels (Felzenszwalb).
        region_size: side of a superpixel, pixels (SLIC).
        compactness: larger makes squarer superpixels (SLIC), 0..255 units.
        tile_size: side of the tiles, pixels; 0 chooses.
    """

    method: str = "felzenszwalb"
    scale: float = 32.0
    sigma: float = 0.5
    min_size: int = 64
    region_size: int = 16
    compactness: float = 25.0
    tile_size: int = 0

    def __post_init__(self) -> None:
        """Check the ranges."""
        if self.method not in METHODS:
            raise SuperSegError(f"METHOD must be one of {', '.join(METHODS)}, not {self.method}.")
        if self.scale <= 0 or self.compactness <= 0:
            raise SuperSegError("SCALE and COMPACTNESS must be above 0.")
        if not 0 <= self.sigma <= 20:
            raise SuperSegError("SIGMA must be from 0 to 20 pixels.")
        if self.min_size < 1 or self.region_size < 2:
            raise SuperSegError("MIN_SIZE must be at least 1 and REGION_SIZE at least 2 pixels.")
        check_tile_size(self.tile_size)

    def segmenter(self) -> dict[str, Any]:
        """The options that the worker's operations take."""
        names = ("method", "scale", "sigma", "min_size", "region_size", "compactness")
        return {name: getattr(self, name) for name in names}


def check_tile_size(tile_size: int) -> None:
    """Raise SuperSegError unless a tile size is 0 (automatic) or large enough."""
    if tile_size and tile_size < SMALLEST_TILE:
        raise SuperSegError(f"TILE_SIZE must be 0 (automatic) or at least {SMALLEST_TILE} pixels.")


@dataclass(frozen=True)
class SuperpixelResult:
    """How many superpixels were made."""

    count: int


def run_superpixels(
    source: RasterSource,
    output: str,
    options: SuperpixelOptions,
    worker: Worker,
    progress: Progress,
) -> SuperpixelResult:
    """Make the superpixels of a scene and write them as UInt32, 0 = nodata, ids 1..n.

    Raises:
        SuperSegError: bad input, or the output cannot be written.
        Cancelled: the user asked to stop.
    """
    with Staging() as staging:
        scaling = measure_scene(source, 1, 0, worker, progress)
        path = staging.path(output)
        scratch = staging.scratch(output)
        count = make_superpixels(source, scaling, path, scratch, options, worker, progress)
        write_record(path, "superpixels", options, source, worker)
        staging.commit()
    progress.log(f"{count} superpixels")
    return SuperpixelResult(count)


def make_superpixels(
    source: RasterSource,
    scaling: dict[str, Any],
    path: Path,
    scratch: Path,
    options: SuperpixelOptions,
    worker: Worker,
    progress: Progress,
) -> int:
    """Make the superpixels of a scene into `path`, with intermediate files in `scratch`.

    The tiles of each row of tiles are cut, then the vertical seams between them, then the
    horizontal seam to the row above; at last ids are renumbered without gaps.

    Returns:
        The number of superpixels.
    """
    grid = source.grid
    size = options.tile_size or automatic_tile(source)
    options = replace(options, tile_size=size)
    cutting, numbering = PartProgress(progress, 0, 0.85), PartProgress(progress, 0.85, 1)
    with RasterWriter(scratch / "labels.tif", grid, 1, np.uint32, compress=False) as labels:
        scene = _Scene(source, scaling, labels, options, worker, cutting)
        windows = tiles(grid.width, grid.height, size)
        starts = sorted({window.row for window in windows})
        for row in starts:
            scene.cut_tiles([window for window in windows if window.row == row])
            scene.stitch_vertical_seams([w for w in windows if w.row == row and w.col > 0])
            if row > 0:
                scene.stitch_horizontal_seam(row, size)
            cutting.report((row + size) / grid.height, "Making superpixels")
        with RasterWriter(path, grid, 1, np.uint32, nodata=0, band_names=("superpixel",)) as final:
            return scene.renumber(final, windows, numbering)


def automatic_tile(source: RasterSource) -> int:
    """The tile side that keeps a tile of all bands as float32 within bounds; a multiple of 8."""
    size = AUTOMATIC_TILE
    while size > 256 and size * size * len(source.bands) * 4 > TILE_BYTES:
        size //= 2
    return size


class _Scene:
    """Labels of a scene in the making, and what is known of every id given so far."""

    def __init__(
        self,
        source: RasterSource,
        scaling: dict[str, Any],
        labels: RasterWriter,
        options: SuperpixelOptions,
        worker: Worker,
        progress: Progress,
    ) -> None:
        self._source = source
        self._scaling = scaling
        self._labels = labels
        self._options = options
        self._worker = worker
        self._progress = progress
        # Smoothing looks this far; what is cut is read with a margin, so that tiles agree.
        self._margin = int(4 * options.sigma + 0.5)
        # Strips of neighboring seams must not overlap.
        self._reach = min(SEAM_REACH, options.tile_size // 2)
        # Index 0 is nodata in all three.
        self._sizes = np.zeros(1, np.int64)
        self._internal = np.zeros(1, np.float32)
        self._roots = np.zeros(1, np.int64)

    def cut_tiles(self, windows: list[Window]) -> None:
        """Cut every tile by itself."""
        for window, answer in self._run(windows, self._submit_tile):
            first = len(self._sizes) - 1
            labels = answer.arrays["labels"]
            self._labels.write(window, np.where(labels > 0, labels + np.uint32(first), 0))
            self._append(answer.arrays["sizes"], answer.arrays["internal"])

    def stitch_vertical_seams(self, windows: list[Window]) -> None:
        """Join each tile with the one on its left."""
        grid = self._source.grid
        seams = []
        for window in windows:
            first = max(window.col - self._reach - 1, 0)
            last = min(window.col + self._reach + 1, grid.width)
            strip = Window(first, window.row, last - first, window.height)
            open_sides = [False, False, first > 0, last < grid.width]
            seams.append((strip, [1, window.col - first], open_sides))
        self._stitch(seams)

    def stitch_horizontal_seam(self, row: int, size: int) -> None:
        """Join a row of tiles with the one above, in as few pieces as memory allows."""
        grid = self._source.grid
        first = max(row - self._reach - 1, 0)
        last = min(row + self._reach + 1, grid.height)
        bytes_a_column = (last - first) * 4 * (len(self._source.bands) + 4)
        length = max(TILE_BYTES // bytes_a_column // size, 1) * size
        for col in range(0, grid.width, length):
            left, right = max(col - 1, 0), min(col + length + 1, grid.width)
            strip = Window(left, first, right - left, last - first)
            open_sides = [first > 0, last < grid.height, left > 0, right < grid.width]
            self._stitch([(strip, [0, row - first], open_sides)])

    def renumber(self, final: RasterWriter, windows: list[Window], progress: Progress) -> int:
        """Copy the labels with ids 1..n, in the order in which they came up."""
        present = np.zeros(len(self._roots), bool)
        for index, window in enumerate(windows):
            present[self._roots[self._read_labels(window)]] = True
            progress.report(0.5 * index / len(windows), "Numbering superpixels")
        present[0] = False
        numbers = np.cumsum(present, dtype=np.uint32)
        numbers[~present] = 0
        numbers = numbers[self._roots]
        for index, window in enumerate(windows):
            final.write(window, numbers[self._read_labels(window)])
            progress.report(0.5 + 0.5 * index / len(windows))
        return int(present.sum())

    def _run(self, items: list[Any], submit: Any) -> Iterator[tuple[Any, Answer]]:
        return run_in_flight(self._worker, items, submit, self._progress)

    def _submit_tile(self, window: Window) -> Any:
        options, arrays = self._read(window)
        return self._worker.submit("superpixels", options, arrays)

    def _read(self, window: Window) -> tuple[dict[str, Any], dict[str, Any]]:
        grid = self._source.grid
        outer = window.expand(self._margin, grid.width, grid.height)
        values, valid = self._source.read(outer)
        inner = window.relative_to(outer)
        core = [inner.row, inner.col, inner.height, inner.width]
        options = {**self._scaling, "segmenter": self._options.segmenter(), "core": core}
        return options, {"image": values, "valid": valid}

    def _read_labels(self, window: Window) -> Ids:
        labels: Ids = self._labels.read(window)[0]
        return labels

    def _stitch(self, seams: list[tuple[Window, list[int], list[bool]]]) -> None:
        """Join the tiles along seams that do not touch each other.

        All of them see the ids as they were before, and what they change is entered afterwards, in
        order: the result does not depend on which one finishes first.
        """
        known: list[npt.NDArray[np.int64]] = []

        def submit(seam: tuple[Window, list[int], list[bool]]) -> Any:
            strip, line, open_sides = seam
            labels, ids = self._compact(self._roots[self._read_labels(strip)])
            known.append(ids)
            options, arrays = self._read(strip)
            options.update(seam=line, open_sides=open_sides)
            arrays.update(labels=labels, sizes=self._sizes[ids], internal=self._internal[ids])
            return self._worker.submit("stitch", options, arrays)

        answers = list(self._run(seams, submit))
        before = self._sizes.copy()
        for ((strip, _, open_sides), answer), ids in zip(answers, known):
            self._enter(strip, open_sides, ids, before, answer)

    def _enter(
        self,
        strip: Window,
        open_sides: list[bool],
        ids: npt.NDArray[np.int64],
        before: npt.NDArray[np.int64],
        answer: Answer,
    ) -> None:
        arrays = answer.arrays
        given = len(ids)
        sizes, internal = arrays["sizes"], arrays["internal"]
        self._sizes[ids] += sizes[:given] - before[ids]
        self._internal[ids] = np.maximum(self._internal[ids], internal[:given])
        first = len(self._sizes)
        self._append(sizes[given:], internal[given:])
        fresh = np.arange(first, len(self._sizes))
        lookup = np.concatenate([np.zeros(1, np.int64), ids, fresh]).astype(np.uint32)
        # The lines of the open sides were only looked at; another strip may have changed them.
        top, bottom, left, right = map(int, open_sides)
        inner = Window(
            strip.col + left,
            strip.row + top,
            strip.width - left - right,
            strip.height - top - bottom,
        )
        self._labels.write(inner, lookup[arrays["labels"]][inner.relative_to(strip).slices])
        for source, target in arrays["merged"]:
            self._merge(int(ids[source - 1]), int(ids[target - 1]))
        self._flatten()

    def _append(self, sizes: Any, internal: Any) -> None:
        first = len(self._sizes)
        self._sizes = np.concatenate([self._sizes, sizes])
        self._internal = np.concatenate([self._internal, internal])
        self._roots = np.concatenate([self._roots, np.arange(first, first + len(sizes))])

    def _merge(self, source: int, target: int) -> None:
        while self._roots[source] != source:
            source = int(self._roots[source])
        while self._roots[target] != target:
            target = int(self._roots[target])
        self._roots[source] = target

    def _flatten(self) -> None:
        while True:
            shorter = self._roots[self._roots]
            if np.array_equal(shorter, self._roots):
                return
            self._roots = shorter

    def _compact(self, labels: npt.NDArray[np.int64]) -> tuple[Ids, npt.NDArray[np.int64]]:
        """Number the ids in a strip 1..m; 0 stays 0."""
        present = np.zeros(len(self._roots), bool)
        present[labels] = True
        present[0] = False
        numbers = np.cumsum(present, dtype=np.uint32)
        numbers[0] = 0
        return numbers[labels], np.flatnonzero(present)
