# SPDX-License-Identifier: GPL-2.0-or-later
"""A line plot of the band means of classes, with their names."""

from __future__ import annotations

import numpy as np
from qgis.PyQt.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QPainter, QPen, QPolygonF
from qgis.PyQt.QtWidgets import QSizePolicy, QWidget

from ..pipeline.classes.spectrum_axis import spectrum_axis
from .theme_colors import background_and_text, translucent

translate = QCoreApplication.translate

TICKS = 4
STEPS = (1, 2, 2.5, 5, 10)
# Bands that are marked by dots; those of more would touch each other.
MOST_DOTS = 30


class SpectrumPlot(QWidget):
    """Draws the band means of groups of classes."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self._groups, self._bands = [], ()
        self._spreads, self._note = [], ""
        self._axis = spectrum_axis(0, ())
        policy = QSizePolicy.Policy
        self.setSizePolicy(policy.Expanding, policy.Expanding)
        self.setAccessibleName(translate("SuperSeg", "Band means of the selected classes"))

    def show_groups(self, groups, bands, note="", wavelengths=()):
        """Show groups.

        Args:
            groups: groups of classes, with band means.
            bands: names of the bands.
            note: shown above the spectra.
            wavelengths: of the bands in nanometers; empty if unknown.
        """
        self._axis = spectrum_axis(len(bands), wavelengths)
        self._groups = [g for g in groups if len(g.means) and np.isfinite(g.means).all()]
        self._bands = bands
        self._spreads, self._note = [None] * len(self._groups), note
        self.update()

    def show_spreads(self, spreads, note):
        """Add spreads to the groups that are shown.

        Args:
            spreads: `(bands,)` standard deviation of each group, None if unknown.
            note: shown above the spectra.
        """
        if len(spreads) == len(self._groups):
            self._spreads, self._note = spreads, note
            self.update()

    def sizeHint(self):
        line = self.fontMetrics().height()
        return QSize(20 * line, 11 * line)

    def minimumSizeHint(self):
        line = self.fontMetrics().height()
        return QSize(12 * line, 7 * line)

    def paintEvent(self, _event):
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        background, self._text_color = background_and_text(self)
        painter.fillRect(self.rect(), background)
        if not self._groups:
            text = translate("SuperSeg", "Select classes whose band means are known.")
            painter.setPen(self._text_color)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), int(flags), text)
            return
        values = np.array([group.means for group in self._groups])
        around = [values]
        for means, spread in zip(values, self._spreads):
            around += [means - spread, means + spread] if spread is not None else []
        # A spread below the axis of a band that has no negative values would waste the plot.
        low = max(float(np.min([each.min() for each in around])), min(0.0, float(values.min())))
        ticks = _ticks(low, float(np.max([each.max() for each in around])))
        box = self._box(ticks)
        self._axes(painter, box, ticks)
        self._bands_of_spread(painter, box, values, ticks)
        self._lines(painter, box, values, ticks)
        self._names(painter, box, values, ticks)

    def _box(self, ticks):
        metrics = self.fontMetrics()
        line = metrics.height()
        left = max(metrics.horizontalAdvance(f"{tick:g}") for tick in ticks) + line
        names = max(metrics.horizontalAdvance(group.name) for group in self._groups)
        right = min(names + 1.6 * line, 0.38 * self.width())
        top = 1.7 * line if self._note else 0.7 * line
        return QRectF(left, top, self.width() - left - right, self.height() - top - 1.7 * line)

    def _bands_of_spread(self, painter, box, values, ticks):
        """Shade the mean plus and minus the standard deviation of each group, and draw the note."""
        painter.save()
        painter.setClipRect(box)
        for group, means, spread in zip(self._groups, values, self._spreads):
            if spread is None:
                continue
            upper = self._points(box, means + spread, ticks)
            lower = self._points(box, means - spread, ticks)
            painter.setPen(QPen(translucent(self._text_color, 60), 1))
            painter.setBrush(translucent(QColor(*group.color), 70))
            for part in self._axis.parts:
                bands = part.tolist()
                outline = [upper[band] for band in bands] + [lower[band] for band in bands[::-1]]
                painter.drawPolygon(QPolygonF(outline))
        painter.restore()
        if self._note:
            painter.setPen(self._text_color)
            place = QRectF(
                box.left(), 0, self.width() - box.left(), 1.4 * self.fontMetrics().height()
            )
            painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), self._note)

    def _points(self, box, means, ticks):
        """Return the places of the values of the bands."""
        places = self._axis.places.tolist()
        return [
            QPointF(self._x(box, place), _y(box, ticks, mean))
            for place, mean in zip(places, means.tolist())
        ]

    def _x(self, box, place):
        """Return where a wavelength, or the number of a band, lies."""
        first, last = self._axis.places.min(), self._axis.places.max()
        share = float((place - first) / (last - first)) if last > first else 0.5
        return box.left() + box.width() * share

    def _axes(self, painter, box, ticks):
        text, thin = self._text_color, translucent(self._text_color, 50)
        line = self.fontMetrics().height()
        flags = Qt.AlignmentFlag
        for tick in ticks:
            y = _y(box, ticks, tick)
            painter.setPen(QPen(thin, 1))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            painter.setPen(text)
            place = QRectF(0, y - line / 2, box.left() - 0.4 * line, line)
            painter.drawText(place, int(flags.AlignRight | flags.AlignVCenter), f"{tick:g}")
        free = -line
        for place, name in self._marks():
            width = self.fontMetrics().horizontalAdvance(name)
            last = box.right() + line / 2 - width
            left = min(max(self._x(box, place) - width / 2, 0.0), last)
            # A name that would overlap the name before it is omitted.
            if left < free + line / 2:
                continue
            free = left + width
            place = QRectF(left, box.bottom() + 0.3 * line, width + 1, 1.2 * line)
            painter.drawText(place, int(flags.AlignLeft | flags.AlignTop), name)

    def _marks(self):
        """Return places on the axis and their texts: wavelengths, or the names of the bands."""
        places = self._axis.places
        if not self._axis.in_nanometers:
            return list(zip(places.tolist(), self._bands))
        inside = [
            tick
            for tick in _ticks(places.min(), places.max())
            if places.min() <= tick <= places.max()
        ]
        texts = [f"{tick:g}" for tick in inside]
        return list(zip(inside, [*texts[:-1], f"{texts[-1]} nm"] if texts else []))

    def _lines(self, painter, box, values, ticks):
        halo = translucent(self._text_color, 110)
        for group, means in zip(self._groups, values):
            points = self._points(box, means, ticks)
            # The halo makes a line in the color of the background visible.
            for color, width in ((halo, 4.0), (QColor(*group.color), 2.4)):
                pen = QPen(color, width)
                pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
                painter.setPen(pen)
                for part in self._axis.parts:
                    painter.drawPolyline(QPolygonF([points[band] for band in part.tolist()]))
            if len(points) > MOST_DOTS:
                continue
            painter.setPen(QPen(halo, 1))
            painter.setBrush(QColor(*group.color))
            for point in points:
                painter.drawEllipse(point, 3.2, 3.2)

    def _names(self, painter, box, values, ticks):
        """Draw the names at the right, in the order of the last band, without overlap."""
        metrics = self.fontMetrics()
        line = float(metrics.height())
        last = int(self._axis.parts[-1][-1])
        positions = [_y(box, ticks, mean) for mean in values[:, last].tolist()]
        order = np.argsort(positions, kind="stable").tolist()
        room = int(box.bottom() // line) + 1
        order = order[:room]
        places = _apart(
            [positions[index] for index in order], line, line / 2, self.height() - line / 2
        )
        left = box.right() + 0.9 * line
        swatch = 0.55 * line
        text = self._text_color
        for index, y in zip(order, places):
            group = self._groups[index]
            painter.setPen(QPen(text, 0.5))
            painter.setBrush(QColor(*group.color))
            painter.drawRect(QRectF(left - swatch / 2, y - swatch / 2, swatch, swatch))
            painter.setPen(text)
            width = self.width() - left - 0.6 * line
            name = metrics.elidedText(group.name, Qt.TextElideMode.ElideRight, int(width))
            place = QRectF(left + 0.5 * line, y - line / 2, width + line, line)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), name)


def _y(box, ticks, value):
    return box.bottom() - box.height() * (value - ticks[0]) / (ticks[-1] - ticks[0])


def _ticks(low, high):
    """Return ascending round numbers that enclose the values."""
    span = (high - low) or abs(high) or 1.0
    raw = span / TICKS
    power = 10.0 ** np.floor(np.log10(raw))
    step = next(s * power for s in STEPS if s * power >= raw)
    first, last = np.floor(low / step), np.ceil(high / step)
    return [float(n * step) for n in np.arange(first, max(last, first + 1) + 1)]


def _apart(positions, gap, low, high):
    """Move ascending positions to a distance of at least `gap`, within limits."""
    places = []
    for place in positions:
        places.append(max(place, places[-1] + gap if places else low))
    limit = high
    for index in range(len(places) - 1, -1, -1):
        places[index] = min(places[index], limit)
        limit = places[index] - gap
    return places
