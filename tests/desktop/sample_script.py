# SPDX-License-Identifier: GPL-2.0-or-later
"""Labelling accuracy points in a QGIS window, by keys.

The job has `folder` with classes.tif and image.tif.
"""

from __future__ import annotations

from pathlib import Path

from qgis import processing
from qgis.core import QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QDockWidget
from qgis.utils import iface

from tests.desktop.window_script import JOB, LEFT, WindowScript, start

FOLDER = Path(JOB["folder"])
KEYS = Qt.Key


class SampleScript(WindowScript):
    """Everything in one session, as each start of QGIS takes its time."""

    def actions(self):
        self.add(FOLDER / "image.tif", "image")
        classes = self.add(FOLDER / "classes.tif", "classes")
        iface.setActiveLayer(classes)
        yield from self.rest(5)
        yield from self.open_without_points()
        yield from self.label_by_keys()
        yield from self.label_on_the_map()
        yield from self.look_at_the_classes()
        yield from self.close_and_resume()
        yield from self.save_and_read()
        yield from self.refuse()
        yield from self.finish()
        yield from self.remove()

    def open_without_points(self):
        self.trigger("Label accuracy points")
        yield from self.rest(5)
        self.dock = self.window.findChild(QDockWidget, "SuperSegSampleForm")
        self.panel = self.dock.panel
        self.look("empty")
        self.seen["height"] = [self.window.height(), self.dock.minimumSizeHint().height()]

    def label_by_keys(self):
        path = str(FOLDER / "points.gpkg")
        given = {"CLASSIFICATION": str(FOLDER / "classes.tif"), "COUNT": 8, "MINIMUM": 1}
        processing.runAndLoadResults("superseg:accuracypoints", {**given, "OUTPUT": path})
        yield from self.rest(5)
        self.points = self.dock.session.layer
        self.look("opened")
        self.seen["points shown"] = self.visible("Accuracy points")
        self.picture(self.window, "opened")
        for name, key in (
            ("first", KEYS.Key_1),
            ("second", KEYS.Key_2),
            ("unclear", KEYS.Key_0),
            ("no such name", KEYS.Key_9),
            ("back", KEYS.Key_Backspace),
            ("cleared", KEYS.Key_Delete),
            ("skipped", KEYS.Key_Space),
        ):
            # Whatever has the focus, without a click.
            yield from self.press(QApplication.focusWidget(), key)
            self.look(name)
        QTest.keyClicks(self.panel.other, "Salt pan")
        yield from self.press(self.panel.other, KEYS.Key_Return)
        self.look("another name")
        self.picture(self.window, "labelled")

    def label_on_the_map(self):
        """Keys work after a click on the map."""
        viewport = iface.mapCanvas().viewport()
        QTest.mouseClick(viewport, LEFT)
        iface.mapCanvas().setFocus()
        yield from self.press(iface.mapCanvas(), KEYS.Key_3)
        self.look("on the map")

    def look_at_the_classes(self):
        self.panel.view.setValue(20)
        self.panel.blind.setChecked(False)
        yield from self.rest(3)
        self.look("not blind")
        self.picture(self.window, "not blind")
        self.panel.blind.setChecked(True)
        yield from self.rest(3)

    def close_and_resume(self):
        self.dock.close()
        yield from self.rest(3)
        self.seen["closed"] = self.visible()
        self.trigger("Label accuracy points")
        yield from self.rest(3)
        self.look("resumed")

    def save_and_read(self):
        """The project is saved while layers are hidden, and read without the form."""
        project = QgsProject.instance()
        path = str(FOLDER / "project.qgz")
        assert project.write(path)
        self.dock.close()
        yield from self.rest(3)
        assert project.read(path)
        yield from self.rest(5)
        self.seen["read"] = [self.visible(), self.visible("Accuracy points")]
        self.points = self.layer("Accuracy points")
        self.trigger("Label accuracy points")
        yield from self.rest(5)
        self.look("read again")

    def refuse(self):
        self.points.setReadOnly(True)
        yield from self.press(self.panel.names, KEYS.Key_1)
        self.look("read-only")
        self.points.setReadOnly(False)
        assert self.points.startEditing()
        yield from self.press(self.panel.names, KEYS.Key_1)
        self.look("in edit mode")
        assert self.points.rollBack()
        other = QgsVectorLayer("Point?crs=EPSG:32632&field=id:integer", "numbers", "memory")
        assert QgsProject.instance().addMapLayer(other)
        self.panel.points.setLayer(other)
        yield from self.rest(3)
        self.look("no points")
        self.panel.points.setLayer(self.points)
        yield from self.rest(3)
        QgsProject.instance().removeMapLayer(other.id())
        yield from self.rest(3)
        self.look("back again")

    def finish(self):
        for _ in range(8):
            yield from self.press(self.panel.names, KEYS.Key_2)
        self.look("all")
        self.picture(self.window, "all")
        QTest.mouseClick(self.panel.accuracy, LEFT)
        yield from self.rest(5)
        dialog = self.dock.dialogs.dialog
        values = self.values_of(dialog)
        names = {layer.id(): layer.name() for layer in QgsProject.instance().mapLayers().values()}
        self.seen["accuracy"] = {
            **{key: names.get(values[key]) for key in ("CLASSIFICATION", "SAMPLES")},
            "FIELD": values["FIELD"],
            "TABLE": Path(values["TABLE"]).read_text(encoding="utf-8"),
        }
        self.picture(dialog, "accuracy")
        dialog.close()
        yield from self.rest()

    def remove(self):
        QgsProject.instance().removeMapLayer(self.points.id())
        yield from self.rest(3)
        self.look("removed")

    # Looking

    def press(self, widget, key):
        QTest.keyClick(widget, key)
        yield from self.rest(2)

    def look(self, name):
        session = self.dock.session
        self.seen[name] = {
            "progress": self.panel.progress.text() if session else "",
            "place": self.panel.place.text(),
            "names": [self.panel.names.item(i).text() for i in range(self.panel.names.count())],
            "point": session.current if session else None,
            "saved": self.saved() if session else {},
            "visible": self.visible(),
            "shown": self.shown() if session else 0,
            "messages": self.messages(),
        }

    def saved(self):
        """Labels in the file, as another program reads them."""
        path = FOLDER / "points.gpkg"
        if not path.is_file():
            return {}
        layer = QgsVectorLayer(str(path), "copy", "ogr")
        return {str(one.id()): one["label"] for one in layer.getFeatures() if one["label"]}

    def visible(self, name="classes"):
        root = QgsProject.instance().layerTreeRoot()
        return root.findLayer(self.layer(name).id()).itemVisibilityChecked()

    def shown(self):
        """Height of the map in pixels of the classes."""
        canvas = iface.mapCanvas()
        return canvas.extent().height() / self.layer("classes").rasterUnitsPerPixelY()


start(SampleScript)
