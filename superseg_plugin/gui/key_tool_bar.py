# SPDX-License-Identifier: GPL-2.0-or-later
"""A toolbar whose shortcuts also work where QGIS has other meanings for them."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QKeySequence
from qgis.PyQt.QtWidgets import QAction, QToolBar, QToolButton


class KeyToolBar(QToolBar):
    """A toolbar of actions with shortcuts; the panel and the map tool pass key events to it."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self._keys = []
        side = round(1.4 * self.fontMetrics().height())
        self.setIconSize(QSize(side, side))

    def add(self, icon, text, keys, function):
        """Add an action.

        Args:
            icon: name of an icon of QGIS's theme.
            text: of the tooltip and of the context menu.
            keys: the shortcut, "" for none.
            function: called without arguments when the action is triggered; None for none.
        """
        action = QAction(QgsApplication.getThemeIcon(f"/{icon}.svg"), text, self)
        sequence = QKeySequence(keys)
        shown = sequence.toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{text} ({shown})" if shown else text)
        if function is not None:
            action.triggered.connect(lambda _checked=False: function())
        if shown:
            self._keys.append((sequence, action))
        self.addAction(action)
        return action

    def add_menu(self, text, tip, menu):
        """Add a button that opens a menu."""
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.addWidget(button)

    def tab_only(self):
        """Let buttons take the keyboard focus by Tab only: a click leaves it in the table."""
        for widget in self.findChildren(QToolButton):
            widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def action_for(self, event):
        """Return the action whose shortcut a key event is, or None."""
        return action_for(event, self._keys)


def action_for(event, keys):
    """Return the action of `(QKeySequence, QAction)` pairs that a key event is for, or None."""
    modifiers = event.modifiers()
    modifiers = int(getattr(modifiers, "value", modifiers))
    pressed = QKeySequence(modifiers | int(event.key()))
    exact = QKeySequence.SequenceMatch.ExactMatch
    return next((action for one, action in keys if one.matches(pressed) == exact), None)
