# SPDX-License-Identifier: GPL-2.0-or-later
"""The preset `published`: what the letter says of tiles, training and small patches."""

from __future__ import annotations

from ...raster.windows import starts
from .training import TrainingOptions

TILE = 512
STRIDE = 448
SIEVE = 20
CLASSES = 32
EPOCHS = 10
LEAST_STEPS = 150


def published_tiles(width: int, height: int) -> int:
    """How many tiles cover a scene."""
    return len(starts(width, TILE, STRIDE)) * len(starts(height, TILE, STRIDE))


def published_training(classes: int, seed: int, tiles: int) -> TrainingOptions:
    """How the network teaches itself on all tiles of a scene; 0 classes are the letter's number."""
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
