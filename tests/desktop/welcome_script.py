# SPDX-License-Identifier: GPL-2.0-or-later
"""Run by QGIS itself (`--code`): the first message, the first steps, and the menu of a layer.

The job has `image`, `classes` (a raster of three classes) and `project`, a file to write.
"""

from __future__ import annotations

from processing.modeler.ModelerDialog import ModelerDialog
from qgis.core import QgsFeature, QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QDockWidget
from qgis.utils import iface

from superseg_plugin.gui.guide_steps import keep_settings, kept_settings
from superseg_plugin.pipeline.classes.edits import renamed
from tests.desktop.window_script import JOB, LEFT, WindowScript, start

TITLE = "SuperSeg: First steps"
POINTS = "Point?crs=EPSG:32632&field=sample:integer&field=class:integer&field=label:string"


class WelcomeScript(WindowScript):
    def actions(self):
        self.seen["greeting"] = self.greeting
        self.trigger("First steps…")
        yield from self.rest()
        self.guide = self._window(TITLE)
        self.note("empty")
        self.seen["size"] = [self.guide.width(), self.guide.height()]
        self.picture(self.guide, "empty")
        yield from self.images()
        yield from self.settings()
        yield from self.classes()
        yield from self.results()
        yield from self.memory()
        self.guide.close()
        yield from self.menus()
        self.seen["dialogs"] = self.dialogs()

    def images(self):
        """Open the sample and an own image, and look at the input of Segment."""
        yield from self.click("sample_button")
        self.note("image")
        (sample,) = QgsProject.instance().mapLayers().values()
        self.seen["sample"] = [sample.name(), sample.isValid()]
        yield from self.segment("sample")
        own = self.add(JOB["image"], "own")
        iface.setActiveLayer(own)
        yield from self.segment("own")
        # The sample is chosen once more, not added.
        yield from self.click("sample_button")
        self.seen["count"] = len(QgsProject.instance().mapLayers())
        yield from self.segment("sample again")
        QgsProject.instance().removeMapLayer(own.id())

    def segment(self, name):
        yield from self.click("segment_button")
        dialog = self._window("Segment")
        self.seen[f"input of {name}"] = self._values(dialog, "INPUT")
        self.seen[f"classes of {name}"] = self._values(dialog, "CLASSES")
        dialog.close()
        yield from self.rest()

    def settings(self):
        """Choose settings in the preview, which the dialog gets."""
        yield from self.click("preview_button")
        self.dock = self.window.findChild(QDockWidget, "SuperSegClassWorkbench")
        panel = self.dock.preview
        self.seen["previewed"] = [panel.layers.currentLayer().name(), panel.isVisible()]
        panel.settings.classes.setValue(7)
        panel.use.click()
        yield from self.rest()
        kept_before = kept_settings()
        self.dock.dialogs.dialog.close()
        self.note("settings")
        yield from self.segment("settings")
        # Not previewed, so not kept.
        panel.settings.classes.setValue(3)
        yield from self.click("preview_button")
        self.seen["preview again"] = panel.settings.classes.value()
        kept = {"CLASSES": 9, "PRESET": "published", "SUPERPIXEL_SIZE": 300.0, "UNITS": "meters"}
        keep_settings({**kept, "SMOOTHNESS": 2.0, "IMAGERY": "any"})
        yield from self.click("preview_button")
        yield from self.wait(lambda: panel.settings.parameters()["SUPERPIXEL_SIZE"])
        self.seen["preview of a run"] = panel.settings.parameters()
        self.picture(self.window, "preview_of_a_run")
        keep_settings(kept_before)

    def classes(self):
        layer = self.add(JOB["classes"], "classes")
        iface.setActiveLayer(layer)
        # A class raster is no image.
        yield from self.segment("classes")
        yield from self.click("workbench_button")
        session = self.dock.session
        self.seen["edited"] = [session.layer.name(), self.dock.panel.isVisible()]
        self.note("classes")
        for number in (1, 2, 3):
            session.edit("name", renamed, number, f"Kind {number}")
        self.note("named")

    def results(self):
        """Evaluate with labelled points, and write polygons, which ends the last step."""
        points = QgsVectorLayer(POINTS, "points", "memory")
        features = [QgsFeature(points.fields()) for _ in range(3)]
        features[0]["label"] = "Kind 1"
        points.dataProvider().addFeatures(features)
        assert QgsProject.instance().addMapLayer(points)
        yield from self.click("evaluate_button")
        dialog = self._window("Evaluate classes")
        self.seen["evaluate"] = [
            self._values(dialog, name) for name in ("SAMPLES", "FIELD", "CLASSIFICATION")
        ]
        dialog.close()
        self.note("points")
        yield from self.click("polygons_button")
        dialog = self._window("Class polygons")
        QTest.mouseClick(dialog.runButton(), LEFT)
        yield from self.wait(lambda: self._said()[-1][1] == "Written")
        dialog.close()
        (layer,) = QgsProject.instance().mapLayersByName("Class polygons")
        self.seen["polygons"] = sorted({feature["name"] for feature in layer.getFeatures()})
        self.note("written")

    def memory(self):
        project = QgsProject.instance()
        assert project.write(JOB["project"])
        project.clear()
        yield from self.rest()
        self.note("new project")
        assert project.read(JOB["project"])
        yield from self.rest()
        self.note("read again")
        self.picture(self.guide, "read_again")
        self.picture(self.window, "window")

    def menus(self):
        """Look at the menu of a layer, the menu Raster and the toolbar."""
        view = iface.layerTreeView()
        view.setCurrentLayer(QgsProject.instance().mapLayersByName("Sample: Great Salt Lake")[0])
        menu = view.menuProvider().createContextMenu()
        entries = {action.text(): action for action in menu.actions()}
        self.seen["menu"] = [text for text in entries if "SuperSeg" in text]
        # This dialog has an event loop of its own.
        QTimer.singleShot(0, entries["Segment with SuperSeg…"].trigger)
        yield from self.wait(lambda: any(title.endswith("Segment") for title in self.dialogs()))
        self.seen["input of menu"] = self._values(self._window("Segment"), "INPUT")
        self._window("Segment").close()
        yield from self.rest()
        known = ("Segment an image…", "Class workbench")
        toolbar = [one for one in iface.pluginToolBar().actions() if one.text() in known]
        self.seen["toolbar"] = [action.text() for action in toolbar]
        own = [action for action in iface.pluginMenu().actions() if action.text() == "SuperSeg"]
        entries = [action for action in own[0].menu().actions() if action.text()]
        images = {self._drawn(action.icon()) for action in entries}
        self.seen["icons"] = [len(images), len(entries), not own[0].icon().isNull()]
        models = next(one.menu() for one in entries if one.menu())
        models.actions()[0].trigger()
        yield from self.rest()
        designers = [w for w in QApplication.topLevelWidgets() if isinstance(w, ModelerDialog)]
        self.seen["models"] = [
            [action.text() for action in models.actions()],
            [[one.model().name(), one.model().sourceFilePath()] for one in designers],
        ]
        self.picture(designers[0], "designer")
        designers[0].hide()
        raster = [one for one in iface.rasterMenu().actions() if one.text() == "SuperSeg"]
        self.seen["raster menu"] = [one.text() for one in raster[0].menu().actions()]

    def click(self, name):
        button = getattr(self.guide, name)
        # The guide looks at the project once a second.
        yield from self.wait(button.isEnabled)
        QTest.mouseClick(button, LEFT)
        yield from self.rest()

    def note(self, name):
        """Record marks, texts and whether the first button is enabled."""
        self.seen[name] = self._said()

    def _said(self):
        self.guide.refresh()
        return [
            [mark.text()[3:-4], text.text(), buttons[0].isEnabled()]
            for mark, text, buttons in self.guide.rows
        ]

    def _drawn(self, icon):
        image = icon.pixmap(24, 24).toImage()
        return tuple(image.pixel(x, y) for x in range(24) for y in range(24))

    def _window(self, end):
        # Newer releases of QGIS put the group before the title.
        shown = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
        return next(w for w in shown if w.windowTitle().endswith(end))

    def _values(self, dialog, name):
        """The value of a parameter, the name of a layer for its id."""
        value = dialog.mainWidget().createProcessingParameters()[name]
        layer = QgsProject.instance().mapLayer(str(value))
        return layer.name() if layer else value


start(WelcomeScript)
