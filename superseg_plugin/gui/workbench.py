# SPDX-License-Identifier: GPL-2.0-or-later
"""The class workbench: a dock to edit a class layer, and to preview segmentations."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from qgis.core import Qgis, QgsProject, QgsRasterLayer
from qgis.gui import QgsDockWidget
from qgis.PyQt.QtCore import QCoreApplication, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from ..errors import SuperSegError
from ..pipeline.classes.catalog import has_class_table
from .algorithm_dialogs import AlgorithmDialogs
from .class_layers import layer_row, may_be_classes, page_without_layer, raster_layers
from .class_session import PROPERTY, ClassSession, path_of
from .class_tool import ClassTool
from .classes_panel import ClassesPanel
from .edited_overlay import EditedOverlay
from .guide_steps import keep_settings
from .preview_panel import PreviewPanel
from .scrolling import scrolled, widen
from .sight import Sight
from .superpixel_bar import SuperpixelBar

translate = QCoreApplication.translate

NAME = "SuperSegClassWorkbench"
MESSAGE_SECONDS = 12
# The table with its spectra, and the buttons below it.
LETTERS = 64


class Workbench(QgsDockWidget):
    """The dock. It edits one layer at a time; the edits are stored in the layer.

    It changes to the class layer that is selected in the layer panel, unless `pin` is checked. The
    undo history of each layer is kept until the layer is removed.

    Signals:
        labellingRequested: the user wants to label accuracy points.
    """

    labellingRequested = pyqtSignal()

    def __init__(self, interface):
        super().__init__(translate("SuperSeg", "Class workbench"), interface.mainWindow())
        self.setObjectName(NAME)
        self._iface = interface
        self.session = None
        # Sessions of layers by their id.
        self._sessions = {}
        # Processing styles a result after it has been added and selected.
        self._follow = QTimer(self, singleShot=True, interval=0, timeout=self._follow_selection)
        self.panel = ClassesPanel()
        self.dialogs = AlgorithmDialogs(interface, self)
        self.tool = ClassTool(interface.mapCanvas(), self.panel.action_for)
        self.sight = Sight(self.panel, self.tool, interface, self)
        self.edits = EditedOverlay(interface.mapCanvas(), self.warn, self)
        self.superpixel_bar = SuperpixelBar(self.panel, interface.mapCanvas())
        self.panel.add_bar(self.superpixel_bar)
        self.sight.explain(*self.superpixel_bar.clicking_tools)
        self.preview = PreviewPanel(interface.mapCanvas())
        self._build()
        self._connect()

    def _build(self):
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(4, 4, 4, 4)
        row, self.layers, self.pin = layer_row()
        layout.addLayout(row)
        self.empty, self.segment_button = page_without_layer()
        layout.addWidget(self.empty, 1)
        layout.addWidget(self.panel, 1)
        self._show_panel(None)
        self.tabs = QTabWidget()
        self.tabs.addTab(scrolled(inside), translate("SuperSeg", "Classes"))
        self.tabs.addTab(self.preview, translate("SuperSeg", "Preview"))
        self.setWidget(self.tabs)

    def _connect(self):
        panel, bar = self.panel, self.panel.actions_bar
        self.layers.layerChanged.connect(self._layer_chosen)
        for asked, open_dialog in (
            (panel.writeRequested, self.dialogs.merge_classes),
            (panel.polygonsRequested, self.dialogs.class_polygons),
            (panel.references.chosen, self.dialogs.evaluate),
            (panel.references.drawRequested, self.dialogs.accuracy_points),
        ):
            asked.connect(partial(self._open_dialog, open_dialog))
        panel.references.labelRequested.connect(self.labellingRequested)
        panel.modelRequested.connect(lambda: self.dialogs.classify_others(self.session))
        self.segment_button.clicked.connect(lambda _checked=False: self.dialogs.segment({}))
        bar.pickToggled.connect(self._pick_on_map)
        for source in (bar, self.dialogs, self.tool, self.preview, self.sight, self.superpixel_bar):
            source.failed.connect(self.warn)
        self.tool.deactivated.connect(lambda: bar.pick.setChecked(False))
        self.opened.connect(self._opened)
        # Outlines of classes would lie over the preview.
        sight = self.sight
        self.tabs.currentChanged.connect(lambda tab: sight.remove() if tab else sight.restore())
        self._iface.currentLayerChanged.connect(self._layer_selected)
        for chosen in (self.preview.settingsPreviewed, self.preview.settingsChosen):
            chosen.connect(keep_settings)
        self.preview.settingsChosen.connect(self.dialogs.segment)
        leaving = (self._release_tool, self.sight.remove, partial(self.edits.switch, False))
        for leave in (*leaving, self.preview.switch_off, self.superpixel_bar.teach_bar.stop):
            self.closed.connect(leave)
        project = QgsProject.instance()
        project.layersWillBeRemoved.connect(self._layers_removed)
        project.readProject.connect(self._project_read)
        project.writeProject.connect(self._write_attribute_table)

    def _opened(self):
        """Open the current layer: its classes, or the preview if it is an image."""
        self.sight.restore()
        self.edits.switch(True)
        layer = self._iface.activeLayer()
        if self.session is not None and (self.pin.isChecked() or layer is self.session.layer):
            return
        if isinstance(layer, QgsRasterLayer) and may_be_classes(layer):
            self.open_layer(layer)
        elif self.session is None:
            found = [one for one in raster_layers() if may_be_classes(one)]
            if found:
                self.open_layer(found[0])
            elif isinstance(layer, QgsRasterLayer):
                self.show_preview(layer, {})

    def take_focus(self):
        """Give the keyboard focus to the table, or to the choice of a layer if there is none."""
        if self.tabs.currentWidget() is self.preview:
            self.preview.layers.setFocus()
        else:
            (self.panel.table if self.session is not None else self.layers).setFocus()

    def show_preview(self, layer, settings):
        """Show the preview of an image with settings, those of the panel if they are empty."""
        self.preview.choose(layer, settings)
        self.tabs.setCurrentWidget(self.preview)

    def open_layer(self, layer):
        """Edit a layer.

        Returns:
            Whether it is a class layer; if not, a message says why, and the layer edited before
            remains open.
        """
        try:
            session = self._session_of(layer)
        except SuperSegError as error:
            self.warn(str(error))
            self._show_chosen_layer()
            return False
        if self.session is not None:
            self.session.close()
        self.session = session
        self.tool.layer = layer
        if not self.preview.live.isChecked():
            self.tabs.setCurrentIndex(0)
        self._show_panel(session)
        self._show_chosen_layer()
        if session.state_error:
            self.warn(session.state_error)
            session.state_error = ""
        if session.notice:
            self.warn(session.notice, Qgis.MessageLevel.Info)
            session.notice = ""
        return True

    def close_session(self):
        """Close the layer, and forget its undo history."""
        self._release_tool()
        self._show_panel(None)
        if self.session is not None:
            self.session.close()
            self._forget(self.session.layer.id())
        self.session = None
        self.tool.layer = None

    def _show_panel(self, session):
        self.edits.show_session(session)
        self.sight.show_session(session)
        self.panel.show_session(session)
        self.panel.setVisible(session is not None)
        self.empty.setVisible(session is None)

    def _session_of(self, layer):
        """Return the former session of a layer if its file has the same classes, or a new one."""
        kept = self._sessions.get(layer.id())
        if kept is not None and path_of(layer) == kept.catalog.path and kept.is_current():
            return kept
        session = ClassSession(layer, self)
        session.failed.connect(self.warn)
        session.outdated.connect(self._open_anew)
        self._forget(layer.id())
        self._sessions[layer.id()] = session
        return session

    def _open_anew(self):
        layer = self.session.layer
        self._forget(layer.id())
        layer.dataProvider().reloadData()
        layer.triggerRepaint()
        with suppress(SuperSegError):
            # That edits of the former file are gone was told with the change of the file.
            self._session_of(layer).state_error = ""
        self.open_layer(layer)

    def _open_dialog(self, open_dialog, *reference):
        if self.session.unchanged():
            open_dialog(self.session.layer, *reference)

    def _forget(self, layer_id):
        session = self._sessions.pop(layer_id, None)
        if session is not None:
            session.deleteLater()

    # A method of the dock is disconnected with it, which a lambda would not be.
    def _layer_selected(self, _layer):
        self._follow.start()

    def _follow_selection(self):
        """Open the layer that is selected in the layer panel if it is a class layer."""
        layer = self._iface.activeLayer()
        if self.pin.isChecked() or not self.isUserVisible():
            return
        if self.session is not None and layer is self.session.layer:
            return
        # Other rasters are selected for other reasons, and need no message.
        if isinstance(layer, QgsRasterLayer) and may_be_classes(layer):
            try:
                followed = has_class_table(path_of(layer))
            except SuperSegError:
                return
            if followed:
                self.open_layer(layer)

    def warn(self, text, level=Qgis.MessageLevel.Warning):
        """Show a warning in the message bar, or a message of another level."""
        # The bar shows one line and a half; a button opens the whole text.
        bar = self._iface.messageBar()
        bar.pushMessage("SuperSeg", text, text, level, MESSAGE_SECONDS)

    def _layer_chosen(self, layer):
        current = self.session.layer if self.session is not None else None
        if layer is None or layer is current:
            return
        self.open_layer(layer)

    def _show_chosen_layer(self):
        self.layers.blockSignals(True)
        self.layers.setLayer(self.session.layer if self.session is not None else None)
        self.layers.blockSignals(False)

    def _pick_on_map(self, on):
        canvas = self._iface.mapCanvas()
        if on:
            canvas.setMapTool(self.tool)
        else:
            canvas.unsetMapTool(self.tool)

    def _release_tool(self):
        self.panel.actions_bar.pick.setChecked(False)
        self.superpixel_bar.release()

    def _layers_removed(self, ids):
        if self.session is not None and self.session.layer.id() in ids:
            self.close_session()
            self._show_chosen_layer()
        for layer_id in ids:
            self._forget(layer_id)

    def _project_read(self, _document):
        if not self.isUserVisible():
            return
        kept = [layer for layer in raster_layers() if layer.customProperty(PROPERTY)]
        if kept and self.session is None:
            self.open_layer(kept[0])

    def _write_attribute_table(self, _document):
        if self.session is not None:
            self.session.close()


def open_workbench(interface):
    """Create the dock; the plugin calls this once, and shows the dock from then on."""
    dock = Workbench(interface)
    area = Qt.DockWidgetArea.RightDockWidgetArea
    interface.addTabifiedDockWidget(area, dock, [], True)
    # The layout is made once the dock is shown.
    QTimer.singleShot(0, lambda: widen(dock, interface.mainWindow(), LETTERS))
    return dock
