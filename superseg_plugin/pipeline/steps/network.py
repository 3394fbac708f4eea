# SPDX-License-Identifier: GPL-2.0-or-later
"""A trained network in use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from ...contracts import Device
from ...raster.source import RasterSource
from ...raster.windows import Window, tiles
from ..formats.model_file import Model
from ..formats.trained_model import weights_id
from .scene import OwnArrays, Scene, Tile

CPU_TILE = 512
LARGEST_TILE = 2048
TILE_STEP = 64
# Float32 activations of the widest layers that are alive at once, with room for the allocator.
BYTES_PER_PIXEL = 2048


class Network:
    """A model in use: what every request to the worker carries.

    Args:
        scene: the scene, with the scaling of the model; its log is told of the device.
        model: the trained network.
        device: of `describe_device` for this network.
        tile_size: side of the tiles in pixels; 0 for what the device's memory allows.
    """

    def __init__(self, scene: Scene, model: Model, device: Device, tile_size: int) -> None:
        scene.progress.log(f"Network {model.network}, {model.classes} classes, on {device.name}")
        self.classes = model.classes
        self.tile_size = _tile_size(tile_size, device)
        self.tile_bytes = BYTES_PER_PIXEL * (self.tile_size + 2 * device.halo) ** 2
        self._halo = device.halo
        # Every request refers to the weights; they are written once.
        self._weights = scene.worker.keep(model.weights)
        self._options = {
            "model_id": weights_id(model.weights),
            "network": model.network,
            "classes": model.classes,
        }

    def classify(
        self, scene: Scene, windows: Sequence[Window], superpixels: RasterSource | None = None
    ) -> Iterator[tuple[Window, OwnArrays]]:
        """Classify windows whose corners lie on multiples of the alignment, exactly.

        A window is read with a halo at least as wide as the network sees, and cropped again.

        Args:
            scene: of this network, whose progress is asked for cancel.
            windows: at least one.
            superpixels: in which probabilities are added up; None to classify pixels.
        """
        tiles = [Tile(window, self._halo, superpixels) for window in windows]
        answers = scene.tiles_in_flight(
            "predict", tiles, self.tile_bytes, self._options, self._weights
        )
        return ((tile.window, arrays) for tile, arrays in answers)


def mean_softmax(
    scene: Scene, network: Network, superpixels: RasterSource, count: int
) -> npt.NDArray[np.float32]:
    """Mean class probabilities of the network in superpixels 1..count, `(count, classes)`."""
    grid = scene.source.grid
    pooled = np.zeros((count, network.classes), np.float32)
    column_block = max(scene.source.column_block, superpixels.column_block)
    windows = tiles(grid.width, grid.height, network.tile_size, column_block)
    for index, (_, found) in enumerate(network.classify(scene, windows, superpixels)):
        pooled[found["ids"].astype(np.int64) - 1] += found["sums"]
        scene.progress.report((index + 1) / len(windows), "Classifying")
    total = pooled.sum(axis=1, keepdims=True)
    pooled[total[:, 0] == 0] = 1.0
    pooled /= np.where(total > 0, total, np.float32(network.classes))
    return pooled


def _tile_size(wanted: int, device: Device) -> int:
    """Tile side that the device's free memory allows; tiles start on the network's own grid."""
    if wanted:
        return max(wanted // device.alignment, 1) * device.alignment
    if device.type == "cpu":
        return CPU_TILE
    side = int((device.free_bytes / 2 / BYTES_PER_PIXEL) ** 0.5)
    return int(min(max(side // TILE_STEP * TILE_STEP, 256), LARGEST_TILE))
