# SPDX-License-Identifier: GPL-2.0-or-later
"""A preview of a segmentation in the part of an image that a map shows, within seconds.

Idea: the view is read once at the map's resolution, cut into superpixels and clustered by a worker
that stays. Another number of classes is another cut of the same tree, another smoothness keeps the
features, so that a slider answers at once. The last previews of a view are kept, so that settings
can be compared.
Exact: the features and the tree are those of a run with the same preset on the same pixels. Nothing
is cached that depends on a changed option.
Approximate: the pixels are those of the map, at most 1024 on a side, and of the visible part alone.
Cost: with two cores and 30,000 superpixels, 2 s to cluster them; 0.05 s for another number of
classes.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Callable, Optional

import numpy as np
import numpy.typing as npt

from ...blocks import Description
from ...contracts import Clusters
from ...errors import SuperSegError
from ...progress import Progress, stop_if_cancelled
from ...raster.ground import has_meters
from ...raster.source import RasterSource
from ...wording import counted
from ...worker.interface import Worker
from ..classes.previewed import Preview
from ..classes.reading import count_and_measure
from ..classes.rendering import display_colors
from ..options.ground_sizes import with_smallest
from ..options.preview import MOST_SIDE, MapView, PreviewOptions
from ..options.segmentation import VOCABULARIES
from .band_statistics import measure_scene
from .clustering import (
    change_class_count,
    change_smoothness,
    cluster_superpixels,
)
from .description import describe_superpixels, means_of_classes
from .kept_superpixels import Knowledge
from .refinement import refine_superpixels
from .scene import Scene
from .superpixels import make_superpixels
from .tile_requests import read_superpixels
from .viewed_rasters import ViewedRasters

# A map with fewer pixels of the image than this tells nothing.
FEWEST_VALID = 1024
# Previews that are kept: two that are compared.
KEPT = 2

Bytes = npt.NDArray[np.uint8]
# Makes a file of an image that is elsewhere, gives its path, and removes it afterwards.
Fetch = Optional[Callable[[Progress], AbstractContextManager[str]]]


@dataclass
class _Cut:
    """A view cut into superpixels.

    Attributes:
        path: of their raster.
        labels: their ids.
        description: of the superpixels.
        refined: ids and description after borders were refined.
        true_size: whether they have about the wanted size on the ground.
    """

    path: Path
    labels: npt.NDArray[np.uint32]
    description: Description
    refined: tuple[npt.NDArray[np.uint32], Description]
    true_size: bool


class Previewer:
    """Computes previews by a worker that stays warm, and what has not changed only once."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._folder = TemporaryDirectory(prefix="superseg-preview-")
        self._view: MapView | None = None
        self._scene: Scene | None = None
        self._cut_of: tuple[MapView, float] | None = None
        self._cut: _Cut | None = None
        # Of the cut that there is.
        self._found: Clusters | None = None
        self._clustered_by = (0, 0.0, "")
        # Previews of the view, the latest at the end.
        self._kept: list[Preview] = []
        # What is known of the image, whatever part of it is shown; what the view holds open.
        self._rasters: ViewedRasters | None = None
        self._opened = ExitStack()

    def close(self) -> None:
        """Remove the scratch files."""
        self._forget()
        self._folder.cleanup()

    def preview(
        self, view: MapView, options: PreviewOptions, progress: Progress, fetch: Fetch = None
    ) -> Preview:
        """Compute a preview, or return one of the last `KEPT` of the same view.

        Args:
            view: of what.
            options: what to try out.
            progress: asked for cancel.
            fetch: makes a file of the image where `view.path` is none that GDAL can read; called
                only where the view is another one than before.

        Raises:
            SuperSegError: the map shows too little of the image.
            Cancelled: the request was dropped.
        """
        scene = self._read(view, progress, fetch).within(progress)
        known = [one for one in self._kept if one.options == options]
        found = known[0] if known else self._computed(scene, view, options)
        others = [one for one in self._kept if one is not found]
        self._kept = [*others, found][-KEPT:]
        return found

    def _computed(self, scene: Scene, view: MapView, options: PreviewOptions) -> Preview:
        if self._cut is None or self._cut_of != (view, options.superpixel_size):
            self._found = None
            self._cut = self._superpixels(scene, view, options)
            self._cut_of = (view, options.superpixel_size)
        cut = self._cut
        stop_if_cancelled(scene.progress)
        clusters = self._clusters(scene, cut, options)
        best = clusters.labels
        ids, description = cut.refined
        numbers, means = _by_area(best, description)
        colors = display_colors(means, scene.source, scene.scaling)
        classes = np.append(0, numbers).astype(np.uint8)[ids]
        areas, in_meters = _areas(classes, len(colors), scene.source, view.reduction)
        return Preview(
            view,
            options,
            classes,
            colors,
            areas,
            in_meters,
            _outlines(cut.labels),
            len(best),
            cut.true_size,
        )

    def _forget(self) -> None:
        """Close the image of the former view, and what was computed of it."""
        self._opened.close()
        self._scene, self._view, self._cut, self._cut_of = None, None, None, None
        self._found, self._kept = None, []

    def _read(self, view: MapView, progress: Progress, fetch: Fetch) -> Scene:
        if view == self._view and self._scene is not None:
            return self._scene
        self._forget()
        opened = ExitStack()
        try:
            with fetch(progress) if fetch else nullcontext(view.path) as path:
                if self._rasters is None or view.name or self._rasters.image != view.image:
                    self._rasters = ViewedRasters(path, view, progress)
                folder = Path(self._folder.name)
                shown = self._rasters.shown(path, view, folder, progress)
                source = opened.enter_context(shown)
            stop_if_cancelled(progress)
            _refuse_empty(source, view)
            scaling = measure_scene(source, 1, self._worker, progress)
        except BaseException:
            opened.close()
            raise
        self._opened = opened
        self._scene = Scene(source, scaling, self._worker, folder, Progress())
        self._view = view
        return self._scene

    def _clusters(self, scene: Scene, cut: _Cut, options: PreviewOptions) -> Clusters:
        """Cluster superpixels, as little anew as the options allow."""
        wanted = options.classes, options.smoothness, options.preset
        before, found = self._clustered_by, self._found
        if found is None or before[2] != options.preset:
            count = VOCABULARIES[options.preset]
            found = cluster_superpixels(scene, cut.description, *wanted[:2], count)
            self._refine(scene, cut, found)
        elif before[1] != options.smoothness:
            found = change_smoothness(scene, cut.description, found, *wanted[:2])
            self._refine(scene, cut, found)
        elif before != wanted:
            # The cut of the tree that borders are refined by does not depend on the number.
            found = change_class_count(scene, found, options.classes)
        self._found, self._clustered_by = found, wanted
        return found

    @staticmethod
    def _refine(scene: Scene, cut: _Cut, found: Clusters) -> None:
        with RasterSource(str(cut.path)) as superpixels:
            known = Knowledge(superpixels, cut.description, found)
            path, description = refine_superpixels(scene, known)
        with RasterSource(str(path)) as refined:
            cut.refined = read_superpixels(refined, refined.grid.window), description

    def _superpixels(self, scene: Scene, view: MapView, wanted: PreviewOptions) -> _Cut:
        pixels, true_size = wanted.smallest(view.reduction)
        options = replace(with_smallest(pixels), tile_size=MOST_SIDE)
        path = scene.scratch / "superpixels.tif"
        make_superpixels(scene, path, options)
        with RasterSource(str(path)) as superpixels:
            description = describe_superpixels(scene, superpixels)
            labels = read_superpixels(superpixels, superpixels.grid.window)
        return _Cut(path, labels, description, (labels, description), true_size)


def _refuse_empty(source: RasterSource, view: MapView) -> None:
    _, valid = source.read(source.grid.window)
    found = int(valid.sum())
    if found < FEWEST_VALID:
        what = "no valid pixel" if not found else f"only {counted(found, 'valid pixel')}"
        if view.name:
            raise SuperSegError(
                f"{view.name} gave {what} for this part of the map; check that it shows there, and"
                " that its server answers."
            )
        name = Path(view.path).name
        raise SuperSegError(
            f"The map shows {what} of {name}; move it to where the image is, and not nodata."
        )


def _by_area(
    best: npt.NDArray[np.int64], description: Description
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Number classes by area, and return their means in display units, as a run does."""
    areas, means = means_of_classes(description, best, int(best.max(initial=0)) + 1)
    order = np.argsort(-areas, kind="stable")
    order = order[areas[order] > 0]
    numbers = np.zeros(len(areas), np.int64)
    numbers[order] = np.arange(1, len(order) + 1)
    return numbers[best], means[order]


def _areas(
    classes: Bytes, count: int, source: RasterSource, reduction: float
) -> tuple[npt.NDArray[np.float64], bool]:
    """Return the areas `(count,)` of classes, and whether they are in square meters."""
    grid = source.grid
    in_meters = has_meters(grid)
    pixel_areas = grid.pixel_areas(grid.window) if in_meters else np.full((1, 1), reduction**2)
    _, areas = count_and_measure(classes, count + 1, pixel_areas)
    return areas[1:], in_meters


def _outlines(labels: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    outlines = np.zeros(labels.shape, bool)
    outlines[:, :-1] |= labels[:, :-1] != labels[:, 1:]
    outlines[:-1] |= labels[:-1] != labels[1:]
    return outlines
