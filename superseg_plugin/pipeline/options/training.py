# SPDX-License-Identifier: GPL-2.0-or-later
"""Options of training a network."""

from __future__ import annotations

from dataclasses import dataclass

from ...contracts import TrainingPlan
from ...errors import SuperSegError
from ...raster.class_table import MOST_CLASSES
from .values import AUTOMATIC, check_values

GUIDANCES = ("clusters", "selftraining")
NETWORKS = ("light", "published")
LOSSES = ("crossentropy", "focal", "lovasz")


def check_classes(classes: int, least: int = 2) -> None:
    """Raise `SuperSegError` unless a number of classes fits a Byte raster with nodata."""
    if not least <= classes <= MOST_CLASSES:
        raise SuperSegError(f"CLASSES must be from 2 to {MOST_CLASSES}, not {classes}.")


@dataclass(frozen=True)
class TrainingOptions:
    """How to train a network.

    Attributes:
        classes: number of classes, 2 to 255; 0 lets the clusters decide.
        guidance: `clusters` trains on the classes of clustered superpixels, `selftraining` on the
            network's own majority in every superpixel (the published method).
        network: `light`, or the larger `published`.
        loss: one of `LOSSES`.
        steps: of the optimizer, at least 1.
        patch_size: side of the training patches in pixels; a multiple of 8, at least 32.
        batch_size: patches a step, at least 1.
        learning_rate: of Adam, above 0 and at most 1. Explore it on a log scale.
        seed: of weights, patches and augmentation.
        values: how values of the image are read, one of `VALUES`.
        balance_tiles: whether steps between the tiles of a mosaic are taken out.
    """

    classes: int = 16
    guidance: str = "clusters"
    network: str = "light"
    loss: str = "crossentropy"
    steps: int = 150
    patch_size: int = 256
    batch_size: int = 4
    learning_rate: float = 2e-3
    seed: int = 0
    values: str = AUTOMATIC
    balance_tiles: bool = False

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not self.classes and self.guidance == "selftraining":
            raise SuperSegError(
                "CLASSES 0 needs GUIDANCE clusters, which find the number; with selftraining"
                f" give a number from 2 to {MOST_CLASSES}."
            )
        # A scene of one color has a single class, whatever number was requested.
        if self.classes:
            check_classes(self.classes, least=1)
        for name, allowed in (("guidance", GUIDANCES), ("network", NETWORKS), ("loss", LOSSES)):
            if getattr(self, name) not in allowed:
                raise SuperSegError(f"{name.upper()} must be one of {', '.join(allowed)}.")
        if self.steps < 1 or self.batch_size < 1:
            raise SuperSegError("STEPS and BATCH_SIZE must be at least 1.")
        if self.patch_size < 32 or self.patch_size % 8:
            raise SuperSegError("PATCH_SIZE must be a multiple of 8 pixels, at least 32.")
        check_values(self.values)
        if not 0 < self.learning_rate <= 1:
            raise SuperSegError("LEARNING_RATE must be above 0 and at most 1.")

    @property
    def plan(self) -> TrainingPlan:
        """What the worker needs to train; augmentation is for guidance by clusters."""
        names = ("network", "classes", "loss", "steps", "batch_size", "learning_rate", "seed")
        chosen = {name: getattr(self, name) for name in names}
        return TrainingPlan(**chosen, augment=self.guidance == "clusters")
