# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs inside a QGIS window (`qgis --code`): does what a user does, taking pictures of it.

The variable SUPERSEG_DESKTOP_JOB names a JSON file with `image`, `parameters`, `pictures` (a
folder) and `report`, the file into which goes what was seen.
"""

from __future__ import annotations

import json
import os
import traceback
from pathlib import Path

from qgis import processing
from qgis.core import QgsApplication, QgsPalettedRasterRenderer, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QItemSelectionModel, Qt, QTimer
from qgis.PyQt.QtWidgets import QApplication, QDockWidget, QTreeView
from qgis.utils import iface

JOB = json.loads(Path(os.environ["SUPERSEG_DESKTOP_JOB"]).read_text(encoding="utf-8"))
WINDOW = (1280, 800)
DIALOG = (900, 760)
PAUSE_MS = 200
LIMIT_MS = 600_000


class Driver:
    """Runs a generator of steps in the event loop; a step yields when QGIS has to work."""

    def __init__(self):
        self.seen = {}
        self.steps = self.session()
        self.resume()
        QTimer.singleShot(LIMIT_MS, lambda: self.end(error="the session took too long"))

    def resume(self):
        try:
            next(self.steps)
        except StopIteration:
            self.end()
        except Exception:  # the only way out is the report
            self.end(error=traceback.format_exc())
        else:
            QTimer.singleShot(PAUSE_MS, self.resume)

    def end(self, error=None):
        if error:
            self.seen["error"] = error
        Path(JOB["report"]).write_text(json.dumps(self.seen, indent=1), encoding="utf-8")
        # Closing QGIS asks about unsaved projects and tears down plugins; nothing of it is wanted.
        os._exit(1 if error else 0)

    def session(self):
        window = iface.mainWindow()
        yield from self.wait(lambda: QgsApplication.processingRegistry().providerById("superseg"))
        window.setGeometry(0, 0, *WINDOW)
        layer = QgsRasterLayer(JOB["image"], Path(JOB["image"]).stem)
        if QgsProject.instance().addMapLayer(layer) is None:
            raise OSError(f"{JOB['image']} cannot be opened")
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
        yield from self.wait(lambda: finished)
        yield from self.rest(5)
        self.picture(dialog, "log")
        fine, results = finished[0]
        self.seen["fine"] = fine
        self.seen["results"] = {name: str(value) for name, value in results.items()}
        dialog.close()
        window.findChild(QDockWidget, "ProcessingToolbox").hide()
        self.collapse_all_but_classes()
        yield from self.rest(10)
        iface.messageBar().clearWidgets()
        yield from self.rest(5)
        self.picture(window, "result")
        self.look_at_layers()

    def wait(self, condition):
        while not condition():
            yield

    def rest(self, turns):
        for _ in range(turns):
            yield
        while iface.mapCanvas().isDrawing():
            yield

    def tidy(self, window):
        """Leave the panels that matter, and give them room."""
        for dock in window.findChildren(QDockWidget):
            if dock.objectName() not in ("Layers", "ProcessingToolbox"):
                dock.hide()
        layers = window.findChild(QDockWidget, "Layers")
        window.resizeDocks([layers], [300], Qt.Orientation.Horizontal)

    def open_toolbox(self, window):
        toolbox = window.findChild(QDockWidget, "ProcessingToolbox")
        toolbox.show()
        window.resizeDocks([toolbox], [360], Qt.Orientation.Horizontal)
        return toolbox

    def expand(self, toolbox):
        """Open our group with all that is in it, and nothing else."""
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
        """Show the legend of the classes, which is what the picture is about."""
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

    def picture(self, widget, name):
        QApplication.processEvents()
        target = Path(JOB["pictures"]) / f"{name}.png"
        if not widget.grab().save(str(target)):
            raise OSError(f"{target} cannot be written")


# QGIS runs this file before its event loop; the object must outlive the file.
QTimer.singleShot(2000, lambda: setattr(QApplication.instance(), "superseg_driver", Driver()))
