# SPDX-License-Identifier: GPL-2.0-or-later
"""The context menu of the class table, and copying its rows."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtWidgets import QAction, QApplication

from ..pipeline.classes.class_text import class_text
from .ground_areas import area_unit

translate = QCoreApplication.translate

TAB, COMMA = "\t", ","


def fill_menu(panel):
    """Fill the context menu of the table of a `ClassesPanel`."""
    table, edit, see = panel.table, panel.actions_bar, panel.see_bar
    table.addActions([edit.merge, edit.separate, edit.rename, edit.recolor])
    table.addActions([edit.names.menuAction(), _separator(table), see.zoom, see.next, see.flash])
    table.addAction(_separator(table))
    for text, delimiter in (
        (translate("SuperSeg", "Copy as a table"), TAB),
        (translate("SuperSeg", "Copy as CSV"), COMMA),
    ):
        action = QAction(text, table)
        action.triggered.connect(lambda _checked=False, by=delimiter: _copy(panel, by))
        table.addAction(action)
    table.copyRequested.connect(lambda: _copy(panel, TAB))


def _copy(panel, delimiter):
    """Copy the selected classes to the clipboard, or all of them if none is selected."""
    session = panel.session
    rows = panel.table.chosen_groups() or session.groups
    bands = session.catalog.band_names
    text = class_text(rows, bands, area_unit(session.layer), delimiter)
    QApplication.clipboard().setText(text)


def _separator(parent):
    line = QAction(parent)
    line.setSeparator(True)
    return line
