# SPDX-License-Identifier: GPL-2.0-or-later
"""Class probabilities of a tile from a trained network.

The network is applied to the tile with its halo, the logits are interpolated to full resolution,
and the softmax is cropped to the core. Batch norms are folded into the convolutions.

Exact: a tile gives what the whole scene would, but for rounding (see `networks` on halo and
alignment). In float16 on a GPU, up to 0.1 % of the pixels may have another class (see `devices`).
Cost: one pass of the network. Memory grows with the tile; where it is short, tiles are computed in
up to eight parts, each with its halo, and then on the CPU.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Callable

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ..contracts import BandScaling
from .devices import (
    autocast,
    inference_precision,
    is_out_of_memory,
    release_memory,
    verified_precision,
)
from .networks import (
    LightNetwork,
    PublishedNetwork,
    build_network,
    fold_batch_norm,
    load_weights,
)
from .types import AnyArray, BoolArray, ByteArray, DoubleArray, IdArray

# A tile is divided into at most this many parts where memory is short.
MAX_PARTS = 8


@dataclass
class Classifier:
    """A trained network, batch norm folded, on its device.

    Attributes:
        network: takes images in standard units.
        alignment: of the network, pixels.
        halo: of the network, pixels.
        output_stride: of the network, pixels.
        device: of the network.
        precision: 16-bit type to compute in, None for float32.
        parts: number of parts that tiles are divided into; doubled when memory runs out.
    """

    network: torch.nn.Module
    alignment: int
    halo: int
    output_stride: int
    device: torch.device
    precision: torch.dtype | None = None
    parts: int = 1

    @classmethod
    def load(
        cls, name: str, bands: int, classes: int, weights: dict[str, AnyArray], device: torch.device
    ) -> Classifier:
        """Build a network, load its weights and choose the precision.

        Args:
            name: public name of the network.
            bands: input channels.
            classes: output channels.
            weights: arrays by name, of `train`.
            device: to compute on.

        Raises:
            SuperSegError: the weights are those of another network.
        """
        network: PublishedNetwork | LightNetwork = build_network(name, bands, classes)
        load_weights(network, weights)
        folded: Any = fold_batch_norm(network)
        folded.to(device=device, memory_format=torch.channels_last)
        precision = verified_precision(folded, bands, device, inference_precision(device))
        return cls(
            folded, network.alignment, network.halo, network.output_stride, device, precision
        )

    def moved(self, device: torch.device) -> Classifier:
        """The same classifier on another device, in full precision."""
        return Classifier(
            self.network.to(device), self.alignment, self.halo, self.output_stride, device
        )

    @torch.inference_mode()
    def probabilities(
        self,
        values: AnyArray,
        valid: BoolArray,
        scaling: BandScaling,
        core: tuple[slice, slice],
        log: Callable[[str], None],
    ) -> Tensor:
        """Softmax over the core of a tile.

        If the device runs out of memory, the tile is computed in halves, quarters and eighths, and
        at last on the CPU.

        Args:
            values: `(bands, rows, cols)` raw values of the tile and its halo; the first row and
                column lie on a multiple of the network's alignment in the scene.
            valid: `(rows, cols)` bool.
            scaling: of the bands.
            core: rows and columns of the tile itself.
            log: called with lines for the log.

        Returns:
            `(classes, core rows, core cols)` float32 on the device that computed it.

        Raises:
            MemoryError: the memory of the CPU does not suffice either.
        """
        image = torch.from_numpy(scaling.to_standard(values, valid))[None]
        rows, cols = valid.shape
        image = functional.pad(image, (0, -cols % self.alignment, 0, -rows % self.alignment))
        while True:
            try:
                pieces = self._cut(image, core, self.parts)
                found = [self._run(part, inner) for part, inner in pieces]
                return found[0] if len(found) == 1 else torch.cat(found, dim=1)
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
            release_memory(self.device)
            if self.parts == MAX_PARTS:
                break
            self.parts *= 2
            log(f"The device is out of memory: computing tiles in {self.parts} parts")
        if self.device.type == "cpu":
            raise MemoryError(f"for a tile of {rows} x {cols} pixels")
        log("The device is still out of memory: computing this tile on the CPU")
        result = self.moved(torch.device("cpu"))._run(image, core)
        self.network.to(self.device)
        return result

    def _run(self, image: Tensor, core: tuple[slice, slice]) -> Tensor:
        image = image.to(self.device, memory_format=torch.channels_last)
        with autocast(self.device, self.precision):
            logits = self.network(image)
        logits = logits.float()
        if self.output_stride > 1:
            logits = functional.interpolate(
                logits, scale_factor=float(self.output_stride), mode="bilinear"
            )
        probabilities: Tensor = logits[0][:, core[0], core[1]].softmax(dim=0)
        return probabilities

    def _cut(
        self, image: Tensor, core: tuple[slice, slice], parts: int
    ) -> Iterator[tuple[Tensor, tuple[slice, slice]]]:
        """Yield parts of a tile with their halo, and the rows and columns of each part itself."""
        top, bottom = core[0].start, core[0].stop
        height = max(-(-(bottom - top) // parts), 1)
        for start in range(top, bottom, height):
            stop = min(start + height, bottom)
            first = max(start - self.halo, 0) // self.alignment * self.alignment
            last = min(-(-(stop + self.halo) // self.alignment) * self.alignment, image.shape[2])
            yield image[:, :, first:last], (slice(start - first, stop - first), core[1])


def best_class(probabilities: Tensor, valid: BoolArray) -> tuple[ByteArray, ByteArray]:
    """Most probable class and its probability in percent.

    Args:
        probabilities: `(classes, rows, cols)` float32, at most 255 classes.
        valid: `(rows, cols)` bool.

    Returns:
        Classes 1..k and confidence 0..100, `(rows, cols)` uint8; where invalid, class 0 and
        confidence 255.

    Example:
        >>> probabilities = torch.tensor([[[0.25, 0.5]], [[0.75, 0.5]]])
        >>> classes, confidence = best_class(probabilities, np.array([[True, False]]))
        >>> classes.tolist(), confidence.tolist()
        ([[2, 0]], [[75, 255]])
    """
    confidence, winner = probabilities.max(dim=0)
    classes = (winner + 1).to(torch.uint8).cpu().numpy()
    percent = (confidence * 100).round().to(torch.uint8).cpu().numpy()
    return np.where(valid, classes, 0).astype(np.uint8), np.where(valid, percent, 255).astype(
        np.uint8
    )


def pool_in_superpixels(probabilities: Tensor, labels: IdArray) -> tuple[IdArray, DoubleArray]:
    """Sum the class probabilities of each superpixel.

    Args:
        probabilities: `(classes, rows, cols)`.
        labels: `(rows, cols)` uint32, 0 = nodata.

    Returns:
        Ids present `(n,)` uint32, ascending, and sums `(n, classes)` float64.

    Example:
        >>> probabilities = torch.tensor([[[0.25, 0.5, 1.0]], [[0.75, 0.5, 0.0]]])
        >>> ids, sums = pool_in_superpixels(probabilities, np.array([[7, 7, 0]], np.uint32))
        >>> ids.tolist(), sums.tolist()
        ([7], [[0.75, 1.25]])
    """
    ids, local = np.unique(labels, return_inverse=True)
    flat = probabilities.cpu().reshape(len(probabilities), -1)
    sums = np.stack([np.bincount(local.reshape(-1), row, len(ids)) for row in flat.numpy()], axis=1)
    known = ids > 0
    found: tuple[IdArray, DoubleArray] = ids[known], sums[known].astype(np.float64)
    return found
