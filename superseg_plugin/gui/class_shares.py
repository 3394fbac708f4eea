# SPDX-License-Identifier: GPL-2.0-or-later
"""Shares of the classes of a preview: a bar and a list."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, QLocale, QRectF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QPainter
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QFormLayout,
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ..pipeline.classes.advice import ClassFigures, advice
from .ground_areas import area_text, area_unit
from .swatches import OUTLINE, swatch_icon

translate = QCoreApplication.translate

BAR_HEIGHT = 18
# Rows of the list that are seen without scrolling.
ROWS = 6
# Smaller shares, in percent, are not told apart.
LEAST = 0.1


class ShareBar(QWidget):
    """The classes of a preview as parts of a bar, in their colors."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self._parts = []
        self.setFixedHeight(BAR_HEIGHT)

    def sizeHint(self):
        return QSize(10 * BAR_HEIGHT, BAR_HEIGHT)

    def show_preview(self, preview):
        """Show the classes of a preview, or nothing if it is None."""
        self._parts = [] if preview is None else _shares(preview)
        self.setToolTip(
            "\n".join(f"{number}: {percent_text(share)}" for number, share, _ in self._parts)
        )
        self.update()

    def paintEvent(self, _event):
        painter = QPainter(self)
        left, width = 0.0, self.width() - 1.0
        for _, share, color in self._parts:
            painter.fillRect(QRectF(left, 0.0, share * width, BAR_HEIGHT), color)
            left += share * width
        painter.setPen(QColor(OUTLINE))
        painter.drawRect(QRectF(0.0, 0.0, width, BAR_HEIGHT - 1.0))
        painter.end()


class ClassShares(QWidget):
    """The shares of a preview, and those of the other settings that it is compared with."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self._bars = QFormLayout()
        self._bars.setContentsMargins(0, 0, 0, 0)
        self.bar, self.other_bar = ShareBar(), ShareBar()
        self._name, self._other_name = QLabel(), QLabel()
        self._bars.addRow(self._other_name, self.other_bar)
        self._bars.addRow(self._name, self.bar)
        self.advice = QLabel(wordWrap=True)
        self.list = QTreeWidget()
        self.list.setRootIsDecorated(False)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.setMinimumHeight((ROWS + 2) * self.list.fontMetrics().lineSpacing())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._bars)
        layout.addWidget(self.advice)
        layout.addWidget(self.list, 1)

    def show_preview(self, preview, layer):
        """Show the shares of a preview.

        Args:
            preview: the `Preview`, or None for nothing.
            layer: its image, whose CRS says whether areas are known in units of the project.
        """
        beside = None if preview is None else preview.beside
        self._name.setText(translate("SuperSeg", "Shares") if beside is None else "B")
        self._other_name.setText("A")
        for widget in (self._other_name, self.other_bar):
            widget.setVisible(beside is not None)
        self.bar.show_preview(preview)
        self.other_bar.show_preview(beside)
        self.setVisible(preview is not None)
        self.list.clear()
        if preview is None:
            return
        self._show_list(preview, layer)
        self.advice.setText(share_advice(preview))
        self.advice.setVisible(bool(self.advice.text()))

    def _show_list(self, preview, layer):
        factor, unit = (
            area_unit(layer) if preview.in_meters else (1.0, translate("SuperSeg", "pixels"))
        )
        class_title = translate("SuperSeg", "Class")
        share_title = translate("SuperSeg", "Share")
        area_title = translate("SuperSeg", "Area ({})").format(unit)
        self.list.setHeaderLabels([class_title, share_title, area_title])
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for (number, share, color), area in zip(_shares(preview), preview.areas.tolist()):
            texts = [str(number), percent_text(share), area_text(area * factor)]
            item = QTreeWidgetItem(self.list, texts)
            item.setIcon(0, swatch_icon(color))
            for column in (1, 2):
                item.setData(column, Qt.ItemDataRole.TextAlignmentRole, right)
        header = self.list.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)


def percent_text(share):
    """Return a share, 0 to 1, in percent; shares that would be 0.0 are told as such."""
    percent = 100 * share
    locale = QLocale()
    if percent < LEAST:
        return f"< {locale.toString(LEAST, 'f', 1)} %"
    return f"{locale.toString(percent, 'f', 1)} %"


def share_advice(preview):
    """Return sentences on tiny and broad classes of a preview, or ""."""
    areas = {number: area for number, area in enumerate(preview.areas.tolist(), 1) if area}
    names = {number: f"Class {number}" for number in areas}
    return "\n".join(one.text for one in advice(ClassFigures(areas, {}, {}), names))


def _shares(preview):
    """Return number, share of the area and QColor of the classes."""
    total = max(float(preview.areas.sum()), 1e-300)
    colors = (QColor(*color) for color in preview.colors.tolist())
    return [
        (number, area / total, color)
        for number, (area, color) in enumerate(zip(preview.areas.tolist(), colors), 1)
    ]
