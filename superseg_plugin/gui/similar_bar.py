# SPDX-License-Identifier: GPL-2.0-or-later
"""More like this: clicks on the map show where the land is similar, and name what is."""

from __future__ import annotations

import numpy as np
from qgis.PyQt.QtCore import QCoreApplication, QLocale, Qt
from qgis.PyQt.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QSlider, QSpinBox

from ..errors import SuperSegError
from ..pipeline.classes.superpixel_edits import reclassified
from ..pipeline.classes.superpixel_similarity import SIMILAR, SimilarityVectors
from ..raster.overlay_pixels import levels_of, ranked
from .click_bar import ClickBar
from .key_tool_bar import action_for
from .map_overlay import MapOverlay

translate = QCoreApplication.translate

# Above the colors of edited superpixels and the selected classes.
LAYER = 2


class SimilarBar(ClickBar):
    """Selects the superpixels that are similar to those clicked on.

    Args:
        panel: the `ClassesPanel`.
        canvas: the map canvas.
    """

    def __init__(self, panel, canvas):
        title = translate("SuperSeg", "&More like this")
        tip = translate(
            "SuperSeg", "More like this: clicks on the map select all superpixels that are similar"
        )
        super().__init__(panel, canvas, title, tip)
        self._panel, self._rows = panel, []
        # Vectors of these tables, and similarity to the superpixels of `_rows`.
        self._tables, self._vectors, self._similarity = None, None, None
        self._reader, self._overlay = None, None
        self._build()

    def _build(self):
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.threshold = QSpinBox()
        self.threshold.setSuffix(" %")
        for widget in (self.slider, self.threshold):
            widget.setRange(0, 100)
            widget.setValue(round(100 * SIMILAR))
            widget.setAccessibleName(translate("SuperSeg", "Least similarity"))
            widget.setToolTip(
                translate("SuperSeg", "Superpixels that are at least so similar are selected")
            )
        self.slider.valueChanged.connect(self.threshold.setValue)
        self.threshold.valueChanged.connect(self.slider.setValue)
        self.threshold.valueChanged.connect(lambda _value: self._show())
        self.names.setAccessibleName(translate("SuperSeg", "Class of the selected superpixels"))
        self.names.lineEdit().setPlaceholderText(translate("SuperSeg", "Class or new name"))
        self.name_button = QPushButton(translate("SuperSeg", "Ass&ign"))
        self.name_button.setToolTip(
            translate("SuperSeg", "Give the selected superpixels this class, or a new one")
        )
        self.name_button.clicked.connect(lambda _checked=False: self.assign())
        self.clear_button = QPushButton(translate("SuperSeg", "Start o&ver"))
        self.clear_button.setToolTip(translate("SuperSeg", "Forget the places clicked on"))
        self.clear_button.clicked.connect(lambda _checked=False: self.clear())
        layout = self.layout()
        label = QLabel(translate("SuperSeg", "Simi&larity from"))
        label.setBuddy(self.slider)
        row = QHBoxLayout()
        for widget, stretch in ((label, 0), (self.slider, 1), (self.threshold, 0)):
            row.addWidget(widget, stretch)
        layout.addLayout(row)
        row = QHBoxLayout()
        for widget, stretch in ((self.names, 1), (self.name_button, 0), (self.clear_button, 0)):
            row.addWidget(widget, stretch)
        layout.addLayout(row)
        layout.addWidget(self.note)

    @ClickBar.session.setter
    def session(self, session):
        """Search another session; nothing is selected in it yet."""
        ClickBar.session.fset(self, session)
        self._rows, self._similarity, self._tables = [], None, None

    def action_for(self, event):
        """Return the action whose key a key event is; the bar has no keys of its own."""
        return action_for(event, ())

    def click(self, place):
        """Search for what is like the superpixel at a position in the layer's CRS.

        A superpixel that was clicked on before no longer counts.
        """
        QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            row = self.row_at(place)
            if row is not None:
                rows = [one for one in self._rows if one != row]
                self._search(rows if row in self._rows else [*rows, row])
        except SuperSegError as error:
            self.failed.emit(str(error))
        finally:
            QApplication.restoreOverrideCursor()

    def clear(self):
        """Forget the places clicked on."""
        self._rows, self._similarity, self._reader = [], None, None
        self._show()

    def assign(self):
        """Give the selected superpixels the class that is chosen."""
        chosen, name = self.chosen(), self.names.currentText()
        if chosen is None:
            self.note.setText(translate("SuperSeg", "Click on the map first."))
            return
        text = translate("SuperSeg", "Assign {}").format(name)
        if self.session.edit_superpixels(text, reclassified, chosen, name):
            self.clear()
            told = translate("SuperSeg", "Superpixels that are {} now: {}.")
            self.note.setText(told.format(name, _whole(chosen.sum())))

    def chosen(self):
        """Return which superpixels are selected, `(n,)` bool; None before the first click."""
        if self._similarity is None:
            return None
        return levels_of(self._similarity) >= self._least()

    def _search(self, rows):
        """Compare all superpixels with those of some rows."""
        if not rows:
            self.clear()
            return
        tables = self.session.superpixels.tables
        if self._tables is not tables:
            self._tables, self._vectors = tables, SimilarityVectors.of(tables)
        self._rows = rows
        self._similarity = self._vectors.to(np.array(rows))
        self._reader = self.session.superpixels.reader(levels_of(self._similarity))
        self._show()

    def _show(self):
        """Draw the similarity, and tell how much is selected."""
        if not self.isVisible():
            return
        chosen = self.chosen()
        if chosen is None:
            if self._overlay is not None:
                self._overlay.clear()
            self.note.setText(
                translate(
                    "SuperSeg",
                    "Click on the map on what you look for, once more to take the place back. What"
                    " is similar is outlined.",
                )
            )
            return
        if self._overlay is None:
            self._overlay = MapOverlay(self._canvas, self.failed.emit)
            self._overlay.setZValue(LAYER)
        table, outlined = ranked(self._least())
        self._overlay.show(self._reader, table, self.session.layer.crs(), outlined)
        areas = self._tables.areas
        share = 100 * areas[chosen].sum() / max(float(areas.sum()), 1e-300)
        text = translate("SuperSeg", "Places: {}. Similar superpixels: {}, {} % of the area.")
        share = QLocale().toString(float(share), "f", 1)
        self.note.setText(text.format(len(self._rows), _whole(chosen.sum()), share))

    def _least(self):
        """Return the level of the least similarity that is selected."""
        return int(levels_of(np.array([self.threshold.value() / 100]))[0])

    def follow(self):
        """List the names of the classes."""
        self.list_names([group.name for group in self.session.groups])

    def switched(self, on):
        """List the names and draw the similarity, or remove it from the map."""
        if on:
            self.follow()
            groups = self._panel.table.chosen_groups()
            self.names.setCurrentText(groups[0].name if len(groups) == 1 else "")
            # The colors of selected classes would lie below those of the similarity.
            self._panel.table.choose(())
            self._show()
        elif self._overlay is not None:
            self._overlay.clear()


def _whole(number):
    return QLocale().toString(int(number))
