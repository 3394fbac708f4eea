# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin: it registers the provider and the menu Plugins > SuperSeg."""

from __future__ import annotations

from functools import partial
from typing import Any, Callable, NamedTuple

from qgis.core import Qgis, QgsApplication, QgsMapLayerType, QgsProject, QgsSettings
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtGui import QDesktopServices, QIcon
from qgis.PyQt.QtWidgets import QAction

from .language import load_translation, remove_translation
from .provider import SuperSegProvider
from .resources import RUNTIME_LINK, icon_path

translate = QCoreApplication.translate
MENU = "SuperSeg"
GREETED = "superseg/greeted"
LINK_SCHEME = RUNTIME_LINK.split(":")[0]


class Entry(NamedTuple):
    """An entry of the menu.

    Attributes:
        title: its text.
        opens: id of an algorithm whose dialog it opens, or a function that takes QGIS's interface
            and returns a window or panel. The function is called once; the entry shows the same
            window again.
        toolbar: whether the plugin toolbar has a button for it, too.
        icon: name of an icon of the plugin.
    """

    title: str
    opens: str | Callable[[Any], Any]
    toolbar: bool = False
    icon: str = "superseg"


def _workbench(interface):
    # Imported on use: qgis_process, which has no windows, imports this file too.
    from .gui.workbench import open_workbench

    return open_workbench(interface)


def _sample_form(interface):
    from .gui.sample_form import open_sample_form

    return open_sample_form(interface)


def _runtime(interface):
    from .gui.runtime_dialog import open_runtime

    return open_runtime(interface)


def _welcome(interface):
    from .gui.welcome import WelcomeWindow

    return WelcomeWindow(interface)


def _dialog(algorithm):
    try:
        from .gui.processing_dialog import processing_dialog
    except ImportError:
        # A later QGIS may have moved its dialogs; Processing then opens its own.
        return None
    return processing_dialog(algorithm)


RUNTIME = Entry("Runtime…", _runtime, icon="runtime")
WORKBENCH = Entry("Class workbench", _workbench, True, "workbench")
LABELLING = Entry("Label accuracy points", _sample_form, icon="accuracypoints")
WELCOME = Entry("First steps…", _welcome, icon="first_steps")
SEGMENT = Entry("Segment an image…", "superseg:segment", True)
ENTRIES = (
    SEGMENT,
    WORKBENCH,
    LABELLING,
    RUNTIME,
    WELCOME,
)


# Their results are classes without names.
NUMBERED = ("superseg:segment", "superseg:classify")


class SuperSegPlugin:
    """The plugin. The interface is None in qgis_process, which has no window."""

    def __init__(self, interface):
        self.iface = interface
        self.provider = None
        self.actions = []
        self.windows = {}
        self.links = None
        self.models = None
        self.layer_action = None
        self.offers = None
        self.translator = load_translation()

    def initProcessing(self):
        """Register the provider; qgis_process calls only this."""
        self.provider = SuperSegProvider()
        if QgsApplication.processingRegistry().addProvider(self.provider):
            # A model finds its steps in the registry, which did not contain this provider when
            # the models were loaded first.
            self.provider.refreshAlgorithms()

    def initGui(self):
        """Register the provider and the menu."""
        from .gui.messages import Links, Offers
        from .gui.model_menu import model_menu

        self.initProcessing()
        self.offers = Offers(self.iface.messageBar())
        self.provider.make_dialog = self._dialog
        for entry in ENTRIES:
            own = QIcon(icon_path(entry.icon))
            title = translate("SuperSeg", entry.title)
            action = QAction(own, title, self.iface.mainWindow())
            action.triggered.connect(partial(self._open, entry))
            self.iface.addPluginToMenu(MENU, action)
            if entry is SEGMENT:
                # Analysts look for it under Raster.
                self.iface.addPluginToRasterMenu(MENU, action)
            if entry.toolbar:
                self.iface.addToolBarIcon(action)
            self.actions.append(action)
        self.models = model_menu(self.provider, self.iface.mainWindow())
        self.iface.addPluginToMenu(MENU, self.models.menuAction())
        for menu in (self.iface.pluginMenu(), self.iface.rasterMenu()):
            for action in menu.actions():
                if action.text() == MENU:
                    action.setIcon(QIcon(icon_path()))
        self.layer_action = QAction(
            QIcon(icon_path()),
            translate("SuperSeg", "Segment with SuperSeg…"),
            self.iface.mainWindow(),
        )
        self.layer_action.triggered.connect(self._segment_layer)
        raster = QgsMapLayerType.RasterLayer
        self.iface.addCustomActionForLayerType(self.layer_action, "", raster, True)
        self._greet()
        # The message of an algorithm without a runtime links to the runtime window.
        self.links = Links(partial(self._open, RUNTIME))
        QDesktopServices.setUrlHandler(LINK_SCHEME, self.links, "follow")

    def unload(self):
        """Unregister everything, and close the windows."""
        for action in self.actions:
            self.iface.removePluginMenu(MENU, action)
            self.iface.removePluginRasterMenu(MENU, action)
            self.iface.removeToolBarIcon(action)
            action.deleteLater()
        if self.links is not None:
            QDesktopServices.unsetUrlHandler(LINK_SCHEME)
            self.links = None
        self.actions = []
        if self.models is not None:
            self.iface.removePluginMenu(MENU, self.models.menuAction())
            self.models.deleteLater()
            self.models = None
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
            self._connect(entry, self.windows[entry.title])
        # Without a runtime, its message stays until there is one.
        if entry is not RUNTIME:
            self.offers.withdraw(entry)
        window = self.windows[entry.title]
        window.show()
        window.raise_()
        window.activateWindow()
        if entry is WORKBENCH:
            window.take_focus()

    def _connect(self, entry, window):
        """Connect a new window with the others."""
        if entry is WELCOME:
            window.runtimeRequested.connect(partial(self._open, RUNTIME))
            window.labellingRequested.connect(partial(self._open, LABELLING))
            window.previewRequested.connect(self._preview)
            window.workbenchRequested.connect(self._name_classes)
        elif entry is RUNTIME:
            window.ready.connect(partial(self.offers.withdraw, RUNTIME))
            window.segmentRequested.connect(self._segment_image)
        elif entry is WORKBENCH:
            window.labellingRequested.connect(partial(self._open, LABELLING))

    def _preview(self, layer, settings):
        """Open the preview of an image with settings of superseg:segment."""
        self._open(WORKBENCH)
        workbench = self.windows[WORKBENCH.title]
        workbench.show_preview(layer, settings)

    def _name_classes(self, layer):
        """Open the workbench on a class layer."""
        self._open(WORKBENCH)
        self.windows[WORKBENCH.title].open_layer(layer)

    def _dialog(self, algorithm):
        """Return the dialog of an algorithm, None for that of Processing."""
        dialog = _dialog(algorithm)
        if dialog is not None and algorithm.id() in NUMBERED:
            dialog.algorithmFinished.connect(self._offer_names)
        return dialog

    def _offer_names(self, fine, results):
        """Offer to name the classes of a result, unless the workbench shows them already."""
        workbench = self.windows.get(WORKBENCH.title)
        if not fine or (workbench is not None and workbench.isUserVisible()):
            return
        layers = QgsProject.instance().mapLayers().values()
        layer = next((one for one in layers if one.source() == results.get("OUTPUT")), None)
        if layer is not None:
            title = translate("SuperSeg", "Name the classes…")
            # The layer may be removed before the button is clicked.
            button = (title, partial(self._name_result, layer.id()))
            self.offers.push(WORKBENCH, layer.name(), button)

    def _name_result(self, layer_id, _checked=False):
        layer = QgsProject.instance().mapLayer(layer_id)
        if layer is not None:
            self._name_classes(layer)

    def _segment_image(self):
        """Open Segment with the image of the project, or the first steps if there is none."""
        from .gui.images import first_image

        image = first_image()
        if image is None:
            self._open(WELCOME)
        else:
            self.open_dialog("superseg:segment", {"INPUT": image.id()})

    def _segment_layer(self, _checked=False):
        """Open Segment with the layer whose context menu was used."""
        layer = self.iface.layerTreeView().currentLayer()
        self.open_dialog("superseg:segment", {"INPUT": layer.id()} if layer else {})

    def open_dialog(self, name, parameters=None):
        """Open an algorithm's dialog, or a message about the runtime if it is missing."""
        able, _ = QgsApplication.processingRegistry().algorithmById(name).canExecute()
        if not able:
            self._offer_runtime()
            return
        # Processing is another plugin, which may be loaded later.
        from qgis import processing

        processing.execAlgorithmDialog(name, parameters or {})

    def _offer_runtime(self):
        text = translate("SuperSeg", "One thing is missing: the runtime.")
        button = (translate("SuperSeg", "Set up…"), partial(self._open, RUNTIME))
        self.offers.push(RUNTIME, text, button, Qgis.MessageLevel.Warning)

    def _greet(self):
        """Show a message to new users, once."""
        if not QgsSettings().value(GREETED, False, type=bool):
            QgsSettings().setValue(GREETED, True)
            text = translate("SuperSeg", "New here? Start with a sample.")
            button = (translate("SuperSeg", "First steps…"), partial(self._open, WELCOME))
            self.offers.push(WELCOME, text, button)
