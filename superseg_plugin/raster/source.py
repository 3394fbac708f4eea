# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading a raster window by window, with the validity of its pixels.

A pixel is valid if, in every chosen band, it is finite, not nodata, and inside the mask or alpha
band of the dataset, and if its center lies in a mask polygon, if there are any. Values beyond 1e30
are nodata; a run may add values and leave out bands by `restrict`. GDAL's mask bands
are read only if nodata values alone do not give the same answer, since reading them costs as much
as reading another band. All bands are read in the common type that holds every one of them exactly.
Reading is serialized by a lock, because a GDAL dataset must not be used by two threads at once.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from ..blocks import MEASURED
from ..credentials import shown_name
from ..errors import SuperSegError
from .band_types import band_type, buffer_type, check_numbers, is_signed_byte, with_signs
from .block_cache import CacheShare
from .damage import damage_of, damage_text
from .decoding import Decoding, decoded_values
from .gdal_calls import close_dataset, open_with_threads, quiet
from .grid import Grid, grid_of
from .layer_properties import AS_THE_FILE, LayerProperties
from .mask_bands import mask_bands, read_masks
from .mask_polygons import MaskPolygons
from .nodata import NodataTest, clear_nodata, nodata_test, possible_nodata, range_test
from .pictures import Picture, shown_bands
from .pixels import has_gdal_type, read_pixels
from .texts import LONGEST_MESSAGE, one_line
from .tile_offsets import TileOffsets, without_offsets
from .wavelengths import wavelengths_of
from .windows import Window

Array = npt.NDArray[Any]
Valid = npt.NDArray[np.bool_]


class RasterSource:
    """A raster that is open for reading; a context manager.

    Args:
        path: any GDAL dataset name: a file, a subdataset, a `/vsi` path.
        bands: band numbers from 1, in the wanted order; None for all except alpha.
        extent: (xmin, ymin, xmax, ymax) in coordinates of the raster; None for the whole raster.
        mask: polygons as WKB in coordinates of the raster; pixels whose centers lie in none of
            them are invalid. None for no mask.
        layer: reference system and nodata of the layer in QGIS that shows the raster.

    Attributes:
        path, layer: as given.
        bands: chosen band numbers, from 1.
        area: `extent` and `mask`, as given.
        bands_chosen, area_chosen: whether `bands` were given, and `extent` or `mask`.
        band_count, total_bands: number of bands of the raster, without and with alpha.
        alpha_band: number of the alpha band; 0 for none.
        band_names: description of each chosen band, or "Band n".
        band_colors: color interpretation of each chosen band by GDAL's name ("Red", "Undefined").
        wavelengths: of the chosen bands in nanometers; empty unless all are known.
        number_type, dtype: NumPy type of the chosen bands together, in the file and as read.
        nodata: nodata value of each chosen band; None if none is declared, can occur or is used.
        fill_values: further nodata values of each chosen band, which `restrict` sets.
        units: of the values of each chosen band, "" if unknown.
        kind: what the values are, one of `blocks.KINDS`, which `read_as` sets.
        decoding: of the values, which `read_as` sets; None where they are read as they are.
        tile_offsets: of the tiles of a mosaic, which `read` subtracts; None for none.
        zero_is_value: whether file or layer say what is nodata in the first chosen band, and not 0.
        grid, full_grid: size and georeference of the extent, and of the whole raster.
        offset: column and row offset of `grid` within `full_grid`.
        display_bands: indices into `bands`, from 0: red, green and blue, or a single band.
        picture: how the image is shown, which a run sets; None for the display bands.
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
        layer: LayerProperties = AS_THE_FILE,
    ) -> None:
        self.path, self.layer, self.area = str(path), layer, (extent, mask)
        self.bands_chosen, self.area_chosen = bands is not None, self.area != (None, None)
        self.kind = MEASURED
        self.decoding: Decoding | None = None
        self.tile_offsets: TileOffsets | None = None
        self.number_type: np.dtype[Any]
        self.dtype: np.dtype[Any]
        self._lock = threading.Lock()
        self._dataset = open_with_threads(self.path)
        self._cache_share = CacheShare(self._dataset)
        self.column_block = self._cache_share.column_block
        try:
            with quiet():
                self._find_bands(bands)
                self.full_grid = layer.placed(grid_of(self._dataset))
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

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file; a second call has no effect."""
        with self._lock:
            self._masks: list[tuple[int | None, Any]] = []
            dataset, self._dataset = self._dataset, None
            if dataset is not None:
                close_dataset(dataset)
            self._cache_share.release()

    def whole_rows(self) -> AbstractContextManager[None]:
        """Context in which whole rows of tiles are read, not column blocks; see `CacheShare`."""
        return self._cache_share.whole_rows()

    def with_bands(self, bands: Sequence[int]) -> RasterSource:
        """Open the same part of the raster with these band numbers, as another source."""
        return RasterSource(self.path, bands, *self.area, self.layer)

    @property
    def name(self) -> str:
        """File name without its folder, credentials and query, for messages and records."""
        return shown_name(self.path)

    def read(self, window: Window, compact: bool = False) -> tuple[Array, Valid]:
        """Read a window of `grid`; may be called from several threads.

        Args:
            window: to read.
            compact: AlphaEarth's bytes stay int8, as `BandScaling` takes them, in place of floats.

        Returns:
            values: `(bands, rows, cols)` of `self.dtype`; those of the file where invalid.
            valid: `(rows, cols)` bool, True for valid pixels.

        Raises:
            SuperSegError: the file is damaged in this window.
            ValueError: the window is empty or not within the grid, or the source is closed.
        """
        values, valid, own = self._read(window)
        for _, mask in own:
            valid &= mask
        for values_of_band, tests in zip(values, self._nodata_tests):
            clear_nodata(values_of_band, tests, valid)
        values, valid = decoded_values(self.decoding, values, valid, compact)
        return without_offsets(self.tile_offsets, values, valid, window), valid

    def read_by_band(self, window: Window) -> tuple[Array, Valid]:
        """Read a window with the validity of each band, `(bands, rows, cols)`; see `read`."""
        values, common, own = self._read(window)
        valid = np.repeat(common[np.newaxis], len(values), axis=0)
        for index, mask in own:
            valid[index] &= mask
        for values_of_band, tests, valid_of_band in zip(values, self._nodata_tests, valid):
            clear_nodata(values_of_band, tests, valid_of_band)
        return decoded_values(self.decoding, values, valid)

    def read_as(self, kind: str, decoding: Decoding | None) -> None:
        """Set what the values are, and decode them to float32 in every later `read`.

        Call it before the source is read by several threads.
        """
        self.kind, self.decoding = kind, decoding
        self.dtype = self.number_type if decoding is None else np.dtype(np.float32)

    def restrict(self, kept: Sequence[int], fill_values: Sequence[Sequence[float]]) -> None:
        """Leave out bands and treat further values as nodata, in every later `read`.

        Call it before the source is read by several threads.

        Args:
            kept: indices into `bands` of those to keep, at least one, ascending.
            fill_values: for each band that is kept, the values that are nodata too.
        """
        numbers = [self.bands[index] for index in kept]
        with self._lock, quiet():
            if numbers != list(self.bands):
                self._choose_bands(numbers)
                self._find_masks()
            self._set_fill_values(fill_values)

    def _read(self, window: Window) -> tuple[Array, Valid, list[tuple[int, Valid]]]:
        """Values of a window, pixels valid in all bands, and masks of single bands by index."""
        if window.intersection(self.grid.window) != window or not window.width * window.height:
            raise ValueError(f"{window} is not within {self.grid.window}")
        col, row = self.offset
        in_raster = Window(window.col_off + col, window.row_off + row, window.width, window.height)
        with self._lock:
            if self._dataset is None:
                raise ValueError(f"{self.name} is closed")
            values = self._read_values(in_raster)
            common, own = read_masks(self._masks, in_raster, self.name)
        if self._polygons is not None:
            self._polygons.cut(window, common)
        return values, common, own

    def _find_bands(self, bands: Sequence[int] | None) -> None:
        count = self._dataset.RasterCount
        every = {number: self._dataset.GetRasterBand(number) for number in range(1, count + 1)}
        self.alpha_band = next(
            (n for n, b in every.items() if b.GetColorInterpretation() == gdal.GCI_AlphaBand), 0
        )
        self.total_bands = count
        self.band_count = count - (1 if self.alpha_band and count > 1 else 0)
        if bands is None:
            bands = [number for number in every if number != self.alpha_band] or list(every)
        check_numbers(bands, count, self.name)
        self._choose_bands(bands)

    def _set_fill_values(self, fill_values: Sequence[Sequence[float]]) -> None:
        self.fill_values = tuple(tuple(map(float, values)) for values in fill_values)
        self._nodata_tests: list[list[NodataTest]] = []
        for number, declared, further, dtype in zip(
            self.bands, self.nodata, self.fill_values, self._native
        ):
            found = [nodata_test(value, dtype) for value in (declared, *further)]
            ranges = self.layer.nodata_of(number).ranges
            found += [range_test(low, high, dtype) for low, high in ranges]
            self._nodata_tests.append([test for test in found if test is not None])

    def _choose_bands(self, bands: Sequence[int]) -> None:
        """Set what is known of the bands with these numbers."""
        self.bands = tuple(int(number) for number in bands)
        chosen = [self._dataset.GetRasterBand(number) for number in self.bands]
        self.band_names = tuple(
            one_line(band.GetDescription()) or f"Band {number}"
            for number, band in zip(self.bands, chosen)
        )
        interpretations = [band.GetColorInterpretation() for band in chosen]
        self.band_colors = tuple(gdal.GetColorInterpretationName(i) for i in interpretations)
        self.units = tuple(one_line(band.GetUnitType() or "") for band in chosen)
        self.wavelengths = wavelengths_of(chosen, self.band_names)
        self.display_bands = shown_bands(self.band_colors, self.wavelengths)
        self.picture: Picture | None = None
        native = self._native = [band_type(band, self.name) for band in chosen]
        self.has_overviews = chosen[0].GetOverviewCount() > 0
        self._signed_bytes = [is_signed_byte(band) for band in chosen]
        common = np.result_type(*native)
        # Signed and unsigned 32-bit bands need int64, which GDAL has from 3.5 on.
        self.number_type = common if has_gdal_type(common) else np.dtype(np.float64)
        self._buffer = buffer_type(chosen, self.number_type)
        self.dtype = self.number_type
        declared = [possible_nodata(*pair) for pair in zip(chosen, native)]
        rules = [self.layer.nodata_of(number) for number in self.bands]
        self.nodata = tuple(v if rule.use_declared else None for v, rule in zip(declared, rules))
        self._set_fill_values([()] * len(chosen))
        zero_is_nodata = any(test.low <= 0 <= test.high for test in self._nodata_tests[0])
        told = declared[0] is not None or bool(rules[0].ranges)
        self.zero_is_value = told and not zero_is_nodata

    def _find_masks(self) -> None:
        self._masks = mask_bands(self._dataset, self.bands, self.alpha_band, self.name)

    def _read_values(self, window: Window) -> Array:
        values, error = read_pixels(self._dataset, window, self._buffer, self.bands)
        if values is None or error:
            damage = damage_of(self.path, self.bands, window, self.number_type)
            raise SuperSegError(damage_text(self.name, *(damage or ("a band", window, error))))
        return with_signs(values, self._signed_bytes, self.number_type, self.decoding is not None)
