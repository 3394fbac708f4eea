# SPDX-License-Identifier: GPL-2.0-or-later
"""The preset `published`: tiles, training and minimum patch size of the published method.

The numbers are those of the letter that the README cites. `LEAST_STEPS` is an addition: ten epochs
of a scene of few tiles are too few steps to train the network.
"""

from __future__ import annotations

from ...raster.windows import starts
from .training import TrainingOptions

# Pixels.
TILE = 512
STRIDE = 448
SIEVE = 20
CLASSES = 32
EPOCHS = 10
LEAST_STEPS = 150


def published_tiles(width: int, height: int) -> int:
    """Return the number of tiles that cover a scene."""
    return len(starts(width, TILE, STRIDE)) * len(starts(height, TILE, STRIDE))


def published_training(classes: int, seed: int, tiles: int) -> TrainingOptions:
    """Return the options of self-training on all tiles of a scene; 0 classes stand for 32."""
    return TrainingOptions(
        classes=classes or CLASSES,
        guidance="selftraining",
        network="published",
        steps=max(LEAST_STEPS, EPOCHS * tiles),
        patch_size=TILE,
        batch_size=1,
        learning_rate=1e-3,
        seed=seed,
    )
