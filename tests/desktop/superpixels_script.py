# SPDX-License-Identifier: GPL-2.0-or-later
"""Splitting classes and correcting places in the class workbench, by keys and clicks.

The job has `folder` with classes.tif and its file of superpixels, plain.tif without one, and
other.tif, in which the superpixels have other classes.
"""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsCoordinateReferenceSystem, QgsProject
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QDockWidget
from qgis.utils import iface

from superseg_plugin.pipeline.classes.edits import renamed
from tests.desktop.window_script import JOB, LEFT, NO_KEY, WindowScript, start

FOLDER = Path(JOB["folder"])
KEYS = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
RIGHT = Qt.MouseButton.RightButton


class SuperpixelsScript(WindowScript):
    """Everything in one session, as each start of QGIS takes its time."""

    def actions(self):
        self.window.resize(1280, 720)
        for name in ("plain", "classes"):
            self.add(FOLDER / f"{name}.tif", name)
        QgsProject.instance().setCrs(QgsCoordinateReferenceSystem("EPSG:32632"))
        iface.setActiveLayer(self.layer("classes"))
        iface.mapCanvas().setExtent(self.layer("classes").extent())
        yield from self.rest(5)
        self.trigger("Class workbench")
        yield from self.rest(5)
        self.dock = self.window.findChild(QDockWidget, "SuperSegClassWorkbench")
        self.window.resizeDocks([self.dock], [430], Qt.Orientation.Horizontal)
        self.panel, self.bar = self.dock.panel, self.dock.superpixel_bar
        yield from self.rest(5)
        yield from self.split()
        yield from self.correct()
        yield from self.split_by_polygon()
        yield from self.more_like_this()
        yield from self.write()
        yield from self.save_and_reopen()
        yield from self.segment_again()
        yield from self.without_superpixels()

    def split(self):
        self.panel.pick((2,), False)
        self.panel.table.setFocus()
        QTest.keyClick(self.panel.table, KEYS.Key_D, CONTROL)
        yield from self.rest()
        self.look("split")
        self.picture(self.window, "split")
        QTest.keyClick(self.panel.table, KEYS.Key_Z, CONTROL)
        yield from self.rest()
        self.look("undone")
        menu = self.bar.parts_button.menu()
        self.panel.tabs.setCurrentWidget(self.panel.advice)
        yield from self.wait(lambda: not self.panel.advice._timer.isActive())
        advice = self.panel.advice
        self.seen["advice"] = [advice.item(row).text() for row in range(advice.count())]
        self.seen["tab"] = self.panel.tabs.tabText(self.panel.tabs.indexOf(advice))
        self.picture(self.window, "advice")
        place = advice.visualItemRect(advice.item(0)).center()
        QTest.mouseClick(advice.viewport(), LEFT, NO_KEY, place)
        yield from self.rest()
        self.seen["picked by advice"] = sorted(self.panel.table.chosen)
        self.panel.tabs.setCurrentIndex(0)
        self.panel.pick((1,), False)
        next(a for a in menu.actions() if "4" in a.text()).trigger()
        yield from self.rest()
        self.look("in four")
        self.picture(self.window, "in_four")

    def correct(self):
        self.panel.pick((3,), False)
        button = self.bar.widgetForAction(self.bar.correct)
        QTest.mouseClick(button, LEFT)
        # Into class 1, the widest stripe, which lies above.
        self.click_at(0.5, 0.1)
        yield from self.rest()
        self.look("corrected")
        self.picture(self.window, "corrected")
        QTest.keyClick(iface.mapCanvas(), KEYS.Key_Z, CONTROL)
        yield from self.rest()
        self.look("correction undone")
        self.panel.table.choose(())
        self.click_at(0.5, 0.1)
        self.look("no class selected")
        self.panel.pick((3,), False)
        self.click_at(0.5, 0.1)
        yield from self.rest()
        QTest.mouseClick(self.bar.widgetForAction(self.bar.correct_area), LEFT)
        self.seen["one mode"] = [self.bar.correct.isChecked(), self.bar.correct_area.isChecked()]
        for place in ((0.05, 0.02), (0.3, 0.02), (0.3, 0.2), (0.05, 0.2)):
            self.click_at(*place)
        self.click_at(0.05, 0.2, RIGHT)
        yield from self.rest()
        self.look("corrected in a polygon")
        QTest.mouseClick(self.bar.widgetForAction(self.bar.correct_area), LEFT)

    def split_by_polygon(self):
        self.panel.pick((2,), False)
        self.bar.split_area.trigger()
        for place in ((0.6, -0.1), (1.1, -0.1), (1.1, 1.1), (0.6, 1.1)):
            self.click_at(*place)
        self.click_at(0.6, 1.1, RIGHT)
        yield from self.rest()
        self.look("split by a polygon")
        self.seen["pointed at"] = self.dock.session.class_at(self.place(0.95, 0.65))
        self.picture(self.window, "split_by_a_polygon")
        self.bar.release()
        self.panel.table.choose(())
        self.dock.close()
        yield from self.rest()
        self.seen["closed"] = self.color_at(0.1, 0.1)
        self.trigger("Class workbench")
        yield from self.rest(5)
        self.seen["open"] = self.color_at(0.1, 0.1)

    def more_like_this(self):
        bar = self.bar.similar_bar
        QTest.mouseClick(self.bar.widgetForAction(bar.toggle), LEFT)
        yield from self.rest()
        notes = [bar.note.text()]
        # The left part of the second stripe.
        self.click_at(0.1, 0.65)
        yield from self.rest()
        notes.append(bar.note.text())
        self.seen["similar"] = int(bar.chosen().sum())
        self.picture(self.window, "similar")
        bar.slider.setValue(100)
        yield from self.rest()
        self.seen["equal"] = int(bar.chosen().sum())
        bar.slider.setValue(80)
        bar.names.setCurrentText("Reed")
        QTest.mouseClick(bar.name_button, LEFT)
        yield from self.rest()
        notes.append(bar.note.text())
        self.click_at(0.1, 0.65)
        self.click_at(0.1, 0.65)
        yield from self.rest()
        notes.append(bar.note.text())
        self.seen["notes"] = notes
        QTest.mouseClick(self.bar.widgetForAction(bar.toggle), LEFT)
        yield from self.rest()
        self.look("named")
        self.dock.session.stack.undo()
        yield from self.rest()

    def write(self):
        QTest.mouseClick(self.panel.write_button, LEFT)
        yield from self.wait(lambda: self.dock.dialogs.dialog is not None)
        dialog = self.dock.dialogs.dialog
        dialog.setParameters({**self.values_of(dialog), "OUTPUT": str(FOLDER / "written.tif")})
        finished = []
        dialog.algorithmFinished.connect(lambda fine, _results: finished.append(fine))
        dialog.runButton().click()
        yield from self.wait(lambda: finished)
        dialog.close()
        yield from self.rest(5)
        self.seen["written"] = finished
        self.seen["edits of the result"] = self.dock.session.classes is not None

    def save_and_reopen(self):
        project = QgsProject.instance()
        iface.setActiveLayer(self.layer("classes"))
        yield from self.rest(5)
        self.look("before saving")
        if not project.write(str(FOLDER / "project.qgz")):
            raise OSError(project.error())
        project.clear()
        yield from self.rest()
        if not project.read(str(FOLDER / "project.qgz")):
            raise OSError(project.error())
        yield from self.rest(5)
        iface.setActiveLayer(self.layer("classes"))
        yield from self.rest(5)
        self.look("reopened")

    def segment_again(self):
        """The same superpixels get other classes, in the same file."""
        self.dock.session.edit("Rename", renamed, 3, "Meadow")
        yield from self.wait(lambda: not self.dock.session._timer.isActive())
        self.seen["corrections"] = (FOLDER / "classes.tif.corrections.gpkg").exists()
        QgsProject.instance().removeMapLayer(self.layer("classes").id())
        yield from self.rest()
        for file in FOLDER.glob("other.tif*"):
            file.replace(FOLDER / file.name.replace("other", "classes"))
        iface.setActiveLayer(self.add(FOLDER / "classes.tif", "classes"))
        yield from self.rest(5)
        self.look("segmented again")

    def without_superpixels(self):
        iface.setActiveLayer(self.layer("plain"))
        yield from self.rest(5)
        self.panel.pick((1,), False)
        QTest.keyClick(self.panel.table, KEYS.Key_D, CONTROL)
        yield from self.rest()
        self.look("without superpixels")

    # Doing

    def place(self, right, down):
        box = self.layer("classes").extent()
        point = box.center()
        point.setX(box.xMinimum() + right * box.width())
        point.setY(box.yMaximum() - down * box.height())
        return point

    def on_canvas(self, right, down):
        place = self.place(right, down)
        shown = iface.mapCanvas().getCoordinateTransform().transform(place.x(), place.y())
        return QPoint(round(shown.x()), round(shown.y()))

    def click_at(self, right, down, button=LEFT):
        viewport = iface.mapCanvas().viewport()
        QTest.mouseClick(viewport, button, NO_KEY, self.on_canvas(right, down))

    def color_at(self, right, down):
        image = iface.mapCanvas().grab().toImage()
        return image.pixelColor(self.on_canvas(right, down)).name()

    def look(self, name):
        session = self.dock.session
        chosen = sorted(self.panel.table.chosen)
        # Selected classes are highlighted, which changes the colors of the map.
        self.panel.table.choose(())
        self.seen[name] = {
            "groups": [[g.number, g.name, g.count, list(g.color)] for g in session.groups],
            "rows": self.panel.table.model().rowCount(),
            "chosen": chosen,
            "left": self.color_at(0.1, 0.65),
            "right": self.color_at(0.9, 0.65),
            "top": self.color_at(0.5, 0.1),
            "corner": self.color_at(0.1, 0.1),
            "messages": self.messages(),
        }
        self.panel.table.choose(chosen)


start(SuperpixelsScript)
