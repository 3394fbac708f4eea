# SPDX-License-Identifier: GPL-2.0-or-later
"""The menu that opens the shipped models in the model designer, to start from."""

from __future__ import annotations

from functools import partial

from qgis.core import QgsApplication, QgsProcessingModelAlgorithm
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtWidgets import QMenu

from ..algorithms.shipped_model import ShippedModel
from ..resources import MODELS

translate = QCoreApplication.translate


def model_menu(parent):
    """Return a menu with an entry for each shipped model."""
    menu = QMenu(translate("SuperSeg", "Open in the model designer"), parent)
    menu.setIcon(QgsApplication.getThemeIcon("/processingModel.svg"))
    for path in sorted(MODELS.glob("*.model3")):
        action = menu.addAction(ShippedModel(str(path)).displayName())
        action.triggered.connect(partial(_open, path))
    return menu


def _open(path, _checked=False):
    # Processing is another plugin, which may be loaded later.
    from processing.modeler.ModelerDialog import ModelerDialog

    model = QgsProcessingModelAlgorithm()
    if model.fromFile(str(path)):
        # Saving asks for a file, so that the shipped one stays as it is.
        model.setSourceFilePath("")
        ModelerDialog.create(model).show()
