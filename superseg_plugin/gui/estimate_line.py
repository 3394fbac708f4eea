# SPDX-License-Identifier: GPL-2.0-or-later
"""A line in a dialog: the estimate for the chosen parameters, or why they cannot run."""

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
from ..pipeline.planning.estimate import PHRASES

translate = QCoreApplication.translate

# An estimate is made once the parameters have not changed for so long.
DELAY_MS = 150
POLL_MS = 25
# An estimate that takes longer is announced.
ANNOUNCE_SECONDS = 0.5
# The height is that of two lines, so that the dialog does not jump when the text gets longer.
LINES = 2
CLOCK, WARNING = "/propertyicons/temporal.svg", "/mIconWarning.svg"


class EstimateLine(QWidget):
    """Shows an algorithm's estimate, and renews it after every change of a parameter.

    Files are opened in another thread: they may lie on a slow network.

    Args:
        algorithm: has `estimator(parameters, context)`, which returns a function without
            parameters that returns an `Estimate`.
        wrappers: widget wrappers of the dialog by the name of their parameter.
        parent: the parent widget.
    """

    def __init__(self, algorithm, wrappers, parent=None):
        super().__init__(parent)
        self._algorithm = algorithm
        self._wrappers = wrappers
        # It keeps layers open that are chosen by their path.
        self._context = createContext()
        self._answer = None
        self._started = 0.0
        self._build()
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(DELAY_MS)
        self._delay.timeout.connect(self._start)
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(self._show_answer)
        for wrapper in wrappers.values():
            wrapper.widgetValueHasChanged.connect(self._schedule)
        # The map view decides on the resolution of web layers.
        iface.mapCanvas().extentsChanged.connect(self._schedule)
        self._schedule()

    def text(self):
        """Return the text that is shown."""
        return self._label.text()

    def _build(self):
        self._icon = QLabel()
        self._label = QLabel()
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._label.setAccessibleName(translate("SuperSeg", "Estimate"))
        self._label.setMinimumHeight(LINES * self._label.fontMetrics().lineSpacing())
        self._label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        layout = QHBoxLayout(self)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._label, 1)

    def _schedule(self, *_changes):
        self._delay.start()

    def _start(self):
        """Start an estimate; the answer to an earlier one is dropped."""
        self._poll.stop()
        try:
            values = {name: one.parameterValue() for name, one in self._wrappers.items()}
            self._context.setExpressionContext(createExpressionContext())
            estimate = self._algorithm.estimator(values, self._context)
        except Exception as error:  # the dialog works without an estimate
            self._show_error(error)
            return
        self._answer, self._started = Future(), time.monotonic()
        threading.Thread(target=_run, args=(estimate, self._answer), daemon=True).start()
        self._poll.start()

    def _show_answer(self):
        if not self._answer.done():
            if time.monotonic() - self._started > ANNOUNCE_SECONDS:
                self._show(translate("SuperSeg", "Reading the image…"), CLOCK)
            return
        self._poll.stop()
        error = self._answer.exception()
        if error is not None:
            self._show_error(error)
        else:
            self._show(estimate_lines(self._answer.result()), CLOCK)

    def _show_error(self, error):
        text = str(error)
        if not isinstance(error, SuperSegError):
            text = translate("SuperSeg", "No estimate is available ({}).").format(text)
        self._show(text, WARNING)

    def _show(self, text, icon):
        size = self.style().pixelMetric(QStyle.PixelMetric.PM_SmallIconSize)
        self._icon.setPixmap(QgsApplication.getThemeIcon(icon).pixmap(size, size))
        self._label.setText(text)


def estimate_lines(estimate):
    """Return an `Estimate` as lines in the language of QGIS, with its remarks."""
    phrases = {name: translate("SuperSeg", text) for name, text in PHRASES.items()}
    text = estimate.text(phrases)
    lines = [translate("SuperSeg", "{}.").format(text[:1].upper() + text[1:]), *estimate.remarks]
    if not estimate.device_known:
        lines.append(
            translate("SuperSeg", "The first run finds out whether another device is faster.")
        )
    return "\n".join(lines)


def _run(function, answer):
    try:
        answer.set_result(function())
    except Exception as error:  # `_show_answer` shows it
        answer.set_exception(error)
