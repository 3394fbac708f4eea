# SPDX-License-Identifier: GPL-2.0-or-later
"""Colors of widgets that draw themselves, in light and dark themes."""

from __future__ import annotations

from qgis.PyQt.QtCore import QRect
from qgis.PyQt.QtGui import QColor, QPainter, QPalette, QPixmap
from qgis.PyQt.QtWidgets import QStyle, QStyleOptionViewItem

MIDDLE_LIGHTNESS = 128
# Side in pixels of the sample that a color is read from.
SAMPLE = 8
DARK, LIGHT = "#202020", "#e6e6e6"


def background_and_text(widget):
    """Return the background color of a widget, and a text color that contrasts with it.

    The palette's own text color cannot be used: themes of QGIS are style sheets, which change the
    background but not the palette.
    """
    background = widget.palette().color(QPalette.ColorRole.Base)
    return background, QColor(LIGHT if background.lightness() < MIDDLE_LIGHTNESS else DARK)


def selection_color(view):
    """Return the color of the selected rows of an item view, which a style sheet may set."""
    option = QStyleOptionViewItem()
    option.rect = QRect(0, 0, SAMPLE, SAMPLE)
    states = QStyle.StateFlag
    option.state = states.State_Selected | states.State_Enabled | states.State_Active
    option.palette = view.palette()
    option.showDecorationSelected = True
    sample = QPixmap(SAMPLE, SAMPLE)
    sample.fill(view.palette().color(QPalette.ColorRole.Base))
    painter = QPainter(sample)
    element = QStyle.PrimitiveElement.PE_PanelItemViewItem
    view.style().drawPrimitive(element, option, painter, view)
    painter.end()
    return sample.toImage().pixelColor(SAMPLE // 2, SAMPLE // 2)


def translucent(color, alpha):
    """Return a color with an alpha, 0 to 255."""
    changed = QColor(color)
    changed.setAlpha(alpha)
    return changed
