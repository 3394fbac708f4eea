# SPDX-License-Identifier: GPL-2.0-or-later
"""The class workbench: a dock for one class layer of the project, and for previews of others."""

from __future__ import annotations

from qgis.core import Qgis, QgsMapLayerProxyModel, QgsProject, QgsRasterLayer
from qgis.gui import QgsDockWidget, QgsMapLayerComboBox
from qgis.PyQt.QtCore import QCoreApplication, Qt
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QTabWidget, QVBoxLayout, QWidget

from ..errors import SuperSegError
from .class_session import PROPERTY, ClassSession
from .class_tool import ClassTool
from .classes_panel import ClassesPanel
from .hand_on import HandOn
from .preview_panel import PreviewPanel

translate = QCoreApplication.translate

NAME = "SuperSegClassWorkbench"
MESSAGE_SECONDS = 12


class Workbench(QgsDockWidget):
    """The dock. One session at a time; what was done to a layer is kept in the layer."""

    def __init__(self, interface):
        super().__init__(translate("SuperSeg", "Class workbench"), interface.mainWindow())
        self.setObjectName(NAME)
        self._iface = interface
        self.session = None
        self.panel = ClassesPanel()
        self.hand_on = HandOn(interface, self)
        self.tool = ClassTool(interface.mapCanvas())
        self.preview = PreviewPanel(interface.mapCanvas())
        self.layers = QgsMapLayerComboBox()
        filters = getattr(QgsMapLayerProxyModel, "Filter", QgsMapLayerProxyModel)
        self.layers.setFilters(filters.RasterLayer)
        self.layers.setAllowEmptyLayer(True)
        self.layers.setLayer(None)
        self._build()
        self._connect()

    def _build(self):
        inside = QWidget()
        layout = QVBoxLayout(inside)
        row = QHBoxLayout()
        label = QLabel(translate("SuperSeg", "La&yer"))
        label.setBuddy(self.layers)
        row.addWidget(label)
        row.addWidget(self.layers, 1)
        layout.addLayout(row)
        layout.addWidget(self.panel, 1)
        self.tabs = QTabWidget()
        self.tabs.addTab(inside, translate("SuperSeg", "Classes"))
        self.tabs.addTab(self.preview, translate("SuperSeg", "Preview"))
        self.setWidget(self.tabs)

    def _connect(self):
        panel, bar = self.panel, self.panel.actions_bar
        self.layers.layerChanged.connect(self._layer_chosen)
        panel.writeWanted.connect(lambda: self.hand_on.write(self.session))
        panel.polygonsWanted.connect(lambda: self.hand_on.polygons(self.session))
        panel.compareWanted.connect(lambda layer: self.hand_on.compare(self.session, layer))
        panel.modelWanted.connect(lambda: self.hand_on.apply_model(self.session))
        bar.pickToggled.connect(self._pick_on_map)
        for source in (bar, self.hand_on, self.tool, self.preview):
            source.failed.connect(self.warn)
        self.tool.picked.connect(self._picked)
        self.tool.deactivated.connect(lambda: bar.pick.setChecked(False))
        self.opened.connect(self._opened)
        self.preview.settingsChosen.connect(self.hand_on.segment)
        self.closed.connect(self._let_go_of_tool)
        self.closed.connect(self.preview.switch_off)
        project = QgsProject.instance()
        project.layersWillBeRemoved.connect(self._layers_will_go)
        project.readProject.connect(self._project_read)
        project.writeProject.connect(self._write_beside)
        project.ellipsoidChanged.connect(self._measure)

    def _opened(self):
        """Begin with the current layer: with its classes, or with a preview of an image."""
        layer = self._iface.activeLayer()
        if self.session is not None and layer is self.session.layer:
            return
        if isinstance(layer, QgsRasterLayer) and self._may_be_classes(layer):
            self.open_layer(layer)
        elif self.session is None:
            found = [one for one in self._rasters() if self._may_be_classes(one)]
            if found:
                self.open_layer(found[0])
            elif isinstance(layer, QgsRasterLayer):
                self.preview.layers.setLayer(layer)
                self.tabs.setCurrentWidget(self.preview)

    def open_layer(self, layer):
        """Work on another layer; where that cannot be, say why and stay with the former one."""
        try:
            session = ClassSession(layer, self)
        except SuperSegError as error:
            self.warn(str(error))
            self._show_chosen_layer()
            return False
        self.close_session()
        self.session = session
        session.failed.connect(self.warn)
        self.tool.layer = layer
        self.panel.show_session(session)
        self._show_chosen_layer()
        if session.complaint:
            self.warn(session.complaint)
        return True

    def close_session(self):
        """Let go of the layer."""
        self._let_go_of_tool()
        self.panel.show_session(None)
        if self.session is not None:
            self.session.close()
            self.session.deleteLater()
        self.session = None
        self.tool.layer = None

    def warn(self, text):
        """Say something in the message bar."""
        level = Qgis.MessageLevel.Warning
        self._iface.messageBar().pushMessage("SuperSeg", text, level, MESSAGE_SECONDS)

    def _layer_chosen(self, layer):
        current = self.session.layer if self.session is not None else None
        if layer is None or layer is current:
            return
        self.open_layer(layer)

    def _show_chosen_layer(self):
        self.layers.blockSignals(True)
        self.layers.setLayer(self.session.layer if self.session is not None else None)
        self.layers.blockSignals(False)

    def _picked(self, number, add):
        # Beside the classes, nothing is selected.
        self.panel.pick((number,) if number else (), add)

    def _pick_on_map(self, wanted):
        canvas = self._iface.mapCanvas()
        if wanted:
            canvas.setMapTool(self.tool)
        else:
            canvas.unsetMapTool(self.tool)

    def _let_go_of_tool(self):
        self.panel.actions_bar.pick.setChecked(False)

    def _layers_will_go(self, ids):
        if self.session is not None and self.session.layer.id() in ids:
            self.close_session()
            self._show_chosen_layer()

    def _project_read(self, _document):
        if not self.isUserVisible():
            return
        kept = [layer for layer in self._rasters() if layer.customProperty(PROPERTY)]
        if kept and self.session is None:
            self.open_layer(kept[0])

    def _write_beside(self, _document):
        if self.session is not None:
            self.session.close()

    def _measure(self, _ellipsoid):
        if self.session is not None:
            self.session.measure()

    @staticmethod
    def _rasters():
        layers = QgsProject.instance().mapLayers().values()
        return [layer for layer in layers if isinstance(layer, QgsRasterLayer)]

    @staticmethod
    def _may_be_classes(layer):
        if layer.customProperty(PROPERTY):
            return True
        if layer.bandCount() != 1 or layer.providerType() != "gdal":
            return False
        return layer.dataProvider().dataType(1) == Qgis.DataType.Byte


def open_workbench(interface):
    """Make the dock; the plugin's menu calls this once and then shows what it got."""
    dock = Workbench(interface)
    area = Qt.DockWidgetArea.RightDockWidgetArea
    interface.addTabifiedDockWidget(area, dock, [], True)
    return dock
