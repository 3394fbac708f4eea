# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading a raster window by window, with the validity of its pixels.

A pixel is valid if, in every chosen band, it is finite, not nodata, and inside the mask or alpha
band of the dataset, and if its center lies in a mask polygon, if there are any. GDAL's mask bands
are read only if nodata values alone do not give the same answer, since reading them costs as much
as reading another band. All bands are read in the common type that holds every one of them exactly.
Reading is serialized by a lock, because a GDAL dataset must not be used by two threads at once.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from ..errors import SuperSegError
from .block_cache import CacheShare
from .damage import blocks_of, damage_text
from .gdal_calls import attempt, open_raster, quiet
from .grid import Grid, grid_of
from .mask_polygons import MaskPolygons
from .nodata import is_nan, nodata_test
from .pixels import has_gdal_type, numpy_type, read_pixels
from .texts import LONGEST_MESSAGE, one_line
from .windows import Window

Array = npt.NDArray[Any]
Valid = npt.NDArray[np.bool_]

DISPLAY_INTERPRETATIONS = (gdal.GCI_RedBand, gdal.GCI_GreenBand, gdal.GCI_BlueBand)


class RasterSource:
    """A raster that is open for reading; a context manager.

    Args:
        path: any GDAL dataset name: a file, a subdataset, a `/vsi` path.
        bands: band numbers from 1, in the wanted order; None for all except alpha.
        extent: (xmin, ymin, xmax, ymax) in coordinates of the raster; None for the whole raster.
        mask: polygons as WKB in coordinates of the raster; pixels whose centers lie in none of
            them are invalid. None for no mask.

    Attributes:
        path: the dataset name.
        bands: chosen band numbers, from 1.
        band_count: number of bands of the raster, without alpha.
        band_names: description of each chosen band, or "Band n".
        band_colors: color interpretation of each chosen band by GDAL's name ("Red", "Undefined").
        dtype: NumPy type that holds the values of every chosen band.
        nodata: nodata value of each chosen band; None if none is declared or it cannot occur.
        grid: size and georeference of the extent.
        full_grid: size and georeference of the whole raster.
        offset: column and row offset of `grid` within `full_grid`.
        display_bands: indices into `bands`, from 0: red, green and blue, or a single band.
        has_overviews: whether the raster has overviews.
        column_block: width of the column blocks in which overlapping tiles are best read, in
            pixels, for `tiles`.

    Raises:
        SuperSegError: the file does not exist or is not a raster, a band does not exist or holds
            complex numbers, the extent is empty or off the raster, or a polygon cannot be read.
    """

    def __init__(
        self,
        path: str,
        bands: Sequence[int] | None = None,
        extent: tuple[float, float, float, float] | None = None,
        mask: Sequence[bytes] | None = None,
    ) -> None:
        self.path = str(path)
        self._lock = threading.Lock()
        self._dataset = open_raster(self.path)
        self._cache_share = CacheShare(self._dataset)
        self.column_block = self._cache_share.column_block
        try:
            with quiet():
                self._choose_bands(bands)
                self.full_grid = grid_of(self._dataset)
            window = self.full_grid.window
            if extent is not None:
                window = self.full_grid.window_of_extent(*extent)
            self.grid: Grid = self.full_grid.cut(window)
            self.offset = (window.col_off, window.row_off)
            self._polygons = None if mask is None else MaskPolygons(mask, self.grid)
            self._find_masks()
        except (RuntimeError, SystemError) as error:
            self.close()
            raise SuperSegError(
                f"{self.name} cannot be read ({one_line(str(error), LONGEST_MESSAGE)}); the file is"
                " damaged, get a fresh copy."
            ) from None
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> RasterSource:
        """Return the source itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file; a second call has no effect."""
        with self._lock:
            self._masks: list[Any] = []
            self._dataset = None
            self._cache_share.release()

    def whole_rows(self) -> AbstractContextManager[None]:
        """Context in which whole rows of tiles are read, not column blocks; see `CacheShare`."""
        return self._cache_share.whole_rows()

    @property
    def name(self) -> str:
        """File name without its folder, for messages."""
        return Path(self.path).name or self.path

    def read(self, window: Window) -> tuple[Array, Valid]:
        """Read a window of `grid`; may be called from several threads.

        Returns:
            values: `(bands, rows, cols)` of `self.dtype`; invalid pixels have the values of the
                file.
            valid: `(rows, cols)` bool, True for valid pixels.

        Raises:
            SuperSegError: the file is damaged in this window.
            ValueError: the window is empty or not within the grid, or the source is closed.
        """
        if window.intersection(self.grid.window) != window or not window.width * window.height:
            raise ValueError(f"{window} is not within {self.grid.window}")
        col, row = self.offset
        in_raster = Window(window.col_off + col, window.row_off + row, window.width, window.height)
        with self._lock:
            if self._dataset is None:
                raise ValueError(f"{self.name} is closed")
            values = self._read_values(in_raster)
            valid = self._read_masks(in_raster)
        if self._polygons is not None:
            self._polygons.cut(window, valid)
        for values_of_band, test in zip(values, self._nodata_tests):
            if values_of_band.dtype.kind == "f":
                valid &= np.isfinite(values_of_band)
            if test is None:
                continue
            if test.low == test.high:
                valid &= values_of_band != test.low
            else:
                valid &= (values_of_band < test.low) | (values_of_band > test.high)
        return values, valid

    def _choose_bands(self, bands: Sequence[int] | None) -> None:
        count = self._dataset.RasterCount
        every = {number: self._dataset.GetRasterBand(number) for number in range(1, count + 1)}
        self._alpha = next(
            (n for n, b in every.items() if b.GetColorInterpretation() == gdal.GCI_AlphaBand), 0
        )
        self.band_count = count - (1 if self._alpha and count > 1 else 0)
        if bands is None:
            bands = [number for number in every if number != self._alpha] or list(every)
        for number in bands:
            if number not in every:
                has = "one band" if count == 1 else f"{count} bands"
                raise SuperSegError(
                    f"BANDS: there is no band {number}, {self.name} has {has};"
                    " give band numbers from 1 on."
                )
        if len(set(bands)) != len(bands) or not bands:
            raise SuperSegError("BANDS: give at least one band, and each only once.")
        self.bands = tuple(int(number) for number in bands)
        chosen = [every[number] for number in self.bands]
        self.band_names = tuple(
            one_line(band.GetDescription()) or f"Band {number}"
            for number, band in zip(self.bands, chosen)
        )
        interpretations = [band.GetColorInterpretation() for band in chosen]
        self.band_colors = tuple(gdal.GetColorInterpretationName(i) for i in interpretations)
        if all(color in interpretations for color in DISPLAY_INTERPRETATIONS):
            self.display_bands = tuple(interpretations.index(c) for c in DISPLAY_INTERPRETATIONS)
        else:
            self.display_bands = (0, 1, 2) if len(chosen) >= 3 else (0,)
        native = [self._dtype_of(band) for band in chosen]
        self.has_overviews = chosen[0].GetOverviewCount() > 0
        self._signed_bytes = [_is_signed_byte(band) for band in chosen]
        common = np.result_type(*native)
        # Signed and unsigned 32-bit bands need int64, which GDAL has from 3.5 on.
        self.dtype = common if has_gdal_type(common) else np.dtype(np.float64)
        declared = [band.GetNoDataValue() for band in chosen]
        self._nodata_tests = [nodata_test(*pair) for pair in zip(declared, native)]
        self.nodata = tuple(
            value if test is not None or (is_nan(value) and dtype.kind == "f") else None
            for value, test, dtype in zip(declared, self._nodata_tests, native)
        )

    def _dtype_of(self, band: Any) -> np.dtype[Any]:
        kind = band.DataType
        dtype = numpy_type(kind)
        if dtype is None:
            raise SuperSegError(
                f"BANDS: band {band.GetBand()} of {self.name} holds"
                f" {gdal.GetDataTypeName(kind)} numbers; give bands of real numbers, for example"
                " the amplitude computed with the raster calculator."
            )
        # Before 3.7 GDAL marks signed bytes by metadata of unsigned ones; int16 holds both.
        return np.dtype(np.int16) if dtype == np.int8 or _is_signed_byte(band) else dtype

    def _find_masks(self) -> None:
        """Collect the mask bands to read: none if nodata values alone decide."""
        self._masks = []
        if self._alpha and self._alpha not in self.bands:
            self._masks.append(self._dataset.GetRasterBand(self._alpha))
        whole_dataset = False
        for number in self.bands:
            band = self._dataset.GetRasterBand(number)
            flags, error = attempt(band.GetMaskFlags)
            if flags is None or error:
                raise SuperSegError(
                    f"{self.name}: its mask cannot be read ({error}); the file that holds it is"
                    " damaged, get a fresh copy or remove it."
                )
            if flags & (gdal.GMF_ALL_VALID | gdal.GMF_ALPHA) or flags == gdal.GMF_NODATA:
                continue
            if flags & gdal.GMF_PER_DATASET:
                if whole_dataset:
                    continue
                whole_dataset = True
            self._masks.append(band.GetMaskBand())

    def _read_values(self, window: Window) -> Array:
        values, error = read_pixels(self._dataset, window, self.dtype, self.bands)
        if values is None or error:
            self._raise_damage(window, error)
        for values_of_band, signed in zip(values, self._signed_bytes):
            if signed:
                values_of_band[values_of_band > 127] -= 256
        return values

    def _read_masks(self, window: Window) -> Valid:
        valid = np.ones((window.height, window.width), dtype=bool)
        for mask in self._masks:
            inside, error = read_pixels(mask, window, np.dtype(np.uint8))
            if inside is None or error:
                raise SuperSegError(damage_text(self.name, "its mask", window, error))
            valid &= inside[0] != 0
        return valid

    def _raise_damage(self, window: Window, error: str) -> NoReturn:
        """Raise an error that names the band and the block that cannot be read."""
        for number in self.bands:
            band = self._dataset.GetRasterBand(number)
            for block in blocks_of(band, window):
                values, why = read_pixels(band, block, self.dtype)
                if values is None or why:
                    raise SuperSegError(damage_text(self.name, f"band {number}", block, why))
        raise SuperSegError(damage_text(self.name, "a band", window, error))


def _is_signed_byte(band: Any) -> bool:
    # Versions of GDAL that have a type for signed bytes log a warning for this query.
    if band.DataType != gdal.GDT_Byte or hasattr(gdal, "GDT_Int8"):
        return False
    return bool(band.GetMetadataItem("PIXELTYPE", "IMAGE_STRUCTURE") == "SIGNEDBYTE")
