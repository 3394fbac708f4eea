# SPDX-License-Identifier: GPL-2.0-or-later
"""Class rasters of edited superpixels, made in the background for the algorithms that read one."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsApplication, QgsProcessingUtils, QgsTask
from qgis.PyQt.QtCore import QCoreApplication

from ..errors import Cancelled, SuperSegError
from ..layer_copy import properties_of
from ..pipeline.formats.record import describe_edit
from ..pipeline.steps.edited_classes import write_edited_classes
from ..progress import Progress
from ..raster.source import RasterSource

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

        def done(path):
            self._path, self._classes = path, edits
            use(path)

        self._task = _Writing(layer, now, superpixels, done, self._failed)
        QgsApplication.taskManager().addTask(self._task)


class _Writing(QgsTask):
    def __init__(self, layer, now, superpixels, done, failed):
        title = translate("SuperSeg", "Writing the edited classes of {}").format(layer.name())
        super().__init__(title, QgsTask.Flag.CanCancel)
        self._now, self._superpixels = now, superpixels
        self._source = (now.catalog.path, [1], None, None, properties_of(layer))
        self._done, self._failed, self._error = done, failed, ""
        name = f"{Path(now.catalog.path).stem}_edited.tif"
        self._path = QgsProcessingUtils.generateTempFilename(name)

    def run(self):
        try:
            with RasterSource(*self._source) as source, self._superpixels.opened() as superpixels:
                record = describe_edit("edits", source, {})
                path, progress = Path(self._path), _TaskProgress(self)
                write_edited_classes(source, superpixels, self._now, path, record, progress)
        except Cancelled:
            return False
        except SuperSegError as error:
            self._error = str(error)
            return False
        return True

    def finished(self, fine):
        if fine:
            self._done(self._path)
        elif self._error:
            self._failed(self._error)


class _TaskProgress(Progress):
    def __init__(self, task):
        self._task = task

    def report(self, fraction, text=""):
        self._task.setProgress(100 * fraction)

    def cancelled(self):
        return self._task.isCanceled()
