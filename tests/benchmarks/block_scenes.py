# SPDX-License-Identifier: GPL-2.0-or-later
"""Synthetic scenes of two rasters of different kinds, neither of which tells all land cover apart.

Idea: each kind of land is a pair, one member seen by the first raster and one by the second: crops
and forest of one color differ in height, meadows of one backscatter in color, one land cover of an
embedding lies in the valley and on the mountain. Values are those of `measured_scenes` and
`value_scenes`. Needs numpy only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from tests.benchmarks.measured_scenes import (
    BACKSCATTER,
    CANOPIES,
    LANDFORMS,
    LOOKS,
    REFLECTANCES,
    SENSOR,
    parcels_of,
    relief,
)
from tests.benchmarks.plain_scenes import Image, Kinds, Values, blurred
from tests.benchmarks.value_scenes import DIRECTIONS, SHARED

Random = np.random.Generator
# Names of the bands and values of each raster, and the kind of each pixel, from 0.
Blocks = tuple[list[tuple[list[str], Image]], Kinds]
# Numbers in the tables of both rasters.
Pairs = Sequence[tuple[int, int]]


def reflectances(random: Random, of_parcel: Kinds, parcels: Kinds) -> tuple[list[str], Image]:
    """Blue, green, red and near infrared of Sentinel-2, times 10000, on lit slopes."""
    base = np.array(REFLECTANCES)[of_parcel] * random.normal(1, 0.08, (len(of_parcel), 4))
    light = 1 + 0.15 * relief(random)
    image = blurred(base[parcels].transpose(2, 0, 1) * light, SENSOR)
    image = image + random.normal(0, 0.25, image.shape) + 0.3 * random.normal(size=parcels.shape)
    return ["B02", "B03", "B04", "B08"], np.clip(100 * image, 1, 10000).astype(np.uint16)


def canopies(random: Random, of_parcel: Kinds, parcels: Kinds) -> tuple[list[str], Image]:
    """Heights of vegetation in meters."""
    level, spread = np.array(CANOPIES).T
    base = level[of_parcel] * random.normal(1, 0.12, len(of_parcel))
    crowns = blurred(random.normal(size=parcels.shape), 1.2)
    height = blurred(base[parcels] + spread[of_parcel[parcels]] * crowns / crowns.std(), SENSOR)
    return ["height"], np.maximum(height, 0).astype(np.float32)[np.newaxis]


def heights(random: Random, of_parcel: Kinds, parcels: Kinds) -> tuple[list[str], Image]:
    """Elevations in meters of landforms that differ in level and relief."""
    level, rough = np.array(LANDFORMS).T
    base = level[of_parcel] + random.normal(0, 10, len(of_parcel))
    height = blurred(base[parcels], 3.0) + relief(random) * blurred(rough[of_parcel[parcels]], 3.0)
    return ["elevation"], height.astype(np.float32)[np.newaxis]


def backscatter(random: Random, of_parcel: Kinds, parcels: Kinds) -> tuple[list[str], Image]:
    """VV and VH as power."""
    base = np.array(BACKSCATTER)[of_parcel] + random.normal(0, 1.0, (len(of_parcel), 2))
    power = blurred(10 ** (base[parcels].transpose(2, 0, 1) / 10), SENSOR)
    power = power * random.gamma(LOOKS, 1 / LOOKS, power.shape)
    return ["VV", "VH"], power.astype(np.float32)


def vectors(random: Random, of_parcel: Kinds, parcels: Kinds) -> tuple[list[str], Image]:
    """Vectors of length 1 of 64 bands."""
    bands = 64
    axes = np.linalg.qr(random.normal(size=(bands, bands)))[0]
    weights = 0.85 ** np.arange(DIRECTIONS)
    weights /= np.linalg.norm(weights)
    kinds = 0.5 * (random.normal(size=(of_parcel.max() + 1, DIRECTIONS)) * weights)
    own = random.normal(size=(len(of_parcel), DIRECTIONS)) * 0.2 / np.sqrt(DIRECTIONS)
    means = axes[-1] + kinds[of_parcel] @ axes[:DIRECTIONS] + own @ axes[6 : 6 + DIRECTIONS]
    image = means[parcels].transpose(2, 0, 1)
    half = 0.25 / np.sqrt(2 * bands)
    image = image + half * random.normal(size=image.shape)
    shared: Values = blurred(random.normal(size=image.shape), SHARED)
    image = blurred(image + half * shared / shared.std(), SENSOR)
    names = [f"A{number:02d}" for number in range(bands)]
    return names, (image / np.linalg.norm(image, axis=0)).astype(np.float32)


Raster = Callable[[Random, Kinds, Kinds], tuple[list[str], Image]]


def two_rasters(first: Raster, second: Raster, pairs: Pairs, parcels: int, seed: int) -> Blocks:
    """A scene whose kinds are pairs of the kinds of two rasters."""
    random = np.random.default_rng(seed)
    place, of_parcel = parcels_of(len(pairs), parcels, seed)
    one, two = np.array(pairs)[of_parcel].T
    return [first(random, one, place), second(random, two, place)], of_parcel[place]


# Weights of blocks were chosen on scenes with seeds 1 and 2.
def _scenes() -> dict[str, Callable[[], Blocks]]:
    color_height = ((0, 0), (1, 0), (2, 0), (2, 3), (4, 0), (4, 2), (6, 3), (7, 4), (4, 3))
    color_radar = ((0, 0), (1, 1), (1, 4), (4, 2), (4, 3), (5, 1), (5, 3), (6, 3))
    vector_terrain = ((0, 0), (0, 4), (1, 1), (1, 2), (2, 1), (2, 4), (3, 0), (3, 2), (4, 3))
    radar_terrain = ((0, 0), (1, 1), (1, 2), (2, 1), (2, 4), (3, 3), (3, 0), (4, 1))
    vector_radar = ((0, 0), (1, 1), (1, 4), (2, 2), (2, 3), (3, 1), (3, 3), (4, 4))
    return {
        f"{name}{'' if seed == 3 else '_2'}": partial(two_rasters, *parts, seed)
        for seed in (3, 4)
        for name, parts in {
            "colors_and_height": (reflectances, canopies, color_height, 150),
            "colors_and_radar": (reflectances, backscatter, color_radar, 150),
            "vectors_and_terrain": (vectors, heights, vector_terrain, 120),
            "vectors_and_radar": (vectors, backscatter, vector_radar, 150),
            "radar_and_terrain": (backscatter, heights, radar_terrain, 120),
        }.items()
    }


BLOCK_SCENES = _scenes()
