# SPDX-License-Identifier: GPL-2.0-or-later
"""The choice of a Dask cluster in the window of the runtime."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, pyqtSignal
from qgis.PyQt.QtWidgets import QGroupBox, QHBoxLayout, QLineEdit, QPushButton

from ..errors import SuperSegError
from ..settings import store_cluster, stored_cluster
from ..worker.cluster_address import choose_cluster

translate = QCoreApplication.translate


class ClusterBox(QGroupBox):
    """A line for the address of a cluster, which all runs then compute on.

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
        self.use = QPushButton(translate("SuperSeg", "Use"))
        self.forget = QPushButton(translate("SuperSeg", "Do not use"))
        row = QHBoxLayout(self)
        row.addWidget(self.address, 1)
        for button in (self.use, self.forget):
            button.setAutoDefault(False)
            row.addWidget(button)
        self.use.clicked.connect(lambda _checked=False: self.choose(self.address.text()))
        self.forget.clicked.connect(lambda _checked=False: self.choose(""))
        self.address.textChanged.connect(self._enable)
        self._enable()

    def choose(self, text):
        """Store a cluster, or none for an empty text, unless the address cannot be used."""
        try:
            chosen = choose_cluster(text, environment={}).text
        except SuperSegError as error:
            self.told.emit(str(error))
            return
        store_cluster(chosen)
        self.address.setText(chosen)
        self._enable()
        if chosen:
            self.told.emit(translate("SuperSeg", "Runs compute on the cluster {}.").format(chosen))
        else:
            self.told.emit(translate("SuperSeg", "Runs compute on this computer."))

    def _enable(self, *_):
        self.use.setEnabled(self.address.text().strip() not in ("", stored_cluster()))
        self.forget.setEnabled(bool(stored_cluster()))
