# SPDX-License-Identifier: GPL-2.0-or-later
"""Seeing and naming classes on the map, by keys and clicks in a QGIS window.

The job has `folder` with classes.tif, image.tif, mine.csv and twice.csv.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from qgis import processing
from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsPointXY,
    QgsProject,
)
from qgis.PyQt.QtCore import QPoint, Qt, QTimer
from qgis.PyQt.QtGui import QContextMenuEvent, QImage
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QDockWidget, QTextBrowser, QToolTip
from qgis.utils import iface

from tests.desktop.window_script import JOB, LEFT, NO_KEY, WindowScript, start

FOLDER = Path(JOB["folder"])
KEYS = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
# The menu runs an event loop of its own, so it is looked at from a timer, as soon as it is open.
MENU_MS = 500


class SeeScript(WindowScript):
    """Highlighting, colors, copying and assigning in one session."""

    def actions(self):
        for name in ("image", "classes"):
            self.add(FOLDER / f"{name}.tif", name)
        QgsProject.instance().setCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
        iface.setActiveLayer(self.layer("classes"))
        self.zoom("classes")
        yield from self.rest(5)
        self.trigger("Class workbench")
        yield from self.rest(5)
        self.dock = self.window.findChild(QDockWidget, "SuperSegClassWorkbench")
        bar = self.dock.tabs.currentWidget().horizontalScrollBar()
        self.seen["first width"] = [self.dock.width(), bar.isVisible()]
        self.panel, self.table = self.dock.panel, self.dock.panel.table
        self.zoom("classes")
        yield from self.rest(10)
        self.picture(self.window, "opened")
        yield from self.select()
        yield from self.go_to_patches()
        yield from self.hover()
        yield from self.copy()
        yield from self.color()
        yield from self.assign()
        yield from self.at_night()
        yield from self.small_screen()

    # Scenes

    def select(self):
        before = self.map_pixels()
        self.click_row(0)
        yield from self.rest()
        selected = self.map_pixels()
        self.seen["highlighted"] = changed(before, selected)
        self.seen["yellow"] = int(yellow(selected).sum())
        self.picture(self.window, "highlighted")
        for name, tab in (("beside the preview", 1), ("back from the preview", 0)):
            self.dock.tabs.setCurrentIndex(tab)
            yield from self.rest()
            self.seen[name] = int(yellow(self.map_pixels()).sum())
        QTest.keyClick(self.table, KEYS.Key_L, CONTROL)
        yield from self.rest()
        self.seen["switched off"] = changed(before, self.map_pixels())
        QTest.keyClick(self.table, KEYS.Key_L, CONTROL)
        self.table.clearSelection()
        yield from self.rest()
        self.seen["nothing selected"] = changed(before, self.map_pixels())
        self.panel.tabs.setCurrentIndex(1)
        yield from self.rest()
        tree = self.panel.tree
        QTest.mouseClick(tree, LEFT, NO_KEY, QPoint(10, round(tree._y(3))))
        yield from self.rest()
        self.seen["from the tree"] = changed(before, self.map_pixels())
        bar = self.panel._tree_area.verticalScrollBar()
        bar.setValue(0)
        row = len(tree._tree.leaves) - 1
        wanted = tree._tree.leaves[row][0]
        self.panel.pick((wanted,), False)
        yield from self.rest()
        y = round(tree._y(row)) - bar.value()
        self.seen["leaf in sight"] = 0 <= y <= self.panel._tree_area.viewport().height()
        self.picture(self.window, "tree")
        self.panel.tabs.setCurrentIndex(0)

        for numbers, name in (((2, 4), "separability"), ((2, 4, 5), "separability of three")):
            self.panel.pick(numbers, False)
            yield from self.rest(10)
            spectra = self.panel.spectra
            self.seen[name] = spectra._note
            if len(numbers) == 2:
                known = [one for one in spectra._spreads if one is not None]
                self.seen[name] = [len(known), spectra._note]
                self.picture(self.window, name)

    def go_to_patches(self):
        self.panel.pick((3,), False)
        self.table.setFocus()
        yield from self.rest()
        found = []
        for key, keys in ((KEYS.Key_J, CONTROL), *[(KEYS.Key_F3, NO_KEY)] * 2):
            QTest.keyClick(self.table, key, keys)
            yield from self.rest()
            box = self.visible_box("classes")
            found.append([round(v) for v in box])
        self.seen["patches"] = found
        self.seen["told"] = iface.statusBarIface().currentMessage()
        self.picture(self.window, "next patch")
        QTest.keyClick(self.table, KEYS.Key_L, CONTROL | SHIFT)
        yield from self.rest(2)
        self.seen["flash"] = int(yellow(self.map_pixels()).sum())
        yield from self.wait(lambda: not self.dock.sight.highlight._overlay._timer.isActive())
        self.zoom("classes")
        yield from self.rest(5)

    def hover(self):
        QTest.mouseClick(self.tool_button(self.panel.actions_bar, "Select on the map"), LEFT)
        self.point_at(3)
        yield from self.rest(5)
        self.seen["tip"] = QToolTip.text()
        self.picture(self.window, "tip")
        bar = self.dock.superpixel_bar
        for action in (bar.correct, bar.teach_bar.toggle):
            action.setChecked(True)
            QToolTip.hideText()
            self.point_at(3)
            yield from self.rest(5)
            self.seen.setdefault("tips of the edits", []).append(QToolTip.text())
            action.setChecked(False)
        QTest.mouseClick(self.tool_button(self.panel.actions_bar, "Select on the map"), LEFT)

    def copy(self):
        self.panel.pick((1, 3), False)
        self.table.setFocus()
        QTest.keyClick(self.table, KEYS.Key_C, CONTROL)
        self.seen["copied"] = QApplication.clipboard().text()
        self.panel.pick((), False)
        QTimer.singleShot(MENU_MS, self.look_at_menu)
        place = self.table.visualRect(self.table.model().index(1, 1)).center()
        self.click_row(1)
        # QTest's right click opens no menu: the platform makes the event for it.
        position = self.table.viewport().mapToGlobal(place)
        QApplication.sendEvent(
            self.table.viewport(),
            QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, position),
        )
        yield from self.rest()
        self.seen["as CSV"] = QApplication.clipboard().text()

    def look_at_menu(self):
        menu = QApplication.activePopupWidget()
        if menu is None:
            QTimer.singleShot(MENU_MS, self.look_at_menu)
            return
        self.seen["menu"] = [a.text() for a in menu.actions()]
        self.picture(menu, "menu")
        next(a for a in menu.actions() if a.text() == "Copy as CSV").trigger()
        menu.close()

    def color(self):
        self.panel.pick((), False)
        self.seen["first colors"] = self.colors()
        for text in ("Distinct colors", "Natural colors"):
            menu = self.panel.see_bar.colors
            next(a for a in menu.actions() if a.text() == text).trigger()
            yield from self.rest()
            self.seen[text] = self.colors()
            self.seen[f"{text}, renderer"] = [
                c.color.name() for c in self.layer("classes").renderer().classes()
            ]
            self.picture(self.window, text)
        for _ in range(2):
            QTest.keyClick(self.table, KEYS.Key_Z, CONTROL)
        yield from self.rest()
        self.seen["colors undone"] = self.colors()

    def assign(self):
        QTest.mouseClick(self.panel.see_bar.widgetForAction(self.panel.see_bar.assign), LEFT)
        yield from self.rest()
        canvas = iface.mapCanvas()
        bar = self.panel.assign_bar
        self.seen["schemes"] = [bar.schemes.itemText(i) for i in range(bar.schemes.count())]
        self.seen["shown"] = bar.isVisible()
        before = self.dock.session.stack.index()
        for number, key in ((2, KEYS.Key_8), (5, KEYS.Key_1), (3, KEYS.Key_8)):
            QTest.keyClick(canvas, key)
            self.click_class(number)
            yield from self.rest()
        self.picture(self.window, "assigned")
        self.seen["assigned"] = self.groups()
        self.seen["steps"] = self.dock.session.stack.index() - before
        self.seen["assigned told"] = bar.note.text()
        # On the image too, with the classes out of sight.
        node = QgsProject.instance().layerTreeRoot().findLayer(self.layer("classes").id())
        node.setItemVisibilityChecked(False)
        yield from self.rest(5)
        QTest.keyClick(canvas, KEYS.Key_2)
        self.click_class(1)
        yield from self.rest()
        self.seen["on the image"] = self.groups()
        node.setItemVisibilityChecked(True)
        self.click_at(-5, -5)
        self.seen["outside"] = bar.note.text()
        self.panel.see_bar.assign.setChecked(False)
        self.panel.actions_bar.read_file(str(FOLDER / "mine.csv"))
        self.seen["own is shown"] = bar.isVisible()
        self.seen["own"] = [bar.schemes.currentText(), bar.targets.item(0).text()]
        self.panel.actions_bar.read_file(str(FOLDER / "twice.csv"))
        self.seen["twice"] = self.messages()
        self.seen["still own"] = bar.schemes.currentText()
        QTest.keyClick(canvas, KEYS.Key_Z, CONTROL)
        yield from self.rest()
        self.seen["one undone"] = self.groups()
        QTest.keyClick(canvas, KEYS.Key_Escape)
        yield from self.rest()
        self.seen["ended"] = [bar.isVisible(), self.panel.see_bar.assign.isChecked()]
        self.click_class(4)
        yield from self.rest()
        self.seen["selects again"] = sorted(g.number for g in self.table.chosen_groups())
        self.seen["messages"] = self.messages()

    def at_night(self):
        QgsApplication.setUITheme("Night Mapping")
        iface.setActiveLayer(self.layer("classes"))
        self.zoom("classes")
        yield from self.rest(5)
        next(a for a in self.panel.see_bar.colors.actions() if "Natural" in a.text()).trigger()
        self.panel.pick((2,), False)
        yield from self.rest(5)
        self.picture(self.window, "night")
        self.dock.warn(
            "classes.tif has no table of its classes; run Merge classes on it with a table and its"
            " image, or choose a result of Segment, Classify or Merge classes. " * 2
        )
        yield from self.rest(5)
        self.picture(self.window, "night, message")
        self.messages()
        dialog = processing.createAlgorithmDialog("superseg:averagecolor")
        dialog.show()
        yield from self.rest(5)
        help_text = dialog.findChild(QTextBrowser, "textShortHelp")
        levels = pixels_of(help_text.viewport())[..., :3].max(axis=-1)
        self.seen["help in the night"] = [int(np.median(levels)), float((levels > 150).mean())]
        self.picture(dialog, "night, help")
        dialog.close()
        self.panel.tabs.setCurrentIndex(1)
        yield from self.rest(5)
        tree, table = pixels_of(self.panel.tree), pixels_of(self.table.viewport())
        green = (15, 110, 0)
        self.seen["selection in the night"] = [
            int((shown[..., :3] == green).all(axis=-1).sum()) for shown in (tree, table)
        ]
        self.panel.see_bar.assign.setChecked(True)
        yield from self.rest(5)
        self.picture(self.window, "night, assigning")
        self.panel.see_bar.assign.setChecked(False)
        self.panel.tabs.setCurrentIndex(0)
        QgsApplication.setUITheme("default")

    def small_screen(self):
        self.window.setGeometry(0, 0, 1280, 720)
        yield from self.rest(5)
        iface.openMessageLog()
        other = next(
            d for d in self.window.findChildren(QDockWidget) if d.objectName() == "MessageLog"
        )
        self.window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, other)
        other.show()
        yield from self.rest(5)
        self.seen["window"] = [self.window.width(), self.window.height()]
        self.picture(self.window, "second dock")
        self.seen["rows beside it"] = self.table.viewport().height() // self.table.rowHeight(0)
        other.hide()
        yield from self.rest(5)
        rows = self.table.viewport().height() / self.table.rowHeight(0)
        self.seen["rows in sight"] = round(rows, 1)
        self.seen["name width"] = self.table.columnWidth(1)
        self.seen["letters"] = self.table.fontMetrics().horizontalAdvance("Permanent water")
        self.picture(self.window, "small screen")
        self.dock.close()
        yield from self.rest(5)
        overlay = self.dock.sight.highlight._overlay
        self.seen["left on the map"] = overlay.scene() is not None
        self.seen["outline while closed"] = int(yellow(self.map_pixels()).sum())
        self.trigger("Class workbench")
        yield from self.rest(5)
        self.seen["outline when open again"] = int(yellow(self.map_pixels()).sum())

    # Doing

    def transform(self, name):
        project = QgsProject.instance()
        return QgsCoordinateTransform(self.layer(name).crs(), project.crs(), project)

    def zoom(self, name):
        extent = self.transform(name).transformBoundingBox(self.layer(name).extent())
        iface.mapCanvas().setExtent(extent)
        iface.mapCanvas().refresh()

    def visible_box(self, name):
        """The extent of the map in pixels of a layer: left, top, right, bottom."""
        layer = self.layer(name)
        extent = self.transform(name).transformBoundingBox(
            iface.mapCanvas().extent(), self.transform(name).ReverseTransform
        )
        whole, pixel = layer.extent(), layer.rasterUnitsPerPixelX()
        return (
            (extent.xMinimum() - whole.xMinimum()) / pixel,
            (whole.yMaximum() - extent.yMaximum()) / pixel,
            (extent.xMaximum() - whole.xMinimum()) / pixel,
            (whole.yMaximum() - extent.yMinimum()) / pixel,
        )

    def place_of(self, number):
        """The position on the map widget of a pixel inside the largest patch of a class."""
        col, row = JOB["places"][str(number)]
        return self.on_widget(col, row)

    def on_widget(self, col, row):
        layer = self.layer("classes")
        extent, pixel = layer.extent(), layer.rasterUnitsPerPixelX()
        point = QgsPointXY(
            extent.xMinimum() + (col + 0.5) * pixel, extent.yMaximum() - (row + 0.5) * pixel
        )
        on_map = self.transform("classes").transform(point)
        place = iface.mapCanvas().getCoordinateTransform().transform(on_map)
        return QPoint(round(place.x()), round(place.y()))

    def click_class(self, number):
        QTest.mouseClick(iface.mapCanvas().viewport(), LEFT, NO_KEY, self.place_of(number))

    def click_at(self, col, row):
        QTest.mouseClick(iface.mapCanvas().viewport(), LEFT, NO_KEY, self.on_widget(col, row))

    def point_at(self, number):
        place = self.place_of(number)
        for step in (QPoint(3, 3), QPoint(0, 0)):
            QTest.mouseMove(iface.mapCanvas().viewport(), place + step)

    def click_row(self, row):
        place = self.table.visualRect(self.table.model().index(row, 1)).center()
        QTest.mouseClick(self.table.viewport(), LEFT, NO_KEY, place)

    def tool_button(self, bar, text):
        return bar.widgetForAction(next(a for a in bar.actions() if a.text() == text))

    def groups(self):
        return [
            [g.number, list(g.members), g.name, list(g.color)] for g in self.dock.session.groups
        ]

    def colors(self):
        return [list(group.color) for group in self.dock.session.groups]

    def map_pixels(self):
        return pixels_of(iface.mapCanvas())


def pixels_of(widget):
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    return np.frombuffer(bytes(bits), np.uint8).reshape(image.height(), image.width(), 4)


def changed(one, other):
    """Share of the pixels that differ."""
    return float((one != other).any(axis=-1).mean())


def yellow(pixels):
    return (pixels[..., 0] > 245) & (pixels[..., 1] > 200) & (pixels[..., 2] < 90)


start(SeeScript)
