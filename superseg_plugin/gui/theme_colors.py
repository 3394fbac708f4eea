# SPDX-License-Identifier: GPL-2.0-or-later
"""Colors of widgets that draw themselves, in light and dark themes."""

from __future__ import annotations

from qgis.PyQt.QtGui import QColor, QPalette

MIDDLE_LIGHTNESS = 128
DARK, LIGHT = "#202020", "#e6e6e6"


def background_and_text(widget):
    """Return the background color of a widget, and a text color that contrasts with it.

    The palette's own text color cannot be used: themes of QGIS are style sheets, which change the
    background but not the palette.
    """
    background = widget.palette().color(QPalette.ColorRole.Base)
    return background, QColor(LIGHT if background.lightness() < MIDDLE_LIGHTNESS else DARK)


def translucent(color, alpha):
    """Return a color with an alpha, 0 to 255."""
    changed = QColor(color)
    changed.setAlpha(alpha)
    return changed
