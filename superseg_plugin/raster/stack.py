# SPDX-License-Identifier: GPL-2.0-or-later
"""Several rasters that are read as one: the bands of INPUT, then those of additional rasters.

All are read on the grid of the first, cut to its extent and mask. A pixel is valid if it is valid
in every raster. Bands are numbered through: those of the second raster follow the last band of the
first. How the image is shown is decided by the first raster alone. Cost: that of the rasters one by
one, and a copy that joins them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import SuperSegError
from .layer_properties import AS_THE_FILE, BandNodata, LayerProperties
from .resampled import PARAMETER, ResampledRaster
from .source import Array, RasterSource, Valid
from .windows import Window


@dataclass(frozen=True)
class AdditionalRaster:
    """A raster that is used together with INPUT.

    Attributes:
        path: any GDAL dataset name.
        layer: reference system and nodata of the layer in QGIS that shows it.
    """

    path: str
    layer: LayerProperties = AS_THE_FILE

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> AdditionalRaster:
        """The inverse of `dataclasses.asdict`.

        Example:
            >>> from dataclasses import asdict
            >>> layer = LayerProperties("", (BandNodata(False, ((-9999.0, -9999.0),)),))
            >>> raster = AdditionalRaster("dem.tif", layer)
            >>> AdditionalRaster.from_dict(asdict(raster)) == raster
            True
        """
        layer = values["layer"]
        nodata = tuple(
            BandNodata(
                bool(band["use_declared"]), tuple((low, high) for low, high in band["ranges"])
            )
            for band in layer["nodata"]
        )
        return cls(str(values["path"]), LayerProperties(str(layer["crs"]), nodata))


class RasterStack(RasterSource):
    """INPUT and additional rasters, open for reading; a context manager like a `RasterSource`.

    Args:
        first: INPUT, open; whoever opened it closes it.
        additional: the other rasters, at least one.
        bands: numbers of the bands of each additional raster; None for all but alpha.

    Attributes:
        resampled: the additional rasters, each on its own grid and on that of INPUT.

    Raises:
        SuperSegError: a raster cannot be read, is given twice, is not georeferenced, or does not
            overlap INPUT.
    """

    def __init__(
        self,
        first: RasterSource,
        additional: Sequence[AdditionalRaster],
        bands: Sequence[Sequence[int]] | None = None,
    ) -> None:
        self.first, self._additional = first, tuple(additional)
        self._owned: RasterSource | None = None
        _check_different([first.path, *(raster.path for raster in additional)])
        self.resampled: list[ResampledRaster] = []
        try:
            for index, raster in enumerate(additional):
                chosen = None if bands is None else bands[index]
                self.resampled.append(ResampledRaster(raster.path, first, chosen, raster.layer))
            self.join()
        except BaseException:
            self._close_additional()
            raise

    @property
    def rasters(self) -> tuple[RasterSource, ...]:
        """All rasters, on one grid."""
        return (self.first, *(each.source for each in self.resampled))

    def close(self) -> None:
        """Close the additional rasters, and INPUT if `with_bands` opened it."""
        self._close_additional()
        if self._owned is not None:
            self._owned.close()

    @contextmanager
    def whole_rows(self) -> Iterator[None]:
        """As of a `RasterSource`."""
        with ExitStack() as entered:
            for raster in self.rasters:
                entered.enter_context(raster.whole_rows())
            yield

    def with_bands(self, bands: Sequence[int]) -> RasterStack:
        """Open the same part with these band numbers, raster by raster, as another stack."""
        parts, start = [], 0
        for raster in self.rasters:
            end = start + raster.total_bands
            parts.append([number - start for number in bands if start < number <= end])
            start = end
        first = self.first.with_bands(parts[0])
        try:
            stack = RasterStack(first, self._additional, parts[1:])
        except BaseException:
            first.close()
            raise
        stack._owned = first
        return stack

    def align(self) -> None:
        """Bring the additional rasters to the grid of INPUT by what is known of their values."""
        for each in self.resampled:
            each.align()
        self.join()

    def join(self) -> None:
        """Take over what is known of the rasters, after any of them changed."""
        first, rasters = self.first, self.rasters
        self.path, self.layer, self.kind = first.path, first.layer, first.kind
        self.grid, self.full_grid, self.offset = first.grid, first.full_grid, first.offset
        self.alpha_band, self.band_count = first.alpha_band, first.band_count
        self.bands_chosen, self.area_chosen = first.bands_chosen, first.area_chosen
        self.zero_is_value = first.zero_is_value
        self.display_bands, self.has_overviews = first.display_bands, first.has_overviews
        self.tile_offsets, self.decoding = None, None
        before = np.cumsum([0, *(raster.total_bands for raster in rasters)]).tolist()
        self.total_bands = before[-1]
        self.bands = tuple(
            number + start for raster, start in zip(rasters, before) for number in raster.bands
        )
        self.band_names = first.band_names + tuple(
            name for raster in rasters[1:] for name in _names(raster)
        )
        self.band_colors = sum((raster.band_colors for raster in rasters), ())
        self.units = sum((raster.units for raster in rasters), ())
        self.nodata = sum((raster.nodata for raster in rasters), ())
        self.fill_values = sum((raster.fill_values for raster in rasters), ())
        # The spectrum of one sensor; other rasters have none.
        self.wavelengths = ()
        self.dtype = np.result_type(*(raster.dtype for raster in rasters))
        self.number_type = np.result_type(*(raster.number_type for raster in rasters))
        self.column_block = max(raster.column_block for raster in rasters)
        picture = first.picture
        if picture is not None:
            none = (0.0,) * (len(self.bands) - len(first.bands))
            picture = replace(picture, weights=tuple(row + none for row in picture.weights))
        self.picture = picture

    def read(self, window: Window, compact: bool = False) -> tuple[Array, Valid]:
        """Read a window of all rasters; see `RasterSource.read`. Values are never compact."""
        found = [raster.read(window) for raster in self.rasters]
        values = np.concatenate([part.astype(self.dtype, copy=False) for part, _ in found])
        return values, np.logical_and.reduce([valid for _, valid in found])

    def read_by_band(self, window: Window) -> tuple[Array, Valid]:
        """Read a window with the validity of each band."""
        found = [raster.read_by_band(window) for raster in self.rasters]
        values = np.concatenate([part.astype(self.dtype, copy=False) for part, _ in found])
        return values, np.concatenate([valid for _, valid in found])

    def _close_additional(self) -> None:
        for each in self.resampled:
            each.close()


@contextmanager
def stacked(first: RasterSource, additional: Sequence[AdditionalRaster]) -> Iterator[RasterSource]:
    """Yield INPUT with additional rasters as one source; INPUT itself where there are none."""
    if not additional:
        yield first
        return
    with RasterStack(first, additional) as stack:
        yield stack


def rasters_of(source: RasterSource) -> tuple[RasterSource, ...]:
    """Return the rasters of a stack, INPUT first; a single raster alone."""
    return source.rasters if isinstance(source, RasterStack) else (source,)


def _names(raster: RasterSource) -> list[str]:
    """Names of the bands; those without a name are called by their file."""
    stem = Path(raster.name).stem
    single = len(raster.bands) == 1
    return [
        (stem if single else f"{stem} {number}") if name == f"Band {number}" else name
        for number, name in zip(raster.bands, raster.band_names)
    ]


def _check_different(paths: Sequence[str]) -> None:
    """Raise SuperSegError if a raster is given twice."""
    known: set[str] = set()
    for path in paths:
        place = str(Path(path).resolve()) if Path(path).exists() else path
        if place in known:
            raise SuperSegError(
                f"{PARAMETER}: {Path(path).name} is given twice or is the image itself; take it"
                " out of the list."
            )
        known.add(place)
