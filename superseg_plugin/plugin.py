# SPDX-License-Identifier: GPL-2.0-or-later
"""What QGIS talks to: the provider, and the menu Plugins > SuperSeg."""

from __future__ import annotations

from functools import partial
from typing import Any, Callable, NamedTuple

from qgis.core import QgsApplication
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction

from .provider import SuperSegProvider
from .resources import icon_path

MENU = "SuperSeg"


class Entry(NamedTuple):
    """A line of the menu.

    Attributes:
        title: what it says.
        opens: id of an algorithm whose dialog it opens, or a function that takes QGIS's interface
            and returns a window or panel. The function is called once; from then on the entry
            shows what it returned.
        toolbar: it has a button in the toolbar of plugins too.
    """

    title: str
    opens: str | Callable[[Any], Any]
    toolbar: bool = False


def _workbench(interface):
    # Panels are for windows: qgis_process reads this file too.
    from .gui.workbench import open_workbench

    return open_workbench(interface)


ENTRIES = (
    Entry("Segment an image…", "superseg:segment"),
    Entry("Class workbench", _workbench, toolbar=True),
    Entry("Install the runtime…", "superseg:installruntime"),
    Entry("Report on the runtime…", "superseg:runtimereport"),
)


class SuperSegPlugin:
    """The plugin. The interface is None where there is no window, as in qgis_process."""

    def __init__(self, interface):
        self.iface = interface
        self.provider = None
        self.actions = []
        self.windows = {}

    def initProcessing(self):
        """Register the provider; qgis_process calls nothing else."""
        self.provider = SuperSegProvider()
        if QgsApplication.processingRegistry().addProvider(self.provider):
            # A model's steps are looked up in the registry, which doesn't know this provider
            # before it is added: the model is complete only when loaded once more.
            self.provider.refreshAlgorithms()

    def initGui(self):
        """Register the provider and the menu."""
        self.initProcessing()
        for entry in ENTRIES:
            action = QAction(QIcon(icon_path()), entry.title, self.iface.mainWindow())
            action.triggered.connect(partial(self._open, entry))
            self.iface.addPluginToMenu(MENU, action)
            if entry.toolbar:
                self.iface.addToolBarIcon(action)
            self.actions.append(action)

    def unload(self):
        """Take back all that was registered, and close what was opened."""
        for action in self.actions:
            self.iface.removePluginMenu(MENU, action)
            self.iface.removeToolBarIcon(action)
            action.deleteLater()
        self.actions = []
        for window in self.windows.values():
            window.close()
            window.deleteLater()
        self.windows = {}
        if self.provider is None:
            return
        if QgsApplication.processingRegistry().removeProvider(self.provider):
            self.provider = None

    def _open(self, entry, _checked=False):
        if isinstance(entry.opens, str):
            _open_dialog(entry.opens)
            return
        if entry.title not in self.windows:
            self.windows[entry.title] = entry.opens(self.iface)
        window = self.windows[entry.title]
        window.show()
        window.raise_()
        window.activateWindow()


def _open_dialog(algorithm):
    # Processing is a plugin of its own and may be loaded after this one.
    from qgis import processing

    processing.execAlgorithmDialog(algorithm, {})
