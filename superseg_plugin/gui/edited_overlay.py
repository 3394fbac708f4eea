# SPDX-License-Identifier: GPL-2.0-or-later
"""Draws the classes of edited superpixels over the class layer, which shows its file."""

from __future__ import annotations

import numpy as np
from qgis.PyQt.QtCore import QObject, QTimer

from .map_overlay import MapOverlay


class EditedOverlay(QObject):
    """Follows the edits of a session until *Write* makes a raster of them.

    Args:
        canvas: the map canvas.
        failed: called with the error message if the superpixels cannot be read.
    """

    def __init__(self, canvas, failed, parent=None):
        super().__init__(parent)
        self._canvas = canvas
        self._overlay = MapOverlay(canvas, failed)
        self._session, self._on = None, True
        # The layers of the canvas change one by one while a project is read.
        self._wait = QTimer(self, singleShot=True, interval=0, timeout=self.refresh)
        canvas.layersChanged.connect(self._wait.start)

    def show_session(self, session):
        """Draw the edits of a session, or of none."""
        if self._session is not None:
            self._session.changed.disconnect(self.refresh)
        self._session = session
        if session is not None:
            session.changed.connect(self.refresh)
        self.refresh()

    def refresh(self):
        """Draw what is changed now; nothing while the layer is hidden."""
        session = self._session
        edited = self._on and session is not None and session.classes is not None
        if not edited or session.layer not in self._canvas.layers():
            self._overlay.clear()
            return
        renderer = session.layer.renderer()
        opacity = round(255 * (renderer.opacity() if renderer is not None else 1.0))
        colors = np.zeros((256, 4), np.uint8)
        for group in session.groups:
            colors[list(group.members)] = (*group.color, opacity)
        self._overlay.show(session.reader(), colors, session.layer.crs())

    def switch(self, on):
        """Draw while the workbench is open."""
        self._on = on
        self.refresh()
