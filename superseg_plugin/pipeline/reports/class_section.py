# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of the classes in a report."""

from __future__ import annotations

import numpy as np

from ...raster.class_table import ClassTable
from ...raster.ground import has_meters
from ...raster.pictures import MOST_BANDS_LISTED
from ...raster.source import RasterSource
from ...translation import tr
from .page import Html, color_bar, escaped, note, swatch, table
from .spectra import sparkline


def class_section(classes: ClassTable, source: RasterSource) -> Html:
    """Make the table of classes: color, share, area, pixels, spectrum and band means."""
    shares = classes.shares
    bands = classes.means.shape[1]
    shown = bands if bands <= MOST_BANDS_LISTED else 0
    meters = has_meters(source.grid)
    unit, factor, digits = _area_unit(float(classes.areas.sum())) if meters else ("", 1.0, 0)
    area = tr("Area, {}").format(unit) if unit else tr("Area")
    header = [tr("Class"), tr("Share"), area, tr("Pixels"), tr("Spectrum")]
    header += classes.band_names[:shown]
    known = np.isfinite(classes.means)
    empty = ~known.any(axis=0)
    low = np.where(empty, 0, np.where(known, classes.means, np.inf).min(axis=0, initial=np.inf))
    high = np.where(empty, 1, np.where(known, classes.means, -np.inf).max(axis=0, initial=-np.inf))
    rows = [
        [
            Html(swatch(classes.colors[i].tolist()) + escaped(name)),
            f"{100 * shares[i]:.2f} %",
            f"{classes.areas[i] / factor:,.{digits}f}",
            f"{int(classes.counts[i]):,}",
            Html(sparkline(classes.means[i], low, high, classes.colors[i].tolist())),
            *(f"{mean:.5g}" for mean in classes.means[i, :shown]),
        ]
        for i, name in enumerate(classes.names)
        # Numbers without a class have neither name nor pixels.
        if name or classes.counts[i]
    ]
    bar = color_bar(classes.colors, shares.tolist(), classes.names)
    text = tr(
        "Each bar of a spectrum is one band; its height is the mean of the class between the lowest"
        " and highest of all classes."
    )
    if shown:
        means = tr("The columns of the bands hold the means of the classes.")
    else:
        means = tr(
            "The means of all {} bands are drawn below, and are in the attribute table of the map."
        ).format(bands)
    return Html(bar + table(header, rows) + note(text) + note(means))


def _area_unit(whole: float) -> tuple[str, float, int]:
    """Return a unit for parts of an area in square meters: name, size and decimals."""
    if whole < 1e7:
        return "m²", 1.0, 0
    return ("ha", 1e4, 2) if whole < 1e10 else ("km²", 1e6, 3)
