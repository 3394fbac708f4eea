# SPDX-License-Identifier: GPL-2.0-or-later
"""Colors of what the panels draw themselves."""

from __future__ import annotations

from qgis.PyQt.QtGui import QColor, QPalette

MIDDLE = 128
DARK, LIGHT = "#202020", "#e6e6e6"


def paper_and_ink(widget):
    """Return the background of a widget, and a color for text on it.

    Themes of QGIS are style sheets that color the background and leave the palette's text as it
    was, so the text is chosen here.
    """
    paper = widget.palette().color(QPalette.ColorRole.Base)
    return paper, QColor(LIGHT if paper.lightness() < MIDDLE else DARK)


def faint(color, alpha):
    """Return a color that lets the background through."""
    thin = QColor(color)
    thin.setAlpha(alpha)
    return thin
