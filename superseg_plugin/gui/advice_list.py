# SPDX-License-Identifier: GPL-2.0-or-later
"""What could be better about the classes of a session: a list beside the spectra and the tree."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QListWidget, QListWidgetItem

from ..errors import SuperSegError
from ..pipeline.classes.advice import ClassFigures, advice, class_figures

translate = QCoreApplication.translate

# The figures are a pass over all superpixels, which waits until the user pauses.
DELAY_MS = 500
NUMBERS = Qt.ItemDataRole.UserRole


class AdviceList(QListWidget):
    """Sentences; a click on one selects the classes that it is about.

    Signals:
        picked: numbers of the classes of a sentence.
        counted: how many sentences there are.
    """

    picked = pyqtSignal(tuple)
    counted = pyqtSignal(int)

    def __init__(self, parent=None):
        super().__init__(parent)
        self.setWordWrap(True)
        self._session = None
        self._timer = QTimer(self, singleShot=True, interval=DELAY_MS, timeout=self.refresh)
        self.itemClicked.connect(lambda item: self.picked.emit(item.data(NUMBERS)))

    def show_session(self, session):
        """Show the advice on the classes of a session, or none."""
        if self._session is not None:
            self._session.changed.disconnect(self._timer.start)
        self._session = session
        if session is not None:
            session.changed.connect(self._timer.start)
        self._timer.start()

    def refresh(self):
        """Measure the classes that are shown now."""
        self.clear()
        found = advice(*self._figures()) if self._session is not None else []
        for one in found:
            item = QListWidgetItem(one.text, self)
            item.setData(NUMBERS, one.numbers)
        if not found:
            text = translate("SuperSeg", "Nothing about the classes stands out.")
            QListWidgetItem(text, self).setFlags(Qt.ItemFlag.NoItemFlags)
        self.counted.emit(len(found))

    def _figures(self):
        session = self._session
        names = {group.number: group.name for group in session.groups}
        try:
            tables = session.superpixels.tables
        except SuperSegError:
            # Without superpixels there are areas only.
            areas = {group.number: group.area for group in session.groups if group.count}
            return ClassFigures(areas, {}, {}), names
        shown = session.now.shown_of(tables)
        return class_figures(shown, tables.areas, tables.confidence, tables.features), names
