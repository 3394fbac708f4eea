# SPDX-License-Identifier: GPL-2.0-or-later
"""The window Plugins > SuperSeg > First steps: the way from the runtime to named classes."""

from __future__ import annotations

from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QCoreApplication, Qt, pyqtSignal
from qgis.PyQt.QtGui import QPixmap
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
)

from ..resources import resource
from .images import first_image

translate = QCoreApplication.translate
SAMPLE = "sample/salt_lake.tif"
PICTURE = "sample/first_steps.png"
CREDIT = "Landsat 7, U.S. Geological Survey / NASA"


class WelcomeWindow(QDialog):
    """Four steps, each with a button.

    Signals:
        runtimeRequested, workbenchRequested: a button was clicked.
        segmentRequested: the layer to segment.
    """

    runtimeRequested = pyqtSignal()
    segmentRequested = pyqtSignal(object)
    workbenchRequested = pyqtSignal()

    def __init__(self, interface):
        super().__init__(interface.mainWindow())
        self._iface = interface
        self.setWindowTitle(translate("SuperSeg", "SuperSeg: First steps"))
        layout = QVBoxLayout(self)
        layout.addWidget(
            self._text(
                translate(
                    "SuperSeg",
                    "SuperSeg divides an image into classes of similar surface. It needs no "
                    "training samples: you choose the image and the number of classes, and name "
                    "the classes afterwards.",
                )
            )
        )
        picture = QLabel(self)
        picture.setPixmap(QPixmap(str(resource(PICTURE))))
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        picture.setAccessibleName(
            translate("SuperSeg", "An image, its superpixels and its classes, side by side")
        )
        layout.addWidget(picture)
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        layout.addLayout(self._grid)
        layout.addStretch(1)
        self.runtime_button = self._step(
            translate(
                "SuperSeg", "Install the runtime once. It contains PyTorch, separate from QGIS."
            ),
            translate("SuperSeg", "Runtime…"),
            self.runtimeRequested.emit,
        )
        self.sample_button = self._step(
            translate(
                "SuperSeg",
                "Open an image: your own, or this sample of the Great Salt Lake ({credit}).",
            ).format(credit=CREDIT),
            translate("SuperSeg", "Open the sample"),
            self.open_sample,
        )
        self.segment_button = self._step(
            translate("SuperSeg", "Segment it. The default settings are a good start."),
            translate("SuperSeg", "Segment…"),
            lambda: self.segmentRequested.emit(first_image() or self.open_sample()),
        )
        self.workbench_button = self._step(
            translate("SuperSeg", "Merge and name the classes, and see their areas and spectra."),
            translate("SuperSeg", "Class workbench"),
            self.workbenchRequested.emit,
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)

    @property
    def sample(self):
        """The layer of the sample, or None."""
        path = str(resource(SAMPLE))
        layers = QgsProject.instance().mapLayers().values()
        return next((layer for layer in layers if layer.source() == path), None)

    def open_sample(self):
        """Add the sample to the project unless it is there, and return its layer."""
        layer = self.sample
        if layer is None:
            name = translate("SuperSeg", "Sample: Great Salt Lake")
            layer = QgsProject.instance().addMapLayer(QgsRasterLayer(str(resource(SAMPLE)), name))
        return layer

    def _step(self, text, title, action):
        row = self._grid.rowCount()
        number = QLabel(f"<b>{row}</b>", self)
        self._grid.addWidget(number, row, 0)
        self._grid.addWidget(self._text(text), row, 1)
        button = QPushButton(title, self)
        button.clicked.connect(lambda _checked=False: action())
        self._grid.addWidget(button, row, 2)
        return button

    def _text(self, text):
        label = QLabel(text, self)
        label.setWordWrap(True)
        label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        return label
