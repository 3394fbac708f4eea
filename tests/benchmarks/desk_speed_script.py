# SPDX-License-Identifier: GPL-2.0-or-later
"""Response times of edits of superpixels in the class workbench, measured in a QGIS window.

The job has `classes`, a class raster with its file of superpixels, and `repeats`.
"""

from __future__ import annotations

import time
from pathlib import Path

from qgis.core import QgsCoordinateReferenceSystem, QgsProject
from qgis.PyQt.QtCore import QCoreApplication, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QDockWidget
from qgis.utils import iface

from superseg_plugin.gui.map_overlay import MapOverlay
from tests.desktop.window_script import JOB, LEFT, WindowScript, start

CONTROL = Qt.KeyboardModifier.ControlModifier
KEYS = Qt.Key
# Writing it sets the peak of the resident memory back to its present value.
PEAK_RESET = "5"


class Measuring(WindowScript):
    """Repeats edits and keeps the seconds of each, elapsed ones and CPU time of QGIS's thread."""

    def actions(self):
        self.window.resize(1280, 720)
        self.times = self.seen["seconds"] = {}
        layer = self.add(JOB["classes"], "classes")
        QgsProject.instance().setCrs(QgsCoordinateReferenceSystem("EPSG:32632"))
        iface.setActiveLayer(layer)
        self.box = layer.extent()
        iface.mapCanvas().setExtent(self.box)
        yield from self.rest(20)
        self.messages()
        before = memory("VmRSS")
        Path("/proc/self/clear_refs").write_text(PEAK_RESET, encoding="ascii")
        self.trigger("Class workbench")
        yield from self.rest(5)
        dock = self.window.findChild(QDockWidget, "SuperSegClassWorkbench")
        self.panel, self.bar = dock.panel, dock.superpixel_bar.teach_bar
        self.table, self.session = dock.panel.table, dock.session
        yield from self.rest(20)
        yield from self.select()
        yield from self.split()
        button = dock.superpixel_bar.widgetForAction(self.bar.toggle)
        QTest.mouseClick(button, LEFT)
        yield from self.teach()
        self.seen["memory"] = memory("VmHWM") - before
        messages = self.messages()
        if messages:
            raise ValueError(f"QGIS has told: {messages}")

    def select(self):
        """From the key until the outline of the class is on the map."""
        self.table.setFocus()
        self.panel.pick((1,), False)
        yield from self.rest()
        for _ in range(JOB["repeats"]):
            yield from self.measured("select a class", self.table, KEYS.Key_Down)

    def split(self):
        """From the key until the table has the parts, which are drawn and outlined."""
        for turn in range(JOB["repeats"]):
            self.panel.pick((turn + 1,), False)
            self.table.setFocus()
            yield from self.rest()
            count = len(self.session.groups)
            yield from self.measured("split a class", self.table, KEYS.Key_D, CONTROL)
            if turn == 0:
                self.picture(self.window, "split")
            if len(self.session.groups) != count + 1:
                raise ValueError(f"class {turn + 1} was not split: {self.messages()}")
            yield from self.measured("undo a split", self.table, KEYS.Key_Z, CONTROL)
            if len(self.session.groups) != count:
                raise ValueError(f"the split of class {turn + 1} was not undone")

    def teach(self):
        """From the click until the map is learned and drawn; the worker starts with the first."""
        canvas = iface.mapCanvas()
        for turn in range(JOB["repeats"] + 1):
            line = self.bar.names.lineEdit()
            line.selectAll()
            QTest.keyClicks(line, f"Name {turn}")
            yield from self.rest()
            x = self.box.xMinimum() + (turn * 7 % 23 + 0.5) / 23 * self.box.width()
            y = self.box.yMinimum() + (turn * 5 % 19 + 0.5) / 19 * self.box.height()
            edits = self.session.stack.index()
            begin = clocks()
            self.click_map(x, y)
            yield from self.wait(lambda edits=edits: self.session.stack.index() > edits)
            self.drawn()
            self.keep("teach" if turn else "teach, first click", begin)
            yield from self.rest()
        self.picture(self.window, "taught")
        for _ in range(JOB["repeats"]):
            yield from self.measured("undo teaching", canvas, KEYS.Key_Z, CONTROL)

    def measured(self, name, widget, key, modifier=Qt.KeyboardModifier.NoModifier):
        """Press a key, and measure until the map is drawn with what it changed."""
        begin = clocks()
        QTest.keyClick(widget, key, modifier)
        self.drawn()
        self.keep(name, begin)
        yield from self.rest()

    def keep(self, name, begin):
        """Keep the time since `begin`."""
        spent = [now - before for now, before in zip(clocks(), begin)]
        self.times.setdefault(name, []).append(spent)

    def drawn(self):
        """Process events until the table and the overlays of the map are painted."""
        iface.mapCanvas().viewport().repaint()
        QCoreApplication.processEvents()
        for item in iface.mapCanvas().scene().items():
            if isinstance(item, MapOverlay) and item._reader is not None and item._image is None:
                raise ValueError("an overlay was not painted")


def clocks():
    """Seconds that have elapsed, and CPU seconds of this thread, which no other load changes."""
    return time.perf_counter(), time.thread_time()


def memory(field):
    """MB of a field of /proc/self/status."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    raise ValueError(field)


start(Measuring)
