# SPDX-License-Identifier: GPL-2.0-or-later
"""What QGIS talks to: the provider, and the menu Plugins > SuperSeg."""

from __future__ import annotations

from functools import partial
from typing import Any, Callable, NamedTuple

from qgis.core import Qgis, QgsApplication, QgsMapLayerType, QgsSettings
from qgis.PyQt.QtCore import QCoreApplication, QObject, QUrl, pyqtSlot
from qgis.PyQt.QtGui import QDesktopServices, QIcon
from qgis.PyQt.QtWidgets import QAction, QPushButton

from .language import load_translation, remove_translation
from .provider import SuperSegProvider
from .resources import RUNTIME_LINK, icon_path

translate = QCoreApplication.translate
MENU = "SuperSeg"
GREETED = "superseg/greeted"
LINK_SCHEME = RUNTIME_LINK.split(":")[0]


class Entry(NamedTuple):
    """A line of the menu.

    Attributes:
        title: what it says.
        opens: id of an algorithm whose dialog it opens, or a function that takes QGIS's interface
            and returns a window or panel. The function is called once; from then on the entry
            shows what it returned.
        toolbar: it has a button in the toolbar of plugins too.
        icon: name of one of QGIS's own icons; the plugin's where empty.
    """

    title: str
    opens: str | Callable[[Any], Any]
    toolbar: bool = False
    icon: str = ""


def _workbench(interface):
    # Panels are for windows: qgis_process reads this file too.
    from .gui.workbench import open_workbench

    return open_workbench(interface)


def _runtime(interface):
    from .gui.runtime_dialog import open_runtime

    return open_runtime(interface)


def _welcome(interface):
    from .gui.welcome import WelcomeWindow

    return WelcomeWindow(interface.mainWindow())


def _segment_dialog(algorithm):
    try:
        from .gui.segment_dialog import segment_dialog
    except ImportError:
        # Where a later QGIS has its dialogs elsewhere, the plain one will do.
        return None
    return segment_dialog(algorithm)


RUNTIME = Entry("Runtime…", _runtime)
WORKBENCH = Entry("Class workbench", _workbench, True, "/propertyicons/symbology.svg")
WELCOME = Entry("First steps…", _welcome)
ENTRIES = (
    Entry("Segment an image…", "superseg:segment", toolbar=True),
    WORKBENCH,
    RUNTIME,
    WELCOME,
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
        self.layer_action = None
        self.translator = load_translation()

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
        self.provider.dialogs["segment"] = _segment_dialog
        for entry in ENTRIES:
            own = QgsApplication.getThemeIcon(entry.icon) if entry.icon else QIcon(icon_path())
            title = translate("SuperSeg", entry.title)
            action = QAction(own, title, self.iface.mainWindow())
            action.triggered.connect(partial(self._open, entry))
            self.iface.addPluginToMenu(MENU, action)
            if entry.toolbar:
                self.iface.addToolBarIcon(action)
            self.actions.append(action)
        self.layer_action = QAction(
            QIcon(icon_path()),
            translate("SuperSeg", "Segment with SuperSeg…"),
            self.iface.mainWindow(),
        )
        self.layer_action.triggered.connect(self._segment_layer)
        raster = QgsMapLayerType.RasterLayer
        self.iface.addCustomActionForLayerType(self.layer_action, "", raster, True)
        self._greet()
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
        if self.layer_action is not None:
            self.iface.removeCustomActionForLayerType(self.layer_action)
            self.layer_action.deleteLater()
            self.layer_action = None
        for window in self.windows.values():
            window.close()
            window.deleteLater()
        self.windows = {}
        remove_translation(self.translator)
        self.translator = None
        if self.provider is None:
            return
        if QgsApplication.processingRegistry().removeProvider(self.provider):
            self.provider = None

    def _open(self, entry, _checked=False):
        if isinstance(entry.opens, str):
            self.open_dialog(entry.opens)
            return
        if entry.title not in self.windows:
            self.windows[entry.title] = entry.opens(self.iface)
            if entry is WELCOME:
                self._connect(self.windows[entry.title])
        window = self.windows[entry.title]
        window.show()
        window.raise_()
        window.activateWindow()

    def _connect(self, welcome):
        welcome.runtimeWanted.connect(partial(self._open, RUNTIME))
        welcome.workbenchWanted.connect(partial(self._open, WORKBENCH))
        welcome.segmentWanted.connect(
            lambda layer: self.open_dialog("superseg:segment", {"INPUT": layer.id()})
        )

    def _segment_layer(self, _checked=False):
        """Segment the layer whose menu was opened."""
        layer = self.iface.layerTreeView().currentLayer()
        self.open_dialog("superseg:segment", {"INPUT": layer.id()} if layer else {})

    def open_dialog(self, name, parameters=None):
        """Open an algorithm's dialog, or offer the runtime where that is missing."""
        able, _ = QgsApplication.processingRegistry().algorithmById(name).canExecute()
        if not able:
            self._offer_runtime()
            return
        # Processing is a plugin of its own and may be loaded after this one.
        from qgis import processing

        processing.execAlgorithmDialog(name, parameters or {})

    def _offer_runtime(self):
        text = translate("SuperSeg", "The runtime that segments images is not installed yet.")
        self._offer(text, translate("SuperSeg", "Set up…"), RUNTIME, Qgis.MessageLevel.Warning)

    def _greet(self):
        """Show the way, once."""
        if not QgsSettings().value(GREETED, False, type=bool):
            QgsSettings().setValue(GREETED, True)
            text = translate("SuperSeg", "New here? Start with a sample.")
            self._offer(
                text, translate("SuperSeg", "First steps…"), WELCOME, Qgis.MessageLevel.Info
            )

    def _offer(self, text, title, entry, level):
        """Say something, with a button that opens an entry."""
        bar = self.iface.messageBar()
        message = bar.createMessage(MENU, text)
        button = QPushButton(title, message)
        button.clicked.connect(partial(self._open, entry))
        button.clicked.connect(partial(bar.popWidget, message))
        message.layout().addWidget(button)
        bar.pushWidget(message, level)
