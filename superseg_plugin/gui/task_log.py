# SPDX-License-Identifier: GPL-2.0-or-later
"""Activity, progress and log of a task; the log is folded until it has text."""

from __future__ import annotations

from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtWidgets import QLabel, QPlainTextEdit, QProgressBar, QStyle, QVBoxLayout, QWidget

MOST_LINES = 5000
# The height that the log opens with, in lines of text.
LINES = 14


class TaskLog(QWidget):
    """Shows one task at a time.

    Attributes:
        activity: label of what is done.
        bar: progress in percent; hidden until a task runs.
        log: the text; hidden until there is some.
    """

    def __init__(self, parent=None):
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.activity = QLabel("")
        self.bar = QProgressBar()
        self.bar.setRange(0, 100)
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setMaximumBlockCount(MOST_LINES)
        self.log.setMinimumHeight(3 * self.fontMetrics().lineSpacing())
        for widget in (self.activity, self.bar, self.log):
            layout.addWidget(widget)
            widget.hide()

    def begin(self, title):
        """Show that a task begins, in an empty log."""
        self.log.clear()
        self.activity.setText(title)
        self.bar.setValue(0)
        self.activity.show()
        self.bar.show()

    def end(self, failed):
        """Show that the task has ended."""
        self.bar.setValue(0 if failed else 100)
        self.activity.setText("")
        self.activity.hide()

    def append(self, text):
        """Add a text at the end, and scroll to it; the window grows for the first one."""
        if self.log.isHidden():
            self.log.show()
            window = self.window()
            wanted = window.height() + LINES * self.fontMetrics().lineSpacing()
            window.resize(fitting(window, QSize(window.width(), wanted)))
            _keep_on_screen(window)
        self.log.appendPlainText(text)
        bar = self.log.verticalScrollBar()
        bar.setValue(bar.maximum())


def _keep_on_screen(window):
    """Move a window up and to the left if it extends beyond the screen."""
    room, frame = window.screen().availableGeometry(), window.frameGeometry()
    beyond = frame.bottomRight() - room.bottomRight()
    left, top = frame.left() - max(beyond.x(), 0), frame.top() - max(beyond.y(), 0)
    window.move(max(left, room.left()), max(top, room.top()))


def fitting(window, size):
    """Return a size of a window, or less where the screen is smaller."""
    # The frame and the title bar of the window are not part of its size.
    title = window.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
    return size.boundedTo(window.screen().availableSize() - QSize(title, 2 * title))
