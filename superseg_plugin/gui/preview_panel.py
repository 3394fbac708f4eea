# SPDX-License-Identifier: GPL-2.0-or-later
"""The panel of the preview: settings of a segmentation, applied to the visible part of an image."""

from __future__ import annotations

from qgis.core import QgsMapLayerProxyModel
from qgis.gui import QgsMapLayerComboBox
from qgis.PyQt.QtCore import QCoreApplication, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QPushButton,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ..errors import SuperSegError
from ..pipeline.options.ground_sizes import usual_superpixels
from ..pipeline.preview import PreviewOptions
from .map_view import view_of
from .preview_item import PreviewItem
from .preview_runner import PreviewRunner

translate = QCoreApplication.translate

# A preview is computed once the settings and the map have not changed for so long.
DELAY_MS = 250
PERCENT = 100


class PreviewPanel(QWidget):
    """Shows previews while it is switched on.

    Signals:
        failed: an error message for the message bar.
        settingsChosen: parameters of superseg:segment with the settings of the panel.
    """

    failed = pyqtSignal(str)
    settingsChosen = pyqtSignal(object)

    def __init__(self, canvas, parent=None):
        super().__init__(parent)
        self._canvas = canvas
        self._last_failure = ""
        self.runner = PreviewRunner(self)
        self.item = PreviewItem(canvas)
        # The item is added when previews are switched on; the map exists longer than the panel.
        canvas.scene().removeItem(self.item)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._build()
        self._timer.timeout.connect(self._request)
        self.runner.done.connect(self._show)
        self.runner.failed.connect(self._fail)
        self.runner.busy.connect(self._show_busy)
        canvas.extentsChanged.connect(self._schedule)
        canvas.destinationCrsChanged.connect(self._schedule)
        self.live.toggled.connect(self._switch)
        self._set_default_size(self.layers.currentLayer())
        self.layers.layerChanged.connect(self._set_default_size)
        self.layers.layerChanged.connect(self._schedule)
        for widget in (self.size, self.smoothness, self.classes):
            widget.valueChanged.connect(self._schedule)
        for widget in (self.opacity, self.swipe):
            widget.valueChanged.connect(self._restyle)
        self.outlines.toggled.connect(self._restyle)
        self.use.clicked.connect(lambda _checked=False: self._choose())

    def _build(self):
        self.layers = QgsMapLayerComboBox()
        filters = getattr(QgsMapLayerProxyModel, "Filter", QgsMapLayerProxyModel)
        self.layers.setFilters(filters.RasterLayer)
        self.live = QCheckBox(translate("SuperSeg", "&Preview on the map"))
        self.size = QDoubleSpinBox()
        self.size.setRange(3.0, 64.0)
        self.size.setDecimals(1)
        self.size.setSuffix(translate("SuperSeg", " pixels"))
        self.smoothness = QDoubleSpinBox()
        self.smoothness.setRange(0.0, 100.0)
        self.smoothness.setDecimals(1)
        self.classes = QSpinBox()
        self.classes.setRange(2, 64)
        options = PreviewOptions()
        self.size.setValue(options.superpixel_size)
        self.smoothness.setValue(options.smoothness)
        self.classes.setValue(options.classes)
        for widget in (self.size, self.smoothness, self.classes):
            widget.setKeyboardTracking(False)
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.swipe = QSlider(Qt.Orientation.Horizontal)
        for slider, value in ((self.opacity, 60), (self.swipe, 0)):
            slider.setRange(0, PERCENT)
            slider.setValue(value)
        self.outlines = QCheckBox(translate("SuperSeg", "Outlines of &superpixels"))
        self.outlines.setChecked(True)
        self.status = QLabel()
        self.status.setWordWrap(True)
        self.size.setToolTip(
            translate("SuperSeg", "In pixels of the image; most superpixels are larger")
        )
        self.smoothness.setToolTip(
            translate("SuperSeg", "How strongly neighboring superpixels get the same class")
        )
        self.swipe.setToolTip(
            translate("SuperSeg", "Part of the map, from the left, without the preview")
        )
        self.use = QPushButton(translate("SuperSeg", "&Use these settings…"))
        self.use.setToolTip(translate("SuperSeg", "Open Segment with these settings"))
        form = QFormLayout()
        form.addRow(translate("SuperSeg", "&Image"), self.layers)
        form.addRow(self.live)
        form.addRow(translate("SuperSeg", "Smallest superpixel, &side"), self.size)
        form.addRow(translate("SuperSeg", "S&moothness"), self.smoothness)
        form.addRow(translate("SuperSeg", "Number of c&lasses"), self.classes)
        form.addRow(self.outlines)
        form.addRow(translate("SuperSeg", "&Opacity"), self.opacity)
        form.addRow(translate("SuperSeg", "S&wipe"), self.swipe)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.status)
        layout.addStretch(1)
        layout.addWidget(self.use)

    def switch_off(self):
        """Remove the preview from the map, and end the worker."""
        self.live.setChecked(False)

    def _switch(self, on):
        self._last_failure = ""
        if on:
            self._canvas.scene().addItem(self.item)
            self._schedule()
            return
        self._canvas.scene().removeItem(self.item)
        self._timer.stop()
        self.runner.stop()
        self.item.show_preview(None)
        self.status.clear()

    def _set_default_size(self, layer):
        """Set the superpixel size that Segment uses for the image by default."""
        # The size of images from a server is unknown.
        if layer is not None and layer.width() > 0:
            self.size.setValue(usual_superpixels(layer.width() * layer.height()).min_size ** 0.5)

    def _schedule(self, *_changes):
        if self.live.isChecked():
            self._timer.start()

    def _restyle(self, *_changes):
        self.item.set_style(
            self.opacity.value() / PERCENT,
            self.swipe.value() / PERCENT,
            self.outlines.isChecked(),
        )

    def _request(self):
        # The preview under way is outdated, even if the new one fails.
        self.runner.drop()
        layer = self.layers.currentLayer()
        if layer is None:
            self._fail(
                translate("SuperSeg", "There is no image to preview; add one to the project.")
            )
            return
        try:
            view, fetch = view_of(layer, self._canvas.mapSettings())
        except SuperSegError as error:
            self._fail(str(error))
            return
        options = PreviewOptions(self.size.value(), self.smoothness.value(), self.classes.value())
        self.runner.request(view, options, fetch)

    def _show(self, preview, seconds):
        if not self.live.isChecked():
            return
        self._last_failure = ""
        self.item.show_preview(preview)
        text = translate("SuperSeg", "{} superpixels, {} classes, {:.1f} s").format(
            preview.superpixels, len(preview.colors), seconds
        )
        if preview.view.reduction > 1.05:
            text += "\n" + translate(
                "SuperSeg", "A pixel of the map covers {:.1f} x {:.1f} pixels of the image."
            ).format(preview.view.reduction, preview.view.reduction)
        if not preview.true_size:
            text += " " + translate(
                "SuperSeg", "Superpixels of a run are smaller than shown: zoom in to see them."
            )
        self.status.setText(text)

    def _show_busy(self, busy):
        if busy and self.live.isChecked():
            self.status.setText(translate("SuperSeg", "Computing…"))

    def _fail(self, text):
        if not self.live.isChecked():
            return
        self.status.setText(text)
        # The same failure follows every movement of the map; it is shown once.
        if text != self._last_failure:
            self._last_failure = text
            self.failed.emit(text)

    def _choose(self):
        layer = self.layers.currentLayer()
        if layer is None:
            self.failed.emit(
                translate("SuperSeg", "There is no image to segment; add one to the project.")
            )
            return
        parameters = {
            "INPUT": layer,
            "CLASSES": self.classes.value(),
            "SMOOTHNESS": self.smoothness.value(),
            "SUPERPIXEL_SIZE": self.size.value(),
            "UNITS": "pixels",
        }
        self.settingsChosen.emit(parameters)
