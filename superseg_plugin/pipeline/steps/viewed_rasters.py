# SPDX-License-Identifier: GPL-2.0-or-later
"""The part of an image and its additional rasters that a map shows, as rasters on the map's grid.

Idea: what the values are is found on the whole image, as a run does, whatever part of it is shown;
the image is then warped to the grid of the map. An additional raster on the grid of the image is
warped like it, any other one from its own grid.
Exact: fill values, kinds and decoding are those of a run on the whole image.
Approximate: where the map is coarser than the image, pixels are averages.
Cost: one pass over a sample of the whole image for each image; the warp for each view.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ...blocks import EMBEDDING
from ...errors import SuperSegError
from ...progress import Progress
from ...raster.decoding import Decoding
from ...raster.pictures import Picture
from ...raster.source import RasterSource
from ...raster.stack import AdditionalRaster, RasterStack, stacked
from ...raster.view import write_view
from ..options.preview import MapView
from ..options.values import AS_THEY_ARE
from .additional_rasters import prepare_rasters
from .fill_values import prepare_values
from .recorded_values import read_copy


@dataclass(frozen=True)
class FoundValues:
    """What was found of the values of a raster."""

    fill_values: dict[int, tuple[float, ...]]
    kind: str
    decoding: Decoding | None
    picture: Picture | None
    number_type: np.dtype[Any]

    @classmethod
    def of(cls, source: RasterSource) -> FoundValues:
        """Return what is known of a raster that is prepared."""
        fill_values = dict(zip(source.bands, source.fill_values))
        return cls(fill_values, source.kind, source.decoding, source.picture, source.number_type)

    def apply(self, source: RasterSource) -> None:
        """Prepare the raster, opened again."""
        kept = [index for index, number in enumerate(source.bands) if number in self.fill_values]
        source.restrict(kept, [self.fill_values[source.bands[index]] for index in kept])
        source.read_as(self.kind, self.decoding)

    def apply_to_copy(self, source: RasterSource, progress: Progress) -> None:
        """Prepare a copy, which has decoded values and no names that tell what they are."""
        values = EMBEDDING if self.kind == EMBEDDING else AS_THEY_ARE
        prepare_values(source, values, progress)
        read_copy(source, self.kind, self.number_type)
        # The colors of the whole image, whatever part of it is shown.
        if self.picture is not None and self.picture.bands == len(source.bands):
            source.picture = self.picture


class ViewedRasters:
    """What was found of the values of one image and its additional rasters.

    Args:
        path: of the image, or of a copy of what the map shows of it.
        view: which image, with its additional rasters, and how its values are read.
        progress: told what the values are.

    Raises:
        SuperSegError: the values are not what the user says, or an additional raster does not fit.
    """

    def __init__(self, path: str, view: MapView, progress: Progress) -> None:
        self.image = view.image
        with (
            RasterSource(path, layer=view.layer) as first,
            stacked(first, view.additional) as source,
        ):
            prepare_rasters(source, view.values, progress)
            others = source.resampled if isinstance(source, RasterStack) else []
            originals = [first, *(each.original for each in others)]
            self._found = [FoundValues.of(raster) for raster in originals]
            # Whether a raster has the grid of the image.
            self._same_grid = [True, *(each.source is each.original for each in others)]
            self._crs = first.full_grid.crs

    @contextmanager
    def shown(
        self, path: str, view: MapView, folder: Path, progress: Progress
    ) -> Iterator[RasterSource]:
        """Yield what a map shows, a `RasterStack` where there are additional rasters.

        Args:
            path: as for the class.
            view: of the same image.
            folder: for files, which are needed as long as the source is used.
            progress: asked for cancel.
        """
        rasters = [AdditionalRaster(path, view.layer), *view.additional]
        for index, same in enumerate(self._same_grid):
            if same:
                target = folder / f"view {index}.tif"
                self._write(rasters[index], index, view, target)
                rasters[index] = AdditionalRaster(str(target))
        with ExitStack() as opened:
            first = opened.enter_context(RasterSource(rasters[0].path))
            try:
                source = opened.enter_context(stacked(first, rasters[1:]))
            except SuperSegError as error:
                shown = f"{view.name or Path(view.path).name} in the map"
                raise SuperSegError(str(error).replace(first.name, shown)) from None
            others = source.resampled if isinstance(source, RasterStack) else []
            originals = [first, *(each.original for each in others)]
            for same, original, found in zip(self._same_grid, originals, self._found):
                if same:
                    found.apply_to_copy(original, progress)
                else:
                    found.apply(original)
            if isinstance(source, RasterStack):
                source.align()
            yield source

    def _write(self, raster: AdditionalRaster, index: int, view: MapView, target: Path) -> None:
        """Warp a raster on the grid of the image to the map."""
        layer = raster.layer
        with RasterSource(raster.path, layer=layer) as whole:
            grid = whole.full_grid
        if self._crs and not grid.crs and grid.geotransform is not None:
            # A file on the grid of the image may lack a reference system.
            layer = replace(layer, crs=self._crs)
        with RasterSource(raster.path, layer=layer) as whole:
            self._found[index].apply(whole)
            write_view(whole, target, view.extent, view.size, view.crs, view.reduction > 1.0)
