# SPDX-License-Identifier: GPL-2.0-or-later
"""The plot of spectra in the class workbench: where its bands lie, and gaps between them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

COLOR = (220, 20, 20)


@pytest.fixture
def plot(plugin):
    from superseg_plugin.gui.spectrum_plot import SpectrumPlot

    made = SpectrumPlot()
    made.resize(600, 200)
    return made


def columns_with_line(plot, means, names, wavelengths=()):
    """Which columns of the picture hold the color of the class, as shares of the axis."""
    group = SimpleNamespace(name="Water", color=COLOR, means=np.asarray(means, float))
    plot.show_groups([group], names, "", wavelengths)
    image = plot.grab().toImage()
    found = []
    for x in range(image.width()):
        for y in range(image.height()):
            pixel = image.pixelColor(x, y)
            if max(abs(pixel.red() - 220), abs(pixel.green() - 20), abs(pixel.blue() - 20)) < 30:
                found.append(x)
                break
    # The last columns are the swatch of the name.
    cuts = np.flatnonzero(np.diff(found) > 6)
    found = found[: cuts[-1] + 1]
    return (np.array(found) - found[0]) / (found[-1] - found[0])


def test_bands_lie_at_their_wavelengths_with_gaps(plot):
    lengths = np.concatenate([np.linspace(400, 1300, 90), np.linspace(2000, 2400, 40)])
    names = [f"Band {n}" for n in range(1, 131)]
    found = columns_with_line(plot, np.linspace(1, 2, 130), names, tuple(lengths))
    for share, drawn in ((0.2, True), (0.6, False), (0.7, False), (0.9, True)):
        assert (np.abs(found - share).min() < 0.02) == drawn


def test_bands_without_wavelengths_lie_side_by_side(plot):
    names = [f"Band {n}" for n in range(1, 131)]
    found = columns_with_line(plot, np.linspace(1, 2, 130), names)
    for share in (0.2, 0.6, 0.7, 0.9):
        assert np.abs(found - share).min() < 0.02
