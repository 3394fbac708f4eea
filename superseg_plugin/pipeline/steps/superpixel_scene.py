# SPDX-License-Identifier: GPL-2.0-or-later
"""Making the superpixels of a scene: cut by tile, stitched along seams, numbered.

Idea: the worker cuts each tile by itself and then a zone along each seam between tiles. Here the
labels lie in a raster, and sizes, internal differences and merges in a table by id.
Exact: the result does not depend on the order in which the worker answers. Vertical seams of one
row all start from the ids before any of them; so do the zones of a horizontal seam, from what the
vertical ones on both sides and horizontal ones some rows above have left. The size of a superpixel
is that of its pixels, though several seams have changed it at the same time. All ids have a place
in one order, that of the rows, whenever they are given.
Approximate: within `SEAM_REACH` pixels of a seam superpixels are cut without regard to those
further away.
Cost: each pixel is cut once, and those near a seam once more.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterator
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
from .scene import OwnArrays, Scene, Tile
from .seams import Prepared, RowSteps, Seam, Stitching
from .superpixel_table import Ids, SuperpixelTable
from .tiling import items_ahead, tile_bytes, tiles_together

DRAFT = "labels.tif"
# Pixels on either side of a seam within which superpixels are cut again: a multiple of the side of
# usual superpixels.
SEAM_REACH = 64
# Rows of tiles that are cut before a horizontal seam is joined: its vertical seams are there then.
ROWS_AHEAD = 2
# Horizontal seams that are stitched at the same time. Some superpixels reach over several rows, and
# have the size there that seams before these have left; the zones of six rows keep 24 nodes busy in
# a scene of 32,000 pixels in width.
ROWS_AT_ONCE = 6
# Image data of a horizontal zone that is stitched in one request, as float32, and its length in
# pixels. Zones are few, since superpixels end where zones do: in zones of one tile each, a drone
# image lost .18 in mean IoU. A zone of 32,000 pixels keeps one node busy for a second.
ZONE_BYTES, ZONE_LENGTH = 128 << 20, 1 << 13
Labels = npt.NDArray[np.uint32]


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
        self._tiles = 0
        # Vertical and horizontal seams that are not entered yet, by row; and horizontal zones that
        # may not be answered yet.
        self._vertical: dict[int, list[Stitching]] = {}
        self._horizontal: dict[int, list[Stitching]] = {}
        self._waiting: deque[Stitching] = deque()

    def __enter__(self) -> SuperpixelScene:
        profile = RasterProfile(1, np.uint32, compress=False)
        self._labels = RasterWriter(self._scene.scratch / DRAFT, self._source.grid, profile)
        return self

    def __exit__(self, *error: Any) -> None:
        self._labels.__exit__(*error)
        (self._scene.scratch / DRAFT).unlink(missing_ok=True)

    def cut_tiles(self, rows: list[list[Window]]) -> Iterator[None]:
        """Cut every tile by itself; yields after each row, while the next ones are computed."""
        read = list(map(self._tile, itertools.chain.from_iterable(rows)))
        self._tiles, options = len(read), {"segmenter": self._options.segmenter}
        answers = self._scene.tiles_in_flight("superpixels", read, self._tile_bytes, options)
        for number, row in enumerate(rows):
            first = RowSteps(number, len(row)).tiles
            for step, (tile, arrays) in enumerate(itertools.islice(answers, len(row)), first):
                given = self._table.append(arrays["sizes"], arrays["internal"], step)
                self._keep_tile(tile.window, arrays, given)
            yield

    def start_vertical_seams(self, number: int, windows: list[Window]) -> None:
        """Start stitching each tile of a row to the one on its left.

        Args:
            number: of the row.
            windows: its tiles.
        """
        grid, seams = self._source.grid, []
        for step, window in enumerate(windows[1:], RowSteps(number, len(windows)).vertical):
            first = max(window.col_off - self._reach - 1, 0)
            last = min(window.col_off + self._reach + 1, grid.width)
            zone = Window(first, window.row_off, last - first, window.height)
            sides = (False, False, first > 0, last < grid.width)
            seams.append(Seam(zone, (1, window.col_off - first), sides, step))
        started: list[Stitching] = []
        ahead = items_ahead(self._scene.bytes_here(self._tile_bytes), self._scene.worker.slots)
        together = 1
        if seams and self._scene.seen_by_nodes(None):
            zone = seams[0].zone
            pixels, threads = zone.width * zone.height, self._scene.worker.threads
            together = tiles_together("stitch", self._tiles, pixels, threads)
        for start in range(0, len(seams), together):
            prepared = list(map(self._prepare, seams[start : start + together]))
            if len(started) > ahead:
                self._wait(started[len(started) - ahead - 1])
            started.append(self._start(prepared))
        self._vertical[number] = started

    def start_horizontal_seams(self, number: int, windows: list[Window]) -> None:
        """Start stitching a row of tiles to the one above, in as few zones as their limits allow.

        Args:
            number: of the row, whose vertical seams have started.
            windows: its tiles.
        """
        self._enter_rows(self._vertical, number)
        self._enter_rows(self._horizontal, number - ROWS_AT_ONCE)
        grid, row = self._source.grid, windows[0].row_off
        size = self._options.tile_size
        first = max(row - self._reach - 1, 0)
        last = min(row + self._reach + 1, grid.height)
        bytes_a_column = (last - first) * 4 * (len(self._source.bands) + 4)
        length = max(min(ZONE_BYTES // bytes_a_column, ZONE_LENGTH) // size, 1) * size
        starts = range(0, grid.width, length)
        steps = RowSteps(number, len(windows)).horizontal(len(starts))
        started: list[Stitching] = []
        for col, step in zip(starts, steps):
            left, right = max(col - 1, 0), min(col + length + 1, grid.width)
            zone = Window(left, first, right - left, last - first)
            sides = (first > 0, last < grid.height, left > 0, right < grid.width)
            prepared = self._prepare(Seam(zone, (0, row - first), sides, step))
            while len(self._waiting) >= self._zones_at_once:
                self._wait(self._waiting.popleft())
            started.append(self._start([prepared]))
            self._waiting.append(started[-1])
        self._horizontal[number] = started

    def finish_seams(self) -> None:
        """Wait for all seams that have started, and enter their changes."""
        for started in (self._vertical, self._horizontal):
            self._enter_rows(started, max(started, default=0))

    def rows_ahead(self, windows: list[Window]) -> int:
        """Rows of tiles that are cut before those above are stitched.

        As many as are computed at once: else all wait for the seams of one row.

        Args:
            windows: tiles of a row.
        """
        if not self._scene.seen_by_nodes(None):
            return ROWS_AHEAD
        return max(2 * self._scene.worker.slots // len(windows), ROWS_AHEAD)

    @property
    def _zones_at_once(self) -> int:
        """Horizontal zones in flight: where they are sent, one takes much memory."""
        return self._scene.worker.slots if self._scene.seen_by_nodes(None) else 1

    def _enter_rows(self, started: dict[int, list[Stitching]], last: int) -> None:
        """Enter the seams of the rows up to one."""
        for number in [row for row in started if row <= last]:
            for stitching in started.pop(number):
                self._enter(stitching)

    def _enter(self, stitching: Stitching) -> None:
        """Wait for seams and enter their changes."""
        answer = self._wait(stitching)
        tiles = [prepared.tile for prepared in stitching.seams]
        for prepared, arrays in zip(stitching.seams, self._scene.answers_of(tiles, answer)):
            ids, before = self._given(prepared, arrays)
            given = len(ids)
            sizes, internal = arrays["sizes"], arrays["internal"]
            self._table.change(ids, sizes[:given] - before, internal[:given])
            first = self._table.append(sizes[given:], internal[given:], prepared.seam.step)
            fresh = np.arange(first, len(self._table))
            lookup = np.concatenate([np.zeros(1, np.int64), ids, fresh]).astype(np.uint32)
            self._keep_zone(prepared.seam, arrays, lookup)
            sources, targets = arrays["merged"].T - 1
            self._table.merge(ids[sources], ids[targets])

    def _wait(self, stitching: Stitching) -> Answer:
        return self._scene.worker.result(stitching.answer, self._scene.progress)

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
        writing, numbers = progress.part(0, 0.6), self._table.final_numbers()
        with RasterWriter(path, self._source.grid, profile, progress.part(0.6, 1)) as final:
            for index, window in enumerate(windows):
                final.write(window, numbers[self._read_labels(window)])
                writing.report(index / len(windows), "Numbering superpixels")
        return int(numbers.max())

    def _keep_tile(self, window: Window, arrays: OwnArrays, first: int) -> None:
        """Keep the labels of a tile, whose superpixels have the ids from `first` on."""
        labels = arrays["labels"]
        labels[labels > 0] += np.uint32(first - 1)
        self._labels.write(window, labels)

    def _given(self, prepared: Prepared, arrays: OwnArrays) -> tuple[Ids, Ids]:
        """Ids in the zone of a seam, and their sizes at the start."""
        return prepared.ids, prepared.sizes

    def _keep_zone(self, seam: Seam, arrays: OwnArrays, lookup: Labels) -> None:
        """Keep the labels of the zone of a seam, whose ids are in `lookup`."""
        inside = seam.inner.relative_to(seam.zone).slices
        self._labels.write(seam.inner, lookup[arrays["labels"][inside]])

    def _prepare(self, seam: Seam) -> Prepared:
        """A seam with what its tile has to tell of the superpixels in its zone as they are now."""
        labels, ids = self._table.compact(self._read_labels(seam.zone))
        return self._prepared(seam, Tile(seam.zone, self._margin), ids, {"labels": labels})

    def _prepared(
        self, seam: Seam, tile: Tile, ids: Ids, known: OwnArrays, **options: object
    ) -> Prepared:
        sizes, internal = self._table.figures_of(ids)
        options = {"seam": seam.line, "open_sides": seam.open_sides, **options}
        arrays = {**known, "sizes": sizes, "internal": internal}
        return Prepared(seam, tile._replace(options=options, arrays=lambda: arrays), ids, sizes)

    def _start(self, seams: list[Prepared]) -> Stitching:
        tiles, options = [each.tile for each in seams], {"segmenter": self._options.segmenter}
        return Stitching(seams, self._scene.submit_tiles("stitch", tiles, options))

    def _tile(self, window: Window) -> Tile:
        return Tile(window, self._margin)

    def _read_labels(self, window: Window) -> Labels:
        labels: Labels = self._labels.read(window)[0]
        return labels
