# SPDX-License-Identifier: GPL-2.0-or-later
"""Distinct colors for classes.

`distinct_colors` goes through the colors in order. One that is closer than `LEAST_COLOR_DISTANCE`
to an earlier one moves away from where it was, in CIELAB, along 96 directions spread over the
sphere, in steps of 2 units, to the first distance at which one candidate is far enough from all
earlier colors. The search is greedy and deterministic. With more colors than fit, the least
distance shrinks. Time grows with the square of the number of colors.

References:
    CIE 15:2004, Colorimetry: CIELAB and the color difference of 1976.
    IEC 61966-2-1:1999: the sRGB transfer function and primaries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from ...raster.class_legend import Color

Floats = npt.NDArray[np.float64]

# CIELAB distance (CIE 1976) below which two areas of a map look the same. About 2.3 is just
# noticeable side by side; areas of a map lie apart and are compared from memory.
LEAST_COLOR_DISTANCE = 10.0
# Lightness (L*) of the darkest color: darker ones cannot be seen on a black canvas.
DARKEST = 12.0
# Range of lightness (L*) of natural colors: seen on a black canvas as well as on a white one.
TONES = (25.0, 90.0)
# Few classes are spread over this much for each, so that two do not become black and white.
TONE_STEP = 15.0
# Share of the lowest band mean that is taken for haze. The rest keeps the hue of the darkest class.
HAZE = 0.8
# Moves that are tried, in CIELAB units; the longest ones cross most of the sRGB gamut.
DISTANCES = np.arange(2.0, 160.0, 2.0).tolist()
DIRECTIONS = 96
# Colors by percent of confidence: five of matplotlib's "viridis", readable to the color-blind.
CONFIDENCE_COLORS = (
    (0.0, "#440154"),
    (25.0, "#3b528b"),
    (50.0, "#21918c"),
    (75.0, "#5ec962"),
    (100.0, "#fde725"),
)
HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
# White point D65, and the matrix from linear sRGB to XYZ.
WHITE = np.array([0.95047, 1.0, 1.08883])
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
TO_RGB = np.linalg.inv(TO_XYZ)


def as_color(parts: Iterable[float]) -> Color:
    """Return red, green and blue as plain integers."""
    red, green, blue = (int(part) for part in parts)
    return red, green, blue


def color_of_hex(text: str) -> Color | None:
    """Read a color such as `#1b7837`, or `#fff` for `#ffffff`; None if the text is not one.

    Example:
        >>> color_of_hex("#1b7837")
        (27, 120, 55)
    """
    if not HEX.fullmatch(text):
        return None
    digits = text[1:] if len(text) == 7 else "".join(2 * digit for digit in text[1:])
    return as_color(bytes.fromhex(digits))


def lab_of(rgb: npt.NDArray[np.generic]) -> Floats:
    """Convert sRGB, `(..., 3)` 0 to 255, to CIELAB."""
    xyz = linear_of(rgb) @ TO_XYZ.T / WHITE
    root = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack(
        [
            116 * root[..., 1] - 16,
            500 * (root[..., 0] - root[..., 1]),
            200 * (root[..., 1] - root[..., 2]),
        ],
        axis=-1,
    )


def rgb_of(lab: Floats) -> npt.NDArray[np.uint8]:
    """Convert CIELAB, `(..., 3)`, to sRGB bytes, clipped to the gamut."""
    middle = (lab[..., 0] + 16) / 116
    root = np.stack([middle + lab[..., 1] / 500, middle, middle - lab[..., 2] / 200], axis=-1)
    xyz = np.where(root > 6 / 29, root**3, 3 * (6 / 29) ** 2 * (root - 4 / 29)) * WHITE
    return rgb_of_linear(xyz @ TO_RGB.T)


def linear_of(rgb: npt.NDArray[np.generic]) -> Floats:
    """Convert sRGB, `(..., 3)` 0 to 255, to linear RGB, 0 to 1."""
    parts = np.asarray(rgb, dtype=np.float64) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear, dtype=np.float64)


def rgb_of_linear(linear: Floats) -> npt.NDArray[np.uint8]:
    """Convert linear RGB, `(..., 3)`, to sRGB bytes, clipped to the gamut."""
    linear = np.clip(linear, 0, 1)
    parts = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    rgb: npt.NDArray[np.uint8] = np.rint(parts * 255).astype(np.uint8)
    return rgb


def natural_colors(means: Floats) -> npt.NDArray[np.uint8]:
    """Return colors of band means that can be told apart.

    The first three bands are red, green and blue; one or two bands are shown in gray. Most of the
    lowest mean is subtracted from each band, as haze, and the bands are scaled to the same average
    (gray world): bands of different ranges give no cast of color.

    Args:
        means: `(k, bands)`; classes with unknown means are gray.

    Returns:
        `(k, 3)` uint8, all different.
    """
    shown = means[:, :3] if means.shape[1] >= 3 else means[:, :1]
    known = np.isfinite(shown).all(axis=1)
    rgb = np.full((len(means), 3), 128, np.uint8)
    if known.any():
        values = shown[known]
        values = values - np.where(values.min(axis=0) > 0, HAZE, 1.0) * values.min(axis=0)
        averages = values.mean(axis=0)
        values = values / np.where(averages > 0, averages, 1.0)
        rgb[known] = np.rint(255 * values / (values.max() or 1.0)).astype(np.uint8)
    return distinct_colors(spread_tones(rgb))


def spread_tones(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Spread the lightness of colors over the range that can be seen; hues stay.

    The new lightness is the mean of the old one, stretched, and of the rank among all colors: a few
    bright classes then do not make all others dark.

    Args:
        rgb: `(k, 3)` uint8.

    Returns:
        `(k, 3)` uint8.
    """
    if len(rgb) < 2:
        return rgb
    lab = lab_of(rgb)
    lightness = lab[:, 0]
    levels, ranks = np.unique(np.rint(lightness), return_inverse=True)
    if len(levels) < 2:
        return rgb
    low, high = float(lightness.min()), float(lightness.max())
    shares = ((lightness - low) / (high - low) + ranks / (len(levels) - 1)) / 2
    span = min(max(high - low, TONE_STEP * (len(levels) - 1)), TONES[1] - TONES[0])
    begin = min(max((low + high - span) / 2, TONES[0]), TONES[1] - span)
    lab[:, 0] = begin + span * shares
    return rgb_of(lab)


def distinct_colors(wanted: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Change colors as little as needed for each to differ from all before it.

    Args:
        wanted: `(k, 3)` sRGB; of two similar ones the earlier keeps its color.

    Returns:
        `(k, 3)` uint8, all different, none black. The same input gives the same
        output.
    """
    directions = _directions()
    chosen = np.zeros((len(wanted), 3), dtype=np.uint8)
    placed = np.zeros((len(wanted), 3))
    for index, color in enumerate(wanted):
        lab = lab_of(color)
        if lab[0] < DARKEST:
            lab = np.array([DARKEST, lab[1], lab[2]])
            color = rgb_of(lab)
        before = placed[:index]
        if _nearest(lab_of(color)[np.newaxis], before)[0] < LEAST_COLOR_DISTANCE:
            color = _moved(lab, before, directions)
        chosen[index] = color
        placed[index] = lab_of(color)
    return chosen


def _moved(lab: Floats, before: Floats, directions: Floats) -> npt.NDArray[np.uint8]:
    """Return the closest color that is far enough from all before it."""
    tried: list[tuple[float, npt.NDArray[np.uint8]]] = []
    least = LEAST_COLOR_DISTANCE
    while True:
        for index, distance in enumerate(DISTANCES):
            if index == len(tried):
                tried.append(_clearest(rgb_of(lab + distance * directions), before))
            clearance, color = tried[index]
            if clearance >= least:
                return color
        # With very many classes no color is far enough: accept closer ones.
        least *= 0.7


def _clearest(
    candidates: npt.NDArray[np.uint8], before: Floats
) -> tuple[float, npt.NDArray[np.uint8]]:
    """Return the candidate farthest from all colors before, and its distance to the nearest."""
    lab = lab_of(candidates)
    clearance = np.where(lab[:, 0] < DARKEST - 1, -1.0, _nearest(lab, before))
    best = int(clearance.argmax())
    return float(clearance[best]), candidates[best]


def _nearest(points: Floats, others: Floats) -> Floats:
    """Return the distance of each point to the nearest other one, infinite if there is none."""
    if not len(others):
        return np.full(len(points), np.inf)
    squares = np.zeros((len(points), len(others)))
    for channel in range(3):
        squares += np.square(points[:, channel, np.newaxis] - others[:, channel])
    return np.asarray(np.sqrt(squares.min(axis=1)), dtype=np.float64)


def _directions() -> Floats:
    """Return unit vectors spread evenly over the sphere (a Fibonacci spiral), `(96, 3)`."""
    step = np.arange(DIRECTIONS) + 0.5
    height = 1 - 2 * step / DIRECTIONS
    radius = np.sqrt(1 - height**2)
    angle = np.pi * (1 + 5**0.5) * step
    return np.stack([height, radius * np.cos(angle), radius * np.sin(angle)], axis=-1)


def _between(stops: tuple[tuple[float, str], ...]) -> npt.NDArray[np.uint8]:
    """Interpolate colors for every whole percent, `(101, 3)`."""
    percents = [percent for percent, _ in stops]
    parts = np.array([list(bytes.fromhex(color[1:])) for _, color in stops], dtype=np.float64)
    steps = np.arange(101)
    mixed = [np.interp(steps, percents, column) for column in parts.T]
    filled: npt.NDArray[np.uint8] = np.rint(np.stack(mixed, axis=1)).astype(np.uint8)
    return filled


# The color of each whole percent of confidence.
CONFIDENCE_PALETTE = _between(CONFIDENCE_COLORS)
