# SPDX-License-Identifier: GPL-2.0-or-later
"""Layers that GDAL cannot read in place (web maps, virtual rasters), copied to a file."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from qgis.core import (
    QgsProcessingUtils,
    QgsRasterBlockFeedback,
    QgsRasterFileWriter,
    QgsRasterPipe,
)

from .errors import SuperSegError
from .progress import stop_if_cancelled

# A server may take its time; who has cancelled does not wait for it.
LOOK_SECONDS = 0.1


def in_place(layer):
    """Tell whether GDAL can read a raster layer where it is."""
    source = layer.source()
    # What follows a "|" are QGIS's own options, which GDAL does not know.
    return layer.providerType() == "gdal" and "|" not in source and "authcfg=" not in source


@dataclass
class LayerCopy:
    """A layer's pixels, to be written once, in any thread.

    Attributes:
        name: of the layer.
        provider: a clone of the layer's own, which belongs to another thread.
        crs: of the layer.
        transform_context: of the project.
        extent: QgsRectangle in the layer's CRS.
        columns, rows: how many pixels of it.
        note: a line for the log, or "".
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
        """Prepare to copy a layer that belongs to this thread."""
        provider = layer.dataProvider().clone()
        crs = layer.crs()
        return cls(layer.name(), provider, crs, transform_context, extent, columns, rows, note)

    @contextmanager
    def written(self, progress):
        """Write the pixels to a temporary GeoTIFF, give its path, and remove it afterwards."""
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
        # The clone itself, not one of it: a virtual raster's clone of a clone reads garbage.
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
            reason = "; ".join(feedback.errors()) or "the layer gave no pixels"
            raise SuperSegError(
                f"{self.name} could not be copied to a file ({reason}); check that the layer "
                "shows on the map, or export it to a GeoTIFF and use that."
            )


@contextmanager
def _cancelling(feedback, progress):
    """Cancel a copy as soon as nobody wants it: it looks up from one request, not during it."""
    over = threading.Event()

    def watch():
        while not over.wait(LOOK_SECONDS):
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
