# SPDX-License-Identifier: GPL-2.0-or-later
"""Synthetic rasters of known truth that measure one thing: heights, an index, radar, reflectance.

Idea: land is parcels of a few kinds, as in `value_scenes`. Parcels of a kind differ, kinds overlap
in single pixels, and a sensor mixes what lies beside an edge. Terrain is made of landforms that
differ in level and relief; canopies in height and in how uneven they are; backscatter has the
speckle of four looks; reflectance is lit by slopes. Needs numpy only.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from tests.benchmarks.plain_scenes import Kinds, Scene, Values, blurred, patches

SIDE = 320
SENSOR = 0.6
# Level and relief in meters of floodplain, plain, plateau, hills and mountains.
LANDFORMS = ((110, 0.4), (135, 1.5), (330, 3.0), (240, 18.0), (420, 55.0))
# Height and its spread in meters of grass, shrubs, young, mature and old, gappy forest.
CANOPIES = ((0.3, 0.2), (2.2, 0.9), (8.0, 1.8), (21.0, 2.5), (20.0, 7.0))
# NDVI and its spread in pixels of water, town, bare soil, grass, crops and forest.
GREENNESS = ((-0.15, 0.04), (0.2, 0.1), (0.14, 0.03), (0.38, 0.05), (0.6, 0.06), (0.8, 0.04))
# VV and VH in decibels of water, bare soil, crops, forest and town.
BACKSCATTER = ((-20, -27), (-14, -22), (-11, -17), (-8.5, -13.5), (-3, -10))
# Blue, green, red and near infrared in percent of water, soil, town, dry and green crops, meadow,
# coniferous and broad-leaved forest.
REFLECTANCES = (
    (5, 4, 3, 1.5),
    (8, 11, 15, 21),
    (13, 15, 16, 19),
    (7, 11, 14, 25),
    (4, 8, 5, 42),
    (4.5, 8.5, 7, 34),
    (2.5, 4, 3, 20),
    (3, 5.5, 3.5, 36),
)
LOOKS = 4


def parcels_of(kinds: int, count: int, seed: int) -> tuple[Kinds, Kinds]:
    """Numbers of the parcels `(rows, cols)`, and kinds `(count,)` of the parcels."""
    random = np.random.default_rng(seed)
    return patches(count, count, seed, SIDE, SIDE), random.permutation(np.arange(count) % kinds)


def relief(random: np.random.Generator) -> Values:
    """Fractal relief `(side, side)` with a standard deviation of 1."""
    parts = [blurred(random.normal(size=(SIDE, SIDE)), size) for size in (2, 5, 12)]
    total = sum((size * part / part.std() for size, part in zip((0.3, 0.6, 1.0), parts)), 0.0)
    return np.asarray(total / np.std(total))


def terrain(seed: int) -> Scene:
    """Heights in meters of five landforms, whose levels overlap between parcels."""
    random = np.random.default_rng(seed)
    parcels, of_parcel = parcels_of(len(LANDFORMS), 30, seed)
    kinds = of_parcel[parcels]
    level, rough = np.array(LANDFORMS).T
    base = level[of_parcel] + random.normal(0, 15, len(of_parcel)) * (of_parcel > 0)
    height = blurred(base[parcels], 5.0)
    height = height + relief(random) * blurred(rough[kinds], 3.0)
    height += np.linspace(-15, 15, SIDE) + random.normal(0, 0.3, height.shape)
    return height.astype(np.float32)[np.newaxis], kinds


def canopy(seed: int) -> Scene:
    """Heights of vegetation in meters."""
    random = np.random.default_rng(seed)
    parcels, of_parcel = parcels_of(len(CANOPIES), 90, seed)
    kinds = of_parcel[parcels]
    level, spread = np.array(CANOPIES).T
    base = level[of_parcel] * random.normal(1, 0.12, len(of_parcel))
    crowns = blurred(random.normal(size=kinds.shape), 1.2)
    height = blurred(base[parcels] + spread[kinds] * crowns / crowns.std(), SENSOR)
    return np.maximum(height, 0).astype(np.float32)[np.newaxis], kinds


def greenness(seed: int) -> Scene:
    """A vegetation index."""
    random = np.random.default_rng(seed)
    parcels, of_parcel = parcels_of(len(GREENNESS), 150, seed)
    kinds = of_parcel[parcels]
    level, spread = np.array(GREENNESS).T
    base = level[of_parcel] + random.normal(0, 0.04, len(of_parcel))
    noise = random.normal(size=kinds.shape) + 0.5 * relief(random)
    index = blurred(base[parcels] + spread[kinds] * noise, SENSOR)
    return np.clip(index, -1, 1).astype(np.float32)[np.newaxis], kinds


def backscatter(seed: int, linear: bool) -> Scene:
    """VV and VH, as power or in decibels."""
    random = np.random.default_rng(seed)
    parcels, of_parcel = parcels_of(len(BACKSCATTER), 150, seed)
    kinds = of_parcel[parcels]
    base = np.array(BACKSCATTER)[of_parcel] + random.normal(0, 1.0, (len(of_parcel), 2))
    power = blurred(10 ** (base[parcels].transpose(2, 0, 1) / 10), SENSOR)
    power = power * random.gamma(LOOKS, 1 / LOOKS, power.shape)
    image = power if linear else 10 * np.log10(power)
    return image.astype(np.float32), kinds


def reflectance(seed: int) -> Scene:
    """Blue, green, red and near infrared of Sentinel-2, times 10000, on lit slopes."""
    random = np.random.default_rng(seed)
    parcels, of_parcel = parcels_of(len(REFLECTANCES), 220, seed)
    kinds = of_parcel[parcels]
    base = np.array(REFLECTANCES)[of_parcel] * random.normal(1, 0.08, (len(of_parcel), 4))
    light = 1 + 0.15 * relief(random)
    image = blurred(base[parcels].transpose(2, 0, 1) * light, SENSOR)
    image = image + random.normal(0, 0.25, image.shape) + 0.3 * random.normal(size=kinds.shape)
    return np.clip(100 * image, 1, 10000).astype(np.uint16), kinds


# Names of the bands, and the scene. Features were chosen on those with seeds 1 and 2.
MEASURED: dict[str, tuple[list[str], Callable[[], Scene]]] = {
    "elevation": (["elevation"], partial(terrain, 3)),
    "elevation_2": (["elevation"], partial(terrain, 4)),
    "canopy_height": (["CHM"], partial(canopy, 3)),
    "canopy_height_2": (["CHM"], partial(canopy, 4)),
    "ndvi": (["NDVI"], partial(greenness, 3)),
    "ndvi_2": (["NDVI"], partial(greenness, 4)),
    "sentinel1_db": (["VV", "VH"], partial(backscatter, 3, linear=False)),
    "sentinel1_power": (["VV", "VH"], partial(backscatter, 4, linear=True)),
    "four_bands": (["B02", "B03", "B04", "B08"], partial(reflectance, 3)),
    "four_bands_2": (["B02", "B03", "B04", "B08"], partial(reflectance, 4)),
}
