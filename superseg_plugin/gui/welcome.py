# SPDX-License-Identifier: GPL-2.0-or-later
"""The window Plugins > SuperSeg > First steps: a guide from an image to a land-cover map."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsProject, QgsProviderRegistry, QgsRasterLayer, QgsSettings
from qgis.PyQt.QtCore import QCoreApplication, QSize, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QPixmap
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from qgis.utils import iface

from ..resources import resource
from .algorithm_dialogs import AlgorithmDialogs
from .guide_steps import (
    accuracy_points,
    class_layer,
    guide_steps,
    kept_settings,
    runtime_missing,
)
from .images import first_image
from .task_log import fitting

translate = QCoreApplication.translate
SAMPLE = "sample/salt_lake.tif"
PICTURE = "sample/first_steps.png"
PICTURE_HEIGHT = 110
CREDIT = "Landsat 7, U.S. Geological Survey / NASA"
# Layers change in many ways, which have no signal in common.
REFRESH_MS = 1000
DONE = "✓"
# QGIS's setting of the folder of the image that was opened last.
FOLDER = "UI/lastRasterFileFilterDir"
WIDTH = 105
# Columns that the one to three buttons of a step share.
COLUMNS = 6


class WelcomeWindow(QDialog):
    """Six steps, each with its state and what leads on.

    Attributes:
        dialogs: opens the dialogs of the algorithms.
        rows: mark, text and buttons of each step.

    Signals:
        runtimeRequested, labellingRequested: a button was clicked.
        previewRequested: the image to preview, and the settings that the project keeps.
        workbenchRequested: the class layer to name.
    """

    runtimeRequested = pyqtSignal()
    labellingRequested = pyqtSignal()
    previewRequested = pyqtSignal(object, object)
    workbenchRequested = pyqtSignal(object)

    def __init__(self, interface):
        super().__init__(interface.mainWindow())
        self.setWindowTitle(translate("SuperSeg", "SuperSeg: First steps"))
        self.dialogs = AlgorithmDialogs(interface, self)
        bar = interface.messageBar()
        self.dialogs.failed.connect(lambda text: bar.pushWarning("SuperSeg", text))
        layout = QVBoxLayout(self)
        layout.addWidget(
            _text(
                translate(
                    "SuperSeg",
                    "SuperSeg divides an image into classes of similar surface. It needs no "
                    "training samples: you choose the image and the number of classes, and name "
                    "the classes afterwards.",
                )
            )
        )
        picture = QLabel(self)
        shown = QPixmap(str(resource(PICTURE)))
        smooth = Qt.TransformationMode.SmoothTransformation
        picture.setPixmap(shown.scaledToHeight(PICTURE_HEIGHT, smooth))
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        picture.setAccessibleName(
            translate("SuperSeg", "An image, its superpixels and its classes, side by side")
        )
        layout.addWidget(picture)
        layout.addWidget(self._runtime_row())
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        layout.addLayout(self._grid)
        layout.addStretch(1)
        self.rows = []
        self._add_steps()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self._timer = QTimer(self, interval=REFRESH_MS, timeout=self.refresh)
        self.refresh()
        width = WIDTH * self.fontMetrics().averageCharWidth()
        self.resize(fitting(self, QSize(width, self.sizeHint().height())))

    def _add_steps(self):
        self.open_button, self.sample_button = self._step(
            translate("SuperSeg", "Image"),
            (translate("SuperSeg", "Open…"), self.choose_image),
            (translate("SuperSeg", "Sample"), self.open_sample),
        )
        self.sample_button.setToolTip(CREDIT)
        (self.preview_button,) = self._step(
            translate("SuperSeg", "Settings, with a preview"),
            (
                translate("SuperSeg", "Preview…"),
                lambda: self.previewRequested.emit(first_image(), kept_settings()),
            ),
        )
        (self.segment_button,) = self._step(
            translate("SuperSeg", "Run"), (translate("SuperSeg", "Segment…"), self._segment)
        )
        (self.workbench_button,) = self._step(
            translate("SuperSeg", "Name, merge and correct the classes"),
            (
                translate("SuperSeg", "Class workbench"),
                lambda: self.workbenchRequested.emit(class_layer()),
            ),
        )
        dialogs = self.dialogs
        self.points_button, self.label_button, self.evaluate_button = self._step(
            translate("SuperSeg", "Check"),
            (translate("SuperSeg", "Points…"), lambda: dialogs.accuracy_points(class_layer())),
            (translate("SuperSeg", "Label"), self.labellingRequested.emit),
            (
                translate("SuperSeg", "Evaluate…"),
                lambda: dialogs.evaluate(class_layer(), accuracy_points()),
            ),
        )
        self.write_button, self.polygons_button, self.objects_button = self._step(
            translate("SuperSeg", "Export"),
            (translate("SuperSeg", "Raster…"), lambda: dialogs.merge_classes(class_layer())),
            (translate("SuperSeg", "Polygons…"), lambda: dialogs.class_polygons(class_layer())),
            (translate("SuperSeg", "Objects…"), lambda: dialogs.objects(class_layer())),
        )

    def refresh(self):
        """Show how far the project is."""
        self.runtime_row.setVisible(runtime_missing())
        steps = guide_steps()
        open_steps = [n for n, step in enumerate(steps) if step.ready and not step.done]
        for number, (step, (mark, text, buttons)) in enumerate(zip(steps, self.rows)):
            mark.setText(f"<b>{DONE if step.done else number + 1}</b>")
            text.setText(step.text)
            for button in buttons:
                button.setEnabled(step.ready)
                button.setDefault(button is buttons[0] and number in open_steps[:1])
        self.label_button.setEnabled(accuracy_points() is not None)

    def showEvent(self, event):
        super().showEvent(event)
        self.refresh()
        self._timer.start()

    def hideEvent(self, event):
        super().hideEvent(event)
        self._timer.stop()

    @property
    def sample(self):
        """The layer of the sample, or None."""
        path = str(resource(SAMPLE))
        layers = QgsProject.instance().mapLayers().values()
        return next((layer for layer in layers if layer.source() == path), None)

    def choose_image(self):
        """Let the user choose an image file, and add it to the project."""
        settings = QgsSettings()
        folder = settings.value(FOLDER, "", type=str)
        filters = QgsProviderRegistry.instance().fileRasterFilters()
        title = translate("SuperSeg", "Image to segment")
        path, _ = QFileDialog.getOpenFileName(self, title, folder, filters)
        if path:
            settings.setValue(FOLDER, str(Path(path).parent))
            # QGIS asks for one of several images in a file, and says why it cannot open one.
            layer = iface.addRasterLayer(path)
            if layer is not None:
                iface.setActiveLayer(layer)
            self.refresh()

    def open_sample(self):
        """Add the sample to the project unless it is there, select it, and return its layer."""
        layer = self.sample
        if layer is None:
            name = translate("SuperSeg", "Sample: Great Salt Lake")
            layer = QgsProject.instance().addMapLayer(QgsRasterLayer(str(resource(SAMPLE)), name))
        iface.setActiveLayer(layer)
        self.refresh()
        return layer

    def _segment(self):
        self.dialogs.segment({"INPUT": first_image().id(), **kept_settings()})

    def _runtime_row(self):
        self.runtime_row = QWidget(self)
        row = QHBoxLayout(self.runtime_row)
        row.setContentsMargins(0, 0, 0, 0)
        text = translate(
            "SuperSeg",
            "One thing is missing: the runtime, which is installed once. It contains PyTorch, "
            "separate from QGIS.",
        )
        row.addWidget(_text(text), 1)
        self.runtime_button = QPushButton(translate("SuperSeg", "Set up…"), self)
        self.runtime_button.clicked.connect(lambda _checked=False: self.runtimeRequested.emit())
        row.addWidget(self.runtime_button)
        return self.runtime_row

    def _step(self, title, *actions):
        """Add a row; return the buttons of its actions."""
        row = self._grid.rowCount()
        mark, state = QLabel(self), _text("")
        mark.setMinimumWidth(mark.fontMetrics().horizontalAdvance("00"))
        self._grid.addWidget(mark, row, 0)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(QLabel(f"<b>{title}</b>", self))
        texts.addWidget(state)
        self._grid.addLayout(texts, row, 1)
        buttons = []
        for column, (label, action) in enumerate(actions):
            button = QPushButton(label, self)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, action=action: action())
            span = COLUMNS // len(actions)
            self._grid.addWidget(button, row, 2 + column * span, 1, span)
            buttons.append(button)
        self.rows.append((mark, state, buttons))
        return buttons


def _text(text):
    label = QLabel(text)
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    return label
