# SPDX-License-Identifier: GPL-2.0-or-later
"""Writing a raster, window by window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from ..errors import SuperSegError
from ..progress import Progress, SilentProgress
from .gdal_calls import attempt, quiet
from .grid import Grid, gdal_gcps
from .overviews import add_overviews
from .pixels import gdal_type, read_pixels, write_pixels
from .windows import Window

Array = npt.NDArray[Any]

BLOCK = 256
INTERLEAVED_BANDS = 4
INTERPRETATIONS = {
    gdal.GetColorInterpretationName(code): code
    for code in (gdal.GCI_GrayIndex, gdal.GCI_RedBand, gdal.GCI_GreenBand, gdal.GCI_BlueBand)
}
# VRT describes other files, and neither of these leaves pixels on a disk.
NOT_FILES = ("VRT", "MEM")


class RasterWriter:
    """A raster being made; a context manager. The file's format follows from its extension.

    Args:
        path: the file to make; an older one is replaced.
        grid: size and georeference.
        bands: how many.
        dtype: the numbers' type.
        nodata: value that means "nothing here", in every band.
        band_names: description of each band, or none.
        with_mask: also make a mask band, to be filled by `write_mask`.
        compress: False for a file that only lives during a run.
        band_colors: what each band shows, in GDAL's words ("Red"), or none.
        overviews: how to make overviews once all is written, see `add_overviews`; None for none.
        progress: told how far that is.

    Raises:
        SuperSegError: the file cannot be made.
    """

    def __init__(
        self,
        path: str | Path,
        grid: Grid,
        bands: int,
        dtype: npt.DTypeLike,
        nodata: float | None = None,
        band_names: Sequence[str] = (),
        with_mask: bool = False,
        compress: bool = True,
        band_colors: Sequence[str] = (),
        overviews: str | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.path = str(path)
        self._overviews = overviews
        self._progress = progress or SilentProgress()
        self.grid = grid
        self.bands = bands
        self.dtype: np.dtype[Any] = np.dtype(dtype)
        driver = driver_for(self.path)
        if driver is None:
            raise SuperSegError(
                f"{self.path}: no raster format that GDAL writes goes by this extension; use .tif."
            )
        kind = gdal_type(self.dtype)
        self._dataset, error = attempt(
            gdal.GetDriverByName(driver).Create,
            self.path,
            grid.width,
            grid.height,
            bands,
            kind,
            _options(driver, bands, self.dtype, compress),
        )
        if self._dataset is None:
            self._fail(error)
        try:
            self._describe(nodata, band_names, band_colors, with_mask)
        except BaseException:
            with quiet():
                self._dataset = None
            raise

    def __enter__(self) -> RasterWriter:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Complete the file; a failure to do so is told unless there already is one."""
        if kind is None:
            self.close()
            if self._overviews:
                add_overviews(self.path, self._overviews, self._progress)
            self._progress.report(1.0)
        else:
            with quiet():
                self._dataset = None

    def write(self, window: Window, values: Array) -> None:
        """Write a window.

        Args:
            window: where.
            values: `(rows, cols)` or `(bands, rows, cols)`, cast to the file's type.

        Raises:
            SuperSegError: the disk is full or the file cannot be written.
            ValueError: the shape does not fit the window.
        """
        layers = values if values.ndim == 3 else values[np.newaxis]
        if layers.shape != (self.bands, window.height, window.width):
            raise ValueError(f"{values.shape} does not fit {self.bands} bands of {window}")
        for number, layer in enumerate(layers, start=1):
            self._write(self._band(number), window, layer.astype(self.dtype, copy=False))

    def write_mask(self, window: Window, valid: npt.NDArray[np.bool_]) -> None:
        """Write `(rows, cols)` of the mask band: True where there is something."""
        self._write(self._band(1).GetMaskBand(), window, valid.astype(np.uint8) * np.uint8(255))

    def read(self, window: Window) -> Array:
        """Read back what was written: `(bands, rows, cols)`."""
        values, error = read_pixels(self._open, window, self.dtype, range(1, self.bands + 1))
        if values is None or error:
            self._fail(error)
        return values

    def close(self) -> None:
        """Write what is still in memory and close the file.

        Raises:
            SuperSegError: the disk is full or the file cannot be written.
        """
        if self._dataset is None:
            return
        _, error = attempt(self._dataset.FlushCache)
        # The last bytes are written when GDAL lets go of the file, which can only fail loudly
        # from GDAL 3.8 on, by a call of its own.
        if hasattr(self._dataset, "Close"):
            error = error or attempt(self._dataset.Close)[1]
        with quiet() as errors:
            self._dataset = None
        if error or errors:
            self._fail(error or errors[0])

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

    def _describe(
        self,
        nodata: float | None,
        band_names: Sequence[str],
        band_colors: Sequence[str],
        with_mask: bool,
    ) -> None:
        grid = self.grid
        errors = []
        if nodata is not None:
            # As the pixels hold it: GDAL 3.6 never ends making overviews with another one.
            nodata = self.dtype.type(nodata).item()
        if grid.crs:
            errors.append(attempt(self._dataset.SetProjection, grid.crs)[1])
        if grid.geotransform is not None:
            errors.append(attempt(self._dataset.SetGeoTransform, grid.geotransform)[1])
        elif grid.gcps:
            errors.append(attempt(self._dataset.SetGCPs, gdal_gcps(grid.gcps), grid.gcp_crs)[1])
        for number in range(1, self.bands + 1):
            band = self._dataset.GetRasterBand(number)
            if number <= len(band_names):
                attempt(band.SetDescription, band_names[number - 1])
            if number <= len(band_colors) and band_colors[number - 1] in INTERPRETATIONS:
                attempt(band.SetColorInterpretation, INTERPRETATIONS[band_colors[number - 1]])
            if nodata is not None:
                errors.append(attempt(band.SetNoDataValue, nodata)[1])
        if with_mask:
            gdal.SetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES")
            try:
                errors.append(attempt(self._dataset.CreateMaskBand, gdal.GMF_PER_DATASET)[1])
            finally:
                gdal.SetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK", None)
        if any(errors):
            self._fail(next(error for error in errors if error))

    def _fail(self, error: str) -> NoReturn:
        raise SuperSegError(
            f"{self.path} cannot be written ({error or 'unknown error'}); check the free space on"
            " the disk and the rights on the folder, or choose another place."
        )


def driver_for(path: str | Path) -> str | None:
    """Name the GDAL driver that makes files of this extension; None where none does."""
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


def _options(driver: str, bands: int, dtype: np.dtype[Any], compress: bool) -> list[str]:
    if driver != "GTiff":
        return []
    options = [
        "TILED=YES",
        f"BLOCKXSIZE={BLOCK}",
        f"BLOCKYSIZE={BLOCK}",
        "BIGTIFF=IF_SAFER",
        # Left to itself GDAL takes the fourth of four byte bands for transparency.
        "PHOTOMETRIC=MINISBLACK",
        "ALPHA=NO",
        f"INTERLEAVE={'PIXEL' if bands <= INTERLEAVED_BANDS else 'BAND'}",
    ]
    if compress:
        # Level 4 takes a third of the time of the usual 6; numbers of regions get 3 % larger by it.
        options += ["COMPRESS=DEFLATE", "ZLEVEL=4"]
        # Threads that read many bands back fill GDAL 3.6's log with errors that are none.
        if bands <= INTERLEAVED_BANDS:
            options.append("NUM_THREADS=ALL_CPUS")
        if dtype.kind == "f":
            options.append("PREDICTOR=3")
        elif dtype.itemsize in (2, 4):
            options.append("PREDICTOR=2")
    return options
