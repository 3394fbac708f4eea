# SPDX-License-Identifier: GPL-2.0-or-later
"""The live preview, by clicks in a QGIS window.

The job has `folder` with image.tif (the upper quarter is nodata), and `web`, the address of a
`TileServer`.
"""

from __future__ import annotations

import time
from pathlib import Path

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsProject,
    QgsRectangle,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QDockWidget
from qgis.utils import iface

from tests.desktop.window_script import JOB, LEFT, WindowScript, start

FOLDER = Path(JOB["folder"])


class PreviewScript(WindowScript):
    """Switches the preview on, changes all settings, and records the results."""

    def actions(self):
        self.image = self.add(FOLDER / "image.tif", "image")
        iface.mapCanvas().setExtent(self.image.extent())
        yield from self.rest(5)
        self.trigger("Class workbench")
        yield from self.rest(5)
        dock = self.window.findChild(QDockWidget, "SuperSegClassWorkbench")
        self.window.resizeDocks([dock], [430], Qt.Orientation.Horizontal)
        dock.tabs.setCurrentIndex(1)
        self.panel = dock.preview
        self.found = []
        self.panel.runner.done.connect(lambda preview, seconds: self.found.append(preview))
        yield from self.rest(5)
        self.click(self.panel.live)
        yield from self.computed()
        self.look("first")
        self.picture(self.window, "preview")
        yield from self.change()
        yield from self.many_changes()
        yield from self.elsewhere()
        yield from self.web_maps()
        self.panel.use.click()
        yield from self.rest()
        dialog = dock.dialogs.dialog
        try:
            values = dialog.createProcessingParameters()
        except AttributeError:
            # QGIS 3.22 has another name for it.
            values = dialog.getParameterValues()
        self.seen["dialog"] = {
            name: values[name] for name in ("CLASSES", "SMOOTHNESS", "SUPERPIXEL_SIZE", "UNITS")
        }
        dialog.close()
        self.process = self.worker_pid()
        self.panel.item.hide()
        plain = self.pixel()
        self.panel.item.show()
        self.click(self.panel.live)
        yield from self.wait(lambda: not Path(f"/proc/{self.process}").exists())
        yield from self.rest()
        self.seen["switched off"] = [self.pixel() == plain, self.panel.status.text()]
        self.seen["dialogs"] = self.dialogs()

    def change(self):
        """Each setting in turn; each gives another preview."""
        for name, widget, value in (
            ("classes", self.panel.classes, 3),
            ("smoothness", self.panel.smoothness, 0.0),
            ("size", self.panel.size, 40.0),
        ):
            self.found.clear()
            widget.setValue(value)
            yield from self.computed()
            self.look(name)
        self.panel.swipe.setValue(50)
        yield from self.rest()
        canvas = iface.mapCanvas()
        left, right = canvas.width() // 4, 3 * canvas.width() // 4
        self.seen["swipe"] = [self.pixel(left), self.pixel(right)]
        self.picture(self.window, "swipe")
        self.panel.swipe.setValue(0)
        self.panel.opacity.setValue(100)
        yield from self.rest()
        preview = self.found[-1]
        self.seen["opaque"] = [self.pixel(), [list(color) for color in preview.colors.tolist()]]

    def many_changes(self):
        """Change settings faster than previews are computed."""
        self.found.clear()
        self.panel.size.setValue(8.0)
        yield from self.computed()
        self.found.clear()
        for value in range(4, 12):
            self.panel.classes.setValue(value)
            self.panel._timer.timeout.emit()
        yield from self.wait(lambda: self.found and len(self.found[-1].colors) > 9)
        self.seen["after many"] = [len(self.found), len(self.found[-1].colors)]

    def elsewhere(self):
        """Off the image, on nodata only, and with the map in another CRS."""
        canvas = iface.mapCanvas()
        extent = self.image.extent()
        away = QgsRectangle(extent)
        away.setXMinimum(extent.xMaximum() + 1000)
        away.setXMaximum(extent.xMaximum() + 2000)
        # So small that the map shows nothing else.
        middle, top = extent.center().x(), extent.yMaximum() - extent.height() / 8
        nothing = QgsRectangle(middle - 20, top - 20, middle + 20, top + 20)
        for name, place in (("away", away), ("nodata", nothing)):
            shown = self.panel.item._preview
            canvas.setExtent(place)
            said = []
            yield from self.wait(lambda said=said: said or said.extend(self.messages()) or said)
            self.seen[name] = {"messages": said, "kept": self.panel.item._preview is shown}
        self.found.clear()
        crs = QgsCoordinateReferenceSystem("EPSG:3857")
        QgsProject.instance().setCrs(crs)
        transform = QgsCoordinateTransform(self.image.crs(), crs, QgsProject.instance())
        canvas.setExtent(transform.transformBoundingBox(extent))
        yield from self.computed()
        yield from self.rest(5)
        self.look("another crs")
        self.picture(self.window, "another_crs")

    def web_maps(self):
        """A web map that answers, a slow one, and one that does not exist."""
        gone = "http://127.0.0.1:9"
        # Beside the map, which would wait for them too.
        layers = {
            name: self.add(
                f"type=xyz&url={place}/{{z}}/{{x}}/{{y}}.png&zmax=18", name, "wms", on_map=False
            )
            for name, place in (("web", JOB["web"]), ("slow", JOB["web"] + "/slow"), ("gone", gone))
        }
        self.messages()
        self.found.clear()
        self.panel.layers.setLayer(layers["web"])
        yield from self.computed()
        self.look("web map")
        self.picture(self.window, "web_map")
        self.found.clear()
        self.panel.layers.setLayer(layers["slow"])
        yield from self.wait(lambda: self.panel.status.text() == "Computing…")
        begin = latest = time.monotonic()
        longest = 0.0
        while time.monotonic() < begin + 2:
            yield
            now = time.monotonic()
            longest, latest = max(longest, now - latest), now
        self.seen["slow"] = {"status": self.panel.status.text(), "longest pause": longest}
        self.panel.layers.setLayer(layers["web"])
        begin = time.monotonic()
        yield from self.computed()
        self.seen["slow"]["superseded after"] = time.monotonic() - begin
        self.panel.layers.setLayer(layers["gone"])
        said = []
        yield from self.wait(lambda: said or said.extend(self.messages()) or said)
        self.seen["gone"] = said
        self.found.clear()
        self.panel.layers.setLayer(self.image)
        yield from self.computed()

    def computed(self):
        yield from self.wait(lambda: self.found)
        yield from self.rest()

    def click(self, box):
        """Click a check box where its mark is."""
        place = box.rect().center()
        place.setX(8)
        QTest.mouseClick(box, LEFT, Qt.KeyboardModifier.NoModifier, place)

    def pixel(self, x=None):
        canvas = iface.mapCanvas()
        shown = canvas.grab().toImage()
        x = canvas.width() // 3 if x is None else x
        color = shown.pixelColor(x, canvas.height() // 2 + 7)
        return [color.red(), color.green(), color.blue()]

    def worker_pid(self):
        children = Path("/proc/self/task").glob("*/children")
        pids = [pid for file in children for pid in file.read_text().split()]
        return next(
            pid for pid in pids if b"superseg_plugin" in Path(f"/proc/{pid}/cmdline").read_bytes()
        )

    def look(self, name):
        preview = self.found[-1]
        counts = [int((preview.classes == n).sum()) for n in range(len(preview.colors) + 1)]
        self.seen[name] = {
            "classes": len(preview.colors),
            "counts": counts,
            "superpixels": preview.superpixels,
            "shape": list(preview.classes.shape),
            "outlines": float(preview.outlines.mean()),
            "pixel": self.pixel(),
            "status": self.panel.status.text(),
            "messages": self.messages(),
        }


start(PreviewScript)
