# SPDX-License-Identifier: GPL-2.0-or-later
"""Run by QGIS itself (`--code`): segments an image as a user does, and takes pictures.

The job has `image` and `parameters` of superseg:segment.
"""

from __future__ import annotations

from pathlib import Path

from qgis import processing
from qgis.core import QgsPalettedRasterRenderer, QgsProject
from qgis.PyQt.QtCore import QItemSelectionModel, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QDockWidget, QPushButton, QTreeView
from qgis.utils import iface

from tests.desktop.window_script import JOB, WindowScript, start

DIALOG = (900, 760)


class SegmentScript(WindowScript):
    """A run from the toolbox to the styled layer."""

    def actions(self):
        window = self.window
        layer = self.add(JOB["image"], Path(JOB["image"]).stem)
        self.tidy(window)
        iface.mapCanvas().setExtent(layer.extent())
        yield from self.rest(8)

        toolbox = self.open_toolbox(window)
        yield from self.rest(5)
        self.expand(toolbox)
        yield from self.rest(5)
        self.picture(window, "toolbox")

        dialog = processing.createAlgorithmDialog(
            "superseg:segment", {"INPUT": layer, **JOB["parameters"]}
        )
        dialog.resize(*DIALOG)
        dialog.show()
        yield from self.rest(8)
        self.picture(dialog, "dialog")

        finished = []
        dialog.algorithmFinished.connect(lambda fine, results: finished.append((fine, results)))
        dialog.runButton().click()
        yield from self.rest(10)
        self.picture(dialog, "progress")
        yield from self.wait(lambda: finished, 600)
        yield from self.rest(5)
        self.picture(dialog, "log")
        fine, results = finished[0]
        self.seen["fine"] = fine
        self.seen["results"] = {name: str(value) for name, value in results.items()}
        dialog.close()
        window.findChild(QDockWidget, "ProcessingToolbox").hide()
        self.collapse_all_but_classes()
        yield from self.rest(10)
        yield from self.name(window)
        iface.messageBar().clearWidgets()
        yield from self.rest(5)
        self.picture(window, "result")
        self.look_at_layers()

    def name(self, window):
        """Follow the offer to name the classes."""
        bar = iface.messageBar()
        self.seen["messages"] = [item.text() for item in bar.items()]
        self.picture(window, "offer")
        button = next(b for b in bar.findChildren(QPushButton) if "Name" in b.text())
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        yield from self.rest(5)
        dock = window.findChild(QDockWidget, "SuperSegClassWorkbench")
        left = [item.text() for item in bar.items() if "classes" in item.text()]
        self.seen["named"] = [dock.isVisible(), dock.session.layer.name(), left]
        dock.close()
        yield from self.rest(5)

    def tidy(self, window):
        """Widen the panel of the layers."""
        layers = window.findChild(QDockWidget, "Layers")
        window.resizeDocks([layers], [300], Qt.Orientation.Horizontal)

    def open_toolbox(self, window):
        toolbox = window.findChild(QDockWidget, "ProcessingToolbox")
        toolbox.show()
        window.resizeDocks([toolbox], [360], Qt.Orientation.Horizontal)
        return toolbox

    def expand(self, toolbox):
        """Expand SuperSeg's groups, and collapse all others."""
        tree = toolbox.findChild(QTreeView)
        tree.collapseAll()
        model = tree.model()
        for row in range(model.rowCount()):
            index = model.index(row, 0)
            if str(model.data(index)).startswith("SuperSeg"):
                tree.expandRecursively(index)
                tree.scrollTo(index, QTreeView.ScrollHint.PositionAtTop)
                flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
                tree.selectionModel().select(index, flags)
                self.seen["toolbox"] = {
                    str(model.data(group)): [
                        str(model.data(model.index(child, 0, group)))
                        for child in range(model.rowCount(group))
                    ]
                    for group in (model.index(n, 0, index) for n in range(model.rowCount(index)))
                }

    def collapse_all_but_classes(self):
        """Expand the legend of the classes only."""
        root = QgsProject.instance().layerTreeRoot()
        for node in root.findLayers():
            layer = node.layer()
            classes = isinstance(layer.renderer(), QgsPalettedRasterRenderer)
            node.setExpanded(classes)

    def look_at_layers(self):
        self.seen["layers"] = {}
        for layer in QgsProject.instance().mapLayers().values():
            renderer = layer.renderer()
            entries = renderer.classes() if isinstance(renderer, QgsPalettedRasterRenderer) else []
            self.seen["layers"][layer.name()] = {
                "source": layer.source(),
                "renderer": renderer.type(),
                "legend": [[entry.value, entry.color.name(), entry.label] for entry in entries],
            }


start(SegmentScript)
