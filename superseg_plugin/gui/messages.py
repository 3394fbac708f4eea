# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages that lead to something to do: buttons of the message bar, and links."""

from __future__ import annotations

from functools import partial

from qgis.core import Qgis
from qgis.PyQt.QtCore import QObject, QUrl, pyqtSlot
from qgis.PyQt.QtWidgets import QPushButton


class Offers:
    """Messages with a button, at most one for each thing that is offered.

    Args:
        bar: the message bar.
    """

    def __init__(self, bar):
        self._bar, self._items = bar, {}

    def push(self, offered, text, button, level=Qgis.MessageLevel.Info):
        """Show a message; it replaces an earlier one that offers the same.

        Args:
            offered: what it offers, as a key.
            text: of the message.
            button: its title, and a function that is called when it is clicked. That also removes
                the message.
            level: of the message.
        """
        self.withdraw(offered)
        title, opened = button
        message = self._bar.createMessage("SuperSeg", text)
        shown = QPushButton(title, message)
        shown.clicked.connect(opened)
        shown.clicked.connect(partial(self._bar.popWidget, message))
        message.layout().addWidget(shown)
        self._items[offered] = self._bar.pushWidget(message, level)

    def withdraw(self, offered):
        """Remove the message that offers something if it is still there."""
        item = self._items.pop(offered, None)
        if item is not None and item in self._bar.items():
            self._bar.popWidget(item)


class Links(QObject):
    """Handles the plugin's link, which opens the runtime window.

    Args:
        open_window: called when the link is clicked.
    """

    def __init__(self, open_window):
        super().__init__()
        self._open_window = open_window

    @pyqtSlot(QUrl)
    def follow(self, _link):
        """Open the window; the link is always the same."""
        self._open_window()
