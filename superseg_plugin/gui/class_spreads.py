# SPDX-License-Identifier: GPL-2.0-or-later
"""Spread and separability of the selected classes, for the plot of the spectra."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, QLocale, QObject, QTimer

from ..errors import SuperSegError
from ..pipeline.classes.separability import jeffries_matusita, spread

translate = QCoreApplication.translate

# Bands of spread of more classes hide each other.
MOST_CLASSES = 3
# The selection is shown first: the superpixels of a large raster take a moment to read.
DELAY_MS = 150


class ClassSpreads(QObject):
    """Adds spreads to the spectra once the selection has rested.

    Without a file of superpixels beside the class raster, nothing is added.

    Args:
        panel: the `ClassesPanel`.
    """

    def __init__(self, panel):
        super().__init__(panel)
        self._panel = panel
        self._timer = QTimer(self, singleShot=True, interval=DELAY_MS, timeout=self._show)
        panel.chosenShown.connect(lambda _numbers: self._timer.start())

    def _show(self):
        session = self._panel.session
        groups = self._panel.table.chosen_groups() if session is not None else []
        if not 1 <= len(groups) <= MOST_CLASSES:
            return
        try:
            tables = session.superpixels.tables
        except SuperSegError:
            return
        classes = session.now.classes_of(tables)
        parts = []
        for group in groups:
            inside = group.holds(classes)
            parts.append((tables.means[inside], tables.pixels[inside]))
        note = ""
        if len(groups) == 2:
            distance = jeffries_matusita(*zip(*parts))
            if distance is not None:
                text = translate("SuperSeg", "Separability (Jeffries-Matusita): {} of 2")
                note = text.format(QLocale().toString(distance, "f", 2))
        self._panel.spectra.show_spreads([spread(*part) for part in parts], note)
