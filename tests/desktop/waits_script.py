# SPDX-License-Identifier: GPL-2.0-or-later
"""What the class workbench and the preview let one wait, measured in a QGIS window.

The job has `folder` with many.tif (64 classes) and image.tif, and `web`, the address of a
`TileServer`.
"""

from __future__ import annotations

import time
from pathlib import Path

from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsProject
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QDockWidget
from qgis.utils import iface

from tests.desktop.window_script import JOB, LEFT, NO_KEY, WindowScript, start

FOLDER = Path(JOB["folder"])


class WaitsScript(WindowScript):
    """Selects classes, and asks for a preview of a map that is not answered."""

    def actions(self):
        for name in ("image", "many"):
            self.add(FOLDER / f"{name}.tif", name)
        many, project = self.layer("many"), QgsProject.instance()
        project.setCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
        iface.setActiveLayer(many)
        transform = QgsCoordinateTransform(many.crs(), project.crs(), project)
        iface.mapCanvas().setExtent(transform.transformBoundingBox(many.extent()))
        yield from self.rest(5)
        self.trigger("Class workbench")
        yield from self.rest(5)
        self.dock = self.window.findChild(QDockWidget, "SuperSegClassWorkbench")
        yield from self.select()
        yield from self.preview()

    def select(self):
        panel, table = self.dock.panel, self.dock.panel.table
        iface.mapCanvas().refresh()
        yield from self.rest(10)
        seconds = []
        for row in range(20):
            begin = time.perf_counter()
            place = table.visualRect(table.model().index(row % 5, 1)).center()
            QTest.mouseClick(table.viewport(), LEFT, NO_KEY, place)
            iface.mapCanvas().viewport().repaint()
            seconds.append(time.perf_counter() - begin)
            yield
        self.seen["select ms"] = [round(1e3 * one, 1) for one in seconds]
        self.picture(self.window, "many")
        begin = time.perf_counter()
        next(a for a in panel.see_bar.colors.actions() if "Distinct" in a.text()).trigger()
        self.seen["distinct ms"] = round(1e3 * (time.perf_counter() - begin))
        yield from self.rest(5)
        table.clearSelection()
        yield from self.rest(5)
        self.picture(self.window, "many distinct")

    def preview(self):
        """A web map without an answer, and one that supersedes it."""
        panel, found = self.dock.preview, []
        panel.runner.done.connect(lambda preview, seconds: found.append(preview))
        # Beside the map, which would wait for them too.
        web, slow = (
            self.add(f"type=xyz&url={JOB['web']}{below}/{{z}}/{{x}}/{{y}}.png&zmax=18",
                     name, "wms", on_map=False)
            for name, below in (("web", ""), ("slow", "/slow"))
        )  # fmt: skip
        self.dock.tabs.setCurrentIndex(1)
        yield from self.rest(5)
        panel.layers.setLayer(web)
        panel.live.setChecked(True)
        yield from self.wait(lambda: found)
        yield from self.rest()
        panel.layers.setLayer(slow)
        yield from self.wait(lambda: panel.status.text() == "Computing…")
        begin = latest = time.monotonic()
        longest = 0.0
        while time.monotonic() < begin + 2:
            yield
            now = time.monotonic()
            longest, latest = max(longest, now - latest), now
        self.picture(self.window, "busy")
        self.seen["slow"] = {"status": panel.status.text(), "longest pause": longest}
        found.clear()
        panel.layers.setLayer(web)
        begin = time.monotonic()
        yield from self.wait(lambda: found)
        self.seen["slow"]["superseded after"] = time.monotonic() - begin


start(WaitsScript)
