# SPDX-License-Identifier: GPL-2.0-or-later
"""The labelling form: a dock to label accuracy points by what the image shows, by keys."""

from __future__ import annotations

from qgis.core import Qgis, QgsCsException, QgsProject
from qgis.gui import QgsDockWidget
from qgis.PyQt.QtCore import QCoreApplication, QEvent, Qt, QTimer

from ..errors import SuperSegError
from ..pipeline.assessment.sample_places import CANNOT_TELL, KEYS, names_to_choose
from .algorithm_dialogs import AlgorithmDialogs
from .class_layers import classes_of_sample
from .label_names import LabelNames
from .labelling_session import LabellingSession, text_fields
from .place_marker import HiddenLayers, PlaceMarker, show_overlays
from .reference_menu import is_points
from .sample_panel import SamplePanel
from .scrolling import scrolled

translate = QCoreApplication.translate

NAME = "SuperSegSampleForm"
MESSAGE_SECONDS = 12
LABEL = "label"


class SampleForm(QgsDockWidget):
    """The dock. It labels one layer at a time.

    Attributes:
        session: the `LabellingSession`, None without a layer that can be labelled.
    """

    def __init__(self, interface):
        title = translate("SuperSeg", "Label accuracy points")
        super().__init__(title, interface.mainWindow())
        self.setObjectName(NAME)
        self._iface = interface
        self.session = None
        # Id and name of the layer that was labelled last.
        self._labelled = ("", "")
        self.dialogs = AlgorithmDialogs(interface, self)
        self.panel = SamplePanel()
        self.names = LabelNames(self.panel.scheme)
        # On the map only while the dock is seen.
        self._marker = None
        self._hidden = HiddenLayers()
        self.setWidget(scrolled(self.panel))
        self._connect()

    def _connect(self):
        panel, project = self.panel, QgsProject.instance()
        panel.points.layerChanged.connect(self._points_chosen)
        panel.field.fieldChanged.connect(lambda _name: self._begin())
        panel.classes.layerChanged.connect(self._classes_chosen)
        panel.view.valueChanged.connect(lambda _pixels: self._show_place())
        panel.blind.toggled.connect(self._blind_toggled)
        panel.new_points.clicked.connect(
            lambda _checked=False: self.dialogs.accuracy_points(panel.classes.currentLayer())
        )
        panel.names.itemActivated.connect(lambda item: self._label(item.data(panel.NAME)))
        panel.other.returnPressed.connect(self._label_other)
        for button, action in (
            (panel.unclear, self._unclear),
            (panel.back, self._back),
            (panel.skip, self._skip),
            (panel.clear, self._clear),
            (panel.accuracy, self._accuracy),
        ):
            button.clicked.connect(lambda _checked=False, do=action: do())
        self.names.changed.connect(self._show_names)
        for source in (self.dialogs, self.names):
            source.failed.connect(self.warn)
        panel.names.installEventFilter(self)
        self.visibilityChanged.connect(lambda on: self._opened() if on else self._closed())
        project.layersAdded.connect(self._layers_added)
        project.layersWillBeRemoved.connect(self._layers_removed)
        # The project may have been saved while the form hid layers.
        project.readProject.connect(lambda _document: self._hide_layers())

    def warn(self, text):
        """Show a warning in the message bar."""
        level = Qgis.MessageLevel.Warning
        self._iface.messageBar().pushMessage("SuperSeg", text, level, MESSAGE_SECONDS)

    # Layers

    def _opened(self):
        canvas = self._iface.mapCanvas()
        if self._marker is None:
            self._marker = PlaceMarker(canvas)
            canvas.installEventFilter(self)
        if self.panel.points.currentLayer() is None:
            self._choose_points(list(QgsProject.instance().mapLayers().values()))
        elif self.session is None:
            self._begin()
        self._hide_layers()
        self._show_place()
        self.panel.names.setFocus()

    def _closed(self):
        if self._marker is not None:
            self._iface.mapCanvas().removeEventFilter(self)
            self._marker.remove()
            self._marker = None
        self._hide_layers()

    def _choose_points(self, layers):
        """Choose the first point layer with a field of labels."""
        for layer in layers:
            if is_points(layer) and LABEL in text_fields(layer):
                self.panel.points.setLayer(layer)
                return

    def _layers_added(self, layers):
        if self._marker is not None and self.panel.points.currentLayer() is None:
            self._choose_points(layers)
            # The new layer comes into the panel of layers a moment later.
            QTimer.singleShot(0, self._hide_layers)

    def _layers_removed(self, ids):
        # The combo box may have let go of the layer before.
        if self._labelled[0] in ids:
            self._end()
            self.panel.points.setLayer(None)
            if self._marker is not None:
                text = translate(
                    "SuperSeg", "{} was removed. The labels of a layer in a file are saved."
                )
                self.warn(text.format(self._labelled[1]))
            self._labelled = ("", "")
        classes = self.panel.classes.currentLayer()
        if classes is not None and classes.id() in ids:
            self.panel.classes.setLayer(None)

    def _points_chosen(self, layer):
        panel = self.panel
        panel.field.blockSignals(True)
        panel.field.setLayer(layer)
        if layer is not None:
            fields = text_fields(layer)
            panel.field.setField(LABEL if LABEL in fields else (fields or [""])[0])
            classes = classes_of_sample(layer, panel.classes.currentLayer())
            if classes is not None:
                panel.classes.setLayer(classes)
        panel.field.blockSignals(False)
        self._begin()

    def _classes_chosen(self, layer):
        self.names.set_classes(layer)
        self._hide_layers()
        self._show_place()

    def _begin(self):
        """Begin with the chosen layer and field."""
        self._end()
        layer = self.panel.points.currentLayer()
        if layer is not None:
            try:
                self.session = LabellingSession(layer, self.panel.field.currentField(), self)
            except SuperSegError as error:
                self.warn(str(error))
        if self.session is not None:
            self._labelled = (layer.id(), layer.name())
            self.session.changed.connect(self._show_all)
            self.session.failed.connect(self.warn)
        self._hide_layers()
        self._show_all()
        if self.session is not None and self._marker is not None:
            self.panel.names.setFocus()

    def _end(self):
        if self.session is not None:
            self.session.end()
            self.session.deleteLater()
        self.session = None
        self._show_all()

    # Labels

    def _label(self, text):
        if self.session is not None and text:
            self.session.label(text)

    def _label_other(self):
        text = self.panel.other.text().strip()
        if text and self.session is not None and self.session.label(text):
            self.panel.other.clear()
            self.panel.names.setFocus()

    def _unclear(self):
        self._label(CANNOT_TELL)

    def _back(self):
        if self.session is not None:
            self.session.back()

    def _skip(self):
        if self.session is not None:
            self.session.skip()

    def _clear(self):
        if self.session is not None:
            self.session.clear()

    def _accuracy(self):
        classes = self.panel.classes.currentLayer()
        if classes is None:
            self.warn(translate("SuperSeg", "Choose the class layer whose accuracy is wanted."))
            return
        self.dialogs.evaluate(classes, self.session.layer, self.session.field)

    def _action_of(self, event):
        """Return what a key does, None for other keys."""
        keys, none = Qt.Key, Qt.KeyboardModifier.NoModifier
        pad = Qt.KeyboardModifier.KeypadModifier
        if self.session is None or event.modifiers() not in (none, pad):
            return None
        special = {
            keys.Key_0: self._unclear,
            keys.Key_Backspace: self._back,
            keys.Key_Space: self._skip,
            keys.Key_Delete: self._clear,
        }
        if event.key() in special:
            return special[event.key()]
        text = event.text().upper()
        place = KEYS.find(text) if text else -1
        names = self._names()
        return (lambda: self._label(names[place])) if 0 <= place < len(names) else None

    def eventFilter(self, watched, event):
        # Accepting the override keeps QGIS from taking the key as a shortcut of its own, and the
        # list from searching for names by their first letter.
        kinds = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        if event.type() in kinds and self._marker is not None:
            action = self._action_of(event)
            if action is not None:
                event.accept()
                if event.type() == QEvent.Type.KeyPress:
                    action()
                return True
        return super().eventFilter(watched, event)

    # Showing

    def _names(self):
        used = self.session.labels.values() if self.session is not None else ()
        return names_to_choose(self.names.chosen(), used)

    def _show_all(self):
        self._show_names()
        self._show_place()

    def _show_names(self):
        label = self.session.labels.get(self.session.current, "") if self.session else ""
        self.panel.show_names(self._names(), label)

    def _show_place(self):
        session, panel = self.session, self.panel
        panel.show_session(session)
        if self._marker is None:
            return
        if session is None or session.current is None:
            self._marker.hide()
            return
        classes = panel.classes.currentLayer()
        canvas = self._iface.mapCanvas()
        crs = classes.crs() if classes is not None else canvas.mapSettings().destinationCrs()
        try:
            self._marker.show(session.point(crs), classes, panel.view.value())
        except QgsCsException:
            text = translate(
                "SuperSeg",
                "Point {} cannot be transformed into the CRS of the map; choose another CRS for"
                " the project.",
            )
            self.warn(text.format(session.number))

    def _blind_toggled(self, _on):
        self._hide_layers()
        self._show_place()

    def _hide_layers(self):
        """Hide the points, which would cover the pixel to label, and the classes if wished."""
        active = self._marker is not None and self.session is not None
        classes = self.panel.classes.currentLayer()
        blind = active and self.panel.blind.isChecked() and classes is not None
        hidden = [self.session.layer] if active else []
        self._hidden.hide([*hidden, classes] if blind else hidden)
        show_overlays(self._iface.mapCanvas(), not blind)


def open_sample_form(interface):
    """Create the dock; the plugin calls this once, and shows the dock from then on."""
    dock = SampleForm(interface)
    area = Qt.DockWidgetArea.RightDockWidgetArea
    interface.addTabifiedDockWidget(area, dock, [], True)
    return dock
