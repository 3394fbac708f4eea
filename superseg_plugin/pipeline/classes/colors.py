# SPDX-License-Identifier: GPL-2.0-or-later
"""Colors that people can tell apart."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# CIELAB distance (CIE 1976) below which two areas of a map are taken for the same color.
TELL_APART = 10.0
# Darker than this a class is lost on a black canvas.
DARKEST = 12.0
FARTHEST = 160.0
DIRECTIONS = 96
# Percent of confidence, from unsure to sure, told apart by the color-blind too.
CONFIDENCE_COLORS = (
    (0.0, "#440154"),
    (25.0, "#3b528b"),
    (50.0, "#21918c"),
    (75.0, "#5ec962"),
    (100.0, "#fde725"),
)
WHITE = np.array([0.95047, 1.0, 1.08883])
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
TO_RGB = np.linalg.inv(TO_XYZ)


def lab_of(rgb: npt.NDArray[np.generic]) -> Floats:
    """Convert sRGB, `(..., 3)` 0 to 255, to CIELAB."""
    parts = np.asarray(rgb, dtype=np.float64) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    xyz = linear @ TO_XYZ.T / WHITE
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
    """Convert CIELAB, `(..., 3)`, to the nearest sRGB bytes, clipped where there are none."""
    middle = (lab[..., 0] + 16) / 116
    root = np.stack([middle + lab[..., 1] / 500, middle, middle - lab[..., 2] / 200], axis=-1)
    xyz = np.where(root > 6 / 29, root**3, 3 * (6 / 29) ** 2 * (root - 4 / 29)) * WHITE
    linear = np.clip(xyz @ TO_RGB.T, 0, 1)
    parts = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    rgb: npt.NDArray[np.uint8] = np.rint(parts * 255).astype(np.uint8)
    return rgb


def told_apart(wanted: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Move colors as little as needed for each to differ from the ones before it.

    Args:
        wanted: `(k, 3)` sRGB; earlier ones keep their color.

    Returns:
        `(k, 3)` uint8, all different. The same input gives the same output.
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
        if _nearest(lab_of(color)[np.newaxis], before)[0] < TELL_APART:
            color = _moved(lab, before, directions)
        chosen[index] = color
        placed[index] = lab_of(color)
    return chosen


def _moved(lab: Floats, before: Floats, directions: Floats) -> npt.NDArray[np.uint8]:
    apart = TELL_APART
    while True:
        for distance in np.arange(2.0, FARTHEST, 2.0):
            candidates = rgb_of(lab + distance * directions)
            found = lab_of(candidates)
            room = np.where(found[:, 0] < DARKEST - 1, -1.0, _nearest(found, before))
            best = int(room.argmax())
            if room[best] >= apart:
                color: npt.NDArray[np.uint8] = candidates[best]
                return color
        # With very many classes the space of colors is full: stand closer.
        apart *= 0.7


def _nearest(points: Floats, others: Floats) -> Floats:
    if not len(others):
        return np.full(len(points), np.inf)
    return np.asarray(
        np.sqrt(((points[:, np.newaxis] - others) ** 2).sum(axis=-1)).min(axis=1),
        dtype=np.float64,
    )


def _directions() -> Floats:
    """Spread directions evenly over a sphere (a Fibonacci spiral)."""
    step = np.arange(DIRECTIONS) + 0.5
    height = 1 - 2 * step / DIRECTIONS
    radius = np.sqrt(1 - height**2)
    turn = np.pi * (1 + 5**0.5) * step
    return np.stack([height, radius * np.cos(turn), radius * np.sin(turn)], axis=-1)


def _between(stops: tuple[tuple[float, str], ...]) -> npt.NDArray[np.uint8]:
    """Fill the whole percents between colors, `(101, 3)`."""
    percents = [percent for percent, _ in stops]
    parts = np.array([list(bytes.fromhex(color[1:])) for _, color in stops], dtype=np.float64)
    steps = np.arange(101)
    mixed = [np.interp(steps, percents, column) for column in parts.T]
    filled: npt.NDArray[np.uint8] = np.rint(np.stack(mixed, axis=1)).astype(np.uint8)
    return filled


# A color for each whole percent of confidence.
SURE_COLORS = _between(CONFIDENCE_COLORS)
