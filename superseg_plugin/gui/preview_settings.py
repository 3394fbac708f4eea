# SPDX-License-Identifier: GPL-2.0-or-later
"""The settings of a preview: parameters of superseg:segment, with its names and defaults."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QDoubleSpinBox, QFormLayout, QSpinBox, QWidget

from ..pipeline.options.preview import PreviewOptions
from ..pipeline.options.segmentation import VOCABULARIES
from .parameter_words import choice_words, translated, zero_words
from .size_slider import SizeSlider

translate = QCoreApplication.translate

ALGORITHM = "superseg:segment"
# A box for the number of classes has no room between automatic (0) and 2: 1 stands for automatic.
AUTOMATIC_CLASSES = 1


class PreviewSettings(QWidget):
    """A form.

    Attributes:
        algorithm: superseg:segment, which the parameters belong to.
        preset, classes, imagery, size, smoothness: the widgets.

    Signals:
        changed: a setting has changed.
    """

    changed = pyqtSignal()

    def __init__(self, parent=None):
        super().__init__(parent)
        self.algorithm = QgsApplication.processingRegistry().createAlgorithmById(ALGORITHM)
        self.preset = choice_box("PRESET", VOCABULARIES)
        self.imagery = choice_box("IMAGERY", self._definition("IMAGERY").options())
        self.classes = QSpinBox()
        self.classes.setRange(AUTOMATIC_CLASSES, int(self._definition("CLASSES").maximum()))
        self.classes.setSpecialValueText(translated(zero_words("CLASSES")))
        self.size = SizeSlider()
        self.smoothness = QDoubleSpinBox()
        self.smoothness.setRange(0.0, 100.0)
        self.smoothness.setDecimals(1)
        self.smoothness.setSpecialValueText(translated(zero_words("SMOOTHNESS")))
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        for name, widget in (
            ("CLASSES", self.classes),
            ("PRESET", self.preset),
            ("IMAGERY", self.imagery),
            ("SUPERPIXEL_SIZE", self.size),
            ("SMOOTHNESS", self.smoothness),
        ):
            definition = self._definition(name)
            form.addRow(definition.description(), widget)
            widget.setToolTip(definition.help())
        self.set_parameters({name: self._definition(name).defaultValue() for name in _NAMES})
        for box in (self.classes, self.smoothness):
            box.setKeyboardTracking(False)
            box.valueChanged.connect(self._emit)
        for box in (self.preset, self.imagery):
            box.currentIndexChanged.connect(self._emit)
        self.size.valueChanged.connect(self._emit)

    def parameters(self):
        """Return the settings as parameters of the algorithm."""
        classes = self.classes.value()
        return {
            "CLASSES": 0 if classes == AUTOMATIC_CLASSES else classes,
            "PRESET": self.preset.currentData(),
            "IMAGERY": self.imagery.currentData(),
            "SUPERPIXEL_SIZE": self.size.parameter(),
            "UNITS": "pixels",
            "SMOOTHNESS": self.smoothness.value(),
        }

    def set_parameters(self, parameters):
        """Set what `parameters` returns, or a part of it; a preset without preview is left out."""
        known = {**self.parameters(), **parameters}
        self.classes.setValue(known["CLASSES"] or AUTOMATIC_CLASSES)
        for box, name in ((self.preset, "PRESET"), (self.imagery, "IMAGERY")):
            if box.findData(known[name]) >= 0:
                box.setCurrentIndex(box.findData(known[name]))
        self.size.set_parameter(known["SUPERPIXEL_SIZE"], known["UNITS"] == "meters")
        self.smoothness.setValue(known["SMOOTHNESS"])

    def options(self):
        """Return the settings as `PreviewOptions`."""
        parameters = self.parameters()
        return PreviewOptions(
            self.size.value(),
            parameters["SMOOTHNESS"],
            parameters["CLASSES"],
            parameters["PRESET"],
        )

    def words(self):
        """Return the settings in words, on one line."""
        return "; ".join(
            (
                f"{self._definition('CLASSES').description()} {self.classes.text()}",
                f"{self._definition('SUPERPIXEL_SIZE').description()} {self.size.text()}",
                f"{self._definition('SMOOTHNESS').description()} {self.smoothness.text()}",
                self.preset.currentText(),
            )
        )

    def _definition(self, name):
        return self.algorithm.parameterDefinition(name)

    def _emit(self, *_values):
        self.changed.emit()


def choice_box(name, values):
    """Return a box with the words of the values of a choice; its data are the values."""
    box = QComboBox()
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    for value in values:
        box.addItem(translated(choice_words(name).get(value, value)), value)
    return box


_NAMES = ("CLASSES", "PRESET", "IMAGERY", "SUPERPIXEL_SIZE", "SMOOTHNESS")
