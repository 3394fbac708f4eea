# SPDX-License-Identifier: GPL-2.0-or-later
"""What QGIS talks to: the provider, and a menu for those who don't look into the toolbox."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction

from .provider import SuperSegProvider
from .resources import icon_path

MENU = "SuperSeg"
ENTRIES = (
    ("Segment an image…", "superseg:segment"),
    ("Install the runtime…", "superseg:installruntime"),
    ("Report on the runtime…", "superseg:runtimereport"),
)


class SuperSegPlugin:
    """The plugin. The interface is None where there is no window, as in qgis_process."""

    def __init__(self, interface):
        self.iface = interface
        self.provider = None
        self.actions = []

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
        for title, algorithm in ENTRIES:
            action = QAction(QIcon(icon_path()), title, self.iface.mainWindow())
            action.triggered.connect(lambda _checked=False, name=algorithm: _open_dialog(name))
            self.iface.addPluginToRasterMenu(MENU, action)
            self.actions.append(action)

    def unload(self):
        """Take back all that was registered."""
        for action in self.actions:
            self.iface.removePluginRasterMenu(MENU, action)
            action.deleteLater()
        self.actions = []
        if self.provider is None:
            return
        if QgsApplication.processingRegistry().removeProvider(self.provider):
            self.provider = None


def _open_dialog(algorithm):
    # Processing is a plugin of its own and may be loaded after this one.
    from qgis import processing

    processing.execAlgorithmDialog(algorithm, {})
