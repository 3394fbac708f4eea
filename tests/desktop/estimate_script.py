# SPDX-License-Identifier: GPL-2.0-or-later
"""Run by QGIS itself (`--code`): the estimate in the dialog of superseg:segment."""

from __future__ import annotations

import os
import time
from pathlib import Path

from processing.gui.BatchAlgorithmDialog import BatchAlgorithmDialog
from processing.modeler.ModelerParametersDialog import ModelerParametersDialog
from qgis import processing
from qgis.core import (
    QgsApplication,
    QgsProcessingContext,
    QgsProcessingModelAlgorithm,
    QgsProject,
    QgsRectangle,
)
from qgis.gui import QgsDoubleSpinBox
from qgis.PyQt.QtCore import QPoint, QPointF, Qt
from qgis.PyQt.QtGui import QWheelEvent
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QLineEdit,
    QScrollBar,
    QTabWidget,
    QTextBrowser,
    QWidget,
)
from qgis.utils import iface

from tests.desktop.window_script import JOB, WindowScript, start

TILES = "type=xyz&url=http://127.0.0.1:9/{z}/{x}/{y}.png&zmin=0&zmax=18"
DIALOG = (900, 760)
# What QGIS opens the dialog with in a new profile.
DEFAULT = (688, 523)


class EstimateScript(WindowScript):
    def actions(self):
        self.folder = Path(JOB["folder"])
        self.context = QgsProcessingContext()
        self.context.setProject(QgsProject.instance())
        layer = self.add(self.folder / "image.tif", "image")
        bare = self.add(self.folder / "bare.tif", "bare")
        iface.mapCanvas().setExtent(layer.extent())
        yield from self.rest()
        self.dialog = processing.createAlgorithmDialog("superseg:segment", {"INPUT": layer})
        self.dialog.resize(*DEFAULT)
        self.dialog.show()
        yield from self.rest()
        self.line = self._lines(self.dialog)[0]
        self.wrappers = self.dialog.mainWidget().wrappers
        yield from self.said("opened", "")
        yield from self.rest()
        bars = self.dialog.findChild(QTabWidget).findChildren(QScrollBar)
        upright = [bar for bar in bars if bar.orientation() == Qt.Orientation.Vertical]
        self.seen["at the default size"] = {
            "size": [self.dialog.width(), self.dialog.height()],
            "in sight": self.line.visibleRegion().boundingRect() == self.line.rect(),
            "scroll bars": sum(bar.isVisible() for bar in upright),
        }
        self.picture(self.dialog, "default size")
        help_text = self.dialog.findChild(QTextBrowser, "textShortHelp")
        cursor = help_text.document().find("Divides an image")
        # Without a color of its own, the text has that of the theme.
        self.seen["help color"] = cursor.charFormat().foreground().style() != Qt.BrushStyle.NoBrush
        QgsApplication.setUITheme("Night Mapping")
        yield from self.rest()
        self.picture(self.dialog, "night")
        QgsApplication.setUITheme("default")
        yield from self.rest()
        self.words()
        yield from self.wheel()
        self.dialog.resize(*DIALOG)
        yield from self.rest()
        self.seen["decimals"] = {
            name: self.wrappers[name].wrappedWidget().text()
            for name in ("SMOOTHNESS", "MIN_AREA", "SUPERPIXEL_SIZE")
        }
        self.picture(self.dialog, "estimate")

        yield from self.press("preset", "PRESET")
        yield from self.press("preset again", "PRESET")
        yield from self.press("and back", "PRESET", Qt.Key.Key_Up, 2)
        yield from self.press("imagery", "IMAGERY", Qt.Key.Key_Down, 5)
        box = layer.extent()
        half = QgsRectangle(
            box.xMinimum(), box.yMinimum(), box.center().x(), box.center().y()
        ).toString(12)
        west, south, east, north = (
            number for corner in half.split(" : ") for number in corner.split(",")
        )
        yield from self.set("extent", "EXTENT", f"{west},{east},{south},{north} [EPSG:32632]")
        yield from self.set("no extent", "EXTENT", None)
        yield from self.set("bands", "BANDS", [2])
        yield from self.set("all bands", "BANDS", None)
        yield from self.set("tiles", "TILE_SIZE", 256)
        yield from self.set("device", "DEVICE", "cuda")
        yield from self.set("no device", "DEVICE", "auto")
        yield from self.set("off the image", "EXTENT", "0,10,0,10 [EPSG:32632]")
        yield from self.set("no extent again", "EXTENT", None)
        yield from self.set("fast", "PRESET", "fast")
        yield from self.set("model", "MODEL", str(self.folder / "a.superseg"))
        yield from self.set("no model", "MODEL", None)
        yield from self.set("bare", "INPUT", bare.id())
        yield from self.set("size", "SUPERPIXEL_SIZE", 3.0)
        yield from self.set("meters", "UNITS", "meters")
        self.picture(self.dialog, "refused")
        yield from self.set("by path", "INPUT", str(self.folder / "image.tif"))

        yield from self.set("layer", "INPUT", layer.id())
        (self.folder / "image.tif").rename(self.folder / "away.tif")
        yield from self.set("gone", "CLASSES", 9)
        (self.folder / "away.tif").rename(self.folder / "image.tif")
        yield from self.set("back", "CLASSES", 8)
        yield from self.web()
        yield from self.slow(layer)
        self.dialog.close()
        yield from self.preselected()
        yield from self.elsewhere()
        self.seen["dialogs"] = self.dialogs()
        self.end()

    def words(self):
        """What the boxes show, and the values that they stand for."""
        self.seen["words"] = {}
        for name in ("IMAGERY", "PRESET", "UNITS"):
            box = self.wrappers[name].wrappedWidget()
            shown = [box.itemText(n) for n in range(box.count())]
            self.seen["words"][name] = [shown, self.wrappers[name].parameterValue()]
        for name in ("CLASSES", "TILE_SIZE"):
            box = self._box(name)
            before = box.value()
            box.setValue(0)
            self.seen["words"][name] = [box.text(), self.wrappers[name].parameterValue()]
            box.setValue(before)
        self.seen["no bands"] = self.wrappers["BANDS"].wrappedWidget().findChild(QLineEdit).text()
        area = self._box("MIN_AREA")
        area.setValue(12.5)
        texts = [area.text()]
        self.wrappers["UNITS"].setParameterValue("meters", self.context)
        texts += [area.text(), self.wrappers["MIN_AREA"].parameterValue()]
        self.wrappers["UNITS"].setParameterValue("pixels", self.context)
        area.setValue(0)
        self.seen["units"] = texts

    def wheel(self):
        """Turn the wheel over a box without focus, and with it."""
        box = self._box("CLASSES")
        self.dialog.activateWindow()
        values = []
        for focused in (False, True):
            (box if focused else self.wrappers["PRESET"].wrappedWidget()).setFocus()
            yield from self.rest()
            before = box.value()
            place = QPointF(box.rect().center())
            turned = QWheelEvent(
                place,
                QPointF(box.mapToGlobal(place.toPoint())),
                QPoint(),
                QPoint(0, -120),
                Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            )
            QApplication.sendEvent(box, turned)
            # Qt passes an event that is not accepted on to the scroll area.
            values.append([box.value() - before, turned.isAccepted()])
        box.setValue(16)
        self.seen["wheel"] = values

    def _box(self, name):
        widget = self.wrappers[name].wrappedWidget()
        inside = widget.findChildren(QAbstractSpinBox)
        return widget if isinstance(widget, QAbstractSpinBox) else inside[0]

    def preselected(self):
        """Open the dialogs with a class raster selected."""
        classes = self.add(self.folder / "classes.tif", "classes")
        iface.setActiveLayer(classes)
        yield from self.rest()
        found = {}
        for name in ("segment", "superpixels"):
            dialog = processing.createAlgorithmDialog(f"superseg:{name}")
            dialog.show()
            yield from self.rest()
            value = dialog.mainWidget().wrappers["INPUT"].parameterValue()
            found[name] = QgsProject.instance().mapLayer(value).name()
            self.picture(dialog, name)
            dialog.close()
        self.seen["preselected"] = found

    def web(self):
        """A web map has no pixels of its own."""
        tiles = self.add(TILES, "tiles", "wms", on_map=False)
        self.seen["tiles are valid"] = tiles.isValid()
        yield from self.set("web", "INPUT", tiles.id())
        iface.mapCanvas().zoomByFactor(0.5)
        yield from self.said("web, nearer", self.seen["web"][0])
        self.picture(self.dialog, "web")

    def slow(self, layer):
        """A file that blocks: opening a named pipe waits for a writer."""
        (self.folder / "image.tif").rename(self.folder / "away.tif")
        os.mkfifo(self.folder / "image.tif")
        self.wrappers["INPUT"].setParameterValue(layer.id(), self.context)
        longest, last, end = 0.0, time.monotonic(), time.monotonic() + 3
        while time.monotonic() < end:
            yield
            longest, last = max(longest, time.monotonic() - last), time.monotonic()
        self.seen["slow"] = [self.line.text(), longest]
        (self.folder / "image.tif").unlink()
        (self.folder / "away.tif").rename(self.folder / "image.tif")
        yield from self.set("after slow", "CLASSES", 7)

    def elsewhere(self):
        """Batch, modeler, and other algorithms."""
        registry = QgsApplication.processingRegistry()
        algorithm = registry.createAlgorithmById("superseg:segment")
        batch = BatchAlgorithmDialog(algorithm, parent=self.window)
        batch.show()
        yield from self.rest()
        panel = batch.mainWidget()
        chosen = [panel.valueForParameter(0, name) for name in ("IMAGERY", "SMOOTHNESS")]
        self.seen["batch"] = [len(self._lines(batch)), *chosen]
        self.seen["batch text"] = (
            panel.wrappers[0][panel.parameter_to_column["SMOOTHNESS"]].wrappedWidget().text()
        )
        batch.close()
        model = QgsProcessingModelAlgorithm("one", "many")
        modeler = ModelerParametersDialog(registry.createAlgorithmById("superseg:segment"), model)
        modeler.show()
        yield from self.rest()
        child = modeler.createAlgorithm()
        sources = child.parameterSources()
        self.seen["modeler"] = [
            len(self._lines(modeler)),
            sources["IMAGERY"][0].staticValue(),
            sources["SMOOTHNESS"][0].staticValue(),
        ]
        modeler.close()
        others = {}
        for name in ("trainfcn", "superpixels", "classpolygons"):
            dialog = processing.createAlgorithmDialog(f"superseg:{name}")
            dialog.show()
            yield from self.rest()
            spins = dialog.findChildren(QgsDoubleSpinBox)
            others[name] = [len(self._lines(dialog)), sorted(spin.text() for spin in spins)]
            dialog.close()
        self.seen["others"] = others

    def press(self, name, parameter, key=Qt.Key.Key_Down, times=1):
        """Change a choice by the keyboard."""
        before = self.line.text()
        for _ in range(times):
            QTest.keyClick(self.wrappers[parameter].wrappedWidget(), key)
        yield from self.said(name, before)

    def set(self, name, parameter, value):
        """Change a parameter as the dialog does that is opened with values."""
        before = self.line.text()
        self.wrappers[parameter].setParameterValue(value, self.context)
        yield from self.said(name, before)

    def said(self, name, before):
        """Record a new text of the line, and the seconds until it was shown."""
        began = time.monotonic()
        while self.line.text() in (before, "Reading the image…"):
            if time.monotonic() > began + 2:
                break
            yield
        self.seen[name] = [self.line.text(), time.monotonic() - began]

    def _lines(self, dialog):
        found = dialog.findChildren(QWidget)
        return [widget for widget in found if type(widget).__name__ == "EstimateLine"]


start(EstimateScript)
