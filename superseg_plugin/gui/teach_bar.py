# SPDX-License-Identifier: GPL-2.0-or-later
"""Teaching the class workbench: clicks on the map are examples of names, the rest follows."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from qgis.gui import QgsVertexMarker
from qgis.PyQt.QtCore import QCoreApplication, QLocale, Qt
from qgis.PyQt.QtGui import QColor, QKeySequence
from qgis.PyQt.QtWidgets import QAction, QHBoxLayout, QLabel, QPushButton

from ..errors import SuperSegError
from ..pipeline.classes.edits import checked_name
from ..pipeline.classes.labelled import Learned, labelled
from .areas import around
from .click_bar import ClickBar
from .key_tool_bar import action_for
from .preview_runner import TeachRunner
from .taught_examples import Examples

translate = QCoreApplication.translate

# Width of the map around the place asked for, in sides of a square as large as its superpixel.
SIGHT = 12.0
MARKER_SIZE = 18
# A superpixel below this confidence counts as doubtful.
SURE = 0.5


class TeachBar(ClickBar):
    """Chooses the name that the next click on the map is an example of.

    Args:
        panel: the `ClassesPanel`.
        canvas: the map canvas.
    """

    def __init__(self, panel, canvas):
        title = translate("SuperSeg", "&Teach")
        tip = translate(
            "SuperSeg", "Teach: clicks on the map are examples of names, the rest follows"
        )
        super().__init__(panel, canvas, title, tip)
        self._examples = WeakKeyDictionary()
        self._asking = False
        self.runner = TeachRunner(self)
        self.runner.done.connect(self._learned)
        self.runner.failed.connect(self._not_learned)
        self.marker = QgsVertexMarker(canvas)
        self.marker.setIconType(QgsVertexMarker.IconType.ICON_CIRCLE)
        self.marker.setIconSize(MARKER_SIZE)
        self.marker.setPenWidth(3)
        self.marker.setColor(QColor(Qt.GlobalColor.magenta))
        self.marker.hide()
        self._build()
        self._keys = [(QKeySequence("F4"), self.ask_action)]

    def _build(self):
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
        label = QLabel(translate("SuperSeg", "Example o&f"))
        label.setBuddy(self.names)
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(self.names, 1)
        row.addWidget(self.ask_button)
        row.addWidget(self.skip_button)
        self.layout().addLayout(row)
        self.layout().addWidget(self.note)

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
        row = self.row_at(place)
        if row is None:
            return
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

    def follow(self):
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
        names = [*self.examples.names.values(), *(group.name for group in self.session.groups)]
        self.list_names(list(dict.fromkeys(names)))

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

    def switched(self, on):
        """List the names and tell the examples, or stop learning."""
        if on:
            self._list_names()
            self._tell_examples()
            self.names.setFocus()
        else:
            self.runner.drop()
            self.marker.hide()
