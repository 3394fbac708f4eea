# SPDX-License-Identifier: GPL-2.0-or-later
"""Run by QGIS itself (`--code`): the first message, the first steps, and the menu of a layer."""

from __future__ import annotations

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QApplication, QDockWidget
from qgis.utils import iface

from tests.desktop.window_script import JOB, WindowScript, start

TITLE = "SuperSeg: First steps"


class WelcomeScript(WindowScript):
    def actions(self):
        self.seen["greeting"] = self.greeting
        self.trigger("First steps…")
        yield from self.rest()
        window = next(w for w in QApplication.topLevelWidgets() if w.windowTitle() == TITLE)
        self.picture(window, "first_steps")
        window.sample_button.click()
        yield from self.rest()
        layers = list(QgsProject.instance().mapLayers().values())
        self.seen["layers"] = [[layer.name(), layer.isValid()] for layer in layers]
        # Once more: the same layer.
        window.sample_button.click()
        yield from self.rest()
        self.seen["count"] = len(QgsProject.instance().mapLayers())
        self.picture(iface.mainWindow(), "sample")

        # The dialog has an event loop of its own.
        QTimer.singleShot(0, window.segment_button.click)
        yield from self.wait(lambda: self._dialog() is not None)
        self.seen["input"] = self._input()
        self.picture(self._dialog(), "segment_sample")
        self._dialog().close()
        yield from self.wait(lambda: self._dialog() is None)
        self.add(JOB["image"], "own")
        self.add(JOB["classes"], "classes")
        for name in ("own", "classes"):
            (layer,) = QgsProject.instance().mapLayersByName(name)
            iface.setActiveLayer(layer)
            QTimer.singleShot(0, window.segment_button.click)
            yield from self.wait(lambda: self._dialog() is not None)
            self.seen[f"input with {name}"] = self._input()
            self._dialog().close()
            yield from self.wait(lambda: self._dialog() is None)
            if name == "own":
                QgsProject.instance().removeMapLayer(layer.id())
        yield from self.wait(window.workbench_button.isEnabled)
        window.workbench_button.click()
        yield from self.rest()
        QgsProject.instance().removeMapLayer(layer.id())
        yield from self.rest()
        docks = self.window.findChildren(QDockWidget)
        self.seen["workbench"] = [
            dock.windowTitle()
            for dock in docks
            if dock.isVisible() and "Class" in dock.windowTitle()
        ]
        window.close()

        view = iface.layerTreeView()
        view.setCurrentLayer(layers[0])
        menu = view.menuProvider().createContextMenu()
        entries = {action.text(): action for action in menu.actions()}
        self.seen["menu"] = [text for text in entries if "SuperSeg" in text]
        QTimer.singleShot(0, entries["Segment with SuperSeg…"].trigger)
        yield from self.wait(lambda: self._dialog() is not None)
        self.seen["input_of_menu"] = self._input()
        self._dialog().close()
        yield from self.wait(lambda: self._dialog() is None)
        self.seen["toolbar"] = [
            action.text()
            for action in iface.pluginToolBar().actions()
            if action.text() in ("Segment an image…", "Class workbench")
        ]
        self.seen["dialogs"] = self.dialogs()
        self.end()

    def _dialog(self):
        shown = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
        # Newer releases of QGIS put the group before it.
        return next((w for w in shown if w.windowTitle().endswith("Segment")), None)

    def _input(self):
        values = self._dialog().mainWidget().createProcessingParameters()
        layer = QgsProject.instance().mapLayer(values["INPUT"])
        return layer.name() if layer else str(values["INPUT"])


start(WelcomeScript)
