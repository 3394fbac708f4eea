# SPDX-License-Identifier: GPL-2.0-or-later
"""A trained network in use."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ...progress import Progress
from ...raster.source import RasterSource
from ...raster.windows import Window
from ...worker.client import Worker
from ..formats.model_file import Model
from ..formats.trained_model import scaling_of_model, weights_id

CPU_TILE = 512
LARGEST_TILE = 2048
TILE_STEP = 64
# Float32 activations of the widest layers that are alive at once, with room for the allocator.
BYTES_PER_PIXEL = 2048


class Network:
    """A model in use: what every request to the worker carries."""

    def __init__(self, model: Model, worker: Worker, tile_size: int, progress: Progress) -> None:
        asked = worker.submit("describe_device", {"network": model.network})
        device = worker.result(asked, progress).result
        progress.log(f"Network {model.network}, {model.classes} classes, on {device['name']}")
        self.halo: int = device["halo"]
        self.alignment: int = device["alignment"]
        self.classes = model.classes
        self.worker = worker
        self.tile_size = _tile_size(tile_size, device, self.alignment)
        self._weights = model.weights
        self._options = {
            **scaling_of_model(model),
            "model_id": weights_id(model.weights),
            "network": model.network,
            "classes": model.classes,
        }

    def submit(
        self, source: RasterSource, window: Window, labels: npt.NDArray[np.uint32] | None = None
    ) -> Any:
        """Classify a window, whose corner lies on a multiple of the alignment, exactly.

        The window is read with a halo at least as wide as the network sees, and cropped again.
        """
        outer = window.expand(self.halo, source.grid.width, source.grid.height)
        values, valid = source.read(outer)
        core = window.relative_to(outer)
        arrays: dict[str, npt.NDArray[Any]] = {"image": values, "valid": valid, **self._weights}
        if labels is not None:
            arrays["labels"] = np.where(valid[core.slices], labels, 0).astype(np.uint32)
        options = {**self._options, "core": [core.row_off, core.col_off, core.height, core.width]}
        return self.worker.submit("predict", options, arrays)


def _tile_size(wanted: int, device: dict[str, Any], alignment: int) -> int:
    """Tile side that the device's free memory bears; tiles start on the network's own grid."""
    if wanted:
        return max(wanted // alignment, 1) * alignment
    if device["type"] == "cpu":
        return CPU_TILE
    side = int((device["free_bytes"] / 2 / BYTES_PER_PIXEL) ** 0.5)
    return int(min(max(side // TILE_STEP * TILE_STEP, 256), LARGEST_TILE))
