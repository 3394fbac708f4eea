# SPDX-License-Identifier: GPL-2.0-or-later
"""The picture of an image in a report, at reduced resolution, and what it shows in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ...raster.pictures import (
    COMPONENTS,
    GRAY,
    MOST_BANDS_LISTED,
    RADAR,
    RAMPS,
    Picture,
    ramp_colors,
)
from ...raster.source import RasterSource
from ...raster.thumbnails import read_small
from ...raster.windows import Window
from ...translation import tr
from .page import Html, escaped, ramp

# Longer side of a picture, pixels.
LONGEST = 720
# The image is read at this multiple of the resolution and averaged: nearest pixels alone are noisy.
OVERSAMPLING = 3
# Values that are read at once, so that many bands take no more memory than four.
MOST_VALUES = 4 * (OVERSAMPLING * LONGEST) ** 2

Bytes = npt.NDArray[np.uint8]


def draw(source: RasterSource, window: Window, size: tuple[int, int], picture: Picture) -> Bytes:
    """Draw a window of an image at reduced resolution, `(3, height, width)`.

    Args:
        source: the image.
        window: of its grid.
        size: width and height.
        picture: of the image.
    """
    width, height = size
    finer = min(OVERSAMPLING, max(window.width // width, 1), max(window.height // height, 1))
    values_of_row = len(picture.used) * width * finer**2
    step = min(max(MOST_VALUES // values_of_row, 1), height)
    parts = []
    for top in range(0, height, step):
        bottom = min(top + step, height)
        first, last = (window.height * row // height for row in (top, bottom))
        strip = Window(window.col_off, window.row_off + first, window.width, last - first)
        parts.append(_drawn(source, strip, (width, bottom - top, finer), picture))
    return np.concatenate(parts, axis=1)


def shown_in_words(image: RasterSource, picture: Picture) -> tuple[Html, str]:
    """Say in a sentence what a picture shows of an image, with a ramp of colors and without."""
    text = _sentence(image, picture)
    if picture.kind not in RAMPS or picture.kind == GRAY:
        return Html(escaped(text)), text
    name = image.band_names[picture.used[0]]
    low, high = f"{picture.low[0]:.4g}", f"{picture.high[0]:.4g}"
    alt = tr("{}, from {} to {}.").format(name, low, high)
    caption = escaped(tr("{}, from {} {} to {}."))
    bar = ramp(ramp_colors(picture.kind))
    return Html(caption.format(escaped(name), low, bar, high)), alt


def _sentence(image: RasterSource, picture: Picture) -> str:
    if picture.kind == COMPONENTS:
        return tr("The first three principal components of the bands as red, green, blue.")
    if picture.kind == RADAR:
        channels = ", ".join(_channel(image.band_names, weights) for weights in picture.weights)
        return tr("{} in decibels as red, green, blue.").format(channels)
    shown = [image.band_names[index] for index in image.display_bands]
    if len(shown) == 1:
        return tr("{}, in gray.").format(shown[0])
    if [name.lower() for name in shown] == ["red", "green", "blue"]:
        return tr("In natural colors.")
    if image.wavelengths and len(image.bands) > MOST_BANDS_LISTED:
        lengths = [f"{image.wavelengths[index]:.0f}" for index in image.display_bands]
        return tr("The bands at {} nm as red, green, blue.").format(", ".join(lengths))
    return tr("{} as red, green, blue.").format(", ".join(shown))


def _channel(names: Sequence[str], weights: Sequence[float]) -> str:
    """Name a band, or the difference of two."""
    plus = [name for name, weight in zip(names, weights) if weight > 0]
    minus = [name for name, weight in zip(names, weights) if weight < 0]
    return " \N{MINUS SIGN} ".join([*plus, *minus])


def _drawn(
    source: RasterSource, window: Window, size: tuple[int, int, int], picture: Picture
) -> Bytes:
    """Draw a window; `size` is width, height and how much finer it is read."""
    width, height, finer = size
    values, valid = read_small(source, window, width * finer, height * finer, picture.used)
    parts = picture.shares(values.astype(np.float32))
    parts = np.where(valid, np.nan_to_num(parts), 0)
    blocks = (height, finer, width, finer)
    known = valid.reshape(blocks).sum(axis=(1, 3))
    sums = parts.reshape(len(parts), *blocks).sum(axis=(2, 4))
    return picture.colors_of_shares(sums / np.maximum(known, 1))
