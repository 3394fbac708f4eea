# SPDX-License-Identifier: GPL-2.0-or-later
"""The scenes of a folder that are segmented together, checked before anything is computed.

The first scene with the most common number of bands is the reference: every other one is read in
its bands, as a model that was trained on the reference would be applied to it. Additional rasters
are the same for all scenes; each scene has the part of them that it covers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...contracts import BandScaling
from ...errors import ClusterError, SuperSegError
from ...progress import Progress, stop_if_cancelled
from ...raster.grid import Grid
from ...raster.pixels import has_gdal_type
from ...raster.source import RasterSource
from ...raster.stack import AdditionalRaster, RasterStack, rasters_of, stacked
from ...worker.interface import Worker
from ..formats.model_rasters import ModelRaster, model_rasters
from ..options.segmentation import SegmentationOptions
from .additional_rasters import prepare_rasters
from .band_statistics import measure_scene
from .folder_files import about_scene
from .mosaic_balance import treat_steps
from .pictures import choose_picture
from .recorded_values import read_copy
from .sample_windows import sample_by_band


@dataclass(frozen=True)
class FolderScenes:
    """Scenes to be segmented together.

    Attributes:
        scenes: paths.
        bands: numbers of the bands to read; None for all.
        options: of the segmentation.
        additional: rasters that are used together with every scene.
    """

    scenes: Sequence[Path]
    bands: Sequence[int] | None
    options: SegmentationOptions
    additional: Sequence[AdditionalRaster] = ()

    @contextmanager
    def open(self, index: int) -> Iterator[RasterSource]:
        """Open a scene, as a `RasterStack` where there are additional rasters."""
        with (
            RasterSource(str(self.scenes[index]), self.bands) as first,
            stacked(first, self.additional) as source,
        ):
            yield source


@dataclass(frozen=True)
class Header:
    """What the headers of a scene tell: grid, number of bands read, and type of each raster."""

    grid: Grid
    bands: int
    dtypes: tuple[np.dtype[Any], ...]


@dataclass(frozen=True)
class RasterOfReference:
    """One raster of the reference: attributes of a `RasterSource`, and the type of all scenes."""

    band_names: tuple[str, ...]
    band_colors: tuple[str, ...]
    units: tuple[str, ...]
    wavelengths: tuple[float, ...]
    kind: str
    number_type: np.dtype[Any]
    dtype: np.dtype[Any]

    def describe(self, source: RasterSource) -> None:
        """Set what is known of the reference in a source that holds a sample of it."""
        source.band_names, source.band_colors = self.band_names, self.band_colors
        source.units, source.wavelengths = self.units, self.wavelengths
        read_copy(source, self.kind, self.number_type)


@dataclass(frozen=True)
class Reference:
    """The scene that others are read like, with the attributes of a `Model`.

    Attributes:
        name: of the file.
        band_count, band_names, band_numbers, image_bands, scaling, rasters: see `Model`.
        grid: of the scene.
        parts: its rasters, the scene first.
    """

    name: str
    band_count: int
    band_names: tuple[str, ...]
    band_numbers: tuple[int, ...]
    image_bands: int
    scaling: BandScaling
    rasters: tuple[ModelRaster, ...]
    grid: Grid
    parts: tuple[RasterOfReference, ...]

    @property
    def pixel_bytes(self) -> int:
        """Bytes of a pixel of all bands."""
        return sum(len(part.band_names) * part.dtype.itemsize for part in self.parts)


@dataclass(frozen=True)
class FolderSample:
    """The sample of a folder.

    Attributes:
        paths: of the windows of the scenes, amid nodata, and of those of each additional raster.
        reference: the scene that the others are read like.
        scenes: indices of the scenes in it.
        windows: number of windows.
        pixels: valid pixels in the sample.
        share: of the area of these scenes that is in the sample, above 0 to 1.
    """

    paths: tuple[Path, ...]
    reference: Reference
    scenes: tuple[int, ...]
    windows: int
    pixels: int
    share: float

    @contextmanager
    def open(self) -> Iterator[RasterSource]:
        """Open the sample as an image like the reference."""
        others = [AdditionalRaster(str(path)) for path in self.paths[1:]]
        with RasterSource(str(self.paths[0])) as first, stacked(first, others) as source:
            for raster, like in zip(rasters_of(source), self.reference.parts):
                like.describe(raster)
            values, valid = sample_by_band(first, Progress())
            choose_picture(first, values, np.asarray(valid.all(axis=0)))
            if isinstance(source, RasterStack):
                source.join()
            yield source


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
            with folder.open(index) as source:
                # Areas and sizes in meters need a reference system.
                options.minimum_area.check(source.grid)
                options.superpixels(source.grid, _no_log)
                dtypes = tuple(raster.dtype for raster in rasters_of(source))
                headers[index] = Header(source.grid, len(source.bands), dtypes)
        except SuperSegError as error:
            failures[index] = about_scene(scene, error)
    return headers, failures


def find_reference(
    folder: FolderScenes, headers: Mapping[int, Header], worker: Worker, progress: Progress
) -> Reference:
    """The first scene with the most common number of bands and with valid pixels."""
    counts = Counter(header.bands for header in headers.values())
    usual, _ = counts.most_common(1)[0]
    dtypes = zip(*(header.dtypes for header in headers.values() if header.bands == usual))
    common = [_common_type(of_raster) for of_raster in dtypes]
    first = ""
    for index, header in headers.items():
        if header.bands != usual:
            continue
        try:
            with folder.open(index) as source:
                scaling = prepare_scene(source, folder, worker, progress)
                rasters = rasters_of(source)
                return Reference(
                    source.name,
                    len(source.bands),
                    source.band_names,
                    source.bands,
                    source.total_bands,
                    scaling,
                    model_rasters(source),
                    source.grid,
                    tuple(_part(*each) for each in zip(rasters, common)),
                )
        except SuperSegError as error:
            if isinstance(error, ClusterError) or not worker.usable:
                raise
            first = first or about_scene(folder.scenes[index], error)
    raise SuperSegError(f"FOLDER: no scene can be segmented. {first}")


def _part(raster: RasterSource, common: np.dtype[Any]) -> RasterOfReference:
    return RasterOfReference(
        raster.band_names,
        raster.band_colors,
        raster.units,
        raster.wavelengths,
        raster.kind,
        raster.number_type,
        common if raster.decoding is None else np.dtype(np.float32),
    )


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
    prepare_rasters(source, options.values, progress)
    if options.balance_tiles:
        treat_steps(source, True, progress)
    return measure_scene(source, 1, worker, progress)


def _no_log(_: str) -> None:
    """What is said of the reference is enough."""
