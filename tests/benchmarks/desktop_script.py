# SPDX-License-Identifier: GPL-2.0-or-later
"""Response times of the class workbench and the preview, measured in a QGIS window.

The job has `classes`, a large class raster, `image`, and `repeats`.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QCoreApplication, Qt
from qgis.PyQt.QtWidgets import QDockWidget
from qgis.utils import iface

from tests.desktop.window_script import JOB, WindowScript, start


class Measuring(WindowScript):
    """Repeats common actions and keeps the seconds of each."""

    def actions(self):
        layer = self.add(JOB["classes"], "classes")
        iface.setActiveLayer(layer)
        iface.mapCanvas().setExtent(layer.extent())
        yield from self.rest(8)
        begin = time.perf_counter()
        self.trigger("Class workbench")
        QCoreApplication.processEvents()
        self.seen["open"] = [time.perf_counter() - begin]
        dock = self.window.findChild(QDockWidget, "SuperSegClassWorkbench")
        self.window.resizeDocks([dock], [430], Qt.Orientation.Horizontal)
        yield from self.rest(8)
        yield from self.slide(dock.panel)
        yield from self.click(dock.panel, layer)
        QgsProject.instance().removeMapLayer(layer.id())
        yield from self.preview(dock)

    def slide(self, panel):
        """From a step of the slider until the event loop is free, and until the map is drawn."""
        canvas = iface.mapCanvas()
        most = panel.slider.maximum()
        drawn = []
        canvas.mapCanvasRefreshed.connect(lambda: drawn.append(time.perf_counter()))
        self.seen["slider, classes recolored"], self.seen["slider, map drawn"] = [], []
        for turn in range(JOB["repeats"]):
            drawn.clear()
            begin = time.perf_counter()
            panel.slider.setValue(2 + (turn * 97) % (most - 2))
            self.seen["slider, classes recolored"].append(time.perf_counter() - begin)
            yield from self.wait(lambda: drawn)
            self.seen["slider, map drawn"].append(drawn[0] - begin)
            yield from self.rest()
        panel.slider.setValue(most)
        yield from self.rest(8)
        self.picture(self.window, "slider")

    def click(self, panel, layer):
        """From the click until the class is selected in table, plots and tree."""
        panel.actions_bar.pick.trigger()
        extent = layer.extent()
        self.seen["click to select"], self.seen["selected"] = [], 0
        for turn in range(JOB["repeats"]):
            panel.pick((), False)
            yield from self.rest(1)
            part = (turn + 0.5) / JOB["repeats"]
            x = extent.xMinimum() + part * extent.width()
            y = extent.yMinimum() + ((turn * 7) % 19 + 0.5) / 19 * extent.height()
            begin = time.perf_counter()
            self.click_map(x, y)
            QCoreApplication.processEvents()
            self.seen["click to select"].append(time.perf_counter() - begin)
            self.seen["selected"] += len(panel.table.chosen_groups())

    def preview(self, dock):
        """From a change of a setting until its preview is on the map."""
        panel, found = dock.preview, []
        image = self.add(JOB["image"], "image")
        panel.layers.setLayer(image)
        panel.runner.done.connect(lambda preview, seconds: found.append(preview))
        self.window.findChild(QDockWidget, "Layers").hide()
        dock.tabs.setCurrentIndex(1)
        yield from self.rest(8)
        iface.mapCanvas().setExtent(image.extent())
        yield from self.rest(8)
        # The start of the worker is not measured.
        panel.live.setChecked(True)
        yield from self.wait(lambda: found)
        settings = (
            ("number of classes", panel.settings.classes, lambda turn: 6 + turn % 12),
            ("smoothness", panel.settings.smoothness, lambda turn: 1.0 + turn),
            ("superpixel size", panel.settings.size.slider, lambda turn: 6 + turn % 8),
        )
        for name, widget, value in settings:
            times = self.seen[f"preview, {name}"] = []
            # Unlike the elapsed time, CPU time does not depend on what else runs.
            work = self.seen[f"preview, {name}, CPU"] = []
            for turn in range(JOB["repeats"]):
                found.clear()
                begin, before = time.perf_counter(), cpu_seconds()
                widget.setValue(value(turn))
                yield from self.wait(lambda: found)
                times.append(time.perf_counter() - begin)
                work.append(cpu_seconds() - before)
        self.seen["preview pixels"] = " x ".join(map(str, found[-1].view.size))
        self.picture(self.window, "preview")


def cpu_seconds():
    """CPU seconds of QGIS and the worker so far."""
    children = Path("/proc/self/task").glob("*/children")
    pids = ["self", *(pid for file in children for pid in file.read_text().split())]
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


start(Measuring)
