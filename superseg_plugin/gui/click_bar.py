# SPDX-License-Identifier: GPL-2.0-or-later
"""What the bars of the workbench share whose clicks on the map choose superpixels."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, pyqtSignal
from qgis.PyQt.QtWidgets import QAction, QComboBox, QLabel, QVBoxLayout, QWidget

from ..errors import SuperSegError
from .place_tool import PlaceTool

translate = QCoreApplication.translate


class ClickBar(QWidget):
    """A bar that takes clicks on the map while it is shown; hidden until it is on.

    Subclasses define `click(place)`, for a position in the layer's CRS; `follow()`, after the
    classes of the session have changed; and `switched(on)`, after the bar was shown or hidden.

    Args:
        panel: the `ClassesPanel`.
        canvas: the map canvas.
        title: of `toggle`.
        tip: tool tip of `toggle`.

    Attributes:
        toggle: the action that shows the bar and takes clicks on the map.
        tool: the map tool of the clicks.
        names: an editable list of names.
        note: a label that tells what was clicked on.

    Signals:
        failed: an error message for the message bar.
    """

    failed = pyqtSignal(str)

    def __init__(self, panel, canvas, title, tip):
        super().__init__(panel)
        self._canvas, self._session = canvas, None
        self.tool = PlaceTool(canvas, panel.action_for)
        self.tool.placed.connect(self.click)
        self.tool.failed.connect(self.failed)
        self.tool.deactivated.connect(lambda: self.toggle.setChecked(False))
        self.toggle = QAction(title, self)
        self.toggle.setCheckable(True)
        self.toggle.setToolTip(tip)
        self.toggle.toggled.connect(self._switch)
        self.names = QComboBox()
        self.names.setEditable(True)
        self.names.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.note = QLabel(wordWrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.hide()

    @property
    def session(self):
        """The `ClassSession` whose superpixels are chosen, or None."""
        return self._session

    @session.setter
    def session(self, session):
        self.release()
        if self._session is not None:
            self._session.changed.disconnect(self.follow)
        self._session = session
        self.tool.layer = session.layer if session is not None else None
        self.toggle.setEnabled(session is not None)
        if session is not None:
            session.changed.connect(self.follow)

    def release(self):
        """Leave the map tool."""
        self.toggle.setChecked(False)

    def row_at(self, place):
        """Return the row of the superpixel at a position in the layer's CRS.

        None, after the reason was told, where there is none.
        """
        if not self.session.unchanged():
            return None
        try:
            number = self.session.superpixels.at(place)
        except SuperSegError as error:
            self.failed.emit(str(error))
            return None
        if not number:
            self.note.setText(translate("SuperSeg", "There is no class at this position."))
            return None
        return number - 1

    def list_names(self, names):
        """List names; the chosen text stays."""
        text = self.names.currentText()
        if names != [self.names.itemText(row) for row in range(self.names.count())]:
            self.names.clear()
            self.names.addItems(names)
        self.names.setCurrentText(text)

    def _switch(self, on):
        self.setVisible(on)
        if on:
            self._canvas.setMapTool(self.tool)
        elif self._canvas.mapTool() is self.tool:
            self._canvas.unsetMapTool(self.tool)
        self.switched(on)
