# SPDX-License-Identifier: GPL-2.0-or-later
"""The menu that opens the shipped models in the model designer, to start from."""

from __future__ import annotations

from functools import partial

from qgis.core import QgsApplication, QgsProcessingModelAlgorithm
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtWidgets import QMenu

translate = QCoreApplication.translate


def model_menu(provider, parent):
    """Return a menu with an entry for each model of a Processing provider."""
    menu = QMenu(translate("SuperSeg", "Open in the model designer"), parent)
    menu.setIcon(QgsApplication.getThemeIcon("/processingModel.svg"))
    kind = QgsProcessingModelAlgorithm
    models = [one for one in provider.algorithms() if isinstance(one, kind)]
    for title, path in sorted((one.displayName(), one.sourceFilePath()) for one in models):
        menu.addAction(title).triggered.connect(partial(_open, path))
    return menu


def _open(path, _checked=False):
    # Processing is another plugin, which may be loaded later.
    from processing.modeler.ModelerDialog import ModelerDialog

    model = QgsProcessingModelAlgorithm()
    if model.fromFile(path):
        # Saving asks for a file, so that the shipped one stays as it is.
        model.setSourceFilePath("")
        ModelerDialog.create(model).show()
