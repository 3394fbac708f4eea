# SPDX-License-Identifier: GPL-2.0-or-later
"""The estimate of time and memory below the parameters of a dialog."""

from __future__ import annotations

import time
from concurrent.futures import Future
from pathlib import Path

from processing.tools.dataobjects import createContext, createExpressionContext
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QStyle, QWidget
from qgis.utils import iface

from ..background import in_background
from ..errors import SuperSegError
from ..pipeline.planning.estimate import PHRASES

translate = QCoreApplication.translate

# An estimate is made once the parameters have not changed for a while, and is then waited for.
DELAY_MS, POLL_MS = 150, 25
# An estimate that takes longer is announced.
ANNOUNCE_SECONDS = 0.5
CLOCK, WARNING = "/propertyicons/temporal.svg", "/mIconWarning.svg"


class EstimateLine(QWidget):
    """Shows an algorithm's estimate or why it cannot run; renewed when a parameter changes.

    Files are opened in another thread: they may lie on a slow network. The estimate needs the
    header of the image; remarks on its values are added when a sample has been read.

    Args:
        algorithm: has `estimator(parameters, context)`, which returns a function without
            parameters that returns an `Estimate`.
        values: returns the parameters of the algorithm.
        changes: signals that a parameter has changed.
        parent: the parent widget.

    Attributes:
        heading: text before the estimate.

    Signals:
        estimated: the `Estimate` that is shown.
    """

    estimated = pyqtSignal(object)

    def __init__(self, algorithm, values, changes, parent=None):
        super().__init__(parent)
        self._algorithm, self._values = algorithm, values
        self.heading = ""
        # It keeps layers open that are chosen by their path.
        self._context = createContext()
        self._icon = QLabel()
        self._label = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._label.setAccessibleName(translate("SuperSeg", "Estimate"))
        # The height of two lines, so that the dialog does not jump when the text gets longer.
        self._label.setMinimumHeight(2 * self._label.fontMetrics().lineSpacing())
        self.text = self._label.text
        layout = QHBoxLayout(self)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._label, 1)
        # What was found of the values of an image, and the parameters that it was found with.
        self._looked = (None, [])
        self._looking = None
        self._delay = QTimer(self, singleShot=True, interval=DELAY_MS, timeout=self._start)
        self._poll = QTimer(self, interval=POLL_MS, timeout=self._show_answer)
        for change in changes:
            change.connect(self._schedule)
        # The map view decides on the resolution of web layers.
        iface.mapCanvas().extentsChanged.connect(self._schedule)

    def showEvent(self, event):
        super().showEvent(event)
        self._schedule()

    def _schedule(self, *_changes):
        if self.isVisible():
            self._delay.start()

    def _start(self):
        """Start an estimate; the answer to an earlier one is dropped."""
        self._started, self._looking = time.monotonic(), None
        try:
            self._context.setExpressionContext(createExpressionContext())
            estimator = self._algorithm.estimator(self._values(), self._context)
            self._answer = in_background(estimator)
        except Exception as error:  # the dialog works without an estimate
            self._answer = Future()
            self._answer.set_exception(error)
        self._poll.start()

    def _show_answer(self):
        text, icon = translate("SuperSeg", "Reading the image…"), CLOCK
        if self._answer.done():
            try:
                estimate = self._answer.result()
                text = "\n".join([estimate_lines(estimate), *self._found_values(estimate.look)])
                self.estimated.emit(estimate)
            except SuperSegError as error:
                text, icon = str(error), WARNING
                self._poll.stop()
            except Exception as error:
                text = translate("SuperSeg", "No estimate is available ({}).").format(error)
                icon = WARNING
                self._poll.stop()
        elif time.monotonic() - self._started < ANNOUNCE_SECONDS:
            return
        size = self.style().pixelMetric(QStyle.PixelMetric.PM_SmallIconSize)
        self._icon.setPixmap(QgsApplication.getThemeIcon(icon).pixmap(size, size))
        self._label.setText(f"{self.heading}{text}")

    def _found_values(self, look):
        """Return the remarks on the values of the image; polling ends when they are known."""
        key = look and (look.args, _time_stamp(look.args[1]))
        if look is None or key == self._looked[0]:
            self._poll.stop()
            return self._looked[1] if look else []
        if self._looking is None:
            self._looking = in_background(look)
        if not self._looking.done():
            return []
        self._poll.stop()
        # An image whose values cannot be read is refused by the run, with the reason.
        self._looked = (key, [] if self._looking.exception() else self._looking.result())
        return self._looked[1]


def _time_stamp(path):
    """Return when a file was changed, 0 for sources that are no files."""
    try:
        return Path(path).stat().st_mtime_ns
    except (OSError, ValueError):
        return 0


def estimate_lines(estimate):
    """Return an `Estimate` as lines in the language of QGIS, with its remarks."""
    text = estimate.text({name: translate("SuperSeg", text) for name, text in PHRASES.items()})
    lines = [translate("SuperSeg", "{}.").format(text[:1].upper() + text[1:]), *estimate.remarks]
    first = translate("SuperSeg", "The first run finds out whether another device is faster.")
    return "\n".join(lines if estimate.device_known else [*lines, first])
