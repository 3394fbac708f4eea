# SPDX-License-Identifier: GPL-2.0-or-later
"""A dendrogram of the classes: branches can be selected, and a cut sets the number of classes."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QPainter, QPalette, QPen, QPolygonF
from qgis.PyQt.QtWidgets import QSizePolicy, QWidget

from .theme_colors import background_and_text, selection_color, translucent

translate = QCoreApplication.translate

# With more leaves, the rows are thin and without names.
MOST_NAMED = 64
THIN_ROW = 4
# The cut can be dragged within so many pixels of its line.
NEAR = 6
# Characters of a name that are shown at least.
LONGEST_NAME = 16


class Dendrogram(QWidget):
    """Draws a tree of classes.

    Args:
        table: the class table; selected leaves have the color of its selected rows.
        parent: the parent widget.

    Signals:
        picked: numbers of the classes of a clicked branch; whether to add them to the selection.
        cutPressed: a drag of the dashed line, the cut, begins.
        countRequested: the number of groups that the cut stands for; whether it is being dragged.
    """

    picked = pyqtSignal(object, bool)
    countRequested = pyqtSignal(int, bool)
    cutPressed = pyqtSignal()

    def __init__(self, table, parent=None):
        super().__init__(parent)
        self._table = table
        self._tree, self._groups, self._chosen, self._text = None, [], frozenset(), ""
        self._dragging = False
        policy = QSizePolicy.Policy
        self.setSizePolicy(policy.Expanding, policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(
            translate("SuperSeg", "Tree of classes; the most similar are merged first")
        )

    def show_tree(self, tree, groups, chosen, text):
        """Show a tree.

        Args:
            tree: of `tree_of`, or None.
            groups: that are shown on the map.
            chosen: numbers of the selected classes.
            text: shown in place of a tree that is None.
        """
        self._tree, self._groups, self._chosen, self._text = tree, groups, chosen, text
        self._of_class = {number: group for group in groups for number in group.members}
        self.setMinimumHeight(self.minimumSizeHint().height())
        self.updateGeometry()
        self.update()

    def sizeHint(self):
        return self.minimumSizeHint()

    def minimumSizeHint(self):
        line = self.fontMetrics().height()
        if self._tree is None:
            return QSize(12 * line, 4 * line)
        leaves = len(self._tree.leaves)
        row = round(1.15 * line) if leaves <= MOST_NAMED else THIN_ROW
        return QSize(12 * line, leaves * row + line)

    def place_of(self, numbers):
        """Return the vertical position of the leaf that contains the lowest of some classes."""
        if self._tree is None:
            return 0
        least = min(numbers)
        row = next((i for i, one in enumerate(self._tree.leaves) if least in one), 0)
        return round(self._y(row))

    # Drawing

    def paintEvent(self, _event):
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        background, text = background_and_text(self)
        painter.fillRect(self.rect(), background)
        if self._tree is None:
            painter.setPen(text)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(8, 8, -8, -8), int(flags), self._text)
            return
        self._selection = selection_color(self._table)
        for row, members in enumerate(self._tree.leaves):
            self._leaf(painter, row, members, text)
        thin = translucent(text, 150)
        for joint in self._tree.joints:
            group = self._of_class[joint.members[0]]
            whole = set(joint.members) <= set(group.members)
            chosen = self._chosen.issuperset(joint.members)
            self._joint(painter, joint, group if whole else None, chosen, thin)
        self._cut(painter)

    def _leaf(self, painter, row, members, text):
        group = self._of_class[members[0]]
        line = self._line
        y = self._y(row)
        side = min(0.7 * line, self._row * 0.9)
        box = QRectF(self._left - side - 3, y - side / 2, side, side)
        chosen = self._chosen.issuperset(members)
        if chosen and self._named:
            mark = QRectF(0, y - self._row / 2, self._left - 1, self._row)
            painter.fillRect(mark, self._selection)
        painter.setPen(QPen(text, 0.5) if self._named else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(*group.color))
        painter.drawRect(box)
        if not self._named:
            return
        marked = self.palette().color(QPalette.ColorRole.HighlightedText)
        painter.setPen(marked if chosen else text)
        name = ", ".join(map(str, members))
        if members == group.members and not group.name.endswith(f" {group.number}"):
            name = group.name
        place = QRectF(2, y - line / 2, box.left() - 0.3 * line - 2, line)
        shown = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(place.width()))
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place, int(flags), shown)

    def _joint(self, painter, joint, group, chosen, thin):
        (first, second), (begin, other) = joint.rows, joint.heights
        x = self._x(joint.height)
        corners = (
            QPointF(self._x(begin), self._y(first)),
            QPointF(x, self._y(first)),
            QPointF(x, self._y(second)),
            QPointF(self._x(other), self._y(second)),
        )
        points = QPolygonF(corners)
        pens = [QPen(thin, 1.2)]
        if group is not None:
            pens = [QPen(thin, 3.6), QPen(QColor(*group.color), 2.2)]
        if chosen:
            pens = [QPen(self._selection, 5.0), *pens[-1:]]
        for pen in pens:
            painter.setPen(pen)
            painter.drawPolyline(points)

    def _cut(self, painter):
        x = self._x(self._tree.cut(len(self._groups)))
        pen = QPen(self._selection, 1.6, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))

    # Picking and cutting

    def mousePressEvent(self, event):
        if self._tree is None or event.button() != Qt.MouseButton.LeftButton:
            return
        x, y = event.pos().x(), event.pos().y()
        if abs(x - self._x(self._tree.cut(len(self._groups)))) <= NEAR:
            self._dragging = True
            self.cutPressed.emit()
            return
        keys = Qt.KeyboardModifier
        add = bool(event.modifiers() & (keys.ControlModifier | keys.ShiftModifier))
        self.picked.emit(self._members_at(x, y), add)

    def mouseMoveEvent(self, event):
        if self._tree is None:
            return
        x = event.pos().x()
        if self._dragging:
            self.countRequested.emit(self._tree.count_at(self._height(x)), True)
            return
        near = abs(x - self._x(self._tree.cut(len(self._groups)))) <= NEAR
        shapes = Qt.CursorShape
        self.setCursor(shapes.SplitHCursor if near else shapes.ArrowCursor)
        group = self._of_class[self._members_at(x, event.pos().y())[0]]
        self.setToolTip(group.name)

    def mouseReleaseEvent(self, _event):
        self._dragging = False

    def keyPressEvent(self, event):
        step = {Qt.Key.Key_Left: 1, Qt.Key.Key_Right: -1}.get(event.key())
        if step is None or self._tree is None:
            super().keyPressEvent(event)
            return
        self.countRequested.emit(len(self._groups) + step, False)

    def _members_at(self, x, y):
        """Return the classes of the branch at a position, or of the leaf in its row."""
        row = min(max(int((y - self._line / 2) / self._row), 0), len(self._tree.leaves) - 1)
        members = self._tree.leaves[row]
        height = self._height(x)
        for joint in self._tree.joints:
            low, high = sorted(joint.rows)
            if joint.height <= height and low - 0.5 <= (y - self._line / 2) / self._row - 0.5 <= (
                high + 0.5
            ):
                members = joint.members
        whole = set(self._of_class[members[0]].members)
        return tuple(sorted(whole | set(members)))

    # Positions

    @property
    def _line(self):
        return self.fontMetrics().height()

    @property
    def _named(self):
        return len(self._tree.leaves) <= MOST_NAMED

    @property
    def _row(self):
        return (self.height() - self._line) / len(self._tree.leaves)

    @property
    def _left(self):
        letters = LONGEST_NAME if self._named else 2
        return min(letters * self.fontMetrics().averageCharWidth() + self._line, 0.4 * self.width())

    def _x(self, height):
        return self._left + 4 + height * (self.width() - self._left - 14)

    def _height(self, x):
        return (x - self._left - 4) / max(self.width() - self._left - 14, 1)

    def _y(self, row):
        return self._line / 2 + (row + 0.5) * self._row
