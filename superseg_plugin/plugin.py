# SPDX-License-Identifier: GPL-2.0-or-later
"""What QGIS talks to: the provider, and the menu Plugins > SuperSeg."""

from __future__ import annotations

from functools import partial
from typing import Any, Callable, NamedTuple

from qgis.core import Qgis, QgsApplication
from qgis.PyQt.QtCore import QObject, QUrl, pyqtSlot
from qgis.PyQt.QtGui import QDesktopServices, QIcon
from qgis.PyQt.QtWidgets import QAction, QPushButton

from .provider import SuperSegProvider
from .resources import RUNTIME_LINK, icon_path

MENU = "SuperSeg"
LINK_SCHEME = RUNTIME_LINK.split(":")[0]


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


def _runtime(interface):
    from .gui.runtime_dialog import open_runtime

    return open_runtime(interface)


RUNTIME = Entry("Runtime…", _runtime)
ENTRIES = (
    Entry("Segment an image…", "superseg:segment"),
    Entry("Class workbench", _workbench, toolbar=True),
    RUNTIME,
)


class _Links(QObject):
    """Follows links of this plugin: there is one, to the runtime's window."""

    def __init__(self, open_window):
        super().__init__()
        self._open_window = open_window

    @pyqtSlot(QUrl)
    def follow(self, _link):
        self._open_window()


class SuperSegPlugin:
    """The plugin. The interface is None where there is no window, as in qgis_process."""

    def __init__(self, interface):
        self.iface = interface
        self.provider = None
        self.actions = []
        self.windows = {}
        self.links = None

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
        # What an algorithm that cannot run says has a link to the runtime's window.
        self.links = _Links(partial(self._open, RUNTIME))
        QDesktopServices.setUrlHandler(LINK_SCHEME, self.links, "follow")

    def unload(self):
        """Take back all that was registered, and close what was opened."""
        for action in self.actions:
            self.iface.removePluginMenu(MENU, action)
            self.iface.removeToolBarIcon(action)
            action.deleteLater()
        if self.links is not None:
            QDesktopServices.unsetUrlHandler(LINK_SCHEME)
            self.links = None
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
            self._open_dialog(entry.opens)
            return
        if entry.title not in self.windows:
            self.windows[entry.title] = entry.opens(self.iface)
        window = self.windows[entry.title]
        window.show()
        window.raise_()
        window.activateWindow()

    def _open_dialog(self, name):
        able, _ = QgsApplication.processingRegistry().algorithmById(name).canExecute()
        if not able:
            self._offer_runtime()
            return
        # Processing is a plugin of its own and may be loaded after this one.
        from qgis import processing

        processing.execAlgorithmDialog(name, {})

    def _offer_runtime(self):
        bar = self.iface.messageBar()
        message = bar.createMessage(MENU, "The runtime that segments images is not installed yet.")
        button = QPushButton("Set up…", message)
        button.clicked.connect(partial(self._open, RUNTIME))
        button.clicked.connect(partial(bar.popWidget, message))
        message.layout().addWidget(button)
        bar.pushWidget(message, Qgis.MessageLevel.Warning)
