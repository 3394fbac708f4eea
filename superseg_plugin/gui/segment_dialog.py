# SPDX-License-Identifier: GPL-2.0-or-later
"""The dialog of superseg:segment: that of Processing, with what a run will take below it."""

from __future__ import annotations

from processing.gui.AlgorithmDialog import AlgorithmDialog
from qgis.utils import iface

from .estimate_line import EstimateLine


def segment_dialog(algorithm):
    """Make the dialog, as Processing does where an algorithm has none of its own.

    Args:
        algorithm: a `SegmentAlgorithm` of its own.
    """
    dialog = AlgorithmDialog(algorithm, parent=iface.mainWindow())
    panel = dialog.mainWidget()
    # Where the panel of a later QGIS has no such list, the dialog does without the line.
    wrappers = getattr(panel, "wrappers", None)
    if wrappers:
        panel.layout().addWidget(EstimateLine(algorithm, wrappers, panel))
    return dialog
