# SPDX-License-Identifier: GPL-2.0-or-later
"""The scenes of a folder that are segmented together, checked before anything is computed.

The first scene with the most common number of bands is the reference: every other one is read in
its bands, as a model that was trained on the reference would be applied to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...contracts import BandScaling
from ...errors import SuperSegError
from ...progress import Progress, stop_if_cancelled
from ...raster.grid import Grid
from ...raster.pixels import has_gdal_type
from ...raster.source import RasterSource
from ...worker.client import Worker
from ..options.segmentation import SegmentationOptions
from .band_statistics import measure_scene
from .fill_values import prepare_values
from .mosaic_balance import treat_steps
from .pictures import choose_picture
from .sample_windows import sample_by_band


@dataclass(frozen=True)
class FolderScenes:
    """Scenes to be segmented together.

    Attributes:
        scenes: paths.
        bands: numbers of the bands to read; None for all.
        options: of the segmentation.
    """

    scenes: Sequence[Path]
    bands: Sequence[int] | None
    options: SegmentationOptions


@dataclass(frozen=True)
class Header:
    """What the header of a scene tells: its grid, number of bands read, and type."""

    grid: Grid
    bands: int
    dtype: np.dtype[Any]


@dataclass(frozen=True)
class Reference:
    """The scene that others are read like, with the attributes of a `Model`.

    Attributes:
        name: of the file.
        band_count, band_names, band_numbers, image_bands, scaling: see `Model`.
        band_colors, units, wavelengths, kind: see `RasterSource`.
        dtype: that holds the values of all scenes.
        grid: of the scene.
    """

    name: str
    band_count: int
    band_names: tuple[str, ...]
    band_numbers: tuple[int, ...]
    image_bands: int
    scaling: BandScaling
    band_colors: tuple[str, ...]
    units: tuple[str, ...]
    wavelengths: tuple[float, ...]
    kind: str
    dtype: np.dtype[Any]
    grid: Grid


@dataclass(frozen=True)
class FolderSample:
    """The sample of a folder.

    Attributes:
        path: raster of the windows, amid nodata.
        reference: the scene that the others are read like.
        scenes: indices of the scenes in it.
        windows: number of windows.
        pixels: valid pixels in the sample.
        share: of the area of these scenes that is in the sample, above 0 to 1.
    """

    path: Path
    reference: Reference
    scenes: tuple[int, ...]
    windows: int
    pixels: int
    share: float

    def open(self) -> RasterSource:
        """Open the raster as an image like the reference."""
        source, like = RasterSource(str(self.path)), self.reference
        source.band_names, source.band_colors = like.band_names, like.band_colors
        source.units, source.wavelengths = like.units, like.wavelengths
        source.read_as(like.kind, None)
        values, valid = sample_by_band(source, Progress())
        choose_picture(source, values, np.asarray(valid.all(axis=0)))
        return source


def read_headers(
    folder: FolderScenes, progress: Progress
) -> tuple[dict[int, Header], dict[int, str]]:
    """Open all scenes, before hours are spent.

    Returns:
        Header of each scene that can be segmented, and a sentence on each that cannot, by index.
    """
    headers: dict[int, Header] = {}
    failures: dict[int, str] = {}
    options = folder.options
    for index, scene in enumerate(folder.scenes):
        stop_if_cancelled(progress)
        progress.report(index / len(folder.scenes), "Checking scenes")
        try:
            with RasterSource(str(scene), folder.bands) as source:
                # Areas and sizes in meters need a reference system.
                options.minimum_area.check(source.grid)
                options.superpixels(source.grid, _no_log)
                headers[index] = Header(source.grid, len(source.bands), source.dtype)
        except SuperSegError as error:
            failures[index] = f"{scene.name}: {error}"
    return headers, failures


def find_reference(
    folder: FolderScenes, headers: Mapping[int, Header], worker: Worker, progress: Progress
) -> Reference:
    """The first scene with the most common number of bands and with valid pixels."""
    counts = Counter(header.bands for header in headers.values())
    usual, _ = counts.most_common(1)[0]
    common = _common_type([h.dtype for h in headers.values() if h.bands == usual])
    first = ""
    for index, header in headers.items():
        if header.bands != usual:
            continue
        try:
            with RasterSource(str(folder.scenes[index]), folder.bands) as source:
                scaling = prepare_scene(source, folder, worker, progress)
                decoded = source.decoding is not None
                return Reference(
                    source.name,
                    len(source.bands),
                    source.band_names,
                    source.bands,
                    source.total_bands,
                    scaling,
                    source.band_colors,
                    source.units,
                    source.wavelengths,
                    source.kind,
                    np.dtype(np.float32) if decoded else common,
                    source.grid,
                )
        except SuperSegError as error:
            if not worker.usable:
                raise
            first = first or f"{folder.scenes[index].name}: {error}"
    raise SuperSegError(f"FOLDER: no scene can be segmented. {first}")


def _common_type(dtypes: Sequence[np.dtype[Any]]) -> np.dtype[Any]:
    """The type of a sample: bytes where most scenes are, since they are not stretched."""
    if 2 * sum(dtype == np.uint8 for dtype in dtypes) > len(dtypes):
        return np.dtype(np.uint8)
    common = np.result_type(*dtypes)
    return common if has_gdal_type(common) else np.dtype(np.float64)


def prepare_scene(
    source: RasterSource, folder: FolderScenes, worker: Worker, progress: Progress
) -> BandScaling:
    """Prepare a scene as a run on it alone does, and measure its bands."""
    options = folder.options
    prepare_values(source, options.values, progress)
    if options.balance_tiles:
        treat_steps(source, True, progress)
    return measure_scene(source, 1, worker, progress)


def _no_log(_: str) -> None:
    """What is said of the reference is enough."""
