# SPDX-License-Identifier: GPL-2.0-or-later
"""Assigning names and colors of a scheme to classes by clicks on the map."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, QLocale, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QKeySequence
from qgis.PyQt.QtWidgets import (
    QAction,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..pipeline.classes.edits import assigned
from ..pipeline.classes.schemes import TEMPLATES
from .key_tool_bar import action_for
from .swatches import swatch_icon

translate = QCoreApplication.translate

# Targets that have a key of their own, 1 to 9.
MOST_KEYS = 9
# Rows of the list that are seen without scrolling.
ROWS = 6


class AssignBar(QWidget):
    """Chooses the name and color that the next click on the map gives.

    Signals:
        fileRequested: the user wants to read a scheme from a file.
        ended: the user has ended assigning.
        done: numbers of the classes that a click has changed.
    """

    fileRequested = pyqtSignal()
    ended = pyqtSignal()
    done = pyqtSignal(object)

    def __init__(self, parent=None):
        super().__init__(parent)
        self.session = None
        self.schemes = QComboBox()
        self.schemes.setAccessibleName(translate("SuperSeg", "Scheme of names and colors"))
        for template in TEMPLATES:
            self.schemes.addItem(template.title, template)
        self.targets = QListWidget()
        self.targets.setAccessibleName(translate("SuperSeg", "Name that the next click gives"))
        self.schemes.currentIndexChanged.connect(self._list_targets)
        self._build()
        self._keys = [(QKeySequence(Qt.Key.Key_Escape), self._action(self.ended.emit))]
        for row in range(MOST_KEYS):
            choose = self._action(lambda row=row: self.choose(row))
            self._keys.append((QKeySequence(str(row + 1)), choose))
        self._list_targets()

    def _build(self):
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        row.addWidget(self.schemes, 1)
        self.file_button = QToolButton()
        self.file_button.setText(translate("SuperSeg", "File…"))
        self.file_button.setToolTip(translate("SuperSeg", "Names and colors from a file (CSV)"))
        self.file_button.clicked.connect(lambda _checked=False: self.fileRequested.emit())
        row.addWidget(self.file_button)
        layout.addLayout(row)
        layout.addWidget(self.targets)
        text = translate(
            "SuperSeg",
            "Click on the map or image: the class there gets the chosen name and color, and is"
            " merged with others of that name. Keys 1 to 9 choose, Esc ends.",
        )
        self.note = QLabel(text, wordWrap=True)
        layout.addWidget(self.note)
        line = self.targets.fontMetrics().height()
        self.targets.setFixedHeight(round(ROWS * 1.35 * line))

    def add_scheme(self, template):
        """Add the names of a file, and choose them; they replace those of a file of that name."""
        former = self.schemes.findText(template.title)
        if former >= 0 and self.schemes.itemData(former) not in TEMPLATES:
            self.schemes.removeItem(former)
        self.schemes.insertItem(0, template.title, template)
        self.schemes.setCurrentIndex(0)

    def choose(self, row):
        """Choose a target by its place in the scheme, from 0; a place too high changes nothing."""
        if row < self.targets.count():
            self.targets.setCurrentRow(row)

    def action_for(self, event):
        """Return the action whose key a key event is, or None; only while this is shown."""
        return action_for(event, self._keys) if self.isVisible() else None

    def assign(self, number):
        """Give the class with this number, 0 for none, the chosen name and color."""
        group = self.session.group_of(number)
        if group is None:
            self.note.setText(translate("SuperSeg", "There is no class at this position."))
            return
        name, color = self.targets.currentItem().data(Qt.ItemDataRole.UserRole)
        text = translate("SuperSeg", "Name as {}").format(name)
        if self.session.edit(text, assigned, [group.number], name, color):
            now = self.session.group_of(number)
            share = QLocale().toString(100 * now.share, "f", 1)
            text = translate("SuperSeg", "Class {} is {} now, {} % of the area. Esc ends.")
            self.note.setText(text.format(group.number, now.name, share))
            self.done.emit(frozenset(now.members))

    def _list_targets(self, _index=0):
        self.targets.clear()
        for row, (name, color) in enumerate(self.schemes.currentData().entries):
            key = f"{row + 1}  " if row < MOST_KEYS else "    "
            item = QListWidgetItem(key + name)
            item.setData(Qt.ItemDataRole.UserRole, (name, color))
            if color is not None:
                item.setIcon(swatch_icon(QColor(*color)))
            self.targets.addItem(item)
        self.targets.setCurrentRow(0)

    def _action(self, function):
        action = QAction(self)
        action.triggered.connect(lambda _checked=False: function())
        return action
