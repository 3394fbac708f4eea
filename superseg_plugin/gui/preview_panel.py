# SPDX-License-Identifier: GPL-2.0-or-later
"""The panel of the preview: settings of a segmentation, applied to the visible part of an image."""

from __future__ import annotations

import time

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QCoreApplication, Qt, QTimer, QUrl, pyqtSignal
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import QCheckBox, QFormLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ..errors import SuperSegError
from ..pipeline.classes.previewed import in_distinct_colors
from ..pipeline.options.preview import usual_side
from ..resources import RUNTIME_LINK
from ..settings import chosen_python
from ..worker.interpreter import interpreter_missing_reason
from .class_shares import ClassShares
from .estimate_line import EstimateLine
from .images import first_image
from .preview_compare import CompareBox
from .preview_image import PreviewImage
from .preview_item import PreviewItem
from .preview_runner import PreviewRunner
from .preview_settings import PreviewSettings
from .preview_style import PreviewStyle
from .preview_texts import preview_text, size_text
from .scrolling import scrolled
from .swipe_handle import SwipeHandle
from .wheel_filter import WheelFilter

translate = QCoreApplication.translate

# A preview is computed once the settings and the map have not changed for so long.
DELAY_MS = 250
# The seconds that a preview takes are counted on the map.
COUNT_MS = 1000


class PreviewPanel(QWidget):
    """Shows previews while it is switched on.

    Signals:
        failed: an error message for the message bar.
        settingsChosen: parameters of superseg:segment with the settings of the panel.
        settingsPreviewed: the same settings without the image, once their preview is shown.
    """

    failed = pyqtSignal(str)
    settingsChosen = pyqtSignal(object)
    settingsPreviewed = pyqtSignal(object)

    def __init__(self, canvas, parent=None):
        super().__init__(parent)
        self._canvas = canvas
        self._last_failure, self._begun = "", None
        # Id and name of the layer that was requested last: the list of layers forgets a removed one
        # before the panel is told.
        self._previewed = ("", "")
        self.runner = PreviewRunner(self)
        self.item = PreviewItem(canvas)
        # The item is added when previews are switched on; the map exists longer than the panel.
        canvas.scene().removeItem(self.item)
        self.handle = SwipeHandle(canvas, lambda: self.item.swipe, self)
        self._timer = QTimer(self, singleShot=True, interval=DELAY_MS, timeout=self._request)
        self._clock = QTimer(self, interval=COUNT_MS, timeout=self._show_seconds)
        # A result gets its style, which tells class rasters from images, after it was added.
        self._wait = QTimer(self, singleShot=True, interval=0)
        self._build()
        self._connect()
        self.image.list_images()
        self.layers.setLayer(first_image())
        self._image_changed()

    def _build(self):
        self.live = QCheckBox(translate("SuperSeg", "&Preview on the map"))
        self.settings = PreviewSettings()
        algorithm = self.settings.algorithm
        self.image = PreviewImage(algorithm)
        self.layers = self.image.layers
        changes = (self.settings.changed, self.layers.layerChanged, self.image.changed)
        self.estimate = EstimateLine(algorithm, self._estimated, changes)
        self.estimate.heading = translate("SuperSeg", "A run on the whole image: ")
        self.compare = CompareBox(self.settings)
        self.shares = ClassShares()
        self.drawing = PreviewStyle(self.item)
        self.status = QLabel(wordWrap=True)
        self.status.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.set_up = QPushButton(translate("SuperSeg", "Set up…"))
        self.use = QPushButton(translate("SuperSeg", "&Use these settings…"))
        self.use.setToolTip(translate("SuperSeg", "Open Segment with these settings"))
        inside = QWidget()
        form = QFormLayout(inside)
        form.setContentsMargins(4, 4, 4, 4)
        form.addRow(translate("SuperSeg", "&Image"), self.layers)
        form.addRow(self.settings)
        form.addRow(self.image)
        form.addRow(self.live)
        form.addRow(self.status)
        form.addRow(self.set_up)
        form.addRow(self.compare)
        form.addRow(self.shares)
        form.addRow(self.drawing)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolled(inside), 1)
        # Below the scroll area, so that they are always in sight.
        layout.addWidget(self.estimate)
        layout.addWidget(self.use)
        self._wheel_filter = WheelFilter(inside)
        self._clear()

    def _connect(self):
        self.runner.done.connect(self._show)
        self.runner.failed.connect(self._fail)
        self.runner.busy.connect(self._show_busy)
        self._canvas.extentsChanged.connect(self._schedule)
        self._canvas.destinationCrsChanged.connect(self._schedule)
        self._canvas.layersChanged.connect(self._wait.start)
        self._wait.timeout.connect(self.image.list_images)
        self.live.toggled.connect(self._switch)
        self.layers.layerChanged.connect(self._image_changed)
        self.settings.changed.connect(self._schedule)
        self.image.changed.connect(self._schedule)
        self.compare.changed.connect(self._schedule)
        self.estimate.estimated.connect(self._show_size)
        self.handle.moved.connect(self.drawing.move_line)
        self.drawing.distinct.toggled.connect(
            lambda _on: self._drawn is not None and self._draw(self._drawn)
        )
        self.set_up.clicked.connect(
            lambda _checked=False: QDesktopServices.openUrl(QUrl(RUNTIME_LINK))
        )
        self.use.clicked.connect(lambda _checked=False: self._choose())
        project = QgsProject.instance()
        project.layersAdded.connect(self._wait.start)
        project.layersWillBeRemoved.connect(self._layers_removed)

    def choose(self, layer, settings):
        """Choose an image, and settings as parameters of superseg:segment."""
        self.layers.setLayer(layer)
        self.settings.set_parameters(settings)

    def switch_off(self):
        """Remove the preview from the map, and end the worker."""
        self.live.setChecked(False)

    def _switch(self, on):
        self._last_failure = ""
        self._clear()
        if not on:
            self._canvas.scene().removeItem(self.item)
            self._timer.stop()
            self.runner.stop()
            return
        reason = interpreter_missing_reason(chosen_python())
        if reason:
            self.live.blockSignals(True)
            self.live.setChecked(False)
            self.live.blockSignals(False)
            missing = translate("SuperSeg", "The runtime for segmentation is not installed yet.")
            self.status.setText(reason if chosen_python() else missing)
            self.set_up.show()
            return
        self._canvas.scene().addItem(self.item)
        self._schedule()

    def _clear(self):
        """Show no preview, and say nothing."""
        self.compare.end()
        self.compare.setEnabled(False)
        self.handle.switch(False)
        self._drawn = None
        self.item.show_preview(None)
        self.shares.show_preview(None, None)
        self._end_busy()
        self.status.clear()
        self.set_up.hide()

    def _image_changed(self, *_layer):
        layer = self.layers.currentLayer()
        self.image.begin()
        self.settings.size.set_meters(None)
        self.estimate.setVisible(layer is not None)
        # Without a preview, what was said stays: that the former image was removed.
        if self.live.isChecked():
            self._clear()
        if layer is not None:
            self.settings.size.set_usual(usual_side(layer.width(), layer.height()))
        self._schedule()

    def _show_size(self, estimate):
        """Show what the estimate found out: a service has the resolution of the map."""
        self.settings.size.set_meters(estimate.meters)
        if self.settings.size.automatic.isChecked():
            self.settings.size.set_usual(estimate.side)

    def _layers_removed(self, ids):
        layer_id, name = self._previewed
        if self.live.isChecked() and layer_id in ids:
            self.switch_off()
            text = translate("SuperSeg", "{} was removed, so the preview is switched off.")
            self.status.setText(text.format(name))

    def _schedule(self, *_changes):
        if self.live.isChecked():
            # The preview under way is outdated, even if the next one fails.
            self.runner.drop()
            self._timer.start()

    def _request(self):
        layer = self.layers.currentLayer()
        if layer is None:
            self._fail(
                translate("SuperSeg", "There is no image to preview; add one to the project.")
            )
            return
        try:
            view, fetch = self.image.view(self._canvas.mapSettings())
        except SuperSegError as error:
            self._fail(str(error))
            return
        self._begun, self._previewed = time.monotonic(), (layer.id(), layer.name())
        self.runner.request(view, self.settings.options(), fetch, self.compare.options)

    def _show(self, preview, seconds):
        if not self.live.isChecked():
            return
        self._last_failure = ""
        self._draw(preview)
        self.compare.setEnabled(True)
        self.status.setText(preview_text(preview, seconds))
        self.settingsPreviewed.emit(self.settings.parameters())

    def _draw(self, preview):
        self._drawn = preview
        if self.drawing.distinct.isChecked():
            preview = in_distinct_colors(preview)
        self.item.show_preview(preview)
        beside, right = preview.beside, size_text(preview)
        if beside is None:
            self.item.set_labels(translate("SuperSeg", "Image"), right)
        else:
            self.item.set_labels(f"A: {size_text(beside)}", f"B: {right}")
        self.handle.switch(True)
        self.shares.show_preview(preview, self.layers.currentLayer())

    def _show_busy(self, busy):
        if not busy or not self.live.isChecked():
            self._end_busy()
            return
        self.status.setText(translate("SuperSeg", "Computing…"))
        self._show_seconds()
        self._clock.start()

    def _show_seconds(self):
        seconds = round(time.monotonic() - self._begun)
        text = translate("SuperSeg", "Computing the preview, {} s…").format(seconds)
        self.item.set_busy(text)

    def _end_busy(self):
        self._clock.stop()
        self.item.set_busy("")

    def _fail(self, text):
        if not self.live.isChecked():
            return
        self._end_busy()
        self.status.setText(text)
        # The same failure follows every movement of the map; it is shown once.
        if text != self._last_failure:
            self._last_failure = text
            self.failed.emit(text)

    def _estimated(self):
        """Return the parameters of the run that is estimated."""
        output = {"OUTPUT": "TEMPORARY_OUTPUT"}
        return {**self.image.parameters(), **self.settings.parameters(), **output}

    def _choose(self):
        if self.layers.currentLayer() is None:
            self.failed.emit(
                translate("SuperSeg", "There is no image to segment; add one to the project.")
            )
            return
        self.settingsChosen.emit({**self.image.parameters(), **self.settings.parameters()})
