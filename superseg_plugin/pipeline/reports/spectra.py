# SPDX-License-Identifier: GPL-2.0-or-later
"""Spectra of classes in a report: a chart of the band means of all, and small bars for each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ...raster.class_table import ClassTable
from ...raster.pictures import MOST_BANDS_LISTED
from ...translation import tr
from ..classes.spectrum_axis import spectrum_axis
from .charts import HEIGHT, Frame, line, svg, ticks_between
from .page import Html, css, escaped

# Classes that a chart of spectra shows, and labels below its axis.
MOST_LINES = 24
MOST_LABELS = 12
# Size of the small bars of one class, and the bands from which on they are one area without gaps.
BARS_WIDTH, BARS_HEIGHT, BARS_FOOT = 120, 24, 27
MOST_BARS = 40

Floats = npt.NDArray[np.float64]


def spectra_chart(table: ClassTable) -> Html:
    """Draw the band means of each class as a line in its color; "" for a single band.

    Bands lie at their wavelengths if these are known.

    Args:
        table: of the classes, the largest first.
    """
    means = table.means
    finite = means[np.isfinite(means)]
    bands, count = means.shape[1], min(len(means), MOST_LINES)
    if bands < 2 or not len(finite):
        return Html("")
    axis = spectrum_axis(bands, table.wavelengths)
    first, last = float(axis.places.min()), float(axis.places.max())
    margin = (last - first) / (2 * bands)
    frame = Frame(float(finite.min()), float(finite.max()), first - margin, last + margin)
    lines = []
    for row in reversed(range(count)):
        color = f'fill="none" stroke="{css(table.colors[row])}" stroke-width="2.5"'
        lines.append(f"<g><title>{escaped(table.names[row])}</title>")
        for part in axis.parts:
            known = part[np.isfinite(means[row, part])]
            x, y = frame.x(axis.places[known]), frame.y(means[row, known])
            lines.append(line(x, y, 'class="edge" stroke-width="4"'))
            lines.append(line(x, y, f'{color} stroke-linejoin="round"'))
        lines.append("</g>")
    if axis.in_nanometers:
        labels = [(tick, f"{tick:g}") for tick in ticks_between(first, last)]
    else:
        step = -(-bands // MOST_LABELS)
        labels = [(i + 1.0, table.band_names[i]) for i in range(0, bands, step)]
    title = tr("Wavelength, nm") if axis.in_nanometers else tr("Band")
    if bands <= MOST_BANDS_LISTED:
        alt = tr("Mean of {} bands in each of the {} largest classes; the table has the numbers")
    else:
        alt = tr(
            "Mean of {} bands in each of the {} largest classes; the attribute table of the map has"
            " the numbers"
        )
    return svg(alt.format(bands, count), HEIGHT, [*frame.axes(labels, title, tr("Mean")), *lines])


def sparkline(values: Floats, low: Floats, high: Floats, color: Sequence[int]) -> Html:
    """Draw the bands of one class as small bars.

    Args:
        values: `(bands,)`.
        low: `(bands,)` values of the lowest bars.
        high: `(bands,)` values of the highest bars.
        color: of the bars.
    """
    spread = np.where(high > low, high - low, 1.0)
    heights = BARS_HEIGHT * np.nan_to_num(np.clip((values - low) / spread, 0, 1))
    width = BARS_WIDTH / len(values)
    if len(values) > MOST_BARS:
        steps = "".join(f"V{BARS_FOOT - height:.1f}h{width:.3g}" for height in heights.tolist())
        bars = f'<path class="color" fill="{css(color)}" d="M0 {BARS_FOOT + 2}{steps}V29z"/>'
    else:
        bars = "".join(
            f'<rect class="color" fill="{css(color)}" x="{i * width + 0.5:.1f}"'
            f' y="{BARS_FOOT - height:.1f}" width="{max(width - 1.5, 0.5):.1f}"'
            f' height="{height + 2:.1f}"/>'
            for i, height in enumerate(heights.tolist())
        )
    return Html(f'<svg class="small" viewBox="0 0 120 30" aria-hidden="true">{bars}</svg>')
