# SPDX-License-Identifier: GPL-2.0-or-later
"""Statistics of classes in an image, and the colors and the class table made from them.

One pass over the image sums pixels, values and areas by class (`class_statistics`); means and
colors follow from the sums. Colors are those of the picture of the image: the one that its run has
chosen, or its display bands. The display stretch of other images than Byte is estimated on a sample
of 64 evenly spread windows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...contracts import BandScaling
from ...progress import Progress, stop_if_cancelled
from ...raster.class_legend import default_name
from ...raster.class_table import ClassTable
from ...raster.grid_comparison import require_same_grid
from ...raster.pictures import GRAY, RAMPS, Picture
from ...raster.source import RasterSource
from ...raster.stack import rasters_of
from ...raster.windows import Window, tiles
from .colors import distinct_colors, spread_tones
from .reading import (
    ClassReader,
    count_and_measure,
    read_classes,
    refuse_high_class,
    tile_side,
)

Floats = npt.NDArray[np.float64]

# The sample for the display stretch: windows a side, and pixels a side of each.
SAMPLE_SIDE = 8
SAMPLE_PIXELS = 128
# Percentiles of the sample that are shown darkest and brightest, as QGIS stretches by default.
STRETCH_PERCENT = (2.0, 98.0)


@dataclass(frozen=True)
class ClassStatistics:
    """Sums over the valid pixels of each class 1 to k.

    Attributes:
        counts: `(k,)` int64, pixels.
        sums: `(k, bands)` float64, sums of the image's values.
        areas: `(k,)` float64, see `Grid.pixel_areas`.
    """

    counts: npt.NDArray[np.int64]
    sums: Floats
    areas: Floats

    @property
    def means(self) -> Floats:
        """Mean values, `(k, bands)`; NaN for classes without pixels."""
        counts = np.where(self.counts > 0, self.counts, np.nan)
        return np.asarray(self.sums / counts[:, np.newaxis], dtype=np.float64)


def class_statistics(
    source: RasterSource,
    classification: ClassReader,
    progress: Progress,
    class_count: int | None = None,
) -> ClassStatistics:
    """Sum the pixels of an image by class, tile by tile.

    Args:
        source: the image.
        classification: class numbers on the same grid, nodata for none; see `read_classes`.
        progress: reports every tile.
        class_count: number of classes to report; the highest number found if None.

    Raises:
        SuperSegError: the grids differ, or the numbers are not classes.
    """
    grid, bands = source.grid, len(source.bands)
    require_same_grid(grid, classification.grid, "CLASSIFICATION", classification.name)
    size = (class_count or 0) + 1
    counts = np.zeros(size, dtype=np.int64)
    sums = np.zeros((size, bands))
    areas = np.zeros(size)
    windows = tiles(grid.width, grid.height, tile_side(bands))
    for done, window in enumerate(windows, start=1):
        stop_if_cancelled(progress)
        numbers = read_classes(classification, window, "CLASSIFICATION")
        values, valid = source.read(window)
        numbers[~valid] = 0
        highest = int(numbers.max())
        if class_count:
            refuse_high_class(highest, classification.name, class_count)
        if highest >= len(counts):
            more = highest + 1 - len(counts)
            counts = np.pad(counts, (0, more))
            sums = np.pad(sums, ((0, more), (0, 0)))
            areas = np.pad(areas, (0, more))
        found, measured = count_and_measure(numbers, len(counts), grid.pixel_areas(window))
        counts += found
        areas += measured
        rows = numbers.ravel()
        for band, layer in enumerate(values):
            sums[:, band] += np.bincount(rows, layer.ravel(), len(counts))
        progress.report(done / len(windows))
    # Row 0 sums the pixels without class.
    return ClassStatistics(counts[1:], sums[1:], areas[1:])


def class_colors(means: Floats, picture: Picture) -> npt.NDArray[np.uint8]:
    """Return the mean color of each class, with the lightness spread (`spread_tones`).

    The colors of a ramp stay, as they stand for values. A color that resembles that of an earlier
    class is changed.

    Args:
        means: `(k, bands)` of the classes, NaN if unknown.
        picture: of the image.

    Returns:
        `(k, 3)` uint8.
    """
    shown = picture.colors(means)
    stays = picture.kind in RAMPS and picture.kind != GRAY
    return distinct_colors(shown if stays else spread_tones(shown))


def picture_of(source: RasterSource) -> Picture:
    """Return the picture of an image: that of its run, otherwise its display bands, stretched."""
    if source.picture is not None:
        return source.picture
    return Picture.of_bands(source.display_bands, len(source.bands), display_stretch(source))


def display_stretch(source: RasterSource) -> Floats:
    """Return the values to show darkest and brightest, `(len(source.display_bands), 2)`.

    Byte images are shown as they are, others between two percentiles of an even sample.
    """
    source = rasters_of(source)[0]
    chosen = list(source.display_bands)
    if source.dtype == np.uint8:
        return np.array([[0.0, 255.0]] * len(chosen))
    samples = []
    for window in _sample_windows(source.grid.width, source.grid.height):
        values, valid = source.read(window)
        samples.append(values[chosen][:, valid].astype(np.float64))
    sample = np.concatenate(samples, axis=1)
    if not sample.shape[1]:
        return np.array([[0.0, 1.0]] * len(chosen))
    stretch = np.percentile(sample, STRETCH_PERCENT, axis=1).T
    flat = stretch[:, 0] >= stretch[:, 1]
    stretch[flat] += np.array([-0.5, 0.5])
    return np.asarray(stretch, dtype=np.float64)


def build_class_table(
    source: RasterSource,
    classification: ClassReader,
    progress: Progress,
    names: Sequence[str] | None = None,
    colors: npt.NDArray[np.uint8] | None = None,
    statistics: ClassStatistics | None = None,
) -> ClassTable:
    """Make the class table of a raster.

    Args:
        source: the image that was classified.
        classification: its classes.
        progress: reports every tile.
        names: of the classes; "Class n" for missing ones.
        colors: `(k, 3)`; mean colors if None.
        statistics: of `class_statistics`; computed if None.

    Raises:
        SuperSegError: as `class_statistics`.
    """
    if statistics is None:
        statistics = class_statistics(source, classification, progress)
    if colors is None:
        colors = class_colors(statistics.means, picture_of(source))
    given = list(names or ())
    count = len(statistics.counts)
    return ClassTable(
        names=tuple(
            given[i] if i < len(given) and given[i] else default_name(i + 1) for i in range(count)
        ),
        colors=colors,
        counts=statistics.counts,
        areas=statistics.areas,
        means=statistics.means,
        band_names=source.band_names,
        wavelengths=source.wavelengths,
    )


def _sample_windows(width: int, height: int) -> list[Window]:
    """Return evenly spread windows; they cover a small raster."""

    def starts(length: int) -> list[int]:
        last = max(length - SAMPLE_PIXELS, 0)
        return sorted({round(i * last / (SAMPLE_SIDE - 1)) for i in range(SAMPLE_SIDE)})

    return [
        Window(col, row, min(SAMPLE_PIXELS, width), min(SAMPLE_PIXELS, height))
        for row in starts(height)
        for col in starts(width)
    ]


def display_colors(
    shown: Floats, source: RasterSource, scaling: BandScaling
) -> npt.NDArray[np.uint8]:
    """Return colors as `class_colors`, `(k, 3)`, from means in display units; gray if unknown.

    Args:
        shown: `(k, bands)`.
        source: the image.
        scaling: that the display units are of.
    """
    if source.picture is not None:
        return class_colors(scaling.to_values(shown), source.picture)
    of_bands = np.nan_to_num(shown[:, list(source.display_bands)], nan=128.0)
    if of_bands.shape[1] == 1:
        of_bands = np.repeat(of_bands, 3, axis=1)
    return distinct_colors(spread_tones(np.clip(np.rint(of_bands), 0, 255).astype(np.uint8)))
