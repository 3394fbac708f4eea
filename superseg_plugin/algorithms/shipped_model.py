# SPDX-License-Identifier: GPL-2.0-or-later
"""The Processing models that are shipped with the plugin."""

from __future__ import annotations

from qgis.core import QgsProcessingModelAlgorithm
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtGui import QIcon

from ..errors import SuperSegError
from ..layer_copy import in_place
from ..raster.grid_comparison import common_part
from ..raster.source import RasterSource
from ..resources import icon_path
from .presentation import make_dialog

translate = QCoreApplication.translate

# Titles in the spelling of all other texts: the ids stay.
TITLES = {
    "Segment and polygonise with statistics": "Segment and polygonize with statistics",
    "Superpixels, train, classify, average colours": (
        "Superpixels, train, classify, average colors"
    ),
}
# Parameters of a model that compares two rasters.
BEFORE, AFTER = "BEFORE", "AFTER"


class ShippedModel(QgsProcessingModelAlgorithm):
    """A model with title and group in the user's language. Its id is the title in its file.

    Args:
        path: of the model.
    """

    def __init__(self, path):
        super().__init__()
        self._path = path
        self.readable = self.fromFile(path)
        self.setSourceFilePath(path)

    def displayName(self):
        title = super().displayName()
        return translate("SuperSeg", TITLES.get(title, title))

    def group(self):
        return translate("SuperSeg", super().group())

    def icon(self):
        return QIcon(self.svgIconPath())

    def svgIconPath(self):
        return icon_path("models")

    def checkParameterValues(self, parameters, context):
        fine, message = super().checkParameterValues(parameters, context)
        if not fine or not all(map(self.parameterDefinition, (BEFORE, AFTER))):
            return fine, message
        layers = [self.parameterAsRasterLayer(parameters, n, context) for n in (BEFORE, AFTER)]
        if not all(layer is not None and in_place(layer) for layer in layers):
            return True, ""
        # Rasters that cannot be compared are refused before the training.
        try:
            first, second = (layer.source() for layer in layers)
            with RasterSource(first) as before, RasterSource(second) as after:
                common_part(before.grid, after.grid, AFTER, after.name)
        except SuperSegError as error:
            return False, str(error)
        return True, ""

    def createCustomParametersWidget(self, parent=None):
        return make_dialog(self)

    def createInstance(self):
        return ShippedModel(self._path)
