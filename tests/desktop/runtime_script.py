# SPDX-License-Identifier: GPL-2.0-or-later
"""Actions in the runtime window of a QGIS without a runtime.

The job has `python`, an interpreter that can run the worker; `kernels`, the folder of its compiled
kernels; `home`, SuperSeg's data folder, which is empty; `wheels`, an empty folder; `dark`, whether
to use dark colors; and `only look`, whether only to take a picture of the window.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtCore import QTimer, QUrl
from qgis.PyQt.QtGui import QColor, QDesktopServices, QGuiApplication, QPalette
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QMessageBox, QPushButton
from qgis.utils import iface, unloadPlugin

from superseg_plugin.settings import stored_cluster, stored_cluster_paths
from tests.desktop.window_script import JOB, LEFT, WindowScript, start

TITLE = "SuperSeg: Runtime"
GUIDE = "SuperSeg: First steps"
HOME = Path(JOB.get("home", ""))


class RuntimeScript(WindowScript):
    """No runtime; a cancelled and a failed installation; a chosen Python; removal."""

    def actions(self):
        if JOB.get("dark"):
            use_dark_colors()
        if JOB.get("only look"):
            yield from self.as_it_is()
            return
        self.longest = 0.0
        yield from self.without()
        yield from self.cancelled()
        yield from self.failed()
        yield from self.own_python()
        yield from self.cluster()
        yield from self.removed()
        self.messages()
        # While the window still waits for an answer.
        self.dialog.refresh()
        unloadPlugin("superseg_plugin")
        yield from self.rest(25)
        wrong = [text for text in self.messages() if "error" in text.lower()]
        self.seen["after unloading"] = [*self.dialogs(), *wrong]
        self.seen["longest pause"] = self.longest

    def as_it_is(self):
        self.trigger("Runtime…")
        yield from self.known()
        yield from self.wait(lambda: "querying" not in self.dialog.device.text())
        self.seen["device"] = self.dialog.device.text()
        self.seen["heights"] = [self.dialog.height(), self.dialog.screen().availableSize().height()]
        self.look("runtime")

    def without(self):
        self.trigger("Segment an image…")
        yield from self.rest()
        item = iface.messageBar().currentItem()
        self.seen["offered"] = [item.text(), self.dialogs()]
        self.trigger("First steps…")
        yield from self.rest()
        guide = next(w for w in QApplication.topLevelWidgets() if w.windowTitle() == GUIDE)
        guide.sample_button.click()
        self.seen["guide"] = [guide.runtime_row.isVisible(), guide.segment_button.isEnabled()]
        self.picture(guide, "guide")
        guide.close()
        QTest.mouseClick(item.findChild(QPushButton), LEFT)
        yield from self.known()
        self.seen["missing"] = self.dialog.status.text()
        self.seen["folded"] = [self.dialog.log.isHidden(), self.dialog.height()]
        self.look("missing")
        self.dialog.close()
        segment = QgsApplication.processingRegistry().algorithmById("superseg:segment")
        self.seen["reason"] = segment.canExecute()[1]
        QDesktopServices.openUrl(QUrl("superseg:runtime"))
        yield from self.known()
        choices = self.dialog.choices
        self.seen["builds"] = [choices.build.itemText(n) for n in range(choices.build.count())]
        self.seen["space"] = choices.space.text()
        choices.origin.setCurrentIndex(1)
        choices.source.setFilePath("/no/such/folder")
        self.seen["no folder"] = [choices.space.text(), self.dialog.install_button.isEnabled()]
        choices.source.setFilePath(JOB["wheels"])
        self.press("commands_button")
        self.seen["commands"] = self.dialog.log.toPlainText()
        self.look("commands")

    def cancelled(self):
        self.dialog.choices.origin.setCurrentIndex(0)
        self.press("install_button")
        yield from self.wait(lambda: " pip install " in self.dialog.log.toPlainText())
        self.look("installing")
        self.seen["while installing"] = self.enabled()
        # The installer now waits for a server that does not answer.
        yield from self.responsive(3)
        begin = time.monotonic()
        self.press("cancel_button")
        yield from self.wait(lambda: self.dialog.task is None)
        self.seen["cancel"] = [time.monotonic() - begin, self.dialog.log.toPlainText()]
        yield from self.wait(lambda: not list(HOME.glob("partial-*")), seconds=30)
        yield from self.known()
        self.seen["left"] = sorted(path.name for path in HOME.iterdir())

    def failed(self):
        self.dialog.choices.origin.setCurrentIndex(1)
        self.press("install_button")
        yield from self.idle()
        self.seen["failed"] = self.dialog.log.toPlainText()
        shown, screen = self.dialog.frameGeometry(), self.dialog.screen().availableGeometry()
        self.seen["bottoms"] = [shown.bottom(), screen.bottom()]
        self.look("failed")

    def own_python(self):
        # Compiling the kernels would take most of the time of this script.
        shutil.copytree(JOB["kernels"], HOME / "numba")
        self.trigger("Segment an image…")
        choices = self.dialog.choices
        offered = [self._offers(), self.dialog.segment_button.isVisible()]
        buttons = [[choices.use.isEnabled(), choices.forget.isEnabled()]]
        choices.python.setFilePath(JOB["python"])
        buttons.append([choices.use.isEnabled(), choices.forget.isEnabled()])
        QTest.mouseClick(self.dialog.choices.use, LEFT)
        yield from self.known()
        buttons.append([choices.use.isEnabled(), choices.forget.isEnabled()])
        self.seen["python buttons"] = buttons
        self.seen["offers"] = [offered, [self._offers(), self.dialog.segment_button.isVisible()]]
        # This dialog has an event loop of its own.
        dialog = self.dialog
        QTimer.singleShot(0, dialog.segment_button.click)
        yield from self.wait(lambda: any(t.endswith("Segment") for t in self.dialogs()))
        shown = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
        segment = next(w for w in shown if w.windowTitle().endswith("Segment"))
        value = segment.mainWidget().wrappers["INPUT"].parameterValue()
        self.seen["to segment"] = QgsProject.instance().mapLayer(value).name()
        segment.close()
        self.seen["hidden"] = dialog.isHidden()
        dialog.show()
        yield from self.rest()
        self.seen["ready"] = [self.dialog.status.text(), self.dialog.python.text()]
        yield from self.wait(lambda: "querying" not in self.dialog.device.text())
        self.seen["device"] = self.dialog.device.text()
        self.press("report_button")
        yield from self.idle()
        self.seen["report"] = QGuiApplication.clipboard().text()
        self.look("ready")

    def _offers(self):
        """Whether the message bar offers the runtime."""
        return any("is missing" in item.text() for item in iface.messageBar().items())

    def cluster(self):
        box, told = self.dialog.choices.cluster, []
        box.paths.setText("/data = /mnt/data")
        for text in ("tcp://10.1.2.3:8786", "tcp://10.1.2.3:8786 unencrypted"):
            box.address.setText(text)
            QTest.mouseClick(box.use, LEFT)
            yield from self.rest()
            last = self.dialog.log.toPlainText().strip().splitlines()[-1]
            told.append([last, stored_cluster(), box.use.isEnabled(), box.forget.isEnabled()])
        self.look("cluster")
        QTest.mouseClick(box.forget, LEFT)
        yield from self.rest()
        told.append([box.address.text(), stored_cluster()])
        box.paths.setText("/data is /mnt/data")
        QTest.mouseClick(box.use, LEFT)
        yield from self.rest()
        last = self.dialog.log.toPlainText().strip().splitlines()[-1]
        told.append([last, stored_cluster_paths()])
        self.seen["cluster"] = told

    def removed(self):
        (HOME / "runtime").mkdir()
        self.dialog.refresh()
        yield from self.known()
        QTimer.singleShot(500, say_yes)
        self.press("remove_button")
        yield from self.idle()
        self.seen["removed"] = [self.dialog.log.toPlainText(), (HOME / "runtime").exists()]
        QTest.mouseClick(self.dialog.choices.forget, LEFT)
        yield from self.known()
        self.seen["given up"] = self.dialog.status.text()

    @property
    def dialog(self):
        """The window of the runtime."""
        shown = [w for w in QApplication.topLevelWidgets() if w.windowTitle() == TITLE]
        return next(widget for widget in shown if widget.isVisible())

    def known(self):
        """Wait until the window shows the state."""
        yield from self.wait(lambda: TITLE in self.dialogs())
        yield from self.wait(lambda: self.dialog.state is not None)
        yield from self.rest()

    def idle(self):
        """Wait for the end of the task."""
        yield from self.wait(lambda: self.dialog.task is None)
        yield from self.known()

    def responsive(self, seconds):
        """Measure the longest pause of the event loop."""
        end = time.monotonic() + seconds
        last = time.monotonic()
        while last < end:
            yield
            self.longest = max(self.longest, time.monotonic() - last)
            last = time.monotonic()

    def press(self, name):
        QTest.mouseClick(getattr(self.dialog, name), LEFT)

    def enabled(self):
        names = ("install", "cancel", "commands", "report", "remove")
        return [name for name in names if getattr(self.dialog, f"{name}_button").isEnabled()]

    def look(self, name):
        self.picture(self.dialog, name)


def say_yes():
    box = QApplication.activeModalWidget()
    if isinstance(box, QMessageBox):
        QTest.mouseClick(box.button(QMessageBox.StandardButton.Yes), LEFT)


def use_dark_colors():
    """Set dark colors, as a theme of QGIS or of the system does."""
    roles = QPalette.ColorRole
    palette = QPalette()
    for role, color in (
        (roles.Window, "#2b2b2b"),
        (roles.WindowText, "#dddddd"),
        (roles.Base, "#1e1e1e"),
        (roles.AlternateBase, "#2b2b2b"),
        (roles.Text, "#dddddd"),
        (roles.Button, "#3a3a3a"),
        (roles.ButtonText, "#dddddd"),
        (roles.Highlight, "#2a82da"),
        (roles.HighlightedText, "#ffffff"),
    ):
        palette.setColor(role, QColor(color))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor("#777777"))
    QApplication.instance().setPalette(palette)


start(RuntimeScript)
