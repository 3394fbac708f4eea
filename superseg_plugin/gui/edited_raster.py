# SPDX-License-Identifier: GPL-2.0-or-later
"""Class rasters of edited superpixels, made in the background for the algorithms that read one."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsProcessingUtils
from qgis.PyQt.QtCore import QCoreApplication

from ..layer_copy import properties_of
from ..pipeline.formats.record import describe_edit
from ..pipeline.steps.edited_classes import write_edited_classes
from ..raster.source import RasterSource
from .background_task import BackgroundTask

translate = QCoreApplication.translate


class EditedRasters:
    """Hands out the class raster that the workbench shows: a layer, or a raster of its edits.

    Args:
        failed: called with the error message if the raster cannot be written.
    """

    def __init__(self, failed):
        self._failed = failed
        self._task = None
        # Path of the raster that was written last, and the edits that it shows.
        self._path, self._classes = None, None

    def of(self, layer, now, superpixels, use):
        """Call a function with a layer or, once it is written, the path of a raster of its edits.

        Args:
            layer: the class layer.
            now: the `ClassMap` that is shown.
            superpixels: the `Superpixels` of the layer.
            use: the function.
        """
        if now.classes is None:
            use(layer)
            return
        edits = (now.catalog.path, now.classes.tobytes(), now.state.names, now.state.colors)
        if edits == self._classes and Path(self._path).exists():
            use(self._path)
            return

        title = translate("SuperSeg", "Writing the edited classes of {}").format(layer.name())
        name = f"{Path(now.catalog.path).stem}_edited.tif"
        path = QgsProcessingUtils.generateTempFilename(name)
        read = (now.catalog.path, [1], None, None, properties_of(layer))

        def write(progress):
            with RasterSource(*read) as source, superpixels.opened() as file:
                record = describe_edit("edits", source, {})
                write_edited_classes(source, file, now, Path(path), record, progress)
            return path

        def done():
            if task.result is not None:
                self._path, self._classes = path, edits
                use(path)
            elif not task.isCanceled():
                self._failed(task.error)

        self._task = task = BackgroundTask(title, write)
        task.done.connect(done)
        task.start()
