# SPDX-License-Identifier: GPL-2.0-or-later
"""The Processing models that are shipped with the plugin."""

from __future__ import annotations

from qgis.core import QgsProcessingModelAlgorithm
from qgis.PyQt.QtCore import QCoreApplication

translate = QCoreApplication.translate


class ShippedModel(QgsProcessingModelAlgorithm):
    """A model with title and group in the user's language. Its id is the title in the file.

    Args:
        path: of the model.
    """

    def __init__(self, path):
        super().__init__()
        self._path = path
        self.readable = self.fromFile(path)

    def displayName(self):
        return translate("SuperSeg", super().displayName())

    def group(self):
        return translate("SuperSeg", super().group())

    def createInstance(self):
        return ShippedModel(self._path)
