# SPDX-License-Identifier: GPL-2.0-or-later
"""One class layer on the workbench: its classes, what was made of them, and the way back."""

from __future__ import annotations

from dataclasses import replace

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QCoreApplication, QObject, QTimer, pyqtSignal

try:
    from qgis.PyQt.QtGui import QUndoCommand, QUndoStack
except ImportError:
    # Qt 5 has them elsewhere.
    from qgis.PyQt.QtWidgets import QUndoCommand, QUndoStack

from ..errors import SuperSegError
from ..pipeline.classes.areas import ellipsoidal_areas
from ..pipeline.classes.catalog import check_there, read_catalog
from ..pipeline.classes.edits import with_count
from ..pipeline.classes.merge_tree import merged_classes
from ..pipeline.classes.state import first_state, state_of_text
from ..raster.class_sidecar import ClassStyle, update_sidecar
from .class_renderer import is_shown, show_groups
from .ground_areas import stretch_of

translate = QCoreApplication.translate

PROPERTY = "superseg/classes"
SLIDE = 1
# The file beside the raster is written when the hand rests.
REST_MS = 400


class ClassSession(QObject):
    """The classes of a layer, and every edit of them.

    Attributes:
        layer: the raster layer.
        catalog: its classes as they are in the file.
        state: what was made of them.
        groups: what that looks like.
        stack: of the edits.
        complaint: what was wrong with the state that the project kept, "" for nothing.
    """

    changed = pyqtSignal()
    failed = pyqtSignal(str)

    def __init__(self, layer, parent=None):
        """Read the classes of a layer.

        Raises:
            SuperSegError: it is no class layer of SuperSeg.
        """
        super().__init__(parent)
        path = path_of(layer)
        self.layer = layer
        self.catalog = read_catalog(path)
        self.complaint = ""
        self.state = first_state(self.catalog)
        kept = layer.customProperty(PROPERTY)
        if kept:
            try:
                self.state = state_of_text(str(kept), self.catalog)
            except SuperSegError as error:
                self.complaint = str(error)
        self._measured = self.catalog
        self.measure()
        if self.complaint or not is_shown(layer, self.catalog):
            show_groups(layer, self.groups)
        self.stack = QUndoStack(self)
        self._drag = 0
        self._told = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST_MS)
        self._timer.timeout.connect(self.write_beside)

    def measure(self):
        """Take the areas anew, on the ellipsoid that the project has now."""
        areas = ellipsoidal_areas(self._measured, stretch_of(self.layer))
        self.catalog = replace(self._measured, areas=areas)
        self.groups = merged_classes(self.catalog, self.state)
        self.changed.emit()

    def edit(self, text, function, *arguments):
        """Change the state by one of the functions of `class_edits`.

        Args:
            text: what is done, for the menu and the history.
            function: takes catalog, state and the arguments, returns a state.
            *arguments: what else it takes.

        Returns:
            Whether it was done; else `failed` has said why.
        """
        try:
            check_there(self._measured.path)
            state = function(self.catalog, self.state, *arguments)
        except SuperSegError as error:
            self.failed.emit(str(error))
            return False
        if state != self.state:
            self.stack.push(_Edit(self, text, state))
        return True

    def begin_drag(self):
        """What the slider passes until it is let go of is one step of the history."""
        self._drag += 1

    def slide(self, count, dragging):
        """Show so many groups."""
        if not dragging:
            self.begin_drag()
        try:
            check_there(self._measured.path)
        except SuperSegError as error:
            self.failed.emit(str(error))
            # The slider has moved; it goes back to where the classes are.
            self.changed.emit()
            return
        state = with_count(self.catalog, self.state, count)
        if state != self.state:
            text = translate("SuperSeg", "Number of classes")
            self.stack.push(_Edit(self, text, state, self._drag))

    def group_of(self, number):
        """Return the group that a class is in, or None."""
        return next((group for group in self.groups if number in group.members), None)

    def show(self, state):
        """Draw a state and keep it in the layer."""
        self.state = state
        self.groups = merged_classes(self.catalog, state)
        show_groups(self.layer, self.groups)
        self.layer.setCustomProperty(PROPERTY, state.text)
        QgsProject.instance().setDirty(True)
        self._timer.start()
        self.changed.emit()

    def write_beside(self):
        """Let the attribute table of the file follow, where it can be written."""
        self._timer.stop()
        styles = {}
        names = dict(zip(self.catalog.numbers, self.catalog.names))
        colors = dict(zip(self.catalog.numbers, self.catalog.colors))
        for group in self.groups:
            for number in group.members:
                own = (number,)
                styles[number] = ClassStyle(
                    self.state.names.get(own, names[number]),
                    self.state.colors.get(own, colors[number]),
                    group.number,
                    group.name,
                )
        error = update_sidecar(self._measured.path, styles)
        if error and not self._told:
            self._told = True
            text = translate(
                "SuperSeg",
                "The attribute table of {} cannot be written ({}); names and colors are kept in the"
                " project, and Write merged classes puts them into a file.",
            )
            self.failed.emit(text.format(self.layer.name(), error))
        provider = self.layer.dataProvider()
        # QGIS shows the table from 3.30 on, and reads it only when it opens the file.
        if not error and hasattr(provider, "readNativeAttributeTable"):
            provider.reloadData()
            provider.readNativeAttributeTable()

    def close(self):
        """Write what has not been written yet."""
        if self._timer.isActive():
            self.write_beside()


class _Edit(QUndoCommand):
    """From one state to another."""

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


def path_of(layer):
    """Return the file that a raster layer shows.

    Raises:
        SuperSegError: it shows none, or it is gone.
    """
    if layer.providerType() != "gdal":
        raise SuperSegError(
            f"{layer.name()} is no raster file; choose a class raster made by Segment, Classify or"
            " Merge classes."
        )
    path = layer.source().split("|")[0]
    check_there(path)
    return path
