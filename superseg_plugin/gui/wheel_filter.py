# SPDX-License-Identifier: GPL-2.0-or-later
"""The mouse wheel over boxes and sliders in a scroll area."""

from __future__ import annotations

from qgis.PyQt.QtCore import QEvent, QObject, Qt
from qgis.PyQt.QtWidgets import QAbstractSpinBox, QComboBox, QSlider


class WheelFilter(QObject):
    """Leaves the wheel to the scroll area where the pointer is over a box without focus."""

    def __init__(self, panel):
        super().__init__(panel)
        for kind in (QAbstractSpinBox, QComboBox, QSlider):
            for box in panel.findChildren(kind):
                # Otherwise the wheel gives the box the focus first.
                box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
                box.installEventFilter(self)

    def eventFilter(self, box, event):
        if event.type() == QEvent.Type.Wheel and not box.hasFocus():
            event.ignore()
            return True
        return False
