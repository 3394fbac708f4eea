# SPDX-License-Identifier: GPL-2.0-or-later
"""The view of the class table. Its selection is kept when the rows are replaced."""

from __future__ import annotations

import numpy as np
from qgis.PyQt.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QRectF,
    QSortFilterProxyModel,
    Qt,
    pyqtSignal,
)
from qgis.PyQt.QtGui import QColor, QKeySequence, QPainter, QPen
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QTableView,
)

from .class_model import AREA, CLASS, GROUP_ROLE, NAME, SHARE, SORT_ROLE, SPECTRUM, ClassModel
from .theme_colors import background_and_text, translucent

# Characters of a name that are in sight before the spectra have a column.
NAME_LETTERS = 15
LEAST_ROWS = 6
# Width in pixels of the narrowest bar of a spectrum; neighboring bands share one.
LEAST_BAR = 2


class SpectrumColumn(QStyledItemDelegate):
    """Draws band means as small bars, with the same scale in all rows."""

    def __init__(self, model, parent=None):
        super().__init__(parent)
        self._model = model

    def paint(self, painter, option, index):
        style = option.widget.style()
        style.drawPrimitive(
            QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget
        )
        means = index.data(GROUP_ROLE).means
        if not len(means):
            return
        low, high = self._model.limits
        parts = np.nan_to_num(np.clip((means - low) / ((high - low) or 1.0), 0, 1))
        box = QRectF(option.rect).adjusted(4, 3, -4, -3)
        room = max(int(box.width() / LEAST_BAR), 1)
        if len(parts) > room:
            parts = np.array([neighbors.mean() for neighbors in np.array_split(parts, room)])
        width = box.width() / len(parts)
        gap = 1.0 if width > 4 else 0.0
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        color = QColor(*index.data(GROUP_ROLE).color)
        # The frame has the color of the text: a class may have the color of the background.
        frame = translucent(background_and_text(option.widget)[1], 120)
        painter.setPen(QPen(frame) if width > 4 else Qt.PenStyle.NoPen)
        painter.setBrush(color)
        for band, part in enumerate(parts.tolist()):
            height = max(part * box.height(), 1.0)
            left = box.left() + band * width
            painter.drawRect(QRectF(left, box.bottom() - height, width - gap, height))
        painter.restore()


class ClassTable(QTableView):
    """The class table.

    Attributes:
        chosen: numbers of all classes in the selected groups.

    Signals:
        chosenChanged: the user has changed the selection.
        recolorRequested: the user has double-clicked a color.
        copyRequested: the user has pressed the keys for copying.
    """

    chosenChanged = pyqtSignal()
    recolorRequested = pyqtSignal()
    copyRequested = pyqtSignal()

    def __init__(self, rename, parent=None):
        super().__init__(parent)
        self.chosen = frozenset()
        self.classes = ClassModel(rename, self)
        self._proxy = QSortFilterProxyModel(self)
        self._proxy.setSourceModel(self.classes)
        self._proxy.setSortRole(SORT_ROLE)
        self.setModel(self._proxy)
        self._showing = False
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed)
        self.setItemDelegateForColumn(SPECTRUM, SpectrumColumn(self.classes, self))
        self.setSortingEnabled(True)
        self.sortByColumn(CLASS, Qt.SortOrder.AscendingOrder)
        self.setAlternatingRowColors(True)
        # Tab leaves the table; the arrow keys move in it.
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        modes = QHeaderView.ResizeMode
        # Only visible rows are measured.
        header.setResizeContentsPrecision(0)
        header.setSectionResizeMode(NAME, modes.Stretch)
        header.setStretchLastSection(False)
        header.setHighlightSections(False)
        letters = self.fontMetrics().horizontalAdvance("m")
        self._letter = self.fontMetrics().averageCharWidth()
        self._spectrum_width = 5 * letters
        header.setMinimumSectionSize(3 * letters)
        self.setColumnWidth(SPECTRUM, self._spectrum_width)
        row = round(1.35 * self.fontMetrics().height())
        self.verticalHeader().setDefaultSectionSize(row)
        # On a small screen the dock scrolls rather than leaving fewer rows.
        self.setMinimumHeight((LEAST_ROWS + 1) * row)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.selectionModel().selectionChanged.connect(self._keep_selection)
        self.doubleClicked.connect(self._double_clicked)

    def show_groups(self, groups, factor, unit, limits):
        """Replace the groups; the selected classes remain selected."""
        current = self.currentIndex()
        column = current.column() if current.isValid() else NAME
        number = current.data(GROUP_ROLE).number if current.isValid() else None
        self._showing = True
        self.classes.show(groups, factor, unit, limits)
        self._select(self.chosen)
        if number is not None:
            place = self._proxy.mapFromSource(
                self.classes.index(max(self.classes.row_of(number), 0), column)
            )
            self.selectionModel().setCurrentIndex(place, QItemSelectionModel.SelectionFlag.NoUpdate)
        self._showing = False

    def fit_columns(self):
        """Fit the widths of the columns to their contents; the names have the rest."""
        for column in (CLASS, AREA, SHARE):
            self.resizeColumnToContents(column)

    def chosen_groups(self):
        """Return the selected groups."""
        rows = self.selectionModel().selectedRows()
        return [index.data(GROUP_ROLE) for index in rows]

    def choose(self, numbers, scroll=True):
        """Select the groups that contain these classes."""
        self._showing = True
        self._select(frozenset(numbers))
        self._showing = False
        self._keep_selection()
        rows = self.selectionModel().selectedRows(NAME)
        if rows and scroll:
            flags = QItemSelectionModel.SelectionFlag.NoUpdate
            self.selectionModel().setCurrentIndex(rows[-1], flags)
            self.scrollTo(rows[-1])

    def _select(self, numbers):
        selection = QItemSelection()
        for row in sorted({self.classes.row_of(number) for number in numbers} - {-1}):
            first = self._proxy.mapFromSource(self.classes.index(row, 0))
            last = self._proxy.mapFromSource(self.classes.index(row, SPECTRUM))
            selection.select(first, last)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().select(selection, flags)

    def _keep_selection(self, *_changes):
        # Replacing the rows changes the selection too, but is not a choice of the user.
        if self._showing:
            return
        self.chosen = frozenset(n for group in self.chosen_groups() for n in group.members)
        self.chosenChanged.emit()

    def resizeEvent(self, event):
        super().resizeEvent(event)
        # In a narrow dock, names are worth more than the small spectra, which are plotted below.
        others = sum(self.columnWidth(column) for column in (CLASS, AREA, SHARE))
        needed = others + self._spectrum_width + NAME_LETTERS * self._letter
        self.setColumnHidden(SPECTRUM, self.viewport().width() < needed)

    def keyPressEvent(self, event):
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copyRequested.emit()
        else:
            super().keyPressEvent(event)

    def _double_clicked(self, index):
        if index.column() == CLASS:
            self.recolorRequested.emit()
