# SPDX-License-Identifier: GPL-2.0-or-later
"""Making the superpixels of a scene: cut by tile, stitched along seams, numbered.

Idea: the worker cuts each tile by itself and then a zone along each seam between tiles. Here the
labels lie in a raster, and sizes, internal differences and merges in a table by id.
Exact: the result does not depend on the order in which the worker answers, nor on the number of
seams in flight. The seams of a row of tiles are stitched in three groups: the vertical ones, and
every other piece of the horizontal one, even before odd. Within a group no two have a pixel in
common; all start from the ids before any of them, and their changes are entered in order.
Approximate: within `SEAM_REACH` pixels of a seam superpixels are cut without regard to those
further away.
Cost: each pixel is cut once, and those near a seam once more.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...contracts import gaussian_radius
from ...progress import Progress
from ...raster.windows import Window
from ...raster.writer import RasterWriter
from ...worker.client import Answer
from ..options.superpixels import SuperpixelOptions
from .scene import Scene
from .superpixel_table import SuperpixelTable
from .tile import core_of, tile_arrays
from .tiling import tile_bytes

# Pixels on either side of a seam within which superpixels are cut again: a multiple of the side of
# usual superpixels.
SEAM_REACH = 64
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


@dataclass
class Stitching:
    """A seam that is being stitched: the ids in its zone, and their sizes at the start."""

    seam: Seam
    ids: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]
    answer: Future[Answer]


class SuperpixelScene:
    """Labels of a scene while its superpixels are made, and the table of all ids.

    Args:
        scene: the scene.
        labels: raster that the labels are written to and read from.
        options: how to cut it, with the size of the tiles.
    """

    def __init__(self, scene: Scene, labels: RasterWriter, options: SuperpixelOptions) -> None:
        self._scene = scene
        self._source = scene.source
        self._labels = labels
        self._options = options
        # The filter reaches this far: tiles are read with this margin, so that they agree.
        self._margin = gaussian_radius(options.sigma)
        # Zones of neighboring seams must not overlap.
        self._reach = min(SEAM_REACH, options.tile_size // 2)
        self._table = SuperpixelTable()
        side = options.tile_size + 2 * self._margin
        self._tile_bytes = tile_bytes(side, len(scene.source.bands))

    def cut_tiles(self, windows: list[Window]) -> Iterator[None]:
        """Cut every tile by itself; yields after each, while the next ones are computed."""
        for window, answer in self._scene.in_flight(windows, self._submit_tile, self._tile_bytes):
            arrays = answer.arrays
            before = self._table.append(arrays["sizes"], arrays["internal"]) - 1
            labels = arrays["labels"]
            labels[labels > 0] += np.uint32(before)
            self._labels.write(window, labels)
            yield

    def join_row(self, windows: list[Window]) -> Iterator[None]:
        """Stitch a row of tiles: each tile to the one on its left, and all to the row above.

        Yields three times, each time after seams were submitted. While they are computed, other
        tiles can be cut; the changes are entered when the iteration goes on.
        """
        even, odd = self._horizontal_seams(windows[0].row_off)
        for seams in (self._vertical_seams(windows[1:]), even, odd):
            started = self._start_all(seams)
            yield
            for stitching in started:
                self._finish(stitching)

    def _vertical_seams(self, windows: list[Window]) -> list[Seam]:
        grid = self._source.grid
        seams = []
        for window in windows:
            first = max(window.col_off - self._reach - 1, 0)
            last = min(window.col_off + self._reach + 1, grid.width)
            zone = Window(first, window.row_off, last - first, window.height)
            sides = (False, False, first > 0, last < grid.width)
            seams.append(Seam(zone, (1, window.col_off - first), sides))
        return seams

    def _horizontal_seams(self, row: int) -> tuple[list[Seam], list[Seam]]:
        """Pieces of the seam above a row, none above the first: every other one, and the rest.

        Pieces of one list have no pixel in common, so that they can be stitched at the same time.
        They are as long as tiles and end in the middle of these, where no vertical seam is. The
        rest reach beyond their ends, so that these become lines like any other.
        """
        grid, size = self._source.grid, self._options.tile_size
        if row == 0:
            return [], []
        first = max(row - self._reach - 1, 0)
        last = min(row + self._reach + 1, grid.height)
        place = grid.global_offset()[0] + size // 2
        cuts = range(-place % size or size, grid.width, size)
        # Counted on the ground, as the tiles are: an extent is cut as the whole is.
        number = (place + cuts[0]) // size if cuts else 0
        pieces: tuple[list[Seam], list[Seam]] = [], []
        for index, (start, end) in enumerate(zip([0, *cuts], [*cuts, grid.width]), number):
            further = 1 + index % 2 * min(self._reach, size // 4)
            left, right = max(start - further, 0), min(end + further, grid.width)
            zone = Window(left, first, right - left, last - first)
            sides = (first > 0, last < grid.height, left > 0, right < grid.width)
            pieces[index % 2].append(Seam(zone, (0, row - first), sides))
        return pieces

    def _start_all(self, seams: list[Seam]) -> list[Stitching]:
        """Start seams that have no pixel in common.

        All start from the ids before any of them, and their changes are entered in order, so that
        the result does not depend on which one finishes first, nor on the number in flight.
        """
        started: list[Stitching] = []

        def submit(seam: Seam) -> Future[Answer]:
            started.append(self._start(seam))
            return started[-1].answer

        self._scene.start_all(seams, submit, self._tile_bytes)
        return started

    def _finish(self, stitching: Stitching) -> None:
        """Wait for a seam and enter its changes."""
        arrays = self._scene.worker.result(stitching.answer, self._scene.progress).arrays
        seam, ids = stitching.seam, stitching.ids
        given = len(ids)
        sizes, internal = arrays["sizes"], arrays["internal"]
        self._table.change(ids, sizes[:given] - stitching.sizes, internal[:given])
        first = self._table.append(sizes[given:], internal[given:])
        fresh = np.arange(first, len(self._table))
        lookup = np.concatenate([np.zeros(1, np.int64), ids, fresh]).astype(np.uint32)
        # The outermost line on an open side was only read; another seam may have changed it.
        top, bottom, left, right = map(int, seam.open_sides)
        inner = Window(
            seam.zone.col_off + left,
            seam.zone.row_off + top,
            seam.zone.width - left - right,
            seam.zone.height - top - bottom,
        )
        inside = inner.relative_to(seam.zone).slices
        self._labels.write(inner, lookup[arrays["labels"][inside]])
        sources, targets = arrays["merged"].T - 1
        self._table.merge(ids[sources], ids[targets])

    def renumber(self, final: RasterWriter, windows: list[Window], progress: Progress) -> int:
        """Copy the labels with ids 1..n, in the order in which the ids were given."""
        present = np.zeros(len(self._table), bool)
        for index, window in enumerate(windows):
            present[self._read_labels(window)] = True
            progress.report(0.5 * index / len(windows), "Numbering superpixels")
        numbers = self._table.final_numbers(present)
        for index, window in enumerate(windows):
            final.write(window, numbers[self._read_labels(window)])
            progress.report(0.5 + 0.5 * index / len(windows))
        return int(numbers.max())

    def _submit_tile(self, window: Window) -> Future[Answer]:
        options, arrays = self._read(window)
        return self._scene.worker.submit("superpixels", options, arrays)

    def _start(self, seam: Seam) -> Stitching:
        labels, ids = self._table.compact(self._read_labels(seam.zone))
        sizes, internal = self._table.figures_of(ids)
        options, arrays = self._read(seam.zone)
        options.update(seam=seam.line, open_sides=seam.open_sides)
        arrays.update(labels=labels, sizes=sizes, internal=internal)
        return Stitching(seam, ids, sizes, self._scene.worker.submit("stitch", options, arrays))

    def _read(self, window: Window) -> tuple[dict[str, object], dict[str, npt.NDArray[Any]]]:
        grid = self._source.grid
        outer = window.expand(self._margin, grid.width, grid.height)
        values, valid = self._source.read(outer, compact=True)
        options: dict[str, object] = {
            "scaling": self._scene.scaling,
            "segmenter": self._options.segmenter,
            "core": core_of(window, outer),
        }
        return options, tile_arrays(values, valid)

    def _read_labels(self, window: Window) -> Labels:
        labels: Labels = self._labels.read(window)[0]
        return labels
