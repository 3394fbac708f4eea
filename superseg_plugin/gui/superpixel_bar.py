# SPDX-License-Identifier: GPL-2.0-or-later
"""The toolbar of edits that change superpixels: splitting, correcting, teaching, similar ones."""

from __future__ import annotations

import numpy as np
from qgis.PyQt.QtCore import QCoreApplication, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QMenu, QToolButton

from ..errors import SuperSegError
from ..pipeline.classes.splitting import MOST_PARTS
from ..pipeline.classes.superpixel_edits import reclassified, split_classes, split_off
from .areas import area_of
from .key_tool_bar import KeyToolBar
from .place_tool import PlaceTool
from .polygon_tool import PolygonTool
from .similar_bar import SimilarBar
from .teach_bar import TeachBar

translate = QCoreApplication.translate


class SuperpixelBar(KeyToolBar):
    """Splits the selected classes, and corrects places of the map.

    Args:
        panel: the `ClassesPanel`, whose table has the selection.
        canvas: the map canvas.

    Signals:
        failed: an error message for the message bar.
    """

    failed = pyqtSignal(str)

    def __init__(self, panel, canvas):
        super().__init__(panel)
        self._panel, self._canvas = panel, canvas
        self._table = panel.table
        self._session = None
        self.place_tool = PlaceTool(canvas, panel.action_for)
        self.polygon_tool = PolygonTool(canvas, panel.action_for)
        self._drawn = None
        self._add_splitting()
        text = translate(
            "SuperSeg", "Correct: each click on the map gives a superpixel the selected class"
        )
        self.correct = self._mode("mActionCapturePoint", text, translate("SuperSeg", "&Correct"))
        text = translate(
            "SuperSeg", "Correct: superpixels in a polygon on the map get the selected class"
        )
        self.correct_area = self._mode("mActionAddPolygon", text, "")
        self.correct.toggled.connect(lambda on: self._activate(self.place_tool, on, None))
        self.correct_area.toggled.connect(
            lambda on: self._activate(self.polygon_tool, on, self._correct_inside)
        )
        self.split_area.toggled.connect(
            lambda on: self._activate(self.polygon_tool, on, self._split_inside)
        )
        self.place_tool.placed.connect(self.correct_at)
        self.polygon_tool.drawn.connect(self._use_polygon)
        for tool in (self.place_tool, self.polygon_tool):
            tool.failed.connect(self.failed)
        # Not all of them: the next tool is chosen before this one is left.
        self.place_tool.deactivated.connect(lambda: self.correct.setChecked(False))
        self.polygon_tool.deactivated.connect(self._polygon_left)
        self._table.chosenChanged.connect(self.refresh)
        self.teach_bar = TeachBar(panel, canvas)
        self.similar_bar = SimilarBar(panel, canvas)
        for bar in (self.similar_bar, self.teach_bar):
            bar.failed.connect(self.failed)
            panel.add_bar(bar)
        for bar in (self.teach_bar, self.similar_bar):
            self.addAction(bar.toggle)
        self.refresh()

    @property
    def session(self):
        """The `ClassSession` that is edited, or None."""
        return self._session

    @session.setter
    def session(self, session):
        self.release()
        self._session = session
        layer = session.layer if session is not None else None
        self.place_tool.layer = self.polygon_tool.layer = layer
        self.refresh()

    @property
    def clicking_tools(self):
        """The map tools whose clicks choose a superpixel."""
        return self.place_tool, self.teach_bar.tool, self.similar_bar.tool

    def refresh(self):
        """Enable what applies to the selected classes."""
        chosen = len(self._table.chosen_groups()) if self.session is not None else 0
        self.split.setEnabled(chosen > 0)
        for action in (self.correct, self.correct_area):
            action.setEnabled(self.session is not None)

    def release(self):
        """Leave the map tools."""
        for action in (self.correct, self.correct_area, self.split_area):
            action.setChecked(False)
        self.teach_bar.release()
        self.similar_bar.release()

    def split_into(self, parts):
        """Split the selected classes into parts, and select the parts."""
        session, chosen = self.session, [g.number for g in self._table.chosen_groups()]
        before = {group.number for group in session.groups}
        text = translate("SuperSeg", "Split into {}").format(parts)
        if session.edit_superpixels(text, split_classes, chosen, parts):
            new = [group.number for group in session.groups if group.number not in before]
            self._panel.pick([*chosen, *new], False)

    def correct_at(self, place):
        """Give the superpixel at a position in the layer's CRS the selected class."""
        if not self.session.unchanged():
            return
        try:
            number = self.session.superpixels.at(place)
            changed = np.zeros(len(self.session.superpixels.tables.classes), bool)
        except SuperSegError as error:
            self.failed.emit(str(error))
            return
        if number:
            changed[number - 1] = True
        self._correct(changed)

    def _correct(self, changed):
        chosen = self._table.chosen_groups()
        if len(chosen) != 1:
            self.failed.emit(
                translate(
                    "SuperSeg", "Select in the table the one class that the place belongs to."
                )
            )
            return
        text = translate("SuperSeg", "Correct to {}").format(chosen[0].name)
        self.session.edit_superpixels(text, reclassified, changed, chosen[0].name)
        self._panel.pick([chosen[0].number], False)

    def _correct_inside(self, area):
        self._correct(self.session.superpixels.inside(area))

    def _split_inside(self, area):
        inside = self.session.superpixels.inside(area)
        chosen = [group.number for group in self._table.chosen_groups()]
        text = translate("SuperSeg", "Split by a polygon")
        self.session.edit_superpixels(text, split_off, chosen, inside)

    def _use_polygon(self, polygon):
        if self.session is None or self._drawn is None or not self.session.unchanged():
            return
        try:
            self._drawn(area_of(polygon, self.session.layer, self._canvas.mapSettings()))
        except SuperSegError as error:
            self.failed.emit(str(error))

    def _polygon_left(self):
        self.correct_area.setChecked(False)
        self.split_area.setChecked(False)

    def _activate(self, tool, on, drawn):
        if on:
            for action in (self.correct, self.correct_area, self.split_area):
                # That of this tool is checked already.
                if action is not self.sender():
                    action.setChecked(False)
            self._drawn = drawn
            self._canvas.setMapTool(tool)
        elif self._canvas.mapTool() is tool:
            self._canvas.unsetMapTool(tool)

    def _add_splitting(self):
        text = translate("SuperSeg", "Split the selected classes in two by their superpixels")
        self.split = self.add("mActionSplitFeatures", text, "Ctrl+D", lambda: self.split_into(2))
        self.split.setIconText(translate("SuperSeg", "&Split"))
        menu = QMenu(translate("SuperSeg", "Split"), self)
        for parts in range(2, MOST_PARTS + 1):
            action = menu.addAction(translate("SuperSeg", "Into {} classes").format(parts))
            action.triggered.connect(lambda _checked=False, parts=parts: self.split_into(parts))
        menu.addSeparator()
        self.split_area = menu.addAction(translate("SuperSeg", "By a polygon on the map"))
        self.split_area.setCheckable(True)
        self.parts_button = self.widgetForAction(self.split)
        self.parts_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.parts_button.setMenu(menu)
        self.parts_button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        menu.aboutToShow.connect(self._refresh_menu)
        # In the context menu, too.
        self._table.insertAction(self._panel.actions_bar.rename, menu.menuAction())

    def _refresh_menu(self):
        chosen = bool(self._table.chosen_groups()) if self.session is not None else False
        for action in self.parts_button.menu().actions():
            if action is not self.split_area:
                action.setEnabled(chosen)

    def _mode(self, icon, tip, text):
        action = self.add(icon, tip, "", None)
        action.setCheckable(True)
        if text:
            action.setIconText(text)
            style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            self.widgetForAction(action).setToolButtonStyle(style)
        return action
