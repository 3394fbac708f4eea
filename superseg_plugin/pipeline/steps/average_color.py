# SPDX-License-Identifier: GPL-2.0-or-later
"""Replace every pixel of an image by the mean of its class.

The first pass sums the image by class, the last writes the means, rounded for integer types, or
their colors where a picture mixes bands. If superpixels are given, a pass before them finds the
most frequent class of each superpixel.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import SuperSegError
from ...progress import Progress, stop_if_cancelled
from ...raster.grid import Grid
from ...raster.grid_comparison import require_same_grid
from ...raster.source import RasterSource
from ...raster.windows import Window, tiles
from ...raster.writer import RasterProfile, RasterWriter
from ..classes.reading import CLASS_ZERO, TILE, ClassReader, read_classes, read_numbers
from ..classes.rendering import ClassStatistics, class_statistics

# Counts of pairs of superpixel and class that are kept apart before they are summed: bounds the
# memory to some 100 MB.
MOST_PENDING = 4_000_000
# Bits of a pair that hold the class, up to `CLASS_ZERO`.
CLASS_BITS = 17
# Bands of a picture.
RGB = ("Red", "Green", "Blue")


def paint_average_color(
    source: RasterSource,
    classification: ClassReader,
    output_path: str | Path,
    progress: Progress,
    statistics: ClassStatistics | None = None,
    superpixels: ClassReader | None = None,
) -> None:
    """Write the image with every pixel replaced by the mean of its class.

    The result has the image's bands, data type (means are rounded for integers) and nodata value.
    If the bands have no common nodata value, a mask band marks the pixels without class. An image
    whose picture mixes bands, such as an embedding, becomes that picture of the means: red, green
    and blue bytes, with a mask band.

    Args:
        source: the image.
        classification: its classes, on the same grid.
        output_path: path of the raster.
        progress: reports every tile.
        statistics: of the classes, after `superpixels` were applied; computed if None.
        superpixels: if given, all pixels of each first get its most frequent class.

    Raises:
        SuperSegError: the grids differ, no pixel has a class, or the output cannot be written.
    """
    grid = source.grid
    require_same_grid(grid, classification.grid, "CLASSIFICATION", classification.name)
    start = 0.0
    if superpixels is not None:
        require_same_grid(grid, superpixels.grid, "SUPERPIXELS", superpixels.name)
        start = 0.3
        classification = MajorityClasses(classification, superpixels, progress.part(0.0, start))
    middle = start
    if statistics is None:
        middle = (1 + start) / 2
        part = progress.part(start, middle)
        statistics = class_statistics(source, classification, part)
    if not statistics.counts.any():
        raise SuperSegError(
            f"CLASSIFICATION: no pixel of {classification.name} has a class where the image has"
            " valid pixels; give classes of this image."
        )
    palette, profile = _drawn(statistics, source)
    windows = tiles(grid.width, grid.height, TILE)
    end = middle + 0.9 * (1 - middle)
    painting = progress.part(middle, end)
    with RasterWriter(output_path, grid, profile, progress=progress.part(end, 1.0)) as writer:
        for done, window in enumerate(windows, start=1):
            stop_if_cancelled(progress)
            numbers = read_classes(classification, window, "CLASSIFICATION")
            _, valid = source.read(window, compact=True)
            numbers[~valid] = 0
            writer.write(window, palette[:, numbers])
            if profile.with_mask:
                writer.write_mask(window, numbers > 0)
            painting.report(done / len(windows))


def _drawn(
    statistics: ClassStatistics, source: RasterSource
) -> tuple[npt.NDArray[Any], RasterProfile]:
    """Return the values of each class, `(bands, k + 1)`, and the bands that hold them."""
    overviews = "average" if source.has_overviews else None
    picture = source.picture
    if picture is not None and picture.mixes:
        colors = np.insert(picture.colors(statistics.means).T, 0, 0, axis=1)
        of_colors = RasterProfile(
            3, np.uint8, band_names=RGB, band_colors=RGB, with_mask=True, overviews=overviews
        )
        return colors, of_colors
    nodata = common_nodata(source)
    of_image = RasterProfile(
        len(source.bands),
        source.dtype,
        nodata=nodata,
        band_names=source.band_names,
        band_colors=source.band_colors,
        with_mask=nodata is None,
        overviews=overviews,
    )
    return _palette(statistics, source, nodata), of_image


class MajorityClasses:
    """A class raster in which every superpixel has its most frequent class.

    Of equally frequent classes the one of the lowest number is taken. Pixels outside superpixels
    keep their class, and pixels without class have none.

    Args:
        classification: the class raster.
        superpixels: superpixel numbers on the same grid.
        progress: reports every tile of the count.
    """

    def __init__(
        self, classification: ClassReader, superpixels: ClassReader, progress: Progress
    ) -> None:
        self._classification = classification
        self._superpixels = superpixels
        self._count(progress)

    @property
    def grid(self) -> Grid:
        """Size and georeference."""
        return self._classification.grid

    @property
    def name(self) -> str:
        """Name of the class raster, for messages."""
        return self._classification.name

    @property
    def zero_is_value(self) -> bool:
        """Whether 0 is a class."""
        return self._classification.zero_is_value

    def read(self, window: Window) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
        """Return `(1, rows, cols)` int64 class numbers, and which are classes."""
        classes = read_classes(self._classification, window, "CLASSIFICATION")
        numbers = read_numbers(self._superpixels, window, "SUPERPIXELS")
        inside = (classes > 0) & (numbers > 0)
        indices = np.searchsorted(self._numbers, numbers[inside])
        classes[inside] = self._majority[indices]
        valid = classes > 0
        classes[classes == CLASS_ZERO] = 0
        return classes[np.newaxis], valid

    def _count(self, progress: Progress) -> None:
        """Find the most frequent class of every superpixel."""
        keys = np.zeros(0, dtype=np.int64)
        counts = np.zeros(0, dtype=np.int64)
        pending: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]] = []
        windows = tiles(self.grid.width, self.grid.height, TILE)
        for done, window in enumerate(windows, start=1):
            stop_if_cancelled(progress)
            classes = read_classes(self._classification, window, "CLASSIFICATION")
            numbers = read_numbers(self._superpixels, window, "SUPERPIXELS")
            inside = (classes > 0) & (numbers > 0)
            found = np.unique((numbers[inside] << CLASS_BITS) | classes[inside], return_counts=True)
            pending.append(found)
            if sum(len(part) for part, _ in pending) > MOST_PENDING or done == len(windows):
                keys, counts = _summed([(keys, counts), *pending])
                pending = []
            progress.report(done / len(windows))
        numbers, classes = keys >> CLASS_BITS, keys & ((1 << CLASS_BITS) - 1)
        # In this order, the most frequent class of each superpixel is its last row.
        order = np.lexsort((-classes, counts, numbers))
        numbers, classes = numbers[order], classes[order]
        last = np.append(numbers[1:] != numbers[:-1], True)[: len(numbers)]
        self._numbers = numbers[last]
        self._majority = classes[last]


def _summed(
    parts: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Sum the counts of equal keys."""
    keys, indices = np.unique(np.concatenate([part[0] for part in parts]), return_inverse=True)
    counts = np.bincount(indices, weights=np.concatenate([part[1] for part in parts]))
    return keys, counts.astype(np.int64)


def common_nodata(source: RasterSource) -> float | None:
    """Return the nodata value that all bands share; None if there is none."""
    first: float | None = source.nodata[0]
    if first is None:
        return None
    if all(value is not None and value != value for value in source.nodata):
        return first
    if any(value != first for value in source.nodata):
        return None
    return first


def _palette(
    statistics: ClassStatistics, source: RasterSource, nodata: float | None
) -> npt.NDArray[Any]:
    """Return the mean of each class, `(bands, k + 1)` of the image's type; column 0 is nodata."""
    dtype = source.dtype
    fill = 0 if nodata is None else nodata
    means = statistics.means.T
    means = np.where(np.isfinite(means), means, 0)
    palette = np.empty((means.shape[0], means.shape[1] + 1), dtype=dtype)
    palette[:, 0] = fill
    if dtype.kind == "f":
        palette[:, 1:] = means
        if nodata is not None and nodata == nodata:
            colors = palette[:, 1:]
            same = colors == dtype.type(nodata)
            colors[same] = np.nextafter(dtype.type(nodata), dtype.type(np.inf))
        return palette
    limits = np.iinfo(dtype)
    palette[:, 1:] = np.clip(np.rint(means), limits.min, np.nextafter(float(limits.max), 0))
    # The largest number of 64 bits is no float64, and the next one is beyond the type.
    palette[:, 1:][np.rint(means) >= float(limits.max)] = limits.max
    if nodata is not None:
        # A mean that equals the nodata value would make its class nodata.
        beside = int(nodata) + (1 if nodata < limits.max else -1)
        colors = palette[:, 1:]
        colors[colors == dtype.type(nodata)] = beside
    return palette
