# SPDX-License-Identifier: GPL-2.0-or-later
"""Two settings of a preview side by side: A is kept, B is changed, and one of them is taken."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, pyqtSignal
from qgis.PyQt.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

translate = QCoreApplication.translate


class CompareBox(QWidget):
    """Keeps the settings A while those of the form, B, are changed.

    Args:
        settings: the `PreviewSettings`.

    Attributes:
        options: `PreviewOptions` of A; None while nothing is compared.

    Signals:
        changed: comparing has begun or ended.
    """

    changed = pyqtSignal()

    def __init__(self, settings, parent=None):
        super().__init__(parent)
        self._settings = settings
        self._parameters, self.options = None, None
        self.keep = QPushButton(translate("SuperSeg", "&Compare with other settings"))
        self.keep.setToolTip(
            translate(
                "SuperSeg",
                "Keep these settings as A on the left of the line; what you change then is B, on"
                " its right",
            )
        )
        self.words, self.other_words = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.take_a = QPushButton(translate("SuperSeg", "Take &A"))
        self.take_b = QPushButton(translate("SuperSeg", "Take &B"))
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setColumnStretch(0, 1)
        layout.addWidget(self.keep, 0, 0, 1, 2)
        for row, (label, button) in enumerate(
            ((self.other_words, self.take_a), (self.words, self.take_b)), 1
        ):
            layout.addWidget(label, row, 0)
            layout.addWidget(button, row, 1)
        self.keep.clicked.connect(lambda _checked=False: self._begin())
        self.take_a.clicked.connect(lambda _checked=False: self._take(self._parameters))
        self.take_b.clicked.connect(lambda _checked=False: self._take(None))
        settings.changed.connect(self._show)
        self._show()

    def end(self):
        """Compare no longer; the settings of the form stay."""
        if self.options is not None:
            self._take(None)

    def _begin(self):
        self._parameters, self.options = self._settings.parameters(), self._settings.options()
        self.other_words.setText(f"A: {self._settings.words()}")
        self._show()
        self.changed.emit()

    def _take(self, parameters):
        self._parameters, self.options = None, None
        if parameters is not None:
            self._settings.set_parameters(parameters)
        self._show()
        self.changed.emit()

    def _show(self):
        comparing = self.options is not None
        self.keep.setVisible(not comparing)
        for widget in (self.words, self.other_words, self.take_a, self.take_b):
            widget.setVisible(comparing)
        if comparing:
            self.words.setText(f"B: {self._settings.words()}")
