# SPDX-License-Identifier: GPL-2.0-or-later
"""Dialogs of algorithms that the workbench opens with parameters filled in."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsApplication, QgsProcessingUtils, QgsRasterLayer
from qgis.PyQt.QtCore import QCoreApplication, QObject, pyqtSignal

from ..errors import SuperSegError
from ..layer_copy import properties_of
from ..pipeline.classes.edits import table_rows
from ..pipeline.classes.merge_table import write_merge_table
from ..pipeline.formats.record import read_record_of
from ..raster.grid_comparison import require_same_grid
from ..raster.source import RasterSource
from .class_layers import raster_layers
from .edited_raster import EditedRasters
from .reference_menu import is_points, label_field
from .stored_map import path_of, shown_map

translate = QCoreApplication.translate

MODEL_PATTERN = "*.superseg"


class AlgorithmDialogs(QObject):
    """Opens dialogs.

    Attributes:
        dialog: the dialog that was opened last.

    Signals:
        failed: why a dialog was not opened, or its algorithm failed.
    """

    failed = pyqtSignal(str)

    def __init__(self, interface, parent=None):
        super().__init__(parent)
        self._iface = interface
        self._edited = EditedRasters(self.failed.emit)
        self.dialog = None

    def merge_classes(self, classes):
        """Open Merge classes with a class layer as it is shown."""
        self._open("superseg:mergeclasses", classes)

    def class_polygons(self, classes):
        """Open Class polygons with a class layer as it is shown."""
        self._open("superseg:classpolygons", classes)

    def objects(self, classes):
        """Open Objects with a class layer as it is shown."""
        self._open("superseg:objects", classes)

    def evaluate(self, classes, reference, field=""):
        """Open Evaluate with a class layer, as it is shown, and a reference.

        Args:
            classes: the class layer.
            reference: a raster on the same grid, polygons, or labelled points; None for none.
            field: of the labels; "" for the one that probably holds them.
        """
        try:
            parameters = _reference(classes, reference, field) if reference is not None else {}
        except SuperSegError as error:
            self.failed.emit(str(error))
            return
        self._open("superseg:evaluate", classes, parameters)

    def accuracy_points(self, classes):
        """Open Accuracy points with a class layer, as it is shown, or None."""
        if classes is None:
            self._show("superseg:accuracypoints", {})
        else:
            self._open("superseg:accuracypoints", classes)

    def classify_others(self, session):
        """Open Classify as a batch, with a row for each layer that the session's model may fit.

        Without a model beside the classes, `failed` says where one comes from.
        """
        from processing.gui.BatchAlgorithmDialog import BatchAlgorithmDialog
        from processing.tools import dataobjects

        models = sorted(Path(session.catalog.path).parent.glob(MODEL_PATTERN))
        if not models:
            text = translate(
                "SuperSeg",
                "Choose a file for Model when you run Segment: there is no model beside {} yet.",
            )
            self.failed.emit(text.format(session.layer.name()))
            return
        algorithm = QgsApplication.processingRegistry().createAlgorithmById("superseg:classify")
        if algorithm is None:
            return
        dialog = BatchAlgorithmDialog(algorithm, self._iface.mainWindow())
        panel = dialog.mainWidget()
        context = dataobjects.createContext()
        layers = images_like(session)
        if len(layers) > panel.batchRowCount():
            panel.addRow(len(layers) - panel.batchRowCount())
        # Without another image, the user chooses it in the first row.
        for row, layer in enumerate(layers or [None]):
            values = {"INPUT": layer.id()} if layer is not None else {}
            # The user must choose between several models.
            if len(models) == 1:
                values["MODEL"] = str(models[0])
            for name, value in values.items():
                column = panel.parameter_to_column[name]
                panel.wrappers[row][column].setParameterValue(value, context)
        self.dialog = dialog
        dialog.show()

    def _table(self, now):
        path = QgsProcessingUtils.generateTempFilename("classes.csv")
        # Edits may have left a class without superpixels, which its raster lacks.
        empty = {n for n, count in zip(now.catalog.numbers, now.catalog.counts) if not count}
        rows = [row for row in table_rows(now.shown) if row[0] not in empty]
        write_merge_table(path, rows)
        return path

    def segment(self, parameters):
        """Open Segment with parameters."""
        self._show("superseg:segment", parameters)

    def _open(self, algorithm, classes, parameters=None):
        """Open an algorithm with a class layer and the table of its merges and names."""
        try:
            shown = shown_map(classes)
        except SuperSegError as error:
            self.failed.emit(str(error))
            return
        given = dict(parameters or {})
        if shown is None:
            self._show(algorithm, {"CLASSIFICATION": classes, **given})
            return
        given["TABLE"] = self._table(shown[0])
        self._edited.of(
            classes,
            *shown,
            lambda raster: self._show(algorithm, {"CLASSIFICATION": raster, **given}),
        )

    def _show(self, algorithm, parameters):
        from qgis import processing

        self.dialog = processing.createAlgorithmDialog(algorithm, parameters)
        title = self.dialog.windowTitle()
        self.dialog.algorithmFinished.connect(lambda fine, _results: self._finished(fine, title))
        self.dialog.show()

    def _finished(self, fine, title):
        if not fine:
            text = translate("SuperSeg", "{} has failed; its log gives the reason.")
            self.failed.emit(text.format(title))


def _reference(classes, reference, field):
    """Return the parameters of Evaluate for a reference layer; see `AlgorithmDialogs.evaluate`.

    Raises:
        SuperSegError: it is a raster on another grid.
    """
    if isinstance(reference, QgsRasterLayer):
        with _first_band(classes) as one, _first_band(reference) as other:
            require_same_grid(one.grid, other.grid, "REFERENCE", other.name)
        return {"REFERENCE": reference}
    field = field or label_field(reference)
    if is_points(reference):
        return {"SAMPLES": reference, "FIELD": field}
    return {"POLYGONS": reference, "POLYGONS_FIELD": field}


def _first_band(layer):
    return RasterSource(path_of(layer), [1], layer=properties_of(layer))


def other_rasters(session):
    """Return the raster layers of the project other than that of a session."""
    return sorted(
        (one for one in raster_layers() if one is not session.layer),
        key=lambda layer: layer.name().casefold(),
    )


def images_like(session):
    """Return the layers with as many bands as the segmented image, which its model may fit.

    The segmented image itself, which has its classes already, is left out.
    """
    bands = session.catalog.means.shape[1]
    own = _image_of(session.catalog.path)
    # A layer of one band is usually a class raster or an elevation model.
    found = [one for one in other_rasters(session) if one.bandCount() == bands > 1]
    return [one for one in found if Path(one.source()).name != own]


def _image_of(path):
    """Return the file name of the image that a class raster was made from, "" if unknown."""
    try:
        return read_record_of(path)[0]["input"]["name"]
    except (SuperSegError, KeyError, TypeError):
        return ""
