# SPDX-License-Identifier: GPL-2.0-or-later
"""The first steps as a guide, in a QGIS window: what each step says as the project goes on.

The job has `classes`, a class raster of three classes, and `project`, a file to write.
"""

from __future__ import annotations

from qgis.core import QgsFeature, QgsProject, QgsVectorLayer
from qgis.PyQt.QtWidgets import QApplication, QDockWidget
from qgis.utils import iface

from superseg_plugin.pipeline.classes.edits import renamed
from tests.desktop.window_script import JOB, WindowScript, start

TITLE = "SuperSeg: First steps"
POINTS = "Point?crs=EPSG:32632&field=sample:integer&field=class:integer&field=label:string"


class GuideScript(WindowScript):
    def actions(self):
        self.trigger("First steps…")
        yield from self.rest()
        self.guide = self._window(TITLE)
        self.seen["size"] = [self.guide.width(), self.guide.height()]
        self.note("empty")
        self.picture(self.guide, "empty")
        self.guide.sample_button.click()
        yield from self.rest()
        self.note("image")
        yield from self.preview()
        classes = self.add(JOB["classes"], "classes")
        iface.setActiveLayer(classes)
        yield from self.wait(self.guide.workbench_button.isEnabled)
        self.guide.workbench_button.click()
        yield from self.rest()
        self.seen["edited"] = [self.dock.session.layer.name(), self.dock.tabs.currentIndex()]
        self.note("classes")
        for number in (1, 2, 3):
            self.dock.session.edit("name", renamed, number, f"Kind {number}")
        points = QgsVectorLayer(POINTS, "points", "memory")
        features = [QgsFeature(points.fields()) for _ in range(3)]
        features[0]["label"] = "Kind 1"
        points.dataProvider().addFeatures(features)
        QgsProject.instance().addMapLayer(points)
        yield from self.rest()
        self.note("named")
        self.guide.evaluate_button.click()
        yield from self.rest()
        dialog = self._window("Evaluate")
        values = dialog.mainWidget().createProcessingParameters()
        self.seen["evaluate"] = [
            QgsProject.instance().mapLayer(values["SAMPLES"]).name(),
            values["FIELD"],
            QgsProject.instance().mapLayer(values["CLASSIFICATION"]).name(),
        ]
        dialog.close()
        yield from self.write()
        project = QgsProject.instance()
        project.write(JOB["project"])
        project.clear()
        yield from self.rest()
        self.note("new project")
        project.read(JOB["project"])
        yield from self.rest()
        self.note("read again")
        self.picture(self.guide, "read again")
        self.end()

    def preview(self):
        """Choose settings in the preview, and look at the dialog that gets them."""
        self.guide.preview_button.click()
        yield from self.rest()
        self.dock = self.window.findChild(QDockWidget, "SuperSegClassWorkbench")
        panel = self.dock.preview
        self.seen["previewed"] = [panel.layers.currentLayer().name(), self.dock.tabs.currentIndex()]
        panel.classes.setValue(7)
        panel.use.click()
        yield from self.rest()
        self.dock.dialogs.dialog.close()
        self.note("settings")
        self.guide.segment_button.click()
        yield from self.rest()
        dialog = self._window("Segment")
        self.seen["segment"] = dialog.mainWidget().createProcessingParameters()["CLASSES"]
        dialog.close()
        yield from self.rest()

    def write(self):
        """Write polygons, which ends the last step."""
        self.guide.polygons_button.click()
        yield from self.rest()
        dialog = self._window("Class polygons")
        dialog.runButton().click()
        yield from self.wait(lambda: self._said()[-1][1] == "Written")
        dialog.close()
        self.note("written")

    def note(self, name):
        """Record marks, texts and whether the first button is enabled."""
        self.seen[name] = self._said()

    def _said(self):
        self.guide.refresh()
        return [
            [mark.text()[3:-4], text.text(), buttons[0].isEnabled()]
            for mark, text, buttons in self.guide._rows
        ]

    def _window(self, end):
        # Newer releases of QGIS put the group before the title.
        shown = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
        return next(w for w in shown if w.windowTitle().endswith(end))


start(GuideScript)
