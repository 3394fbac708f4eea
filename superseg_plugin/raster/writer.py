# SPDX-License-Identifier: GPL-2.0-or-later
"""Writing rasters window by window, with overviews and mask bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from ..errors import SuperSegError
from ..progress import Progress
from .gdal_calls import WritingError, attempt, close_dataset, first_error
from .grid import Grid
from .ground_points import gdal_gcps
from .overviews import add_overviews
from .pixels import gdal_type, read_pixels, write_pixels
from .rational_model import RPC_DOMAIN
from .windows import Window

Array = npt.NDArray[Any]

# Side of the internal tiles of a GeoTIFF, in pixels.
BLOCK = 256
# Up to so many bands are interleaved by pixel; more are stored band by band, so that a few of them
# can be read without the others.
INTERLEAVED_BANDS = 4
INTERPRETATIONS = {
    gdal.GetColorInterpretationName(code): code
    for code in (gdal.GCI_GrayIndex, gdal.GCI_RedBand, gdal.GCI_GreenBand, gdal.GCI_BlueBand)
}
# Drivers that can create a raster but store no pixels on a disk.
NOT_FILES = ("VRT", "MEM")


@dataclass(frozen=True)
class RasterProfile:
    """What a raster to be written consists of, beside its grid; as a profile of rasterio.

    Attributes:
        count: number of bands.
        dtype: type of the pixel values.
        nodata: value that marks invalid pixels, in every band; None for none.
        band_names: description of each band; may be shorter than `count`.
        band_colors: color interpretation of each band by GDAL's name ("Red"); may be shorter.
        with_mask: also create a mask band, which `RasterWriter.write_mask` fills.
        compress: False for a scratch file, which is written and read faster without.
        overviews: resampling of the overviews that are added at the end ("nearest", "mode",
            "average", see `add_overviews`); None for no overviews.
    """

    count: int
    dtype: npt.DTypeLike
    nodata: float | None = None
    band_names: Sequence[str] = ()
    band_colors: Sequence[str] = ()
    with_mask: bool = False
    compress: bool = True
    overviews: str | None = None


class RasterWriter:
    """A raster that is written window by window; a context manager.

    The format follows from the file extension. On exit without an error the file is completed and
    its overviews are added.

    Args:
        path: the file to create; an existing one is replaced.
        grid: size and georeference.
        profile: bands, types and options.
        progress: of the overviews.

    Raises:
        SuperSegError: the file cannot be created.
    """

    def __init__(
        self,
        path: str | Path,
        grid: Grid,
        profile: RasterProfile,
        progress: Progress | None = None,
    ) -> None:
        self.path = str(path)
        self.grid = grid
        self._profile = profile
        self._progress = progress or Progress()
        self._dtype: np.dtype[Any] = np.dtype(profile.dtype)
        driver = driver_for(self.path)
        if driver is None:
            raise SuperSegError(
                f"{self.path}: GDAL has no driver that writes this file extension; use .tif."
            )
        self._dataset, error = attempt(
            gdal.GetDriverByName(driver).Create,
            self.path,
            grid.width,
            grid.height,
            profile.count,
            gdal_type(self._dtype),
            _creation_options(driver, profile.count, self._dtype, profile.compress),
        )
        if self._dataset is None:
            self._fail(error)
        try:
            made = self._dataset.RasterCount
            if made != profile.count:
                self._fail(f"the format holds {made} of {profile.count} bands")
            self._set_metadata()
        except BaseException:
            self._discard()
            raise

    def __enter__(self) -> RasterWriter:
        """Return the writer itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the file and add its overviews; after an error, only close it."""
        if kind is None:
            self.close()
            if self._profile.overviews:
                add_overviews(self.path, self._profile.overviews, self._progress)
            self._progress.report(1.0)
        else:
            self._discard()

    def write(self, window: Window, values: Array) -> None:
        """Write a window.

        Args:
            window: window of `grid`.
            values: `(rows, cols)` or `(bands, rows, cols)`, cast to the type of the raster.

        Raises:
            SuperSegError: the disk is full or the file cannot be written.
            ValueError: the shape does not fit the window.
        """
        layers = values if values.ndim == 3 else values[np.newaxis]
        count = self._profile.count
        if layers.shape != (count, window.height, window.width):
            raise ValueError(f"{values.shape} does not fit {count} bands of {window}")
        for number, layer in enumerate(layers, start=1):
            self._write(self._band(number), window, layer.astype(self._dtype, copy=False))

    def write_mask(self, window: Window, valid: npt.NDArray[np.bool_]) -> None:
        """Write a window of the mask band: `(rows, cols)`, True for valid pixels."""
        self._write(self._band(1).GetMaskBand(), window, valid.astype(np.uint8) * np.uint8(255))

    def read(self, window: Window) -> Array:
        """Read back a window that was written: `(bands, rows, cols)`."""
        bands = range(1, self._profile.count + 1)
        values, error = read_pixels(self._open, window, self._dtype, bands)
        if values is None or error:
            self._fail(error)
        return values

    def close(self) -> None:
        """Flush the cache and close the file.

        Raises:
            SuperSegError: the disk is full or the file cannot be written.
        """
        error = self._discard()
        if error:
            self._fail(error)

    def _discard(self) -> str:
        """Close the file if it is open; returns GDAL's error, "" for none."""
        dataset, self._dataset = self._dataset, None
        return close_dataset(dataset) if dataset is not None else ""

    @property
    def _open(self) -> Any:
        if self._dataset is None:
            raise ValueError(f"{self.path} is closed")
        return self._dataset

    def _band(self, number: int) -> Any:
        return self._open.GetRasterBand(number)

    def _write(self, band: Any, window: Window, values: Array) -> None:
        error = write_pixels(band, window, values)
        if error:
            self._fail(error)

    def _set_metadata(self) -> None:
        """Set georeference, band descriptions, nodata and mask band."""
        profile, dataset = self._profile, self._dataset
        errors = set_georeference(dataset, self.grid)
        for number in range(1, profile.count + 1):
            band = dataset.GetRasterBand(number)
            if number <= len(profile.band_names):
                attempt(band.SetDescription, profile.band_names[number - 1])
            color = profile.band_colors[number - 1] if number <= len(profile.band_colors) else ""
            if color in INTERPRETATIONS:
                attempt(band.SetColorInterpretation, INTERPRETATIONS[color])
            if profile.nodata is not None:
                # Rounded to the type of the pixels: with a value that no pixel can have, GDAL 3.6
                # never finishes overviews.
                nodata = self._dtype.type(profile.nodata).item()
                errors.append(attempt(band.SetNoDataValue, nodata)[1])
        if profile.with_mask:
            gdal.SetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES")
            try:
                errors.append(attempt(dataset.CreateMaskBand, gdal.GMF_PER_DATASET)[1])
            finally:
                gdal.SetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK", None)
        error = first_error(errors)
        if error:
            self._fail(error)

    def _fail(self, error: str) -> NoReturn:
        raise WritingError(self.path, error)


def set_georeference(dataset: Any, grid: Grid) -> list[str]:
    """Set the georeference of a dataset that is being made; returns GDAL's errors, "" for none."""
    errors = []
    if grid.crs:
        errors.append(attempt(dataset.SetProjection, grid.crs)[1])
    if grid.geotransform is not None:
        errors.append(attempt(dataset.SetGeoTransform, grid.geotransform)[1])
    elif grid.gcps:
        errors.append(attempt(dataset.SetGCPs, gdal_gcps(grid.gcps), grid.gcp_crs)[1])
    if grid.rpc:
        errors.append(attempt(dataset.SetMetadata, dict(grid.rpc), RPC_DOMAIN)[1])
    return errors


def driver_for(path: str | Path) -> str | None:
    """Name of the GDAL driver that creates files with this extension; None if there is none."""
    extension = Path(path).suffix.lower().lstrip(".")
    if not extension:
        return None
    if extension in ("tif", "tiff"):
        return "GTiff"
    for index in range(gdal.GetDriverCount()):
        driver = gdal.GetDriver(index)
        facts = driver.GetMetadata()
        extensions = f"{facts.get('DMD_EXTENSIONS', '')} {facts.get('DMD_EXTENSION', '')}"
        if (
            facts.get("DCAP_RASTER") == "YES"
            and facts.get("DCAP_CREATE") == "YES"
            and extension in extensions.lower().split()
            and driver.ShortName not in NOT_FILES
        ):
            return str(driver.ShortName)
    return None


def _creation_options(driver: str, bands: int, dtype: np.dtype[Any], compress: bool) -> list[str]:
    if driver != "GTiff":
        return []
    options = [
        "TILED=YES",
        f"BLOCKXSIZE={BLOCK}",
        f"BLOCKYSIZE={BLOCK}",
        "BIGTIFF=IF_SAFER",
        # By default GDAL declares the fourth of four byte bands to be alpha.
        "PHOTOMETRIC=MINISBLACK",
        "ALPHA=NO",
        f"INTERLEAVE={'PIXEL' if bands <= INTERLEAVED_BANDS else 'BAND'}",
    ]
    if compress:
        # Of superpixel ids, level 4 takes less than half the time of the default, 6, and makes them
        # 17 % larger. Of classes, level 2 takes half the time of level 4, for 15 % more. Without a
        # predictor: values are equal over whole superpixels, and differences between pixels make
        # ids 24 to 38 % larger (ten images), average colors in float32 2 to 3 times as large and
        # read five times as slowly, and in uint16 between 9 % smaller and 13 % larger.
        level = 2 if dtype.itemsize == 1 else 4
        options += ["COMPRESS=DEFLATE", f"ZLEVEL={level}"]
        # When many bands are read back, GDAL 3.6 logs spurious errors from these threads.
        if bands <= INTERLEAVED_BANDS:
            options.append("NUM_THREADS=ALL_CPUS")
    return options
