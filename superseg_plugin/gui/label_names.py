# SPDX-License-Identifier: GPL-2.0-or-later
"""The names to label places with: those of the classes, of a template, or of the user's file."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QFileDialog

from ..errors import SuperSegError
from ..pipeline.classes.schemes import TEMPLATES, Template
from ..pipeline.classes.templates import read_own
from ..raster.class_legend import read_legend
from .class_actions import table_files
from .stored_map import path_of, shown_map

translate = QCoreApplication.translate


class LabelNames(QObject):
    """Fills a combo box with schemes of names.

    Args:
        combo: the QComboBox.

    Signals:
        changed: other names are chosen.
        failed: why a file cannot be used.
    """

    changed = pyqtSignal()
    failed = pyqtSignal(str)

    def __init__(self, combo):
        super().__init__(combo)
        self._combo, self._of_classes = combo, []
        combo.addItem(translate("SuperSeg", "Names of the classes"))
        for template in TEMPLATES:
            self._add(template)
        combo.addItem(translate("SuperSeg", "Names from a file…"))
        combo.activated.connect(self._activated)
        combo.currentIndexChanged.connect(lambda _index: self.changed.emit())

    def set_classes(self, layer):
        """Take the names that a class layer shows; None for no names."""
        self._of_classes = []
        if layer is not None:
            try:
                self._of_classes = _names_of(layer)
            except SuperSegError as error:
                self.failed.emit(str(error))
        self.changed.emit()

    def chosen(self):
        """Return the names of the chosen scheme."""
        template = self._combo.currentData()
        if template is None:
            return self._of_classes
        return [name for name, _ in template.entries]

    def read_file(self, path):
        """Add the names of a file and choose them."""
        try:
            read = read_own(path)
            if not isinstance(read, Template):
                read = Template(read.file, tuple((name, None) for name in read.names.values()))
        except SuperSegError as error:
            self.failed.emit(str(error))
            self._combo.setCurrentIndex(0)
            return
        self._add(read, self._combo.count() - 1)
        self._combo.setCurrentIndex(self._combo.count() - 2)

    def _add(self, template, index=-1):
        place = self._combo.count() if index < 0 else index
        self._combo.insertItem(place, template.title, template)

    def _activated(self, index):
        if index != self._combo.count() - 1:
            return
        title = translate("SuperSeg", "Names of the reference classes")
        path, _ = QFileDialog.getOpenFileName(self._combo, title, "", table_files())
        if path:
            self.read_file(path)
        else:
            self._combo.setCurrentIndex(0)


def _names_of(layer):
    shown = shown_map(layer)
    if shown is not None:
        return [group.name for group in shown[0].shown]
    return list(read_legend(path_of(layer)).names.values())
