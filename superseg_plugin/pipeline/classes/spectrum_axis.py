# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the bands of an image lie along the axis of a plot of spectra."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ...raster.pictures import MOST_BANDS_LISTED

# A step between bands that is so many times the usual one is a gap, as where bands of water vapor
# were left out: no line is drawn across. Few bands have no usual step.
GAP = 4.0


class SpectrumAxis(NamedTuple):
    """Places of bands along an axis.

    Attributes:
        places: `(bands,)` wavelengths in nanometers, or numbers from 1.
        parts: indices of the bands that a line connects, ascending, part by part.
        in_nanometers: whether the places are wavelengths.
    """

    places: npt.NDArray[np.float64]
    parts: list[npt.NDArray[np.int64]]
    in_nanometers: bool


def spectrum_axis(bands: int, wavelengths: Sequence[float]) -> SpectrumAxis:
    """Return where so many bands lie: by wavelength if all are known, otherwise side by side.

    Example:
        >>> axis = spectrum_axis(3, (800.0, 500.0, 650.0))
        >>> [part.tolist() for part in axis.parts]
        [[1, 2, 0]]
    """
    if len(wavelengths) != bands:
        places = np.arange(1.0, bands + 1)
        return SpectrumAxis(places, [np.arange(bands)], False)
    places = np.array(wavelengths, np.float64)
    order = np.argsort(places, kind="stable")
    steps = np.diff(places[order])
    wide = steps > GAP * np.median(steps) if bands > MOST_BANDS_LISTED else steps < 0
    return SpectrumAxis(places, np.split(order, np.flatnonzero(wide) + 1), True)
