# SPDX-License-Identifier: GPL-2.0-or-later
"""The second toolbar of the class workbench: where classes are, their colors, assigning names."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QApplication, QMenu

from ..pipeline.classes.palettes import with_distinct_colors, with_natural_colors
from .key_tool_bar import KeyToolBar

translate = QCoreApplication.translate


class SeeBar(KeyToolBar):
    """Shows the selected classes on the map, and colors all classes.

    Signals:
        highlightToggled: whether the selected classes are highlighted.
        flashRequested, zoomRequested, nextRequested: for the selected classes.
        assignToggled: whether clicks on the map assign names.
    """

    highlightToggled = pyqtSignal(bool)
    flashRequested = pyqtSignal()
    zoomRequested = pyqtSignal()
    nextRequested = pyqtSignal()
    assignToggled = pyqtSignal(bool)

    def __init__(self, parent=None):
        super().__init__(parent)
        self.session = None
        text = translate("SuperSeg", "Highlight the selected classes on the map")
        self.highlight = self.add("mActionShowSelectedLayers", text, "Ctrl+L", None)
        self.highlight.setCheckable(True)
        self.highlight.setChecked(True)
        self.highlight.toggled.connect(self.highlightToggled)
        text = translate("SuperSeg", "Flash on the map")
        self.flash = self.add(
            "mActionHighlightFeature", text, "Ctrl+Shift+L", self.flashRequested.emit
        )
        text = translate("SuperSeg", "Zoom to the largest patch")
        self.zoom = self.add("mActionZoomToSelected", text, "Ctrl+J", self.zoomRequested.emit)
        text = translate("SuperSeg", "Zoom to the next smaller patch")
        self.next = self.add("mActionZoomNext", text, "F3", self.nextRequested.emit)
        self.addSeparator()
        colors = QMenu(self)
        for text, function in (
            (translate("SuperSeg", "Natural colors"), with_natural_colors),
            (translate("SuperSeg", "Distinct colors"), self._distinct),
        ):
            action = colors.addAction(text)
            action.triggered.connect(
                lambda _checked=False, name=text, verb=function: self._color(name, verb)
            )
        tip = translate(
            "SuperSeg",
            "Colors of all classes: natural ones from the band means, or distinct ones, which"
            " color-blind people can tell apart too and which differ most between neighbors",
        )
        self.add_menu(translate("SuperSeg", "C&olors"), tip, colors)
        self.colors = colors
        text = translate("SuperSeg", "Assign names by clicks on the map")
        self.assign = self.add("mActionLabeling", text, "Ctrl+Shift+A", None)
        self.assign.setCheckable(True)
        self.assign.toggled.connect(self.assignToggled)
        self.tab_only()

    def _color(self, name, verb):
        # A large raster without overviews takes a moment to read.
        QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            self.session.edit(name, verb)
        finally:
            QApplication.restoreOverrideCursor()

    def _distinct(self, catalog, state):
        return with_distinct_colors(catalog, state, self.session.reader())

    def refresh(self, some):
        """Enable the actions that apply; `some` says whether classes are selected."""
        for action in (self.flash, self.zoom, self.next):
            action.setEnabled(some)
