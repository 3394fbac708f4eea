# SPDX-License-Identifier: GPL-2.0-or-later
"""Connects the panel of the workbench with the map: highlight, tooltips, assigning by clicks."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, QLocale, QObject, pyqtSignal

from ..raster.confidence import ConfidenceMap
from .class_highlight import ClassHighlight
from .class_spreads import ClassSpreads

translate = QCoreApplication.translate

STATUS_MS = 6000


class Sight(QObject):
    """What the workbench shows on the map, and what clicks on the map do.

    Args:
        panel: the `ClassesPanel`.
        tool: the `ClassTool`.
        interface: of QGIS.
        parent: the parent object.

    Signals:
        failed: an error message for the message bar.
    """

    failed = pyqtSignal(str)

    def __init__(self, panel, tool, interface, parent=None):
        super().__init__(parent)
        self._panel, self._iface = panel, interface
        self._confidences = None
        self._session = None
        self.highlight = ClassHighlight(interface.mapCanvas(), self)
        ClassSpreads(panel)
        self.highlight.failed.connect(self.failed)
        self.highlight.told.connect(self._tell)
        bar, assign = panel.see_bar, panel.assign_bar
        panel.chosenShown.connect(self._show_chosen)
        bar.highlightToggled.connect(self.highlight.switch)
        bar.flashRequested.connect(self.highlight.flash)
        bar.zoomRequested.connect(self.highlight.zoom)
        bar.nextRequested.connect(self.highlight.next_patch)
        bar.assignToggled.connect(self._assign)
        assign.fileRequested.connect(panel.actions_bar.ask_for_file)
        panel.actions_bar.schemeRead.connect(self._show_scheme)
        assign.ended.connect(lambda: bar.assign.setChecked(False))
        assign.done.connect(self.highlight.flash_once)
        tool.picked.connect(self._picked)
        tool.deactivated.connect(lambda: bar.assign.setChecked(False))
        self.explain(tool)

    def explain(self, *tools):
        """Let map tools show name, share and confidence of the class under the pointer."""
        for tool in tools:
            tool.tip_of, tool.class_of = self._tip, self._class_at

    def show_session(self, session):
        """Show the selection of another session, or of none."""
        self._panel.see_bar.assign.setChecked(False)
        self.highlight.show_session(session)
        self._session, self._confidences = session, None

    def remove(self):
        """Take everything off the map."""
        self._panel.see_bar.assign.setChecked(False)
        self.highlight.remove()

    def restore(self):
        """Show the selection again after `remove`."""
        self._show_chosen(self._panel.table.chosen)

    def _show_chosen(self, numbers):
        self._panel.see_bar.refresh(bool(numbers))
        # While names are assigned, dimmed classes would hide what is clicked on.
        self.highlight.choose(frozenset() if self._panel.assign_bar.isVisible() else numbers)

    def _assign(self, on):
        panel = self._panel
        panel.assign_bar.setVisible(on)
        if on:
            panel.actions_bar.pick.setChecked(True)
            self._iface.mapCanvas().setFocus()
        self._show_chosen(panel.table.chosen)

    def _show_scheme(self, scheme):
        """Show the names of a file, ready to be assigned."""
        self._panel.assign_bar.add_scheme(scheme)
        self._panel.see_bar.assign.setChecked(True)

    def _picked(self, number, add):
        if self._panel.assign_bar.isVisible():
            self._panel.assign_bar.assign(number)
        else:
            # A click outside all classes clears the selection.
            self._panel.pick((number,) if number else (), add)

    def _class_at(self, place):
        return self._session.class_at(place) if self._session is not None else 0

    def _tip(self, number, place):
        group = self._session.group_of(number) if self._session is not None else None
        if group is None:
            return ""
        locale = QLocale()
        lines = [f"{group.name}: {locale.toString(100 * group.share, 'f', 1)} %"]
        if self._confidences is None:
            self._confidences = ConfidenceMap(self._session.catalog.path)
        confidence = self._confidences.at(place.x(), place.y())
        if confidence is not None:
            text = translate("SuperSeg", "Confidence: {} %")
            lines.append(text.format(locale.toString(100 * confidence, "f", 0)))
        return "\n".join(lines)

    def _tell(self, text):
        self._iface.statusBarIface().showMessage(text, STATUS_MS)
