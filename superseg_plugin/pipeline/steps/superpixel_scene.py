# SPDX-License-Identifier: GPL-2.0-or-later
"""Making the superpixels of a scene: cut by tile, stitched along seams, numbered.

Idea: the worker cuts each tile by itself and then a zone along each seam between tiles. Here the
labels lie in a raster, and sizes, internal differences and merges in a table by id.
Exact: the result does not depend on the order in which the worker answers: seams of one row all
start from the ids before any of them, and their changes are entered in order.
Approximate: within `SEAM_REACH` pixels of a seam superpixels are cut without regard to those
further away.
Cost: each pixel is cut once, and those near a seam once more.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...contracts import gaussian_radius
from ...progress import Progress
from ...raster.windows import Window
from ...raster.writer import RasterProfile, RasterWriter
from ...worker.interface import Answer
from ..options.superpixels import SuperpixelOptions
from .scene import Arrays, Scene, Tile
from .superpixel_table import Ids, SuperpixelTable
from .tiling import tile_bytes

DRAFT = "labels.tif"
# Pixels on either side of a seam within which superpixels are cut again: a multiple of the side of
# usual superpixels.
SEAM_REACH = 64
# Image data of a horizontal zone that is stitched in one request, as float32.
ZONE_BYTES = 128 << 20
Labels = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Seam:
    """A seam between tiles.

    Attributes:
        zone: window along the seam that is cut again.
        line: axis of the seam (0 horizontal, 1 vertical) and index in the zone of the first line
            after it.
        open_sides: whether superpixels may continue beyond the top, bottom, left, right.
    """

    zone: Window
    line: tuple[int, int]
    open_sides: tuple[bool, bool, bool, bool]

    @property
    def inner(self) -> Window:
        """The zone without the outermost line of open sides, which is only read.

        Another seam may have changed that line.
        """
        top, bottom, left, right = map(int, self.open_sides)
        zone = self.zone
        width, height = zone.width - left - right, zone.height - top - bottom
        return Window(zone.col_off + left, zone.row_off + top, width, height)


@dataclass
class Stitching:
    """A seam that is being stitched: the ids in its zone, and their sizes at the start."""

    seam: Seam
    ids: Ids
    sizes: Ids
    answer: Future[Answer]


class SuperpixelScene:
    """Labels of a scene while its superpixels are made, and the table of all ids.

    A context manager: the labels lie in a raster, which is removed at the end.

    Args:
        scene: the scene.
        options: how to cut it, with the size of the tiles.
    """

    def __init__(self, scene: Scene, options: SuperpixelOptions) -> None:
        self._scene = scene
        self._source = scene.source
        self._options = options
        # The filter reaches this far: tiles are read with this margin, so that they agree.
        self._margin = gaussian_radius(options.sigma)
        # Zones of neighboring seams must not overlap.
        self._reach = min(SEAM_REACH, options.tile_size // 2)
        self._table = SuperpixelTable()
        side = options.tile_size + 2 * self._margin
        self._tile_bytes = tile_bytes(side, len(scene.source.bands))

    def __enter__(self) -> SuperpixelScene:
        profile = RasterProfile(1, np.uint32, compress=False)
        self._labels = RasterWriter(self._scene.scratch / DRAFT, self._source.grid, profile)
        return self

    def __exit__(self, *error: Any) -> None:
        self._labels.__exit__(*error)
        (self._scene.scratch / DRAFT).unlink(missing_ok=True)

    def cut_tiles(self, windows: list[Window]) -> Iterator[None]:
        """Cut every tile by itself; yields after each, while the next ones are computed."""
        read, options = list(map(self._tile, windows)), {"segmenter": self._options.segmenter}
        answers = self._scene.tiles_in_flight("superpixels", read, self._tile_bytes, options)
        for tile, arrays in answers:
            first = self._table.append(arrays["sizes"], arrays["internal"])
            self._keep_tile(tile.window, arrays, first)
            yield

    def join_vertical_seams(self, windows: list[Window]) -> None:
        """Stitch each tile of a row to the one on its left.

        All seams start from the ids before any of them, and their changes are entered in order, so
        that the result does not depend on which one finishes first.
        """
        grid = self._source.grid
        seams = []
        for window in windows:
            first = max(window.col_off - self._reach - 1, 0)
            last = min(window.col_off + self._reach + 1, grid.width)
            zone = Window(first, window.row_off, last - first, window.height)
            sides = (False, False, first > 0, last < grid.width)
            seams.append(Seam(zone, (1, window.col_off - first), sides))
        started: list[Stitching] = []

        def submit(seam: Seam) -> Future[Answer]:
            started.append(self._start(seam))
            return started[-1].answer

        for _ in self._scene.in_flight(seams, submit, self._scene.bytes_here(self._tile_bytes)):
            pass
        for stitching in started:
            self.finish(stitching)

    def start_horizontal_seam(self, row: int) -> Stitching:
        """Start stitching a row of tiles to the one above, in as few zones as memory allows."""
        grid = self._source.grid
        size = self._options.tile_size
        first = max(row - self._reach - 1, 0)
        last = min(row + self._reach + 1, grid.height)
        bytes_a_column = (last - first) * 4 * (len(self._source.bands) + 4)
        length = max(ZONE_BYTES // bytes_a_column // size, 1) * size
        started: Stitching | None = None
        for col in range(0, grid.width, length):
            if started is not None:
                self.finish(started)
            left, right = max(col - 1, 0), min(col + length + 1, grid.width)
            zone = Window(left, first, right - left, last - first)
            sides = (first > 0, last < grid.height, left > 0, right < grid.width)
            started = self._start(Seam(zone, (0, row - first), sides))
        if started is None:
            raise ValueError("a scene has at least one column")
        return started

    def finish(self, stitching: Stitching) -> None:
        """Wait for a seam and enter its changes."""
        arrays = self._scene.worker.result(stitching.answer, self._scene.progress).arrays
        ids, before = self._given(stitching, arrays)
        given = len(ids)
        sizes, internal = arrays["sizes"], arrays["internal"]
        self._table.change(ids, sizes[:given] - before, internal[:given])
        first = self._table.append(sizes[given:], internal[given:])
        fresh = np.arange(first, len(self._table))
        lookup = np.concatenate([np.zeros(1, np.int64), ids, fresh]).astype(np.uint32)
        self._keep_zone(stitching.seam, arrays, lookup)
        sources, targets = arrays["merged"].T - 1
        self._table.merge(ids[sources], ids[targets])

    def renumber(
        self, path: Path, profile: RasterProfile, windows: list[Window], progress: Progress
    ) -> int:
        """Write the labels with ids 1..n, in the order in which the ids were given.

        Args:
            path: of the raster.
            profile: of the raster.
            windows: the tiles.
            progress: of the writing.

        Returns:
            The number of superpixels.
        """
        finding, writing = progress.part(0, 0.33), progress.part(0.33, 0.67)
        present = np.zeros(len(self._table), bool)
        for index, window in enumerate(windows):
            present[self._read_labels(window)] = True
            finding.report(index / len(windows), "Numbering superpixels")
        numbers = self._table.final_numbers(present)
        with RasterWriter(path, self._source.grid, profile, progress.part(0.67, 1)) as final:
            for index, window in enumerate(windows):
                final.write(window, numbers[self._read_labels(window)])
                writing.report(index / len(windows))
        return int(numbers.max())

    def _keep_tile(self, window: Window, arrays: Arrays, first: int) -> None:
        """Keep the labels of a tile, whose superpixels have the ids from `first` on."""
        labels = arrays["labels"]
        labels[labels > 0] += np.uint32(first - 1)
        self._labels.write(window, labels)

    def _given(self, stitching: Stitching, arrays: Arrays) -> tuple[Ids, Ids]:
        """Ids in the zone of a seam, and their sizes at the start."""
        return stitching.ids, stitching.sizes

    def _keep_zone(self, seam: Seam, arrays: Arrays, lookup: Labels) -> None:
        """Keep the labels of the zone of a seam, whose ids are in `lookup`."""
        inside = seam.inner.relative_to(seam.zone).slices
        self._labels.write(seam.inner, lookup[arrays["labels"][inside]])

    def _start(self, seam: Seam) -> Stitching:
        labels, ids = self._table.compact(self._read_labels(seam.zone))
        sizes, internal = self._table.figures_of(ids)
        options: dict[str, Any] = {"seam": seam.line, "open_sides": seam.open_sides}
        options["segmenter"] = self._options.segmenter
        known = {"labels": labels, "sizes": sizes, "internal": internal}
        asked = self._scene.submit_tile("stitch", self._tile(seam.zone), options, known)
        return Stitching(seam, ids, sizes, asked)

    def _tile(self, window: Window) -> Tile:
        return Tile(window, self._margin)

    def _read_labels(self, window: Window) -> Labels:
        labels: Labels = self._labels.read(window)[0]
        return labels
