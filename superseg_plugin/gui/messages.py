# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages of the message bar that offer something to do."""

from __future__ import annotations

from functools import partial

from qgis.PyQt.QtWidgets import QPushButton


def push_offer(bar, text, title, opened, level):
    """Show a message with a button.

    Args:
        bar: the message bar.
        text: of the message.
        title: of the button.
        opened: called when the button is clicked, which also removes the message.
        level: of the message.

    Returns:
        The item of the message bar.
    """
    message = bar.createMessage("SuperSeg", text)
    button = QPushButton(title, message)
    button.clicked.connect(opened)
    button.clicked.connect(partial(bar.popWidget, message))
    message.layout().addWidget(button)
    return bar.pushWidget(message, level)
