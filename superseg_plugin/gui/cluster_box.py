# SPDX-License-Identifier: GPL-2.0-or-later
"""The choice of a Dask cluster in the window of the runtime."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, pyqtSignal
from qgis.PyQt.QtWidgets import QFormLayout, QGroupBox, QHBoxLayout, QLineEdit, QPushButton

from ..errors import SuperSegError
from ..settings import (
    store_cluster,
    store_cluster_paths,
    stored_cluster,
    stored_cluster_paths,
)
from ..worker.cluster_address import choose_cluster
from ..worker.cluster_paths import choose_paths

translate = QCoreApplication.translate


class ClusterBox(QGroupBox):
    """Lines for the address of a cluster, which all runs then compute on, and for its paths.

    Signals:
        told: a sentence about the choice, or why it was refused.
    """

    told = pyqtSignal(str)

    def __init__(self, parent=None):
        super().__init__(translate("SuperSeg", "Or compute on a Dask cluster"), parent)
        self.address = QLineEdit(stored_cluster())
        self.address.setPlaceholderText(
            translate("SuperSeg", "tls://host:8786, or the path of a scheduler file")
        )
        self.address.setToolTip(
            translate(
                "SuperSeg",
                "All runs compute on this cluster, unless their parameter CLUSTER names another "
                "one or is 'local'. An unencrypted connection to another computer needs the word "
                "'unencrypted' after the address.",
            )
        )
        self.paths = QLineEdit(stored_cluster_paths())
        self.paths.setPlaceholderText(
            translate("SuperSeg", "path here = path on the nodes; several separated by semicolons")
        )
        self.paths.setToolTip(
            translate(
                "SuperSeg",
                "Nodes that have GDAL and see the files read and write tiles, or whole scenes of a "
                "folder, themselves. Where they see a folder under another path, write for example "
                "'/data = /mnt/data' or 'Z:\\images = /srv/images'.",
            )
        )
        self.use = QPushButton(translate("SuperSeg", "Use"))
        self.forget = QPushButton(translate("SuperSeg", "Do not use"))
        row = QHBoxLayout()
        row.addWidget(self.address, 1)
        form = QFormLayout(self)
        form.addRow(translate("SuperSeg", "Scheduler:"), row)
        form.addRow(translate("SuperSeg", "Paths on the nodes:"), self.paths)
        self._of_paths = form.labelForField(self.paths), self.paths
        for button in (self.use, self.forget):
            button.setAutoDefault(False)
            row.addWidget(button)
        self.use.clicked.connect(lambda _checked=False: self.choose(self.address.text()))
        self.forget.clicked.connect(lambda _checked=False: self.choose(""))
        for line in (self.address, self.paths):
            line.textChanged.connect(self._enable)
        self._enable()

    def choose(self, text):
        """Store a cluster, or none for an empty text, and the paths, unless one is wrong."""
        paths = self.paths.text().strip()
        try:
            choose_paths(paths, {})
            chosen = choose_cluster(text, environment={}).text
        except SuperSegError as error:
            self.told.emit(str(error))
            return
        store_cluster(chosen)
        store_cluster_paths(paths)
        self.address.setText(chosen)
        self._enable()
        if chosen:
            self.told.emit(translate("SuperSeg", "Runs compute on the cluster {}.").format(chosen))
        else:
            self.told.emit(translate("SuperSeg", "Runs compute on this computer."))

    def _enable(self, *_):
        address, paths = self.address.text().strip(), self.paths.text().strip()
        known = stored_cluster(), stored_cluster_paths()
        # The window is for small screens too, and most users have no cluster.
        for widget in self._of_paths:
            widget.setVisible(bool(address or paths))
        self.use.setEnabled(address not in ("", known[0]) or paths != known[1])
        self.forget.setEnabled(bool(stored_cluster()))
