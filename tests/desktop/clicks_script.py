# SPDX-License-Identifier: GPL-2.0-or-later
"""From the package to a map with names, as a new user clicks: every click is counted and filmed.

QGIS starts with an empty profile and without the plugin. The job has `package` (the ZIP file) and
`image`. Clicks go to the widget that lies at the place; one that is covered, disabled or outside
the screen is an error. Keys are typed where a click has put the focus.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from osgeo import gdal
from qgis.core import QgsSettings
from qgis.PyQt.QtCore import QPoint, Qt, QTimer
from qgis.PyQt.QtGui import QColor, QPainter, QPen
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import (
    QApplication,
    QDialog,
    QDockWidget,
    QFileDialog,
    QLineEdit,
    QListWidget,
    QMessageBox,
    QPushButton,
)
from qgis.utils import iface

from tests.desktop.window_script import JOB, LEFT, NO_KEY, WindowScript, start

COUNT = 6
# Keys of names in ESA WorldCover, the first scheme, for the classes from the largest on: shrubs,
# bare, water, bare (salt), water, wetland.
KEYS = "268689"
# Sides in pixels of a square inside the class that is clicked, the first that there is.
REACHES = (101, 61, 31, 15, 5)
FLASH_SECONDS = 2
MARK = 18
INSTALL_SECONDS = 570


class ClicksScript(WindowScript):
    def __init__(self):
        self.clicks, self.begin = [], time.monotonic()
        super().__init__()

    def ready(self):
        return iface.pluginManagerInterface() is not None

    def actions(self):
        # The list of the plugin site is not needed, and not there without network.
        site = "app/plugin_repositories/QGIS Official Plugin Repository/enabled"
        QgsSettings().setValue(site, False)
        from pyplugin_installer.installer_data import repositories

        repositories.load()
        yield from self.install_plugin()
        yield from self.first_steps()
        yield from self.run()
        yield from self.name()
        end = time.monotonic() + FLASH_SECONDS
        yield from self.wait(lambda: time.monotonic() > end)
        self.film("named")
        layer = iface.activeLayer()
        self.seen["legend"] = [entry.label for entry in layer.renderer().classes()]
        self.seen["clicks"] = self.clicks

    def install_plugin(self):
        menu = next(a for a in iface.mainWindow().menuBar().actions() if "ugins" in a.text())
        bar = self.window.menuBar()
        yield from self.click("Plugins", bar, bar.actionGeometry(menu).center())
        popup, entry = menu.menu(), iface.actionManagePlugins()
        place = popup.actionGeometry(entry).center()
        yield from self.click("Manage and Install Plugins…", popup, place)
        yield from self.wait(lambda: self.shown(QDialog, "Plugins"))
        manager = self.shown(QDialog, "Plugins")
        # Later releases of QGIS open it larger than this screen, and no window manager runs here.
        room = manager.screen().availableGeometry()
        manager.resize(manager.size().boundedTo(room.size()))
        manager.move(manager.x(), min(max(manager.y(), 0), room.height() - manager.height()))
        pages = next(w for w in manager.findChildren(QListWidget) if w.isVisible())
        (page,) = pages.findItems("Install from ZIP", Qt.MatchFlag.MatchExactly)
        place = pages.visualItemRect(page).center()
        yield from self.click("Install from ZIP", pages.viewport(), place)
        line = next(w for w in manager.findChildren(QLineEdit) if w.isVisible())
        yield from self.click("ZIP file: into the field, then type the path", line)
        QTest.keyClicks(line, JOB["package"])
        yield from self.click("Install Plugin", self.button(manager, "Install Plugin"))
        yield from self.wait(lambda: self.shown(QMessageBox) or self.installed())
        if not self.installed():
            yes = self.shown(QMessageBox).button(QMessageBox.StandardButton.Yes)
            yield from self.click("Yes (install from a file)", yes)
        yield from self.wait(self.installed)
        yield from self.click("Close (plugin manager)", self.button(manager, "Close"))

    def installed(self):
        return any("New here?" in item.text() for item in iface.messageBar().items())

    def first_steps(self):
        button = self.message_button("First steps…")
        yield from self.click("First steps… (message bar)", button)
        yield from self.wait(lambda: self.shown(QDialog, "First steps"))
        guide = self.shown(QDialog, "First steps")
        yield from self.click("1 Image: Open…", guide.open_button)
        yield from self.wait(lambda: self.shown(QFileDialog))
        files = self.shown(QFileDialog)
        # The field of the name has the focus.
        QTest.keyClicks(files.focusWidget(), JOB["image"])
        yield from self.click("Open, after typing the path", self.button(files, "Open"))
        yield from self.wait(lambda: guide.runtime_button.isVisible() and iface.activeLayer())
        yield from self.click("Set up… (the runtime is missing)", guide.runtime_button)
        yield from self.wait(lambda: self.shown(QDialog, "Runtime"))
        runtime = self.shown(QDialog, "Runtime")
        yield from self.wait(runtime.install_button.isEnabled)
        yield from self.click("Install", runtime.install_button)
        yield from self.wait(runtime.segment_button.isVisible, INSTALL_SECONDS)
        yield from self.click("Segment an image…", runtime.segment_button)

    def run(self):
        yield from self.wait(lambda: self.shown(QDialog, "Segment"))
        dialog = self.shown(QDialog, "Segment")
        finished = []
        dialog.algorithmFinished.connect(lambda fine, _results: finished.append(fine))
        yield from self.click("Run", dialog.runButton())
        yield from self.wait(lambda: finished, INSTALL_SECONDS)
        self.seen["fine"] = finished[0]
        yield from self.click("Close (Segment)", self.button(dialog, "Close"))

    def name(self):
        guide = self.shown(QDialog, "First steps")
        yield from self.wait(guide.workbench_button.isEnabled)
        yield from self.click("4 Name: Class workbench", guide.workbench_button)
        yield from self.click("Close (First steps)", self.button(guide, "Close"))
        dock = self.window.findChild(QDockWidget, "SuperSegClassWorkbench")
        line = dock.panel.count.lineEdit()
        yield from self.click(f"Classes: into the field, then type {COUNT} and Enter", line)
        QTest.keyClick(line, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(line, str(COUNT))
        QTest.keyClick(line, Qt.Key.Key_Return)
        yield from self.rest()
        bar = dock.panel.see_bar
        button = bar.widgetForAction(bar.assign)
        yield from self.click("Assign names by clicks on the map", button)
        canvas = iface.mapCanvas().viewport()
        for key, (name, place) in zip(KEYS, self.places(dock.session)):
            QTest.keyClick(iface.mapCanvas(), getattr(Qt.Key, f"Key_{key}"))
            yield from self.click(f"{name} on the map, after the key {key}", canvas, place)
        self.seen["unnamed"] = [g.name for g in dock.session.groups if g.name.startswith("Class ")]

    def places(self, session):
        """Name of each class, from the largest on, and a place on the map inside it."""
        source = gdal.Open(session.catalog.path)
        values, grid = source.ReadAsArray(), source.GetGeoTransform()
        transform = iface.mapCanvas().getCoordinateTransform()
        found = []
        for group in sorted(session.groups, key=lambda group: -group.share):
            inside = np.isin(values, group.members)
            sums = np.pad(inside.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
            for reach in REACHES:
                count = sums[reach:, reach:] - sums[:-reach, reach:] - sums[reach:, :-reach]
                whole = np.argwhere(count + sums[:-reach, :-reach] == reach**2)
                if len(whole):
                    break
            row, col = whole[len(whole) // 2]
            x, y = col + reach / 2, row + reach / 2
            place = transform.transform(grid[0] + x * grid[1], grid[3] + y * grid[5])
            found.append((group.name, QPoint(round(place.x()), round(place.y()))))
        return found

    def click(self, text, widget, place=None):
        """Click on a widget, as a user can: where it is seen."""
        yield from self.rest()
        place = widget.rect().center() if place is None else place
        spot = widget.mapToGlobal(place)
        there = QApplication.widgetAt(spot)
        if there is None or not (there is widget or widget.isAncestorOf(there)):
            self.film("covered", spot)
            raise RuntimeError(f"{text}: {there} lies at {spot}, not {widget}")
        if not widget.isEnabled():
            raise RuntimeError(f"{text} is disabled")
        seconds = round(time.monotonic() - self.begin)
        self.clicks.append([text, seconds])
        self.film(f"{len(self.clicks):02}", spot)
        # Some clicks open a window with an event loop of its own.
        QTimer.singleShot(0, lambda: QTest.mouseClick(widget, LEFT, NO_KEY, place))
        yield
        yield from self.rest()

    def film(self, name, spot=None):
        """Take a picture of the screen, with a ring around the place of the click."""
        QApplication.processEvents()
        picture = QApplication.primaryScreen().grabWindow(0)
        if spot is not None:
            painter = QPainter(picture)
            painter.setPen(QPen(QColor("#e8003a"), 3))
            painter.drawEllipse(spot, MARK, MARK)
            painter.end()
        target = Path(JOB["pictures"]) / f"{name}.png"
        if not picture.save(str(target)):
            raise OSError(f"{target} cannot be written")

    def shown(self, kind, title=""):
        """The window of a kind, with these words in its title; None if there is none."""
        for window in QApplication.topLevelWidgets():
            if isinstance(window, kind) and window.isVisible() and title in window.windowTitle():
                return window
        return None

    def button(self, window, text):
        buttons = [b for b in window.findChildren(QPushButton) if b.isVisible()]
        return next(b for b in buttons if b.text().replace("&", "") == text)

    def message_button(self, text):
        buttons = iface.messageBar().findChildren(QPushButton)
        return next(b for b in buttons if b.isVisible() and b.text() == text)


start(ClicksScript)
