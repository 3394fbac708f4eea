# SPDX-License-Identifier: GPL-2.0-or-later
"""Raster layers as data for other threads: their properties, and copies of their pixels.

GDAL reads most layers from their source, with the properties that differ from the file. Layers that
it cannot read (web maps, virtual rasters) are copied to a file by QGIS, which applies them.
"""

from __future__ import annotations

import math
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from qgis.core import (
    QgsProcessingUtils,
    QgsRasterBlockFeedback,
    QgsRasterFileWriter,
    QgsRasterPipe,
    QgsRasterRange,
)

from .errors import SuperSegError
from .progress import stop_if_cancelled
from .raster.layer_properties import AS_DECLARED, BandNodata, LayerProperties

# Interval at which a copy checks whether the user has cancelled.
POLL_SECONDS = 0.1


def in_place(layer):
    """Whether GDAL can read the source of a raster layer."""
    source = layer.source()
    # A "|" begins options of QGIS, which GDAL does not know.
    return layer.providerType() == "gdal" and "|" not in source and "authcfg=" not in source


def properties_of(layer):
    """Return the `LayerProperties` of a raster layer that is read in place; in its thread."""
    provider, crs = layer.dataProvider(), layer.crs()
    bands = range(1, provider.bandCount() + 1)
    nodata = tuple(
        BandNodata(
            not provider.sourceHasNoDataValue(band) or provider.useSourceNoDataValue(band),
            tuple(_closed(one) for one in provider.userNoDataValues(band)),
        )
        for band in bands
    )
    return LayerProperties(
        crs.toWkt() if crs.isValid() and crs != provider.crs() else "",
        nodata if any(one != AS_DECLARED for one in nodata) else (),
    )


def _closed(values):
    """Return the lowest and highest value of a QgsRasterRange, both included."""
    low, high = values.min(), values.max()
    # NaN is no limit.
    low = -math.inf if math.isnan(low) else low
    high = math.inf if math.isnan(high) else high
    bounds = QgsRasterRange.BoundsType
    if values.bounds() in (bounds.IncludeMax, bounds.Exclusive):
        low = np.nextafter(low, math.inf)
    if values.bounds() in (bounds.IncludeMin, bounds.Exclusive):
        high = np.nextafter(high, -math.inf)
    return float(low), float(high)


@dataclass
class LayerCopy:
    """The pixels of a layer, which can be written once, in any thread.

    Attributes:
        name: name of the layer.
        provider: clone of the layer's data provider, which itself belongs to the main thread.
        crs: coordinate reference system of the layer.
        transform_context: coordinate transform context of the project.
        extent: QgsRectangle to copy, in the layer's reference system.
        columns, rows: size of the copy in pixels.
        note: line for the log, or "".
    """

    name: str
    provider: object
    crs: object
    transform_context: object
    extent: object
    columns: int
    rows: int
    note: str = ""

    @classmethod
    def of(cls, layer, transform_context, extent, columns, rows, note=""):
        """Prepare a copy of a layer; in the thread of the layer."""
        provider = layer.dataProvider().clone()
        crs = layer.crs()
        return cls(layer.name(), provider, crs, transform_context, extent, columns, rows, note)

    @contextmanager
    def written(self, progress):
        """Context with the path of a temporary GeoTIFF of the pixels, which is removed on exit."""
        path = QgsProcessingUtils.generateTempFilename("superseg_input.tif")
        progress.report(0.0, f"Copying {self.name}")
        if self.note:
            progress.log(self.note)
        try:
            self._write(path, progress)
            yield path
        finally:
            for leftover in (path, f"{path}.aux.xml"):
                Path(leftover).unlink(missing_ok=True)

    def _write(self, path, progress):
        feedback = QgsRasterBlockFeedback()
        pipe = QgsRasterPipe()
        writer = QgsRasterFileWriter(path)
        writer.setOutputProviderKey("gdal")
        writer.setOutputFormat("GTiff")
        result = None
        # The clone must not be cloned again: a virtual raster then reads wrong pixels.
        provider, self.provider = self.provider, None
        if pipe.set(provider):
            with _cancelling(feedback, progress):
                result = writer.writeRaster(
                    pipe,
                    self.columns,
                    self.rows,
                    self.extent,
                    self.crs,
                    self.transform_context,
                    feedback,
                )
        stop_if_cancelled(progress)
        if result != QgsRasterFileWriter.WriterError.NoError or feedback.errors():
            reason = "; ".join(feedback.errors()) or "the layer returned no pixels"
            raise SuperSegError(
                f"{self.name} could not be copied to a file ({reason}); check that the map shows "
                "the layer, or export it to a GeoTIFF and use that."
            )


@contextmanager
def _cancelling(feedback, progress):
    """Cancel a copy within `POLL_SECONDS`; the writer itself checks between blocks only."""
    over = threading.Event()

    def watch():
        while not over.wait(POLL_SECONDS):
            if progress.cancelled():
                feedback.cancel()
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
