# SPDX-License-Identifier: GPL-2.0-or-later
"""The dialog of superseg:segment: Processing's own with an estimate below the parameters."""

from __future__ import annotations

from processing.gui.AlgorithmDialog import AlgorithmDialog
from qgis.utils import iface

from .estimate_line import EstimateLine


def segment_dialog(algorithm):
    """Return a dialog like the one that Processing makes.

    Args:
        algorithm: a new instance of `SegmentAlgorithm`.
    """
    dialog = AlgorithmDialog(algorithm, parent=iface.mainWindow())
    panel = dialog.mainWidget()
    # A later QGIS may have a panel without wrappers; the dialog then has no estimate.
    wrappers = getattr(panel, "wrappers", None)
    if wrappers:
        panel.layout().addWidget(EstimateLine(algorithm, wrappers, panel))
    return dialog
