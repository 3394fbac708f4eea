# SPDX-License-Identifier: GPL-2.0-or-later
"""Teaching the class workbench: clicks on the map are examples of names, the rest follows."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from qgis.gui import QgsVertexMarker
from qgis.PyQt.QtCore import QCoreApplication, QLocale, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QKeySequence
from qgis.PyQt.QtWidgets import (
    QAction,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ..errors import SuperSegError
from ..pipeline.classes.edits import checked_name
from ..pipeline.classes.labelled import Learned, labelled
from .areas import around
from .key_tool_bar import action_for
from .place_tool import PlaceTool
from .preview_runner import TeachRunner
from .taught_examples import Examples

translate = QCoreApplication.translate

# Width of the map around the place asked for, in sides of a square as large as its superpixel.
SIGHT = 12.0
MARKER_SIZE = 18
# A superpixel below this confidence counts as doubtful.
SURE = 0.5


class TeachBar(QWidget):
    """Chooses the name that the next click on the map is an example of; hidden until it is on.

    Args:
        panel: the `ClassesPanel`.
        canvas: the map canvas.

    Attributes:
        toggle: the action that shows the bar and takes clicks on the map.

    Signals:
        failed: an error message for the message bar.
    """

    failed = pyqtSignal(str)

    def __init__(self, panel, canvas):
        super().__init__(panel)
        self._canvas, self._session = canvas, None
        self._examples = WeakKeyDictionary()
        self._asking = False
        self.tool = PlaceTool(canvas, panel.action_for)
        self.tool.placed.connect(self.click)
        self.tool.failed.connect(self.failed)
        self.tool.deactivated.connect(lambda: self.toggle.setChecked(False))
        self.runner = TeachRunner(self)
        self.runner.done.connect(self._learned)
        self.runner.failed.connect(self._not_learned)
        self.marker = QgsVertexMarker(canvas)
        self.marker.setIconType(QgsVertexMarker.IconType.ICON_CIRCLE)
        self.marker.setIconSize(MARKER_SIZE)
        self.marker.setPenWidth(3)
        self.marker.setColor(QColor(Qt.GlobalColor.magenta))
        self.marker.hide()
        self.toggle = QAction(translate("SuperSeg", "&Teach"), self)
        self.toggle.setCheckable(True)
        self.toggle.setToolTip(
            translate(
                "SuperSeg", "Teach: clicks on the map are examples of names, the rest follows"
            )
        )
        self.toggle.toggled.connect(self._switch)
        self._build()
        self._keys = [(QKeySequence("F4"), self.ask_action)]
        self.hide()

    def _build(self):
        self.names = QComboBox()
        self.names.setEditable(True)
        self.names.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.names.setAccessibleName(translate("SuperSeg", "Name of the next example"))
        self.names.lineEdit().setPlaceholderText(translate("SuperSeg", "Name, such as Forest"))
        self.ask_action = QAction(self)
        self.ask_action.triggered.connect(lambda _checked=False: self.ask())
        self.ask_button = QPushButton(translate("SuperSeg", "Ask me ne&xt"))
        self.ask_button.setToolTip(
            translate("SuperSeg", "Zoom to the place whose name would tell most (F4)")
        )
        self.ask_button.clicked.connect(lambda _checked=False: self.ask())
        self.skip_button = QPushButton(translate("SuperSeg", "S&kip"))
        self.skip_button.setToolTip(
            translate("SuperSeg", "The name of this place is not known; ask for another one")
        )
        self.skip_button.clicked.connect(lambda _checked=False: self.skip())
        self.note = QLabel(wordWrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        label = QLabel(translate("SuperSeg", "Example o&f"))
        label.setBuddy(self.names)
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(self.names, 1)
        row.addWidget(self.ask_button)
        row.addWidget(self.skip_button)
        layout.addLayout(row)
        layout.addWidget(self.note)

    @property
    def session(self):
        """The `ClassSession` that is taught, or None."""
        return self._session

    @session.setter
    def session(self, session):
        self.release()
        if self._session is not None:
            self._session.changed.disconnect(self._follow)
        self._session = session
        self.tool.layer = session.layer if session is not None else None
        self.toggle.setEnabled(session is not None)
        if session is not None:
            session.changed.connect(self._follow)

    @property
    def examples(self):
        """The `Examples` of the session."""
        session = self._session
        if session not in self._examples:
            self._examples[session] = Examples(session.now.examples)
        return self._examples[session]

    def action_for(self, event):
        """Return the action whose key a key event is, or None; only while this is shown."""
        return action_for(event, self._keys) if self.isVisible() else None

    def release(self):
        """Leave the map tool."""
        self.toggle.setChecked(False)

    def stop(self):
        """End the worker."""
        self.runner.stop()

    def click(self, place):
        """Take the superpixel at a position in the layer's CRS as an example of the name."""
        try:
            name = checked_name(self.names.currentText())
        except SuperSegError:
            self.note.setText(translate("SuperSeg", "Type or choose the name first, then click."))
            self.names.setFocus()
            return
        if not self.session.unchanged():
            return
        try:
            number = self.session.superpixels.at(place)
        except SuperSegError as error:
            self.failed.emit(str(error))
            return
        if not number:
            self.note.setText(translate("SuperSeg", "There is no class at this position."))
            return
        row = number - 1
        # The last click decides on a superpixel.
        self.examples.names.pop(row, None)
        self.examples.names[row] = name
        self._asking = row == self.examples.next
        self._request()

    def ask(self):
        """Zoom to the place whose name would tell most."""
        self._asking = True
        if self.examples.next is None:
            self._request()
        else:
            self._show_next()

    def skip(self):
        """Ask for another place."""
        examples = self.examples
        if examples.next is not None:
            examples.skipped = (*examples.skipped, examples.next)
        self._asking = True
        self._request()

    def _request(self):
        session = self.session
        try:
            lesson, _ = self.examples.lesson(session.superpixels.tables)
        except SuperSegError as error:
            self.failed.emit(str(error))
            return
        self.note.setText(
            translate("SuperSeg", "Learning from {} examples…").format(len(lesson.rows))
        )
        self.runner.request(session, lesson)

    def _learned(self, result, _seconds):
        session, lesson, found = result
        if session is not self.session or not self.isVisible():
            return
        examples = self.examples
        if lesson.rows.tolist() != list(examples.names):
            # Another example was given meanwhile; its answer follows.
            return
        examples.next = found.next
        if not examples.shown:
            learned = Learned(examples.lesson(lesson.tables)[1], found.names, lesson.rows)
            text = translate("SuperSeg", "Teach {}").format(list(examples.names.values())[-1])
            session.edit_superpixels(text, labelled, learned)
        self._tell(found, lesson)
        if self._asking:
            self._show_next()

    def _not_learned(self, text):
        self.note.setText(text)
        self.failed.emit(text)

    def _follow(self):
        """Take the examples back that undo has taken back."""
        if self.examples.follow(self.session.now.examples):
            self.marker.hide()
            self._tell_examples()
        self._list_names()

    def _tell(self, found, lesson):
        self._tell_examples()
        if len(found.confidence):
            areas = lesson.tables.areas
            doubtful = 100 * areas[found.confidence < SURE].sum() / max(areas.sum(), 1e-300)
            share = QLocale().toString(float(doubtful), "f", 0)
            text = translate("SuperSeg", "{} % of the area is doubtful.").format(share)
            self.note.setText(f"{self.note.text()} {text}")

    def _tell_examples(self):
        counts = {}
        for name in self.examples.names.values():
            counts[name] = counts.get(name, 0) + 1
        if not counts:
            self.note.setText(
                translate(
                    "SuperSeg",
                    "Choose a name and click on the map where it is; or let yourself be asked."
                    " Classes without an example stay as they are.",
                )
            )
            return
        told = ", ".join(f"{name} {count}" for name, count in counts.items())
        self.note.setText(translate("SuperSeg", "Examples: {}.").format(told))

    def _list_names(self):
        """List the names of examples, then those of classes; the chosen text stays."""
        text = self.names.currentText()
        names = [*self.examples.names.values(), *(group.name for group in self.session.groups)]
        listed = list(dict.fromkeys(names))
        if listed != [self.names.itemText(row) for row in range(self.names.count())]:
            self.names.clear()
            self.names.addItems(listed)
        self.names.setCurrentText(text)

    def _show_next(self):
        """Zoom to the place asked for, and mark it."""
        row = self.examples.next
        if row is None:
            self.note.setText(translate("SuperSeg", "There is no place left to ask for."))
            self.marker.hide()
            return
        session, superpixels = self.session, self.session.superpixels
        try:
            tables = superpixels.tables
            reach = SIGHT / 2 * float(tables.pixels[row]) ** 0.5
            place = superpixels.grid, tables.place[row], reach
            center, part = around(place, session.layer, self._canvas.mapSettings())
        except SuperSegError as error:
            self.failed.emit(str(error))
            return
        self.marker.setCenter(center)
        self._canvas.setExtent(part)
        self.marker.show()
        self._canvas.refresh()

    def _switch(self, on):
        self.setVisible(on)
        if on:
            self._list_names()
            self._tell_examples()
            self._canvas.setMapTool(self.tool)
            self.names.setFocus()
        else:
            self.runner.drop()
            self.marker.hide()
            if self._canvas.mapTool() is self.tool:
                self._canvas.unsetMapTool(self.tool)
