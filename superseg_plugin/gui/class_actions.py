# SPDX-License-Identifier: GPL-2.0-or-later
"""The toolbar of the class workbench: edits of the selected classes, with shortcuts."""

from __future__ import annotations

from qgis.gui import QgsColorDialog
from qgis.PyQt.QtCore import QCoreApplication, pyqtSignal
from qgis.PyQt.QtGui import QColor, QKeySequence
from qgis.PyQt.QtWidgets import QFileDialog

from ..errors import SuperSegError
from ..pipeline.classes.edits import applied, assigned, merged, recolored
from ..pipeline.classes.merge_tree import separated
from ..pipeline.classes.schemes import Template
from ..pipeline.classes.templates import read_own
from .class_model import NAME
from .key_tool_bar import KeyToolBar
from .name_menu import NameMenu
from .suggestions_dialog import SuggestionsDialog

translate = QCoreApplication.translate


def table_files():
    """Return the filter of a file dialog for tables."""
    text = translate("SuperSeg", "Tables")
    return f"{text} (*.csv *.txt *.tsv)"


class ClassActions(KeyToolBar):
    """Edits the classes that are selected in the table.

    Signals:
        failed: an error message for the message bar.
        pickToggled: whether the map tool is switched on.
        schemeRead: a `Template` was read from a file of the user.
    """

    failed = pyqtSignal(str)
    pickToggled = pyqtSignal(bool)
    schemeRead = pyqtSignal(object)

    def __init__(self, table, parent=None):
        super().__init__(parent)
        self.session = None
        self._table = table
        standard = QKeySequence.StandardKey
        self.pick = self.add("mActionSelect", translate("SuperSeg", "Select on the map"), "", None)
        self.pick.setCheckable(True)
        self.pick.toggled.connect(self.pickToggled)
        self.addSeparator()
        self.undo = self.add(
            "mActionUndo", translate("SuperSeg", "Undo"), standard.Undo, self.undo_edit
        )
        self.redo = self.add(
            "mActionRedo", translate("SuperSeg", "Redo"), standard.Redo, self.redo_edit
        )
        self.addSeparator()
        text = translate("SuperSeg", "Merge the selected classes")
        self.merge = self.add("mActionMergeFeatures", text, "Ctrl+M", self.merge_chosen)
        text = translate("SuperSeg", "Separate manually merged classes")
        self.separate = self.add("mActionSplitParts", text, "Ctrl+Shift+M", self.separate_chosen)
        text = translate("SuperSeg", "Rename")
        self.rename = self.add("mActionToggleEditing", text, "F2", self.rename_chosen)
        text = translate("SuperSeg", "Change the color")
        self.recolor = self.add("mIconColorWheel", text, "Ctrl+K", self.recolor_chosen)
        self.addSeparator()
        self.names = NameMenu(self)
        self.names.assigned.connect(self.assign)
        self.names.fileRequested.connect(self.ask_for_file)
        self.names.suggestionsRequested.connect(self.suggest_names)
        tip = translate(
            "SuperSeg", "Name and color from a template; classes with the same name are merged"
        )
        self.add_menu(translate("SuperSeg", "&Name as"), tip, self.names)
        self.tab_only()

    def refresh(self):
        """Enable the actions that apply to the selected classes."""
        session = self.session
        chosen = self._table.chosen_groups() if session is not None else []
        joined = session.state.joined if session is not None else ()
        self.undo.setEnabled(session is not None and session.stack.canUndo())
        self.redo.setEnabled(session is not None and session.stack.canRedo())
        self.merge.setEnabled(len(chosen) > 1)
        self.rename.setEnabled(len(chosen) == 1)
        self.recolor.setEnabled(bool(chosen))
        self.separate.setEnabled(
            any(set(one) <= set(group.members) for group in chosen for one in joined)
        )

    def undo_edit(self):
        """Undo the last edit."""
        self.session.stack.undo()

    def redo_edit(self):
        """Redo the edit that was undone last."""
        self.session.stack.redo()

    def merge_chosen(self):
        """Merge the selected classes."""
        self.session.edit(translate("SuperSeg", "Merge classes"), merged, self._numbers())

    def separate_chosen(self):
        """Separate the selected classes where they were merged manually."""
        for group in self._table.chosen_groups():
            text = translate("SuperSeg", "Separate classes")
            self.session.edit(text, separated, group.members)

    def rename_chosen(self):
        """Edit the name in the table."""
        rows = self._table.selectionModel().selectedRows(NAME)
        if len(rows) == 1:
            self._table.setFocus()
            self._table.setCurrentIndex(rows[0])
            self._table.edit(rows[0])

    def recolor_chosen(self):
        """Open a color dialog, and set the color of the selected classes."""
        chosen = self._table.chosen_groups()
        if not chosen:
            return
        title = translate("SuperSeg", "Color of {}").format(chosen[0].name)
        color = QgsColorDialog.getColor(QColor(*chosen[0].color), self, title)
        if color.isValid():
            self.set_color((color.red(), color.green(), color.blue()))

    def set_color(self, color):
        """Set the color of the selected classes."""
        text = translate("SuperSeg", "Change the color")
        self.session.edit(text, recolored, self._numbers(), color)

    def assign(self, name, color):
        """Set name and color of the selected classes, and merge them."""
        text = translate("SuperSeg", "Name as {}").format(name)
        self.session.edit(text, assigned, self._numbers(), name, color)

    def read_file(self, path):
        """Read a file: a template of names is added to the menu, a table is applied."""
        try:
            read = read_own(path)
        except SuperSegError as error:
            self.failed.emit(str(error))
            return
        if isinstance(read, Template):
            self.names.add_own(read)
            self.schemeRead.emit(read)
        else:
            self.session.edit(translate("SuperSeg", "Table {}").format(read.file), applied, read)

    def suggest_names(self):
        """Open the dialog that proposes names from a reference layer."""
        SuggestionsDialog(self.session, self).show()

    def ask_for_file(self):
        """Let the user choose a file, and read it."""
        title = translate("SuperSeg", "Names or table")
        path, _ = QFileDialog.getOpenFileName(self, title, "", table_files())
        if path:
            self.read_file(path)

    def _numbers(self):
        return [group.number for group in self._table.chosen_groups()]
