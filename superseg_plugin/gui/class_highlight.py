# SPDX-License-Identifier: GPL-2.0-or-later
"""The selected classes on the map: outlined with all others dimmed, flashed, zoomed to."""

from __future__ import annotations

from qgis.core import QgsCoordinateTransform, QgsProject, QgsRectangle
from qgis.PyQt.QtCore import QCoreApplication, QObject, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QApplication

from ..errors import SuperSegError
from ..raster.class_patches import box_of, find_patches
from ..raster.overlay_pixels import dimmed, flashed
from .map_overlay import FLASHES, MapOverlay
from .map_view import bounds

translate = QCoreApplication.translate

# A patch is shown with as much around it as it is wide, and with at least so many pixels.
MARGIN = 2.0
LEAST_PIXELS = 60


class ClassHighlight(QObject):
    """Shows which areas of the map have the selected classes.

    Args:
        canvas: the map canvas.
        parent: the parent object.

    Signals:
        failed: an error message for the message bar.
        told: a note for the status bar.
    """

    failed = pyqtSignal(str)
    told = pyqtSignal(str)

    def __init__(self, canvas, parent=None):
        super().__init__(parent)
        self._canvas = canvas
        self._overlay = None
        self._session, self._reader = None, None
        self._numbers = frozenset()
        self._on = True
        # Patches of the selected classes, and the one shown last.
        self._patches, self._shown = None, -1

    def show_session(self, session):
        """Show the selection of another session, or of none."""
        self.choose(frozenset())
        self._session, self._reader = session, None

    def choose(self, numbers):
        """Outline classes and dim the others; draw nothing if there are none."""
        if numbers != self._numbers:
            self._patches, self._shown = None, -1
        self._numbers = numbers
        self._draw()

    def switch(self, on):
        """Switch the highlighting on or off."""
        self._on = on
        self._draw()

    def remove(self):
        """Take the overlay off the map."""
        if self._overlay is not None and self._overlay.scene() is not None:
            self._overlay.clear()
            self._canvas.scene().removeItem(self._overlay)

    def flash(self):
        """Flash the selected classes."""
        self._flash(self._numbers, FLASHES)

    def flash_once(self, numbers):
        """Flash classes once: the map under the pointer is hidden for a moment only."""
        self._flash(numbers, 1)

    def _flash(self, numbers, times):
        if not self._ready(numbers):
            return
        if not (self._on and self._numbers):
            # There is nothing to draw between the flashes.
            self._overlay.show(self._reader, flashed(()), self._session.layer.crs())
        self._overlay.flash(flashed(numbers), times)

    def zoom(self):
        """Show the largest patch of the selected classes."""
        self._shown = -1
        self.next_patch()

    def next_patch(self):
        """Show the next smaller patch; after the smallest, the largest."""
        if not self._ready(self._numbers):
            return
        if self._patches is None:
            QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
            try:
                self._patches = find_patches(self._reader, self._numbers)
            except SuperSegError as error:
                self.failed.emit(str(error))
                return
            finally:
                QApplication.restoreOverrideCursor()
        if not self._patches:
            self.failed.emit(translate("SuperSeg", "No pixel of the layer has this class."))
            return
        self._shown = (self._shown + 1) % len(self._patches)
        if self._show_window(self._patches[self._shown].window):
            text = translate("SuperSeg", "Patch {} of {}")
            self.told.emit(text.format(self._shown + 1, len(self._patches)))

    def _show_window(self, window):
        layer = self._session.layer
        box = QgsRectangle(*box_of(self._reader.grid, window))
        pixel = max(layer.rasterUnitsPerPixelX(), layer.rasterUnitsPerPixelY())
        least = LEAST_PIXELS * pixel
        box.scale(max(MARGIN, least / max(box.width(), box.height())))
        crs = self._canvas.mapSettings().destinationCrs()
        transform = QgsCoordinateTransform(layer.crs(), crs, QgsProject.instance())
        try:
            extent = bounds(transform, box, layer)
        except SuperSegError as error:
            self.failed.emit(str(error))
            return False
        self._canvas.setExtent(extent)
        self._canvas.refresh()
        return True

    def _draw(self):
        if not (self._on and self._ready(self._numbers)):
            if self._overlay is not None:
                self._overlay.clear()
            return
        table, outlined = dimmed(self._numbers)
        self._overlay.show(self._reader, table, self._session.layer.crs(), outlined)

    def _ready(self, numbers):
        """Return whether there are classes to show; then there are a reader and an overlay."""
        if self._session is None or not numbers:
            return False
        try:
            reader = self._session.reader()
        except SuperSegError as error:
            self.failed.emit(str(error))
            return False
        if reader is not self._reader:
            # Edits have changed where the classes are.
            self._reader, self._patches, self._shown = reader, None, -1
        if self._overlay is None:
            self._overlay = MapOverlay(self._canvas, self.failed.emit)
            # Above the colors of edited superpixels.
            self._overlay.setZValue(1)
        elif self._overlay.scene() is None:
            self._canvas.scene().addItem(self._overlay)
        return True
