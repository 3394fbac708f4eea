# SPDX-License-Identifier: GPL-2.0-or-later
"""A script in a QGIS window (`qgis --code`): it clicks, and records what the window shows.

The variable SUPERSEG_DESKTOP_JOB names a JSON file with `pictures` (a folder), `report` (the file
for the record) and further values for the script.
"""

from __future__ import annotations

import json
import os
import time
import traceback
from abc import ABC, abstractmethod
from pathlib import Path

from qgis.core import QgsApplication, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QPoint, Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QDockWidget
from qgis.utils import iface

JOB = json.loads(Path(os.environ["SUPERSEG_DESKTOP_JOB"]).read_text(encoding="utf-8"))
WINDOW = (1280, 800)
PAUSE_MS = 40
LIMIT_MS = 600_000
LEFT = Qt.MouseButton.LeftButton
NO_KEY = Qt.KeyboardModifier.NoModifier


class WindowScript(ABC):
    """Runs a generator in the event loop; it yields where QGIS has to process events.

    Attributes:
        seen: the record, written to the report at the end.
    """

    def __init__(self):
        self.seen = {}
        self.window = iface.mainWindow()
        self._steps = self._all()
        self.resume()
        QTimer.singleShot(LIMIT_MS, lambda: self.end(error="the session took too long"))

    @abstractmethod
    def actions(self):
        """What the script does; a generator."""

    def ready(self):
        """Whether the actions can begin."""
        return QgsApplication.processingRegistry().providerById("superseg") is not None

    def _all(self):
        yield from self.wait(self.ready)
        self.window.setGeometry(0, 0, *JOB.get("window", WINDOW))
        for dock in self.window.findChildren(QDockWidget):
            if dock.objectName() != "Layers":
                dock.hide()
        yield from self.rest()
        # QGIS shows a message to new users.
        self.greeting = self.messages()
        yield from self.actions()

    def resume(self):
        try:
            next(self._steps)
        except StopIteration:
            self.end()
        except Exception:  # the report is the only output
            self.end(error=traceback.format_exc())
        else:
            QTimer.singleShot(PAUSE_MS, self.resume)

    def end(self, error=None):
        if error:
            self.seen["error"] = error
            self.picture(self.window, "failed")
        Path(JOB["report"]).write_text(json.dumps(self.seen, indent=1), encoding="utf-8")
        # Closing QGIS would ask about unsaved projects, and unload plugins.
        os._exit(1 if error else 0)

    def add(self, source, name, provider="gdal", on_map=True):
        """Add a raster layer to the project, and to the map or only to the lists of layers."""
        layer = QgsRasterLayer(str(source), name, provider)
        if QgsProject.instance().addMapLayer(layer, on_map) is None:
            raise OSError(f"{source} cannot be opened")
        return layer

    def layer(self, name):
        """The layer of the project with this name."""
        return QgsProject.instance().mapLayersByName(name)[0]

    def wait(self, condition, seconds=120):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(f"waited {seconds} s without success")
            yield

    def rest(self, turns=3):
        for _ in range(turns):
            yield
        while iface.mapCanvas().isDrawing():
            yield

    def picture(self, widget, name):
        QApplication.processEvents()
        target = Path(JOB["pictures"]) / f"{name}.png"
        if not widget.grab().save(str(target)):
            raise OSError(f"{target} cannot be written")

    def messages(self):
        """Texts of the message bar, which is emptied."""
        bar = iface.messageBar()
        texts = [item.text() for item in bar.items()]
        bar.clearWidgets()
        return texts

    def dialogs(self):
        """Titles of the windows that are open beside the main one."""
        return [
            widget.windowTitle()
            for widget in QApplication.topLevelWidgets()
            if widget.isVisible() and widget is not self.window and widget.windowTitle()
        ]

    def values_of(self, dialog):
        """The parameters of an algorithm's dialog."""
        try:
            return dialog.createProcessingParameters()
        except AttributeError:
            # QGIS 3.22 has another name for it.
            return dialog.getParameterValues()

    def trigger(self, text):
        """Choose an entry of the plugin's menu."""
        menus = iface.pluginMenu().actions()
        menu = next(action.menu() for action in menus if action.text() == "SuperSeg")
        next(action for action in menu.actions() if action.text() == text).trigger()

    def click_map(self, x, y, keys=NO_KEY):
        """Click at map coordinates."""
        canvas = iface.mapCanvas()
        place = canvas.getCoordinateTransform().transform(x, y)
        QTest.mouseClick(canvas.viewport(), LEFT, keys, QPoint(round(place.x()), round(place.y())))


def start(script):
    """Start a script once QGIS is running; the application keeps the object alive."""
    QTimer.singleShot(1000, lambda: setattr(QApplication.instance(), "superseg_script", script()))
