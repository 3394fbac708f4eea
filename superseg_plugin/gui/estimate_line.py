# SPDX-License-Identifier: GPL-2.0-or-later
"""A line that says what a run with the parameters in a dialog would take, or why it cannot be."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future

from processing.tools.dataobjects import createContext, createExpressionContext
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, Qt, QTimer
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QStyle, QWidget
from qgis.utils import iface

from ..errors import SuperSegError

translate = QCoreApplication.translate

# A hand that types or drags comes to rest first.
REST_MS = 150
LOOK_MS = 25
PATIENCE_SECONDS = 0.5
LINES = 2
CLOCK, WARNING = "/propertyicons/temporal.svg", "/mIconWarning.svg"


class EstimateLine(QWidget):
    """Asks an algorithm for its outlook after every change of its parameters.

    Files are looked at in a thread of their own: they may lie behind a slow network.

    Args:
        algorithm: has `outlook(parameters, context)`.
        wrappers: widget wrappers of the dialog, by the name of their parameter.
        parent: the widget that it is part of.
    """

    def __init__(self, algorithm, wrappers, parent=None):
        super().__init__(parent)
        self._algorithm = algorithm
        self._wrappers = wrappers
        # Layers that are chosen by their path stay open in it.
        self._context = createContext()
        self._answer = None
        self._asked = 0.0
        self._build()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._ask)
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._take)
        for wrapper in wrappers.values():
            wrapper.widgetValueHasChanged.connect(self._soon)
        # Web layers are fetched as the map shows them.
        iface.mapCanvas().extentsChanged.connect(self._soon)
        self._soon()

    def text(self):
        """Return what it says."""
        return self._label.text()

    def _build(self):
        self._icon = QLabel()
        self._label = QLabel()
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._label.setAccessibleName(translate("SuperSeg", "Estimate"))
        # What is above stays where it is when a sentence gets longer.
        self._label.setMinimumHeight(LINES * self._label.fontMetrics().lineSpacing())
        self._label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        layout = QHBoxLayout(self)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._label, 1)

    def _soon(self, *_changes):
        self._rest.start()

    def _ask(self):
        self._look.stop()
        try:
            values = {name: one.parameterValue() for name, one in self._wrappers.items()}
            self._context.setExpressionContext(createExpressionContext())
            say = self._algorithm.outlook(values, self._context)
        except Exception as error:  # a dialog without an estimate is better than none
            self._complain(error)
            return
        self._answer, self._asked = Future(), time.monotonic()
        threading.Thread(target=_work, args=(say, self._answer), daemon=True).start()
        self._look.start()

    def _take(self):
        """Show the answer when it is there; an earlier one is not waited for any more."""
        if not self._answer.done():
            if time.monotonic() - self._asked > PATIENCE_SECONDS:
                self._show(translate("SuperSeg", "Looking at the image…"), CLOCK)
            return
        self._look.stop()
        error = self._answer.exception()
        if error is not None:
            self._complain(error)
        else:
            self._show(self._answer.result(), CLOCK)

    def _complain(self, error):
        text = str(error)
        if not isinstance(error, SuperSegError):
            text = translate("SuperSeg", "There is no estimate ({}).").format(text)
        self._show(text, WARNING)

    def _show(self, text, icon):
        size = self.style().pixelMetric(QStyle.PixelMetric.PM_SmallIconSize)
        self._icon.setPixmap(QgsApplication.getThemeIcon(icon).pixmap(size, size))
        self._label.setText(text)


def _work(say, answer):
    try:
        answer.set_result(say(translate))
    except Exception as error:  # told by whoever waits
        answer.set_exception(error)
