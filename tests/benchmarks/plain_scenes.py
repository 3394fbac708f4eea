# SPDX-License-Identifier: GPL-2.0-or-later
"""Synthetic scenes of known truth, plain enough that every kind of land cover can be told.

Most are patches of a few kinds with noise. Values of a kind lie at equal steps in each band, in
another order from band to band; noise is given as a share of that step. Needs numpy only.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.generic]
Values = npt.NDArray[np.float64]
Kinds = npt.NDArray[np.int64]
Scene = tuple[Image, Kinds]

ROWS, COLS = 300, 400
# Values of the kinds lie between these.
LOW, HIGH = 0.1, 0.9
COLORS = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255), (128, 128, 128)]
# Shares in percent of kinds that differ in area.
UNEQUAL = (40, 25, 15, 10, 6, 4)


def random(seed: int) -> np.random.Generator:
    """Random numbers of a scene."""
    return np.random.default_rng(seed)


def patches(kinds: int, count: int, seed: int, rows: int = ROWS, cols: int = COLS) -> Kinds:
    """Voronoi cells of random points, `(rows, cols)` kinds from 0 in turn."""
    generator = random(seed)
    centers = np.c_[generator.uniform(0, rows, count), generator.uniform(0, cols, count)]
    nearest = np.full((rows, cols), np.inf, np.float32)
    result = np.zeros((rows, cols), np.int64)
    across = np.arange(cols)[None]
    for number, (top, left) in enumerate(centers):
        distance = ((np.arange(rows)[:, None] - top) ** 2 + (across - left) ** 2).astype(np.float32)
        nearer = distance < nearest
        nearest[nearer] = distance[nearer]
        result[nearer] = number % kinds
    return result


def levels(kinds: Kinds, bands: int, noise: float) -> Values:
    """Values `(bands, rows, cols)` of kinds, with noise as a share of the step between levels."""
    generator = random(2)
    count = int(kinds.max()) + 1
    values = np.linspace(LOW, HIGH, count)
    table = np.stack(
        [generator.permutation(values) for _ in range(bands)] if bands > 1 else [values]
    )
    step = (HIGH - LOW) / (count - 1)
    return table[:, kinds] + generator.normal(0, 1, (bands, *kinds.shape)) * noise * step


def floats(values: Values) -> Image:
    """As float32."""
    return values.astype(np.float32)


def blurred(values: Values, sigma: float) -> Values:
    """Gaussian filter of the last two axes, mirrored at the edges."""
    reach = int(4 * sigma + 0.5)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    weights /= weights.sum()
    for axis in (-2, -1):
        pad = [(0, 0)] * values.ndim
        pad[axis] = (reach, reach)
        wide = np.moveaxis(np.pad(values, pad, mode="symmetric"), axis, -1)
        size = wide.shape[-1] - 2 * reach
        parts = (weight * wide[..., i : i + size] for i, weight in enumerate(weights))
        values = np.moveaxis(sum(parts, np.zeros(1)), -1, axis)
    return values


def level_scene(kinds: int, bands: int, noise: float) -> Scene:
    """Patches of levels."""
    truth = patches(kinds, 8 * kinds, 1)
    return floats(levels(truth, bands, noise)), truth


def large_scene(bands: int, noise: float) -> Scene:
    """The same on sixteen times the area; without noise as bytes."""
    truth = patches(6, 133, 6, 1200, 1600)
    values = levels(truth, bands, noise)
    return (floats(values) if noise else np.rint(values * 255).astype(np.uint8)), truth


def six() -> Kinds:
    """The patches of six kinds that many scenes share."""
    return patches(6, 48, 1)


def byte_levels() -> Scene:
    """One band of six levels, bytes with little noise."""
    truth = six()
    noise = random(0).integers(-3, 4, truth.shape)
    return np.clip(truth * 40 + 20 + noise, 0, 255).astype(np.uint8)[None], truth


def colors() -> Scene:
    """Six plain colors."""
    truth = six()
    return np.array(COLORS)[truth].transpose(2, 0, 1).astype(np.uint8), truth


def heights() -> Scene:
    """One band of 16 bits with a sign, as of an elevation model."""
    truth = six()
    return (truth * 480 + random(0).normal(0, 90, truth.shape)).astype(np.int16)[None], truth


def two_grays(truth: Kinds, spread: int, bands: int = 3) -> Scene:
    """Bright on dark, with uniform noise of `spread` gray levels to either side."""
    noise = random(0).integers(-spread, spread + 1, (3, *truth.shape))
    return (np.array([60, 190])[truth] + noise).astype(np.uint8)[:bands], truth


def objects() -> Kinds:
    """Squares of 3 to 12 pixels in a grid."""
    truth = np.zeros((ROWS, COLS), np.int64)
    corners = [(y, x) for y in range(20, 280, 30) for x in range(20, 380, 30)]
    for number, (y, x) in enumerate(corners):
        side = 3 + number % 10
        truth[y : y + side, x : x + side] = 1
    return truth


def lake() -> Kinds:
    """An ellipse amid the scene."""
    y, x = np.mgrid[:ROWS, :COLS]
    inside = ((y - ROWS / 2) / 90) ** 2 + ((x - COLS / 2) / 130) ** 2 < 1
    return inside.astype(np.int64)


def gray_lake() -> Scene:
    """Three equal bands."""
    image, truth = two_grays(lake(), 3, 1)
    return np.repeat(image, 3, axis=0), truth


def dark(dtype: type[np.generic], scale: float) -> Scene:
    """Values from 1 to 25, times a factor: the same in bytes, 16 bits and floats."""
    truth = six()
    values = np.round(np.clip(levels(truth, 3, 0.2), 0, 1) * 25).clip(1)
    return (values * scale).astype(dtype), truth


def ponds(bands: int) -> Scene:
    """Nine ponds of 42 pixels, a kind of their own, in four kinds of land."""
    truth, generator = patches(4, 24, 3), random(5)
    for _ in range(9):
        y, x = generator.integers(10, 285), generator.integers(10, 385)
        truth[y : y + 7, x : x + 6] = 4
    return floats(levels(truth, bands, 0.125)), truth


def dominant(bands: int, noise: float) -> Scene:
    """One kind on more than nine tenths of the area, and three small ones."""
    truth = np.zeros((ROWS, COLS), np.int64)
    truth[20:60, 30:80], truth[200:250, 300:330], truth[120:160, 200:240] = 1, 2, 3
    return floats(levels(truth, bands, noise)), truth


def unequal(bands: int, noise: float) -> Scene:
    """Six kinds of 40 to 4 % of the area."""
    truth = np.repeat(np.arange(len(UNEQUAL)), UNEQUAL)[patches(100, 200, 9)]
    return floats(levels(truth, bands, noise)), truth


def blurred_edges(bands: int) -> Scene:
    """Mixed pixels between the patches."""
    truth = six()
    values = blurred(levels(truth, bands, 0), 1.0)
    return floats(values + random(1).normal(0, 0.01, values.shape)), truth


def gradient(bands: int, strength: float) -> Scene:
    """Illumination that increases to the right, in all by a share of the step between levels."""
    truth = six()
    step = (HIGH - LOW) / 5
    return floats(
        levels(truth, bands, 0.125) + np.linspace(-0.5, 0.5, COLS) * step * strength
    ), truth


def textures(bands: int) -> Scene:
    """Three kinds of the same mean that differ in the strength of their noise only."""
    truth = patches(3, 18, 4)
    noise = random(3).normal(0, 1, (bands, ROWS, COLS))
    return floats(0.5 + noise * np.array([0.01, 0.04, 0.12])[truth]), truth


def stripes() -> Scene:
    """Stripes of three pixels on one of two kinds of the same mean."""
    truth = patches(2, 18, 4)
    pattern = 0.1 * np.sign(np.sin((np.arange(COLS) + 0.5) * np.pi / 3))
    return floats((0.5 + truth * pattern + random(3).normal(0, 0.02, truth.shape))[None]), truth


def uneven_noise() -> Scene:
    """Colors with noise that varies over the scene, whatever the kind."""
    truth, generator = six(), random(3)
    strength = blurred(generator.normal(0, 1, truth.shape), 12)
    strength = (strength - strength.min()) / np.ptp(strength)
    noise = generator.normal(0, 1, (3, *truth.shape)) * (0.005 + 0.03 * strength)
    return floats(levels(truth, 3, 0) + noise), truth


def useless_bands(noisy: int, constant: int) -> Scene:
    """One band of levels, others of strong noise or of one value."""
    truth = six()
    noise = random(3).normal(0.5, 0.3, (noisy, *truth.shape))
    flat = np.full((constant, *truth.shape), 0.5)
    return floats(np.concatenate([levels(truth, 1, 0.125), noise, flat])), truth


def tiny_patches(kinds: int, bands: int, noise: float) -> Scene:
    """Patches of 60 pixels."""
    truth = patches(12, 2000, 12) % kinds
    return floats(levels(truth, bands, noise)), truth


def unequal_steps() -> Scene:
    """Two pairs of similar kinds and two others."""
    truth = six()
    values = np.array([0.1, 0.13, 0.5, 0.55, 0.9, 0.3])[truth]
    return floats((values + random(3).normal(0, 0.003, truth.shape))[None]), truth


def _level_scenes() -> dict[str, Callable[[], Scene]]:
    """Kinds, bands and noise; many bands with fewer strengths of noise."""
    scenes = {}
    for kinds in (2, 6, 12):
        for bands in (1, 3, 12, 64):
            few = bands in (1, 3)
            for noise in (0, 0.06, 0.125, 0.25, 0.5) if few else (0, 0.125, 0.5):
                if few or kinds > 2:
                    name = f"levels_k{kinds}_b{bands}_n{int(noise * 1000):03d}"
                    scenes[name] = partial(level_scene, kinds, bands, noise)
    return scenes


SCENES: dict[str, Callable[[], Scene]] = {
    **_level_scenes(),
    "large_b1_n125": partial(large_scene, 1, 0.125),
    "large_b3_n125": partial(large_scene, 3, 0.125),
    "large_b1_n500": partial(large_scene, 1, 0.5),
    "large_b3_bytes": partial(large_scene, 3, 0),
    "byte_levels": byte_levels,
    "colors": colors,
    "heights": heights,
    "objects_n0": lambda: two_grays(objects(), 0),
    "objects_n3": lambda: two_grays(objects(), 3),
    "lake_n0": lambda: two_grays(lake(), 0),
    "lake_n3": lambda: two_grays(lake(), 3),
    "lake_n30": lambda: two_grays(lake(), 30),
    "lake_gray": gray_lake,
    "dark_bytes": partial(dark, np.uint8, 1),
    "dark_16bit": partial(dark, np.uint16, 257),
    "dark_floats": partial(dark, np.float32, 1 / 255),
    "ponds_b1": partial(ponds, 1),
    "ponds_b3": partial(ponds, 3),
    "dominant_b1": partial(dominant, 1, 0.25),
    "dominant_b3": partial(dominant, 3, 0.125),
    "blurred_b1": partial(blurred_edges, 1),
    "blurred_b3": partial(blurred_edges, 3),
    "gradient_b1_weak": partial(gradient, 1, 0.3),
    "gradient_b3_weak": partial(gradient, 3, 0.3),
    "gradient_b1_strong": partial(gradient, 1, 1.0),
    "gradient_b3_strong": partial(gradient, 3, 1.0),
    "textures_b1": partial(textures, 1),
    "textures_b3": partial(textures, 3),
    "stripes": stripes,
    "uneven_noise": uneven_noise,
    "unequal_b1": partial(unequal, 1, 0.125),
    "unequal_b3": partial(unequal, 3, 0.25),
    "unequal_b64": partial(unequal, 64, 0.25),
    "noise_bands": partial(useless_bands, 5, 0),
    "constant_bands": partial(useless_bands, 0, 2),
    "tiny_b1": partial(tiny_patches, 6, 1, 0.125),
    "tiny_b3": partial(tiny_patches, 12, 3, 0.06),
    "unequal_steps": unequal_steps,
}
