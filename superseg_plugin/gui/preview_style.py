# SPDX-License-Identifier: GPL-2.0-or-later
"""How a preview is drawn: place of the line, opacity, colors, outlines of superpixels."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, Qt
from qgis.PyQt.QtWidgets import QCheckBox, QFormLayout, QSlider, QWidget

translate = QCoreApplication.translate

# Steps of the sliders.
PERCENT, THOUSAND = 100, 1000


class PreviewStyle(QWidget):
    """Widgets for the style of a `PreviewItem`.

    Args:
        item: the item, whose style is shown and changed.

    Attributes:
        distinct: the box for colors that differ most, in place of those of the image.
    """

    def __init__(self, item, parent=None):
        super().__init__(parent)
        self._item = item
        self.opacity, self.swipe = (QSlider(Qt.Orientation.Horizontal) for _ in range(2))
        self.opacity.setRange(0, PERCENT)
        self.opacity.setValue(round(item.opacity * PERCENT))
        self.swipe.setRange(0, THOUSAND)
        self.move_line(item.swipe)
        self.swipe.setToolTip(
            translate("SuperSeg", "Place of the line, which can be dragged on the map too")
        )
        self.outlines = QCheckBox(translate("SuperSeg", "Outlines of &superpixels"))
        self.outlines.setChecked(item.with_outlines)
        self.distinct = QCheckBox(translate("SuperSeg", "Distinct colors"))
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(translate("SuperSeg", "S&wipe"), self.swipe)
        form.addRow(translate("SuperSeg", "&Opacity"), self.opacity)
        form.addRow(self.distinct)
        form.addRow(self.outlines)
        for slider in (self.opacity, self.swipe):
            slider.valueChanged.connect(self._restyle)
        self.outlines.toggled.connect(self._restyle)

    def move_line(self, place):
        """Move the line; 0 is the left edge of the map and 1 the right."""
        self.swipe.setValue(round(place * THOUSAND))

    def _restyle(self, *_changes):
        self._item.set_style(
            self.opacity.value() / PERCENT,
            self.swipe.value() / THOUSAND,
            self.outlines.isChecked(),
        )
