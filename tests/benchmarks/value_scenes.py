# SPDX-License-Identifier: GPL-2.0-or-later
"""Synthetic embeddings of known truth, as satellite embedding products hold them.

Idea: land is parcels of a few kinds. Each kind has a direction among some twelve independent ones
(most of what embeddings tell lies in so few), parcels of a kind differ along their own directions,
slow gradients cross the scene, pixels have noise, some of it shared by neighbors, and a sensor
mixes what lies beside an edge. Vectors are scaled to length 1, as AlphaEarth's, or not, as
TESSERA's. Needs numpy only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tests.benchmarks.plain_scenes import Kinds, blurred, patches

Vectors = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.int8]

# Independent directions of the kinds.
DIRECTIONS = 12
# Reach of the sensor, and of the noise that neighbors share, as standard deviations in pixels.
SENSOR, SHARED = 0.6, 2.0


@dataclass(frozen=True)
class EmbeddedScene:
    """A scene to be made.

    Attributes:
        kinds: of land cover.
        parcels: patches of these kinds.
        bands: of the vectors.
        between: length of what tells two kinds apart.
        within: length of what tells two parcels of a kind apart.
        gradient: length of the difference between opposite corners of the scene.
        noise: length of a pixel's noise; half of its variance is shared by neighbors.
        unit: whether vectors have length 1.
        side: rows and columns.
        seed: of all random numbers.
    """

    kinds: int
    parcels: int
    bands: int = 64
    between: float = 0.5
    within: float = 0.2
    gradient: float = 0.2
    noise: float = 0.25
    unit: bool = True
    side: int = 320
    seed: int = 0

    def make(self) -> tuple[Vectors, Kinds]:
        """Return vectors `(bands, side, side)` and kinds from 0."""
        random = np.random.default_rng(self.seed)
        side, bands = self.side, self.bands
        parcels = patches(self.parcels, self.parcels, self.seed, side, side)
        of_parcel = random.permutation(np.arange(self.parcels) % self.kinds)
        axes = np.linalg.qr(random.normal(size=(bands, bands)))[0]
        # Directions of less and less weight, as principal components of embeddings have.
        weights = 0.85 ** np.arange(DIRECTIONS)
        weights /= np.linalg.norm(weights)
        base = axes[-1]
        kinds = (
            base
            + self.between
            * (random.normal(size=(self.kinds, DIRECTIONS)) * weights)
            @ (axes[:DIRECTIONS])
        )
        own = random.normal(size=(self.parcels, DIRECTIONS)) / np.sqrt(DIRECTIONS)
        means = kinds[of_parcel] + self.within * own @ axes[DIRECTIONS // 2 :][:DIRECTIONS]
        image = means[parcels].transpose(2, 0, 1)
        slope = np.linspace(-0.5, 0.5, side)
        directions = axes[random.permutation(bands)[:2]]
        image = image + self.gradient * (
            directions[0][:, None, None] * slope[:, None] + directions[1][:, None, None] * slope
        )
        half = self.noise / np.sqrt(2 * bands)
        image += half * random.normal(size=image.shape)
        shared = blurred(random.normal(size=image.shape), SHARED)
        image += half * shared / shared.std()
        image = blurred(image, SENSOR)
        length = np.linalg.norm(image, axis=0)
        scaled = image / length if self.unit else 6.0 * image
        return scaled.astype(np.float32), of_parcel[parcels]


def quantized(vectors: Vectors) -> Bytes:
    """Vectors of length 1 as AlphaEarth's bytes: v = 127.5 sign(x) sqrt(|x|), rounded."""
    steps = np.sign(vectors) * np.sqrt(np.abs(vectors)) * 127.5
    return np.clip(np.round(steps), -127, 127).astype(np.int8)


def dequantized(steps: Bytes) -> Vectors:
    """The inverse of `quantized`: x = sign(v) (v / 127.5)^2."""
    share = steps.astype(np.float32) / np.float32(127.5)
    return np.sign(share) * share**2


EMBEDDINGS: dict[str, Callable[[], tuple[Vectors, Kinds]]] = {
    name: EmbeddedScene(**options).make  # type: ignore[arg-type]
    for name, options in {
        "fields": {"kinds": 8, "parcels": 160},
        "many_kinds": {"kinds": 16, "parcels": 300, "seed": 1},
        "similar_kinds": {"kinds": 8, "parcels": 160, "between": 0.3, "seed": 2},
        "small_parcels": {"kinds": 8, "parcels": 1500, "seed": 3},
        "gradient": {"kinds": 8, "parcels": 160, "gradient": 0.8, "seed": 4},
        "noise": {"kinds": 8, "parcels": 160, "noise": 0.6, "seed": 5},
        "varied_parcels": {"kinds": 6, "parcels": 200, "within": 0.5, "seed": 6},
        "tessera": {"kinds": 10, "parcels": 200, "bands": 128, "unit": False, "seed": 7},
    }.items()
}
