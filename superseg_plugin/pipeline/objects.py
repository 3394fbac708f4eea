# SPDX-License-Identifier: GPL-2.0-or-later
"""Objects of a class raster with their figures: superpixels, or patches of classes.

A patch is a 4-connected area of one class, after merging by a table if there is one. Superpixels
come from the file beside the class raster, which also knows the confidence of patches. A pass
paints the number of each object into a scratch raster and sums areas and values; GDAL then draws
the outlines from that raster. Memory grows with the number of objects, not with that of pixels.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ..errors import SuperSegError
from ..progress import Progress, stop_if_cancelled
from ..raster.changed_files import changed_since, require_same_classes
from ..raster.class_polygons import drawable, write_outlines
from ..raster.grid_comparison import require_same_grid
from ..raster.objects import ObjectTable
from ..raster.source import RasterSource
from ..raster.superpixel_file import SuperpixelFile
from ..raster.superpixel_tables import superpixel_file_of
from ..raster.windows import Window
from ..raster.writer import RasterProfile, RasterWriter
from .class_polygons import PolygonClass, ShownClasses, shown_classes
from .classes.object_figures import BandFigures, Neighbors, ObjectFigures, ObjectSums
from .classes.strips import ClassStrips
from .steps.recorded_values import prepare_as_recorded

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# No border between objects is dropped.
ANY_AREA = np.iinfo(np.int64).max


@dataclass(frozen=True)
class ObjectInputs:
    """What objects are made of.

    Attributes:
        classification: the class raster.
        superpixels: whether superpixels are wanted, and not patches.
        image: on the same grid; None for the means that the file of superpixels has.
        table: path of a merge table, None for none.
    """

    classification: RasterSource
    superpixels: bool
    image: RasterSource | None = None
    table: str | None = None


@dataclass(frozen=True)
class FoundObjects:
    """The objects of a class raster.

    Attributes:
        figures: of the objects.
        classes: their classes by number.
        several: number of polygons of the objects that have more than one.
    """

    figures: ObjectFigures
    classes: dict[int, PolygonClass]
    several: dict[int, int]


def run_objects(inputs: ObjectInputs, path: Path, progress: Progress) -> FoundObjects:
    """Write the outlines of objects to a GeoPackage and measure them; needs no worker.

    Args:
        inputs: class raster, image and table.
        path: the file to write, in a scratch folder of its own; field `class` has the number of
            the object.
        progress: reports the share that is done.

    Raises:
        SuperSegError: an input cannot be used, there is no file of superpixels, or the class
            raster was changed since.
        Cancelled: the user cancelled.
    """
    source, image = inputs.classification, inputs.image
    drawable(source.grid, source.name)
    if image is not None:
        require_same_grid(source.grid, image.grid, "INPUT", image.name)
        prepare_as_recorded(image, source.path, progress)
    strips = ClassStrips(source, "CLASSIFICATION", len(image.bands) if image else 0)
    with _superpixels(inputs, progress) as file:
        shown = shown_classes(strips, inputs.table, progress.part(0.0, 0.1))
        objects: _Objects
        if inputs.superpixels and file is not None:
            objects = _Superpixels(strips, shown, file)
        else:
            objects = _Patches(strips, shown, progress.part(0.1, 0.3))
        work = _Measuring(inputs, strips, objects, file)
        raster = path.with_name("objects.tif")
        figures = work.paint(raster, progress.part(0.3, 0.6))
    progress.report(0.6, "Drawing outlines")
    several = write_outlines(raster, path, progress.part(0.6, 1.0))
    return FoundObjects(figures, shown.classes, several)


@contextmanager
def _superpixels(inputs: ObjectInputs, progress: Progress) -> Iterator[SuperpixelFile | None]:
    """Context with the file of superpixels; None if there is none and it is not needed."""
    path = inputs.classification.path
    if not inputs.superpixels and not superpixel_file_of(path).is_file():
        yield None
        return
    try:
        opened = SuperpixelFile.open_beside(path)
    except SuperSegError as error:
        if inputs.superpixels:
            raise SuperSegError(f"CLASSIFICATION: {error}") from error
        progress.log(f"Patches have no confidence, and means only from an image: {error}")
        yield None
        return
    with opened:
        if (opened.grid.width, opened.grid.height) != (
            inputs.classification.grid.width,
            inputs.classification.grid.height,
        ):
            raise changed_since(path)
        yield opened


class _Objects(Protocol):
    """Where the numbers of the objects come from.

    Attributes:
        classes: `(n,)` number of the class of each.
        neighbors: of the objects.
    """

    classes: Ints
    neighbors: Neighbors

    def read(self, index: int, window: Window) -> npt.NDArray[np.uint32]:
        """Return the objects `(rows, cols)` of a strip, from 1; 0 for none."""


class _Superpixels:
    """The superpixels of the file."""

    def __init__(self, strips: ClassStrips, shown: ShownClasses, file: SuperpixelFile) -> None:
        self._strips, self._file = strips, file
        if file.classes.max(initial=0) > strips.highest:
            raise changed_since(strips.source.path)
        merged = shown.lookup[strips.indices_of(file.classes)]
        self.classes = shown.numbers(merged)
        pairs = file.pairs.astype(np.int64)
        self.neighbors = Neighbors(file.count, pairs[:, 0], pairs[:, 1])
        self._own = np.append(0, file.classes)

    def read(self, index: int, window: Window) -> npt.NDArray[np.uint32]:
        ids = self._file.read_ids(window)
        source = self._strips.source
        values, valid = source.read(window)
        # A mask beside the class raster takes pixels from a superpixel.
        ids = np.where(valid, ids, 0).astype(np.uint32)
        require_same_classes(source.path, np.where(valid, values[0], 0), ids, self._own)
        return ids


class _Patches:
    """The 4-connected areas of the classes after merging."""

    def __init__(self, strips: ClassStrips, shown: ShownClasses, progress: Progress) -> None:
        self._strips, self._lookup = strips, shown.lookup
        self._table = ObjectTable(ANY_AREA)
        progress.report(0, "Finding patches")
        for done, window in enumerate(strips.windows, start=1):
            stop_if_cancelled(progress)
            self._table.add(shown.lookup[strips.read(window)], np.ones((1, 1), np.int64))
            progress.report(done / len(strips.windows))
        found = self._table.finish()
        # Areas without class are objects too, and get no number.
        present = found.classes > 0
        self._numbers = np.where(present, np.cumsum(present), 0).astype(np.uint32)
        self.classes = shown.numbers(found.classes[present])
        rows = self._numbers.astype(np.int64) - 1
        borders = found.borders
        self.neighbors = Neighbors(len(self.classes), rows[borders.one], rows[borders.other])

    def read(self, index: int, window: Window) -> npt.NDArray[np.uint32]:
        values = self._lookup[self._strips.read(window)]
        return self._table.paint(index, values, self._numbers)


class _Measuring:
    """The pass that paints and measures the objects."""

    def __init__(
        self,
        inputs: ObjectInputs,
        strips: ClassStrips,
        objects: _Objects,
        file: SuperpixelFile | None,
    ) -> None:
        self._strips, self._objects = strips, objects
        self._image = inputs.image
        # What is known of the superpixels of a patch.
        self._file = None if inputs.superpixels else file
        self._own = file if inputs.superpixels else None
        self._names: tuple[str, ...] = ()
        if inputs.image is not None:
            self._names = inputs.image.band_names
        elif self._file is not None:
            self._names = self._file.band_names

    def paint(self, path: Path, progress: Progress) -> ObjectFigures:
        """Write the numbers of the objects to a raster, and return the figures of the objects."""
        source, objects = self._strips.source, self._objects
        count = len(objects.classes)
        sums = ObjectSums(count, len(self._names), self._image is not None)
        confidence = np.zeros(count + 1)
        grid = drawable(source.grid, source.name)
        progress.report(0, "Measuring objects")
        with RasterWriter(
            path, grid, RasterProfile(1, np.uint32, nodata=0, compress=False)
        ) as writer:
            for index, window in enumerate(self._strips.windows):
                stop_if_cancelled(progress)
                ids = objects.read(index, window)
                writer.write(window, ids)
                numbers = ids.astype(np.int64)
                pieces = self._file.read_ids(window) if self._file else None
                sums.add(numbers, source.grid.pixel_areas(window), *self._values(window, pieces))
                if self._file is not None:
                    known = np.append(0, self._file.confidence)[pieces]
                    confidence += np.bincount(
                        numbers.ravel(), weights=known.ravel(), minlength=count + 1
                    )
                progress.report((index + 1) / len(self._strips.windows))
        sure: Floats | None = None
        bands = sums.bands(self._names)
        if self._file is not None:
            sure = confidence[1:] / np.maximum(sums.pixels[1:], 1)
        elif self._own is not None:
            sure = self._own.confidence.astype(np.float64)
            bands = bands or _means_of(self._own)
        pixels, areas = sums.pixels[1:], sums.areas[1:]
        return ObjectFigures(objects.classes, pixels, areas, objects.neighbors, sure, bands)

    def _values(
        self, window: Window, pieces: npt.NDArray[np.uint32] | None
    ) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Return the values `(bands, rows, cols)` of a strip, and where they count."""
        if self._image is not None:
            values, valid = self._image.read(window)
            return values.astype(np.float64), valid
        shape = (window.height, window.width)
        if self._file is None or pieces is None:
            return np.zeros((0, *shape)), np.zeros(shape, bool)
        means = np.vstack([np.full((1, len(self._names)), np.nan), self._file.means])
        found = np.moveaxis(means[pieces], -1, 0).astype(np.float64)
        valid = np.asarray(np.isfinite(found).all(axis=0))
        return np.where(valid, found, 0.0), valid


def _means_of(file: SuperpixelFile) -> BandFigures | None:
    means: Any = file.means
    return BandFigures(file.band_names, means.astype(np.float64)) if means.size else None
