# SPDX-License-Identifier: GPL-2.0-or-later
"""Choices of the runtime window: build, source and folder, another Python, or a cluster."""

from __future__ import annotations

from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import QCoreApplication, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ..runtime.state import build_choices, check_disk_space, default_build, target_folder
from ..settings import chosen_python
from .cluster_box import ClusterBox

translate = QCoreApplication.translate
NETWORK, FOLDER, ZIP = range(3)


class RuntimeChoices(QWidget):
    """Widgets for what to install, or which Python to use instead.

    Attributes:
        fits: whether the chosen build can be installed.
        cluster: the choice of a Dask cluster.

    Signals:
        changed: a choice has changed.
        pythonChosen: path of the chosen Python, or "" for none.
    """

    changed = pyqtSignal()
    pythonChosen = pyqtSignal(str)

    def __init__(self, parent=None):
        super().__init__(parent)
        self.fits = False
        self.build = QComboBox()
        for name, title in build_choices():
            self.build.addItem(title, name)
        self.build.setCurrentIndex(self.build.findData(default_build()))
        self.origin = QComboBox()
        self.origin.addItems(
            [
                translate("SuperSeg", "the internet (pypi.org, download.pytorch.org)"),
                translate("SuperSeg", "a folder of wheels"),
                translate("SuperSeg", "a zip file of wheels"),
            ]
        )
        self.source = QgsFileWidget()
        self.source.setFilter(translate("SuperSeg", "Zip files (*.zip)"))
        self.folder = QgsFileWidget()
        self.folder.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.folder.setFilePath(target_folder())
        self.space = QLabel()
        self.space.setWordWrap(True)
        self.space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._install_box())
        layout.addWidget(self._python_box())
        self.cluster = ClusterBox(self)
        layout.addWidget(self.cluster)
        self.build.currentIndexChanged.connect(self._update)
        self.origin.currentIndexChanged.connect(self._update)
        self.source.fileChanged.connect(self._update)
        self.folder.fileChanged.connect(self._update)
        self._update()

    def values(self):
        """Return the build, the source or None, and the target folder or None."""
        source = self.source.filePath() if self.origin.currentIndex() != NETWORK else ""
        return self.build.currentData(), source or None, self.folder.filePath() or None

    def _update(self, *_):
        origin = self.origin.currentIndex()
        modes = QgsFileWidget.StorageMode
        self.source.setStorageMode(modes.GetFile if origin == ZIP else modes.GetDirectory)
        self.source.setVisible(origin != NETWORK)
        build, source, folder = self.values()
        found = check_disk_space(build, source, folder or "")
        self.fits = found.fits and (origin == NETWORK or source is not None)
        self.space.setText(found.text)
        self.changed.emit()

    def _install_box(self):
        box = QGroupBox(translate("SuperSeg", "Install"))
        form = QFormLayout(box)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(translate("SuperSeg", "Build:"), self.build)
        form.addRow(translate("SuperSeg", "From:"), self.origin)
        form.addRow("", self.source)
        form.addRow(translate("SuperSeg", "Into:"), self.folder)
        form.addRow(translate("SuperSeg", "Space:"), self.space)
        return box

    def _python_box(self):
        box = QGroupBox(translate("SuperSeg", "Or use another Python"))
        row = QHBoxLayout(box)
        self.python = QgsFileWidget()
        self.python.setStorageMode(QgsFileWidget.StorageMode.GetFile)
        self.python.setFilePath(chosen_python() or "")
        self.python.setToolTip(
            translate(
                "SuperSeg",
                "A Python with torch, numba and scikit-image, for example from conda. The "
                "environment variable SUPERSEG_PYTHON takes precedence.",
            )
        )
        self.use = QPushButton(translate("SuperSeg", "Use"))
        self.forget = QPushButton(translate("SuperSeg", "Do not use"))
        for button in (self.use, self.forget):
            button.setAutoDefault(False)
        self.use.clicked.connect(self._choose)
        self.forget.clicked.connect(self._take_back)
        self.python.fileChanged.connect(self._enable_python)
        self._enable_python()
        row.addWidget(self.python, 1)
        row.addWidget(self.use)
        row.addWidget(self.forget)
        return box

    def _choose(self):
        self.pythonChosen.emit(self.python.filePath())
        self._enable_python()

    def _take_back(self):
        self.python.setFilePath("")
        self.pythonChosen.emit("")
        self._enable_python()

    def _enable_python(self, *_):
        self.use.setEnabled(bool(self.python.filePath().strip()))
        self.forget.setEnabled(bool(chosen_python()))
