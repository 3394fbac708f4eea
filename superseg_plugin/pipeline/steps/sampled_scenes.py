# SPDX-License-Identifier: GPL-2.0-or-later
"""Copying windows of the scenes of a folder into the sample that a model is trained on.

Several scenes are read at once, into places that are fixed before. A scene is left out of the
sample where it has other bands than the reference, or values in other units than most scenes.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ...contracts import BandScaling
from ...errors import ClusterError, SuperSegError
from ...progress import Progress, Quiet, stop_if_cancelled
from ...raster.grid import Grid
from ...raster.source import Array, RasterSource
from ...raster.windows import Window, tiles
from ...raster.writer import RasterProfile, RasterWriter
from ...worker.interface import Worker
from .folder_files import about_scene
from .folder_sample import Wanted, candidates, layout, windows_wanted
from .folder_scenes import (
    FolderSample,
    FolderScenes,
    Header,
    Reference,
    find_reference,
    prepare_scene,
)
from .model_bands import check_no_band_is_empty
from .model_rasters import check_kinds, rasters_of_model
from .model_values import ModelUse, check_values
from .scenes_in_flight import Load, SceneRun, ScenesInFlight
from .tiling import automatic_tile

LABEL = "the model of these scenes"
CURE = "Convert the image to the units of the others, or leave it out by PATTERN."
# Windows with a smaller share of valid pixels are used only where there are not enough others.
WANTED_SHARE = 0.5
# Scenes that are read at once: reading and inflating keep a disk and a few processors busy.
SLOTS = 4


def sample_folder(
    folder: FolderScenes,
    headers: Mapping[int, Header],
    path: Path,
    worker: Worker,
    progress: Progress,
) -> tuple[FolderSample, dict[int, str]]:
    """Copy windows of all scenes into a raster.

    Args:
        folder: the scenes, and how they are segmented.
        headers: of those that can be read.
        path: of the raster; those of additional rasters are written beside it.
        worker: measures the bands.
        progress: told of every scene.

    Returns:
        The sample, and a sentence on each scene that is not in it, by index.

    Raises:
        SuperSegError: no scene fits, or the worker has ended.
        Cancelled: the user asked to stop.
    """
    like = find_reference(folder, headers, worker, Quiet(progress))
    order = sorted(headers)
    grids = [headers[index].grid for index in order]
    sizes = [(grid.width, grid.height) for grid in grids]
    wanted = windows_wanted(sizes, like.pixel_bytes)
    places, width, height = layout([each.size for each in wanted for _ in range(each.count)])
    ends = np.cumsum([each.count for each in wanted]).tolist()
    others = range(1, len(like.parts))
    paths = (path, *(path.with_name(f"additional raster {n} (sample).tif") for n in others))
    with ExitStack() as opened:
        writers = []
        for place, part in zip(paths, like.parts):
            profile = RasterProfile(
                len(part.band_names), part.dtype, with_mask=True, compress=False
            )
            writers.append(opened.enter_context(RasterWriter(place, Grid(width, height), profile)))
        copies = _Copies(folder, like, worker, writers)

        def work(number: int, run: SceneRun) -> _Copied | str:
            index, of_scene = order[number], wanted[number]
            run.admit(Load(1, 0))
            begin = ends[number] - of_scene.count
            try:
                return copies.copy(index, of_scene, places[begin : ends[number]], run)
            except SuperSegError as error:
                if isinstance(error, ClusterError) or not worker.usable:
                    raise
                return about_scene(folder.scenes[index], error)

        names = [folder.scenes[index].name for index in order]
        flight = ScenesInFlight(names, work, lambda: SLOTS, progress)
        found = dict(zip(order, flight.outcomes()))
        like = _leave_out_other_units(found, folder, like, copies)
    failures = {index: each for index, each in found.items() if isinstance(each, str)}
    copied = {index: each for index, each in found.items() if not isinstance(each, str)}
    pixels = sum(each.pixels for each in copied.values())
    if not pixels:
        reason = next(iter(failures.values()), "all pixels are nodata")
        raise SuperSegError(f"FOLDER: no scene can be segmented. {reason}")
    of_scenes = sum(headers[index].grid.width * headers[index].grid.height for index in copied)
    of_sample = sum(place.width * place.height for each in copied.values() for place in each.places)
    windows = sum(len(each.places) for each in copied.values())
    share = of_sample / of_scenes
    return FolderSample(paths, like, tuple(copied), windows, pixels, share), failures


@dataclass(frozen=True)
class _Copied:
    """A scene in the sample: its scaling, valid pixels, and places of its windows."""

    scaling: BandScaling
    pixels: int
    places: list[Window]


class _Copies:
    """Copies windows of scenes to their places.

    Args:
        folder: the scenes.
        like: the reference.
        worker: measures the bands.
        writers: of the sample, one a raster; used by one thread at a time.
    """

    def __init__(
        self,
        folder: FolderScenes,
        like: Reference,
        worker: Worker,
        writers: Sequence[RasterWriter],
    ) -> None:
        self._folder, self._like, self._worker, self._writers = folder, like, worker, writers
        self._lock = threading.Lock()
        # Side of the parts that windows are copied in.
        self._side = automatic_tile(like.band_count)

    def copy(
        self, index: int, wanted: Wanted, places: Sequence[Window], progress: Progress
    ) -> _Copied:
        """Copy the windows of a scene.

        Args:
            index: of the scene.
            wanted: its windows.
            places: of the windows in the sample.
            progress: asked for cancel.
        """
        folder, like = self._folder, self._like
        # What the scene logs is logged when it is classified.
        quiet = Quiet(progress)
        with (
            folder.open(index) as opened,
            rasters_of_model(like, LABEL, opened, quiet) as source,
        ):
            scaling = prepare_scene(source, folder, self._worker, quiet)
            check_no_band_is_empty(like, LABEL, source)
            check_kinds(like, LABEL, source)
            tried = candidates(source.grid, wanted, folder.options.seed + index)
            pixels = 0
            windows = tried if wanted.whole else _best(source, tried, len(places), progress)
            for place, window in zip(places, windows):
                pixels += self._copy_window(source, window, place, progress)
        return _Copied(scaling, pixels, list(places[: len(windows)]))

    def hide(self, places: Sequence[Window]) -> None:
        """Make windows nodata."""
        for place in places:
            for part in tiles(place.width, place.height, self._side):
                there = _moved(part, place)
                for writer in self._writers:
                    writer.write_mask(there, np.zeros((part.height, part.width), bool))

    def _copy_window(
        self, source: RasterSource, window: Window, place: Window, progress: Progress
    ) -> int:
        """Copy a window; returns its number of valid pixels."""
        pixels, counts = 0, [len(part.band_names) for part in self._like.parts]
        for part in tiles(window.width, window.height, self._side):
            stop_if_cancelled(progress)
            values, valid = source.read(_moved(part, window))
            values[:, ~valid] = 0
            pixels += int(valid.sum())
            of_rasters = np.split(values, np.cumsum(counts)[:-1])
            with self._lock:
                for writer, like, own in zip(self._writers, self._like.parts, of_rasters):
                    writer.write(_moved(part, place), _fitting(own, like.dtype))
                    writer.write_mask(_moved(part, place), valid)
        return pixels


def _best(
    source: RasterSource, tried: Sequence[Window], count: int, progress: Progress
) -> list[Window]:
    """The first windows of which most is valid, or those with the largest valid shares."""
    found: list[Window] = []
    spare: list[tuple[float, Window]] = []
    for window in tried:
        if len(found) == count:
            break
        stop_if_cancelled(progress)
        share = float(source.read(window)[1].mean())
        if share >= WANTED_SHARE:
            found.append(window)
        elif share > 0:
            spare.append((share, window))
    spare.sort(key=lambda one: -one[0])
    return found + [window for _, window in spare[: count - len(found)]]


def _fitting(values: Array, dtype: np.dtype[Any]) -> Array:
    """Values within the range of a type of whole numbers."""
    if dtype.kind not in "iu":
        return values
    return np.clip(values, np.iinfo(dtype).min, np.iinfo(dtype).max)


def _leave_out_other_units(
    found: dict[int, _Copied | str], folder: FolderScenes, like: Reference, copies: _Copies
) -> Reference:
    """Take scenes out of the sample whose values are in other units than those of most scenes.

    Returns:
        The reference with what the values of most scenes are.
    """
    copied = {index: each for index, each in found.items() if not isinstance(each, str)}
    if not copied:
        return like
    kinds = Counter(each.scaling.kind for each in copied.values())
    kind, _ = kinds.most_common(1)[0]
    alike = [each.scaling for each in copied.values() if each.scaling.kind == kind]

    def middle(name: str) -> tuple[float, ...]:
        return tuple(np.median([getattr(each, name) for each in alike], axis=0).tolist())

    usual = BandScaling(
        middle("low"), middle("high"), middle("center"), middle("spread"), kind=kind
    )
    first = replace(like.parts[0], kind=kind)
    like = replace(like, scaling=usual, parts=(first, *like.parts[1:]))
    for index, each in copied.items():
        scene = folder.scenes[index]
        try:
            check_values(ModelUse(like, LABEL, scene.name, CURE), each.scaling, Progress())
        except SuperSegError as error:
            copies.hide(each.places)
            found[index] = about_scene(scene, error)
    return like


def _moved(part: Window, place: Window) -> Window:
    """A part of a window that lies elsewhere."""
    return Window(
        part.col_off + place.col_off, part.row_off + place.row_off, part.width, part.height
    )
