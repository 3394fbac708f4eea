# SPDX-License-Identifier: GPL-2.0-or-later
"""Helpers of the tests inside QGIS."""

from __future__ import annotations

from qgis.core import QgsProcessingFeedback

# A training that takes no time.
QUICK = {"STEPS": 3, "PATCH_SIZE": 32, "BATCH_SIZE": 2, "CLASSES": 4, "DEVICE": "cpu"}


class Listener(QgsProcessingFeedback):
    """Records the log of an algorithm; cancels it at a given progress."""

    def __init__(self, cancel_at=None):
        super().__init__(False)
        self.lines = []
        self.fractions = []
        self._cancel_at = cancel_at
        self.progressChanged.connect(self._progress)

    def _progress(self, percent):
        self.fractions.append(percent)
        if self._cancel_at is not None and percent >= self._cancel_at:
            self.cancel()

    def pushInfo(self, info):
        self.lines.append(info)

    def pushWarning(self, warning):
        self.lines.append(warning)

    def setProgressText(self, text):
        self.lines.append(text)

    def reportError(self, error, fatalError=False):  # noqa: N803 - QGIS's own name
        self.lines.append(error)


def load_results(algorithm, context, feedback, results):
    """Load and style the results of an algorithm, as its dialog does."""
    from processing.gui import Postprocessing

    # What stands for the interface in pytest-qgis is no match for QGIS 3.40; there may be none.
    Postprocessing.iface = None
    Postprocessing.handleAlgorithmResults(algorithm, context, feedback, parameters=results)
