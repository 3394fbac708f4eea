# SPDX-License-Identifier: GPL-2.0-or-later
"""The edits of one class layer in the workbench, with undo and redo."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QCoreApplication, QObject, QTimer, pyqtSignal

try:
    from qgis.PyQt.QtGui import QUndoCommand, QUndoStack
except ImportError:
    # Qt 5 has them in QtWidgets.
    from qgis.PyQt.QtWidgets import QUndoCommand, QUndoStack

from ..errors import SuperSegError
from ..pipeline.classes.catalog import read_catalog
from ..pipeline.classes.corrections import corrections_of
from ..pipeline.classes.edits import with_count
from ..pipeline.classes.kept_edits import keep_edits
from ..pipeline.classes.map_text import text_of_map
from ..raster.correction_file import write_corrections
from ..raster.displayed_values import RasterIntegers
from .class_files import ClassFiles
from .class_renderer import is_shown, show_groups
from .stored_map import PROPERTY, path_of, stored_map
from .superpixels import Superpixels

translate = QCoreApplication.translate

SLIDE = 1
# The attribute table is written once there was no edit for so long.
DELAY_MS = 400


class ClassSession(QObject):
    """The classes of a layer and their edits.

    Attributes:
        layer: the raster layer.
        superpixels: the `Superpixels` of the file.
        now: the `ClassMap` that is shown.
        groups: its groups of merged classes.
        stack: the undo stack.
        state_error: why the state stored in the project could not be restored, "" if it could.
        notice: that the state of an earlier layer of the file was restored, "" if not.

    Signals:
        changed: the groups have changed.
        failed: an error message for the message bar.
        outdated: another program has changed the files, so that another session is needed.
    """

    changed = pyqtSignal()
    failed = pyqtSignal(str)
    outdated = pyqtSignal()

    def __init__(self, layer, parent=None):
        """Read the classes of a layer.

        Raises:
            SuperSegError: it is not a class layer of SuperSeg.
        """
        super().__init__(parent)
        path = path_of(layer)
        self.layer = layer
        self._file_catalog = catalog = read_catalog(path)
        self._reader = None
        self.superpixels = Superpixels(path)
        self._files = ClassFiles(catalog, self.superpixels, layer.name())
        self.now, self.state_error, self.notice = stored_map(layer, catalog, self.superpixels)
        self._has_corrections = self.now.corrected is not None
        if self.notice:
            layer.setCustomProperty(PROPERTY, text_of_map(self.now))
        self.groups = self.now.shown
        if self.state_error or self.notice or not is_shown(layer, self.catalog):
            show_groups(layer, self.groups)
        self.stack = QUndoStack(self)
        self._drag = 0
        self._write_failed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self.write_attribute_table)

    def is_current(self):
        """Return whether the files are still those that were read."""
        try:
            self._files.check()
        except SuperSegError:
            return False
        return True

    def unchanged(self):
        """Return whether edits still fit the files; if not, `failed` has been emitted."""
        try:
            self._files.check()
        except SuperSegError as error:
            self.failed.emit(str(error))
            if Path(self.catalog.path).exists():
                # What is not written yet belongs to the former file.
                self._timer.stop()
                self.outdated.emit()
            return False
        return True

    def edit(self, text, function, *arguments):
        """Change the state by a function of `pipeline.classes.edits`.

        Args:
            text: name of the edit in the undo history.
            function: takes catalog, state and the arguments, and returns the new state.
            *arguments: further arguments of the function.

        Returns:
            Whether the edit succeeded; if not, `failed` has been emitted.
        """
        if not self.unchanged():
            return False
        try:
            state = function(self.catalog, self.state, *arguments)
        except SuperSegError as error:
            self.failed.emit(str(error))
            return False
        if state != self.state:
            self.stack.push(_Edit(self, text, replace(self.now, state=state)))
        return True

    def edit_superpixels(self, text, function, *arguments):
        """Change the classes of superpixels by a function of `pipeline.classes.superpixel_edits`.

        Args:
            text: name of the edit in the undo history.
            function: takes a `ClassMap`, the `SuperpixelTables` and the arguments, and returns the
                new `ClassMap`.
            *arguments: further arguments of the function.

        Returns:
            Whether the edit succeeded; if not, `failed` has been emitted.
        """
        if not self.unchanged():
            return False
        try:
            now = function(self.now, self.superpixels.tables, *arguments)
        except SuperSegError as error:
            self.failed.emit(str(error))
            return False
        self.stack.push(_Edit(self, text, now))
        return True

    @property
    def catalog(self):
        """The classes in the file, and those that edits have made."""
        return self.now.catalog

    @property
    def state(self):
        """The merges, names and colors that the edits led to."""
        return self.now.state

    @property
    def classes(self):
        """Class `(n,)` of each superpixel; None while they are as in the file."""
        return self.now.classes

    def reader(self):
        """Return the `IntegerReader` of the classes that are shown; the same until an edit.

        Raises:
            SuperSegError: the raster cannot be read.
        """
        if self._reader is None:
            edited = self.classes is not None
            self._reader = (
                self.superpixels.reader(self.classes)
                if edited
                else RasterIntegers(self.catalog.path)
            )
        return self._reader

    def class_at(self, place):
        """Return the number of the class at a position in the layer's CRS, 0 for none."""
        value, found = self.layer.dataProvider().sample(place, 1)
        if not found or self.classes is None:
            return int(value) if found else 0
        try:
            number = self.superpixels.at(place)
        except SuperSegError as error:
            self.failed.emit(str(error))
            return 0
        return int(self.classes[number - 1]) if number else 0

    def begin_drag(self):
        """Begin an undo step: all changes until the slider is released belong to it."""
        self._drag += 1

    def set_count(self, count, dragging):
        """Set the number of groups."""
        if not dragging:
            self.begin_drag()
        if not self.unchanged():
            # The slider has moved; this resets it to the number of groups.
            self.changed.emit()
            return
        state = with_count(self.catalog, self.state, count)
        if state != self.state:
            text = translate("SuperSeg", "Number of classes")
            self.stack.push(_Edit(self, text, replace(self.now, state=state), self._drag))

    def group_of(self, number):
        """Return the group that contains a class, or None."""
        return next((group for group in self.groups if number in group.members), None)

    def show(self, now):
        """Draw a `ClassMap` and store it in the layer."""
        if now.classes is not self.classes:
            self._reader = None
        self.now, self.groups = now, now.shown
        show_groups(self.layer, self.groups)
        self.layer.setCustomProperty(PROPERTY, text_of_map(now))
        QgsProject.instance().setDirty(True)
        self._timer.start()
        self.changed.emit()

    def write_attribute_table(self):
        """Write the edits into the attribute table of the file, if it is writable."""
        self._timer.stop()
        try:
            self._files.check()
        except SuperSegError as reason:
            self.failed.emit(str(reason))
            return
        error = keep_edits(self._file_catalog, self.now) or self._keep_corrections()
        self._files.written()
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

    def _keep_corrections(self):
        """Write the corrections beside the raster; return the error, "" if there was none."""
        if self.now.corrected is None and not self._has_corrections:
            return ""
        self._has_corrections = self.now.corrected is not None
        tables, grid = self.superpixels.tables, self.superpixels.grid
        return write_corrections(self.catalog.path, corrections_of(self.now, tables, grid), grid)

    def close(self):
        """Write pending changes of the attribute table."""
        if self._timer.isActive():
            self.write_attribute_table()


class _Edit(QUndoCommand):
    """An undo step between two `ClassMap`s."""

    def __init__(self, session, text, now, drag=None):
        super().__init__(text)
        self._session = session
        self._before = session.now
        self._after = now
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
