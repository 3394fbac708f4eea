# SPDX-License-Identifier: GPL-2.0-or-later
"""A request as the operations see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Callable

import numpy as np

from ..blocks import Description
from ..contracts import BandScaling, Clusters, Core, Segmenter
from ..engine.segments import Tile
from .protocol import MODEL, Array, split_off

# Plain values, and arrays by name.
Answer = tuple[dict[str, Any], dict[str, Array]]
# Lets nodes compute an operation on several sets of arrays, and yields the arrays of the answers in
# their order.
Spread = Callable[[str, dict[str, Any], Iterator[dict[str, Array]]], Iterator[dict[str, Array]]]


@dataclass(frozen=True)
class Call:
    """One request: plain options, mapped arrays, and a way to send events meanwhile.

    With `spread`, parts of it can be computed by the nodes of a cluster.
    """

    options: dict[str, Any]
    arrays: dict[str, Array]
    device: str
    send_event: Callable[[dict[str, Any]], None]
    spread: Spread | None = None

    @property
    def scaling(self) -> BandScaling:
        """The scaling of the bands."""
        return BandScaling.from_dict(self.options["scaling"])

    @property
    def core(self) -> tuple[slice, slice]:
        """Rows and columns that are wanted."""
        return Core(**self.options["core"]).slices

    @property
    def segmenter(self) -> Segmenter:
        """How superpixels are cut."""
        return Segmenter(**self.options["segmenter"])

    @property
    def valid(self) -> Array:
        """`(rows, cols)` bool, which pixels of `image` are valid."""
        if "valid" in self.arrays:
            return np.asarray(self.arrays["valid"])
        return np.ones(self.arrays["image"].shape[1:], bool)

    @property
    def tile(self) -> Tile:
        """The image as it was read, with its margin."""
        return Tile(np.asarray(self.arrays["image"]), self.valid, self.scaling, self.core)

    @property
    def description(self) -> Description:
        """The superpixels of the scene."""
        names = ("sums", "pairs", "lengths", "pixels", "means", "tiles")
        arrays = {name: np.asarray(self.arrays[name]) for name in names}
        return Description(**arrays, blocks=self.scaling.parts)

    @property
    def model(self) -> dict[str, Array]:
        """The arrays named `model.*`, in memory."""
        parts, _ = split_off(MODEL, self.arrays)
        return {name: np.array(value) for name, value in parts.items()}

    @property
    def clusters(self) -> Clusters:
        """The clustered superpixels of the scene, without their model."""
        labels, leaf, confidence, features = (
            np.asarray(self.arrays[name]) for name in ("labels", "leaf", "confidence", "features")
        )
        return Clusters(labels, leaf, confidence, features)

    def log(self, text: str) -> None:
        """Send a line for the log."""
        self.send_event({"event": "log", "text": text})
