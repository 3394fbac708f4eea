# SPDX-License-Identifier: GPL-2.0-or-later
"""The live preview, by clicks in a QGIS window.

The job has `folder` with image.tif (the upper quarter is nodata) and classes.tif (with a palette),
and `web`, the address of a `TileServer`.
"""

from __future__ import annotations

import os
from pathlib import Path

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsProject,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QDockWidget, QPushButton, QScrollArea, QTreeWidgetItemIterator
from qgis.utils import iface

from superseg_plugin.gui.guide_steps import kept_settings
from superseg_plugin.pipeline.options.preview import nearest_side
from tests.desktop.window_script import JOB, LEFT, NO_KEY, WindowScript, start

FOLDER = Path(JOB["folder"])


class PreviewScript(WindowScript):
    """Switches the preview on, changes all settings, and records the results."""

    def actions(self):
        self.image = self.add(FOLDER / "image.tif", "image")
        iface.setActiveLayer(self.image)
        iface.mapCanvas().setExtent(self.image.extent())
        yield from self.rest(5)
        self.trigger("Class workbench")
        yield from self.rest(5)
        dock = self.window.findChild(QDockWidget, "SuperSegClassWorkbench")
        self.window.resizeDocks([dock], [430], Qt.Orientation.Horizontal)
        dock.tabs.setCurrentIndex(1)
        self.panel, self.settings = dock.preview, dock.preview.settings
        self.found = []
        self.panel.runner.done.connect(lambda preview, seconds: self.found.append(preview))
        yield from self.rest(5)
        self.add(FOLDER / "classes.tif", "a class raster", on_map=False)
        yield from self.rest()
        choice = self.panel.layers
        self.seen["images"] = [choice.itemText(n) for n in range(choice.count())]
        given = self.settings.parameters()
        known = {
            one.name(): one.defaultValue() for one in self.settings.algorithm.parameterDefinitions()
        }
        self.seen["defaults"] = {
            "panel": given,
            "algorithm": {name: known[name] for name in given},
        }
        yield from self.without_runtime()
        self.click(self.panel.live)
        yield from self.computed()
        yield from self.wait(lambda: self.panel.estimate.text())
        self.look("first")
        self.seen["estimate"] = self.panel.estimate.text()
        self.seen["kept"] = [kept_settings(), self.settings.parameters()]
        self.seen["size"] = self.settings.size.label.text()
        self.seen["sides"] = [self.pixel(0.3), self.pixel(0.7)]
        self.seen["shares"] = self.shares()
        self.picture(self.window, "preview")
        yield from self.change()
        yield from self.drag()
        yield from self.compare()
        yield from self.many_changes()
        yield from self.with_another_raster()
        yield from self.elsewhere()
        yield from self.web_maps()
        self.settings.size.slider.setValue(nearest_side(5.0))
        self.panel.use.click()
        yield from self.rest()
        dialog = dock.dialogs.dialog
        self.seen["settings"] = self.settings.parameters()
        values = self.values_of(dialog)
        self.seen["dialog"] = {name: values[name] for name in self.seen["settings"]}
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
        yield from self.image_removed()

    def without_runtime(self):
        """A Python that does not exist; the button opens the runtime window."""
        os.environ["SUPERSEG_PYTHON"] = "/nowhere/python"
        self.click(self.panel.live)
        yield from self.rest()
        self.seen["no runtime"] = {
            "said": self.panel.status.text(),
            "on": self.panel.live.isChecked(),
            "messages": self.messages(),
        }
        self.picture(self.window, "no_runtime")
        QTest.mouseClick(self.panel.set_up, LEFT)
        yield from self.wait(self.dialogs)
        self.seen["no runtime"]["opened"] = self.dialogs()
        for widget in iface.mainWindow().findChildren(QPushButton):
            if widget.window().windowTitle() in self.dialogs():
                widget.window().close()
        del os.environ["SUPERSEG_PYTHON"]
        yield from self.rest()

    def change(self):
        """Each setting in turn; each gives another preview."""
        size = self.settings.size.slider
        for name, change in (
            ("classes", lambda: self.settings.classes.setValue(3)),
            ("automatic", lambda: self.settings.classes.setValue(1)),
            ("fast", lambda: self.settings.preset.setCurrentIndex(1)),
            ("smoothness", lambda: self.settings.smoothness.setValue(0.0)),
            ("by a key", lambda: QTest.keyClick(size, Qt.Key.Key_Right)),
            ("size", lambda: size.setValue(nearest_side(40.0))),
        ):
            self.found.clear()
            change()
            yield from self.computed()
            self.look(name)
            self.seen[name]["size"] = self.settings.size.label.text()
        self.found.clear()
        self.settings.classes.setValue(3)
        self.panel.drawing.swipe.setValue(0)
        self.panel.drawing.opacity.setValue(60)
        self.panel.drawing.outlines.setChecked(True)
        yield from self.computed()
        self.picture(self.window, "outlines")
        self.panel.drawing.opacity.setValue(100)
        self.panel.drawing.outlines.setChecked(False)
        yield from self.rest()
        preview = self.found[-1]
        self.seen["opaque"] = [self.pixel(), [list(color) for color in preview.colors.tolist()]]
        colors = preview.colors.tolist()
        self.panel.drawing.distinct.setChecked(True)
        yield from self.rest()
        swatch = self.panel.shares.list.topLevelItem(0).icon(0).pixmap(16, 16).toImage()
        color = swatch.pixelColor(8, 8)
        self.seen["distinct"] = {
            "new": self.pixel() not in colors,
            "listed": [color.red(), color.green(), color.blue()] not in colors,
        }
        self.panel.drawing.distinct.setChecked(False)
        yield from self.rest()
        self.seen["distinct"]["back"] = self.pixel() in colors
        self.panel.drawing.swipe.setValue(500)

    def with_another_raster(self):
        """Check a raster of the project in the list; the image itself is not in it."""
        height = self.add(FOLDER / "dem.tif", "dem", on_map=False)
        box = self.panel.image.additional
        yield from self.wait(box.count)
        self.seen["listed"] = [box.itemText(n) for n in range(box.count())]
        self.found.clear()
        box.setCheckedItems(["dem"])
        yield from self.computed()
        self.look("with dem")
        self.panel.image.setCollapsed(False)
        yield from self.rest(5)
        self.panel.findChild(QScrollArea).verticalScrollBar().setValue(0)
        yield from self.rest(5)
        self.picture(self.window, "additional")
        self.panel.image.setCollapsed(True)
        self.panel.use.click()
        yield from self.rest()
        dialog = self.window.findChild(QDockWidget, "SuperSegClassWorkbench").dialogs.dialog
        given = self.values_of(dialog)["ADDITIONAL_RASTERS"]
        self.seen["given"] = [each in (height.id(), height.source()) for each in given]
        dialog.close()
        self.found.clear()
        QgsProject.instance().removeMapLayer(height)
        yield from self.computed()
        self.look("without dem")

    def drag(self):
        """Drag the line, then the map beside it; then zoom by the wheel on it."""
        canvas = iface.mapCanvas()
        iface.actionPan().trigger()
        extent = canvas.extent().toString()
        yield from self.mouse(0.5, 0.25)
        self.seen["dragged"] = {
            "line": self.panel.drawing.swipe.value(),
            "map stays": canvas.extent().toString() == extent,
            "sides": [self.pixel(0.15), self.pixel(0.35)],
        }
        self.picture(self.window, "dragged")
        self.found.clear()
        yield from self.mouse(0.6, 0.5)
        self.seen["dragged"]["map moves"] = canvas.extent().toString() != extent
        yield from self.computed()
        yield from self.mouse(0.25, 0.998)
        self.seen["dragged"]["to the edge"] = self.panel.drawing.swipe.value()
        yield from self.mouse(0.998, 0.5)
        self.seen["dragged"]["back"] = self.panel.drawing.swipe.value()
        self.found.clear()
        canvas.setExtent(self.image.extent())
        yield from self.computed()

    def mouse(self, start, end):
        """Drag from one part of the map's width to another."""
        view = iface.mapCanvas().viewport()
        places = [QPoint(round(x * view.width()), 300) for x in (start, (start + end) / 2, end)]
        QTest.mouseMove(view, places[0])
        yield
        QTest.mousePress(view, LEFT, NO_KEY, places[0])
        for place in places[1:]:
            QTest.mouseMove(view, place)
            yield
        QTest.mouseRelease(view, LEFT, NO_KEY, places[-1])
        yield from self.rest()

    def compare(self):
        """Two settings side by side, also at another place; A is taken, then B."""
        compare = self.panel.compare
        self.settings.size.automatic.setChecked(True)
        self.settings.classes.setValue(12)
        yield from self.wait(lambda: self.found and len(self.found[-1].colors) == 12)
        QTest.mouseClick(compare.keep, LEFT)
        self.settings.classes.setValue(2)
        yield from self.wait(lambda: len(self.found[-1].colors) == 2)
        yield from self.rest()
        found = {"words": [compare.other_words.text(), compare.words.text()]}
        found["classes"] = [len(self.found[-1].beside.colors), len(self.found[-1].colors)]
        left, right = self.pixel(0.3), self.pixel(0.7)
        preview = self.found[-1]
        found["sides"] = [left in preview.beside.colors.tolist(), right in preview.colors.tolist()]
        self.picture(self.window, "compared")
        self.found.clear()
        box = self.image.extent()
        box.scale(0.5)
        iface.mapCanvas().setExtent(box)
        yield from self.computed()
        found["elsewhere"] = [len(self.found[-1].beside.colors), len(self.found[-1].colors)]
        found["part"] = self.panel.status.text()
        self.picture(self.window, "compared_part")
        self.found.clear()
        QTest.mouseClick(compare.take_a, LEFT)
        yield from self.computed()
        found["A"] = [self.settings.classes.value(), self.found[-1].beside is None]
        QTest.mouseClick(compare.keep, LEFT)
        self.settings.classes.setValue(4)
        yield from self.wait(lambda: len(self.found[-1].colors) == 4)
        self.found.clear()
        QTest.mouseClick(compare.take_b, LEFT)
        yield from self.computed()
        found["B"] = [self.settings.classes.value(), self.found[-1].beside is None]
        self.seen["compared"] = found
        self.found.clear()
        iface.mapCanvas().setExtent(self.image.extent())
        yield from self.computed()

    def image_removed(self):
        """The image is removed while its preview is computed."""
        self.click(self.panel.live)
        yield from self.wait(lambda: self.panel.status.text() == "Computing…")
        QgsProject.instance().removeMapLayer(self.image.id())
        yield from self.rest(5)
        self.seen["removed"] = {
            "said": self.panel.status.text(),
            "on": self.panel.live.isChecked(),
            # Of the image that is chosen now.
            "size": self.settings.parameters()["SUPERPIXEL_SIZE"],
            "drawn": self.panel.item.scene() is not None,
            "layers": sorted(one.name() for one in QgsProject.instance().mapLayers().values()),
            "messages": self.messages(),
        }
        self.picture(self.window, "removed")

    def many_changes(self):
        """Change settings faster than previews are computed."""
        self.found.clear()
        self.settings.size.slider.setValue(nearest_side(8.0))
        yield from self.computed()
        self.found.clear()
        for value in range(4, 12):
            self.settings.classes.setValue(value)
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
        """A web map that answers, and one that does not exist."""
        gone = "http://127.0.0.1:9"
        # Beside the map, which would wait for them too.
        layers = {
            name: self.add(
                f"type=xyz&url={place}/{{z}}/{{x}}/{{y}}.png&zmax=18", name, "wms", on_map=False
            )
            for name, place in (("web", JOB["web"]), ("gone", gone))
        }
        self.messages()
        self.found.clear()
        self.panel.layers.setLayer(layers["web"])
        yield from self.computed()
        self.look("web map")
        self.seen["web map"]["size"] = self.settings.size.label.text()
        self.picture(self.window, "web_map")
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

    def shares(self):
        """Rows of the list."""
        found = []
        rows = QTreeWidgetItemIterator(self.panel.shares.list)
        while rows.value():
            found.append([rows.value().text(column) for column in range(3)])
            rows += 1
        return found

    def pixel(self, part=0.7):
        """Color at a part of the map's width."""
        canvas = iface.mapCanvas()
        shown = canvas.grab().toImage()
        color = shown.pixelColor(round(part * canvas.width()), canvas.height() // 2 + 27)
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
