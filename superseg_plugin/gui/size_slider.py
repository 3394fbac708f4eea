# SPDX-License-Identifier: GPL-2.0-or-later
"""A slider for the size of the smallest superpixel, which tells it in pixels and square meters."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, QLocale, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QCheckBox, QGridLayout, QLabel, QSlider, QWidget

from ..pipeline.options.preview import SIDES, nearest_side
from .ground_areas import area_text

translate = QCoreApplication.translate


class SizeSlider(QWidget):
    """Chooses the side of the smallest superpixel; automatic until the slider is moved.

    Signals:
        valueChanged: the side has changed.
    """

    valueChanged = pyqtSignal()

    def __init__(self, parent=None):
        super().__init__(parent)
        # Side in pixels of the image where it is automatic, and of its pixels in meters.
        self._usual, self._meters = SIDES[0], None
        # A size in meters that was set before the side of a pixel was known.
        self._wanted_meters = None
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, len(SIDES) - 1)
        self.slider.setPageStep(3)
        self.automatic = QCheckBox(translate("SuperSeg", "Automatic"))
        self.automatic.setToolTip(
            translate("SuperSeg", "The size that Segment uses for this image by default")
        )
        self.automatic.setChecked(True)
        self.label = QLabel(wordWrap=True)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.slider, 0, 0)
        layout.addWidget(self.automatic, 0, 1)
        layout.addWidget(self.label, 1, 0, 1, 2)
        self.slider.valueChanged.connect(self._moved)
        self.automatic.toggled.connect(self._switched)
        self._show()

    def value(self):
        """Return the side of the smallest superpixel, in pixels of the image."""
        return self._usual if self.automatic.isChecked() else SIDES[self.slider.value()]

    def parameter(self):
        """Return the parameter SUPERPIXEL_SIZE, in pixels; 0 is automatic."""
        return 0.0 if self.automatic.isChecked() else self.value()

    def set_parameter(self, side, in_meters=False):
        """Set the size by the parameter SUPERPIXEL_SIZE; takes the nearest side of the slider.

        Meters are converted once the side of a pixel is known; until then the size is automatic.
        """
        before = self.parameter()
        self._wanted_meters = None
        if side and in_meters:
            if self._meters is None:
                side, self._wanted_meters = 0.0, side
            else:
                side /= self._meters
        self._block(True)
        self.automatic.setChecked(not side)
        self.slider.setValue(nearest_side(side or self._usual))
        self._block(False)
        self._show()
        if self.parameter() != before:
            self.valueChanged.emit()

    def set_usual(self, side):
        """Set the side that is automatic for the image, in pixels; the size gets automatic."""
        before = self.value()
        self._usual = side
        self.set_parameter(0.0)
        if self.value() != before:
            self.valueChanged.emit()

    def set_meters(self, meters):
        """Set the side of a pixel of the image, in meters, or None if it is unknown."""
        self._meters = meters
        if meters is not None and self._wanted_meters is not None:
            self.set_parameter(self._wanted_meters, in_meters=True)
        self._show()

    def text(self):
        """Return the size in pixels and, where that is known, square meters."""
        side = self.value()
        locale = QLocale()
        text = translate("SuperSeg", "{pixels} pixels ({side} x {side})").format(
            pixels=locale.toString(side**2, "f", 0), side=locale.toString(side, "g", 2)
        )
        if self._meters is None:
            return text
        return f"{text}, {area_text((side * self._meters) ** 2)} m²"

    def _moved(self, _index):
        self._block(True)
        self.automatic.setChecked(False)
        self._block(False)
        self._changed()

    def _switched(self, automatic):
        if automatic:
            self._block(True)
            self.slider.setValue(nearest_side(self._usual))
            self._block(False)
        self._changed()

    def _changed(self):
        self._wanted_meters = None
        self._show()
        self.valueChanged.emit()

    def _show(self):
        self.label.setText(translate("SuperSeg", "At least {}").format(self.text()))

    def _block(self, on):
        self.slider.blockSignals(on)
        self.automatic.blockSignals(on)
