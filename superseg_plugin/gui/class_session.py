# SPDX-License-Identifier: GPL-2.0-or-later
"""The edits of one class layer in the workbench, with undo and redo."""

from __future__ import annotations

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QCoreApplication, QObject, QTimer, pyqtSignal

try:
    from qgis.PyQt.QtGui import QUndoCommand, QUndoStack
except ImportError:
    # Qt 5 has them in QtWidgets.
    from qgis.PyQt.QtWidgets import QUndoCommand, QUndoStack

from ..errors import SuperSegError
from ..pipeline.classes.catalog import check_there, read_catalog
from ..pipeline.classes.edits import with_count
from ..pipeline.classes.kept_edits import keep_edits, restored_state
from ..pipeline.classes.merge_tree import merged_classes
from ..pipeline.classes.state import first_state, state_of_text
from .class_renderer import is_shown, show_groups

translate = QCoreApplication.translate

PROPERTY = "superseg/classes"
SLIDE = 1
# The attribute table is written once there was no edit for so long.
DELAY_MS = 400


class ClassSession(QObject):
    """The classes of a layer and their edits.

    Attributes:
        layer: the raster layer.
        catalog: the classes in the file.
        state: the merges, names and colors that the edits led to.
        groups: the groups of merged classes in that state.
        stack: the undo stack.
        state_error: why the state stored in the project could not be restored, "" if it could.
        notice: that the state of an earlier layer of the file was restored, "" if not.

    Signals:
        changed: the groups have changed.
        failed: an error message for the message bar.
    """

    changed = pyqtSignal()
    failed = pyqtSignal(str)

    def __init__(self, layer, parent=None):
        """Read the classes of a layer.

        Raises:
            SuperSegError: it is not a class layer of SuperSeg.
        """
        super().__init__(parent)
        path = path_of(layer)
        self.layer = layer
        self.catalog = read_catalog(path)
        self.state, self.state_error = _stored_state(layer, self.catalog)
        # Edits of the project come first: they are those of this layer.
        kept = layer.customProperty(PROPERTY)
        restored = None if kept else restored_state(self.catalog)
        self.notice = ""
        if restored is not None:
            self.state = restored
            layer.setCustomProperty(PROPERTY, restored.text)
            text = translate(
                "SuperSeg", "{} was edited before: its merges, names and colors are restored."
            )
            self.notice = text.format(layer.name())
        self.groups = merged_classes(self.catalog, self.state)
        if self.state_error or restored is not None or not is_shown(layer, self.catalog):
            show_groups(layer, self.groups)
        self.stack = QUndoStack(self)
        self._drag = 0
        self._write_failed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self.write_attribute_table)

    def edit(self, text, function, *arguments):
        """Change the state by a function of `pipeline.classes.edits`.

        Args:
            text: name of the edit in the undo history.
            function: takes catalog, state and the arguments, and returns the new state.
            *arguments: further arguments of the function.

        Returns:
            Whether the edit succeeded; if not, `failed` has been emitted.
        """
        try:
            check_there(self.catalog.path)
            state = function(self.catalog, self.state, *arguments)
        except SuperSegError as error:
            self.failed.emit(str(error))
            return False
        if state != self.state:
            self.stack.push(_Edit(self, text, state))
        return True

    def begin_drag(self):
        """Begin an undo step: all changes until the slider is released belong to it."""
        self._drag += 1

    def set_count(self, count, dragging):
        """Set the number of groups."""
        if not dragging:
            self.begin_drag()
        try:
            check_there(self.catalog.path)
        except SuperSegError as error:
            self.failed.emit(str(error))
            # The slider has moved; this resets it to the number of groups.
            self.changed.emit()
            return
        state = with_count(self.catalog, self.state, count)
        if state != self.state:
            text = translate("SuperSeg", "Number of classes")
            self.stack.push(_Edit(self, text, state, self._drag))

    def group_of(self, number):
        """Return the group that contains a class, or None."""
        return next((group for group in self.groups if number in group.members), None)

    def show(self, state):
        """Draw a state and store it in the layer."""
        self.state = state
        self.groups = merged_classes(self.catalog, state)
        show_groups(self.layer, self.groups)
        self.layer.setCustomProperty(PROPERTY, state.text)
        QgsProject.instance().setDirty(True)
        self._timer.start()
        self.changed.emit()

    def write_attribute_table(self):
        """Write names and colors into the attribute table of the file, if it is writable."""
        self._timer.stop()
        error = keep_edits(self.catalog, self.state, self.groups)
        if error and not self._write_failed:
            self._write_failed = True
            text = translate(
                "SuperSeg",
                "The attribute table of {} cannot be written ({}); names and colors are kept in the"
                " project. Write merged classes saves them in a file.",
            )
            self.failed.emit(text.format(self.layer.name(), error))
        provider = self.layer.dataProvider()
        # QGIS 3.30 and later show the table, but read it only when they open the file.
        if not error and hasattr(provider, "readNativeAttributeTable"):
            provider.reloadData()
            provider.readNativeAttributeTable()

    def close(self):
        """Write pending changes of the attribute table."""
        if self._timer.isActive():
            self.write_attribute_table()


class _Edit(QUndoCommand):
    """An undo step between two states."""

    def __init__(self, session, text, state, drag=None):
        super().__init__(text)
        self._session = session
        self._before = session.state
        self._after = state
        self._drag = drag

    def id(self):
        return SLIDE if self._drag is not None else -1

    def mergeWith(self, other):
        if self._drag is None or other._drag != self._drag:
            return False
        self._after = other._after
        return True

    def redo(self):
        self._session.show(self._after)

    def undo(self):
        self._session.show(self._before)


def shown_groups(layer):
    """Return the merged classes of a layer as the workbench shows them.

    Returns:
        The groups; empty for a class raster that SuperSeg has not made.

    Raises:
        SuperSegError: the layer is no raster file, or the file does not exist.
    """
    path = path_of(layer)
    try:
        catalog = read_catalog(path)
    except SuperSegError:
        return []
    state, _ = _stored_state(layer, catalog)
    if not layer.customProperty(PROPERTY):
        state = restored_state(catalog) or state
    return merged_classes(catalog, state)


def _stored_state(layer, catalog):
    """Return the state that is stored in a layer, and why it cannot be restored, "" if it can."""
    kept = layer.customProperty(PROPERTY)
    try:
        return (state_of_text(str(kept), catalog) if kept else first_state(catalog)), ""
    except SuperSegError as error:
        return first_state(catalog), str(error)


def path_of(layer):
    """Return the file that a raster layer shows.

    Raises:
        SuperSegError: the layer is no raster file, or the file does not exist.
    """
    if layer.providerType() != "gdal":
        raise SuperSegError(
            f"{layer.name()} is not a raster file; choose a class raster made by Segment, Classify"
            " or Merge classes."
        )
    path = layer.source().split("|")[0]
    check_there(path)
    return path
