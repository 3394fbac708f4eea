# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures of the class workbench and of the preview.

The job has `image` and `classes`, a class raster of it.
"""

from __future__ import annotations

from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QDockWidget
from qgis.utils import iface

from tests.desktop.window_script import JOB, WindowScript, start

COUNTS = (16, 8, 4)
DOCK_WIDTH = 470


class Tour(WindowScript):
    """Opens the workbench, moves the slider, and tries other settings."""

    def actions(self):
        project = QgsProject.instance()
        image = self.add(JOB["image"], "image")
        classes = self.add(JOB["classes"], "classes")
        project.setCrs(classes.crs())
        root = project.layerTreeRoot()
        root.findLayer(image.id()).setExpanded(False)
        iface.setActiveLayer(classes)
        self.trigger("Class workbench")
        yield from self.rest()
        dock = self.window.findChild(QDockWidget, "SuperSegClassWorkbench")
        self.window.resizeDocks([dock], [DOCK_WIDTH], Qt.Orientation.Horizontal)
        layers = self.window.findChild(QDockWidget, "Layers")
        self.window.resizeDocks([layers], [230], Qt.Orientation.Horizontal)
        yield from self.rest(5)
        iface.mapCanvas().setExtent(classes.extent())
        yield from self.rest(10)
        for count in COUNTS:
            dock.panel.slider.setValue(count)
            dock.panel.tabs.setCurrentIndex(1 if count == COUNTS[1] else 0)
            yield from self.rest(10)
            self.picture(self.window, f"workbench_{count}")
            self.seen[f"workbench_{count}"] = len(dock.session.groups)
        root.findLayer(classes.id()).setItemVisibilityChecked(False)
        yield from self.preview(dock, image)

    def preview(self, dock, image):
        found = []
        panel = dock.preview
        panel.runner.done.connect(lambda preview, seconds: found.append(seconds))
        dock.tabs.setCurrentIndex(1)
        panel.layers.setLayer(image)
        extent = image.extent()
        extent.scale(0.5)
        iface.mapCanvas().setExtent(extent)
        panel.drawing.swipe.setValue(450)
        yield from self.rest(5)
        panel.live.setChecked(True)
        yield from self.wait(lambda: found)
        # The first one has waited for the worker to start.
        panel.settings.classes.setValue(12)
        yield from self.wait(lambda: len(found) > 1)
        yield from self.rest(10)
        self.picture(self.window, "preview")
        self.seen["preview"] = found
        panel.live.setChecked(False)
        yield from self.rest()


start(Tour)
