# SPDX-License-Identifier: GPL-2.0-or-later
"""The menu of names and colors: schemes, and files of the user."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, pyqtSignal
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import QMenu

from ..pipeline.classes.schemes import TEMPLATES
from .swatches import swatch_icon

translate = QCoreApplication.translate


class NameMenu(QMenu):
    """Lists the names of templates.

    Signals:
        assigned: the chosen name, and its color or None.
        fileRequested: the user wants to choose a file.
        suggestionsRequested: the user wants names from a reference layer.
    """

    assigned = pyqtSignal(str, object)
    fileRequested = pyqtSignal()
    suggestionsRequested = pyqtSignal()

    def __init__(self, parent=None):
        super().__init__(translate("SuperSeg", "Name as"), parent)
        for template in TEMPLATES:
            self._add(template)
        self.addSeparator()
        own = self.addAction(translate("SuperSeg", "Names or table from a file…"))
        own.triggered.connect(lambda _checked=False: self.fileRequested.emit())
        suggested = self.addAction(translate("SuperSeg", "Suggest names from a layer…"))
        suggested.triggered.connect(lambda _checked=False: self.suggestionsRequested.emit())

    def add_own(self, template):
        """Add the names of a file, above all others."""
        before = self.actions()[0]
        self.insertMenu(before, self._menu(template))

    def _add(self, template):
        self.addMenu(self._menu(template))

    def _menu(self, template):
        menu = QMenu(template.title, self)
        for name, color in template.entries:
            action = menu.addAction(name)
            if color is not None:
                action.setIcon(swatch_icon(QColor(*color)))
            action.triggered.connect(
                lambda _checked=False, n=name, c=color: self.assigned.emit(n, c)
            )
        return menu
