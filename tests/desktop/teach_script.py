# SPDX-License-Identifier: GPL-2.0-or-later
"""Teaching the class workbench, by clicks and keys.

The job has `folder` with classes.tif and its file of superpixels.
"""

from __future__ import annotations

from pathlib import Path

from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsProject
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QDockWidget
from qgis.utils import iface

from superseg_plugin.gui.class_session import ClassSession
from tests.desktop.window_script import JOB, LEFT, WindowScript, start

FOLDER = Path(JOB["folder"])
CONTROL = Qt.KeyboardModifier.ControlModifier


class TeachScript(WindowScript):
    """Everything in one session, as each start of QGIS takes its time."""

    def actions(self):
        self.window.resize(1280, 720)
        layer = self.add(FOLDER / "classes.tif", "classes")
        QgsProject.instance().setCrs(QgsCoordinateReferenceSystem("EPSG:32632"))
        iface.setActiveLayer(layer)
        iface.mapCanvas().setExtent(layer.extent())
        yield from self.rest(5)
        self.trigger("Class workbench")
        yield from self.rest(5)
        self.dock = self.window.findChild(QDockWidget, "SuperSegClassWorkbench")
        self.window.resizeDocks([self.dock], [430], Qt.Orientation.Horizontal)
        self.bar = self.dock.superpixel_bar.teach_bar
        yield from self.rest(5)
        self.box = layer.extent()
        button = self.dock.superpixel_bar.widgetForAction(self.bar.toggle)
        QTest.mouseClick(button, LEFT)
        yield from self.rest()
        self.look("on")
        self.picture(self.window, "on")
        yield from self.click(0.1, 0.1)
        self.look("no name")
        yield from self.teach("Forest", 0.1, 0.1)
        self.look("one example")
        yield from self.teach("Water", 0.9, 0.1)
        self.look("two examples")
        self.picture(self.window, "two_examples")
        before = iface.mapCanvas().extent().width()
        QTest.mouseClick(self.bar.ask_button, LEFT)
        yield from self.wait(self.bar.marker.isVisible)
        yield from self.rest(5)
        self.look("asked")
        self.seen["zoomed"] = iface.mapCanvas().extent().width() / before
        self.picture(self.window, "asked")
        asked = self.bar.examples.next
        QTest.mouseClick(self.bar.skip_button, LEFT)
        yield from self.wait(lambda: self.bar.examples.next not in (None, asked))
        yield from self.rest(5)
        self.seen["skipped"] = [asked in self.bar.examples.skipped, self.bar.examples.next == asked]
        self.type_name("Water")
        edits = self.dock.session.stack.index()
        center = iface.mapCanvas().center()
        self.click_map(center.x(), center.y())
        yield from self.wait(lambda: self.dock.session.stack.index() > edits)
        yield from self.rest(5)
        self.look("answered")
        for name in ("answer undone", "undone"):
            QTest.keyClick(iface.mapCanvas(), Qt.Key.Key_Z, CONTROL)
            yield from self.rest()
            self.look(name)
        # What is kept in the project is what another session begins with.
        self.seen["kept examples"] = [name for _, name in ClassSession(layer).now.examples]
        self.dock.close()
        yield from self.rest()
        self.seen["closed"] = [self.bar.isVisible(), iface.mapCanvas().mapTool() is self.bar.tool]
        yield from self.bad_input(layer)

    def bad_input(self, layer):
        self.trigger("Class workbench")
        self.bar.toggle.setChecked(True)
        iface.mapCanvas().zoomToFeatureExtent(layer.extent())
        yield from self.rest(5)
        self.type_name("Water")
        yield from self.click(1.04, 0.5)
        self.look("off the raster")
        self.messages()
        self.change_on_disk()
        yield from self.click(0.5, 0.9)
        self.look("changed on disk")
        self.seen["reopened"] = self.dock.session.stack.count()
        self.picture(self.window, "changed_on_disk")
        self.restore()
        iface.setActiveLayer(layer)
        self.dock.open_layer(layer)
        yield from self.rest(5)
        self.look("restored")
        self.messages()
        self.bar.toggle.setChecked(True)
        self.type_name("Water")
        yield from self.click(0.9, 0.1)
        # Learning has begun.
        QgsProject.instance().removeMapLayer(layer.id())
        yield from self.rest(60)
        self.seen["removed"] = {
            "messages": self.messages(),
            "session": self.dock.session is not None,
            "tool": iface.mapCanvas().mapTool() is self.bar.tool,
        }
        self.picture(self.window, "removed")

    def change_on_disk(self):
        """Another program changes some pixels, which leaves the table beside as it was."""
        path = FOLDER / "classes.tif"
        self.former = path.read_bytes()
        dataset = gdal.Open(str(path), gdal.GA_Update)
        values = dataset.ReadAsArray()
        values[:4], values[-4:] = values[-4:].copy(), values[:4].copy()
        dataset.GetRasterBand(1).WriteArray(values)
        dataset.FlushCache()

    def restore(self):
        (FOLDER / "classes.tif").write_bytes(self.former)

    def teach(self, name, right, down):
        self.type_name(name)
        edits = self.dock.session.stack.index()
        yield from self.click(right, down)
        yield from self.wait(lambda: self.dock.session.stack.index() > edits)
        yield from self.rest(5)

    def type_name(self, name):
        line = self.bar.names.lineEdit()
        line.selectAll()
        QTest.keyClicks(line, name)

    def click(self, right, down):
        box = self.box
        x = box.xMinimum() + right * box.width()
        y = box.yMaximum() - down * box.height()
        self.click_map(x, y)
        yield from self.rest()

    def look(self, name):
        session = self.dock.session
        self.seen[name] = {
            "groups": {group.name: group.count for group in session.groups},
            "examples": list(self.bar.examples.names.values()),
            "note": self.bar.note.text(),
            "height": self.dock.height() <= self.window.height(),
            "messages": self.messages(),
        }


start(TeachScript)
