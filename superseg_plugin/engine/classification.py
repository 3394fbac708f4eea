# SPDX-License-Identifier: GPL-2.0-or-later
"""Class probabilities of a tile from a trained network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Callable

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from .networks import LightNetwork, PublishedNetwork, build_network, fold_batch_norm
from .scaling import BandScaling, to_standard
from .types import AnyArray, BoolArray, ByteArray, DoubleArray, IdArray


@dataclass(frozen=True)
class Classifier:
    """A trained network, batch norm folded, on its device."""

    network: torch.nn.Module
    alignment: int
    halo: int
    output_stride: int
    device: torch.device

    @classmethod
    def load(
        cls, name: str, bands: int, classes: int, weights: dict[str, AnyArray], device: torch.device
    ) -> Classifier:
        """Build the network and load its weights."""
        network: PublishedNetwork | LightNetwork = build_network(name, bands, classes)
        network.load_state_dict({key: torch.from_numpy(v.copy()) for key, v in weights.items()})
        folded: Any = fold_batch_norm(network)
        folded.to(device=device, memory_format=torch.channels_last)
        return cls(folded, network.alignment, network.halo, network.output_stride, device)

    def moved(self, device: torch.device) -> Classifier:
        """The same classifier on another device."""
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
        say: Callable[[str], None],
    ) -> Tensor:
        """Softmax over the core of a tile.

        A device out of memory gets the tile in halves, then the CPU gets it.

        Args:
            values: `(bands, rows, cols)` raw values of the tile and its halo; the first row and
                column lie on a multiple of the network's alignment in the scene.
            valid: `(rows, cols)` bool.
            scaling: of the bands.
            core: rows and columns of the tile itself.
            say: takes a line for the log.

        Returns:
            `(classes, core rows, core cols)` float32 on the device that computed it.
        """
        image = torch.from_numpy(to_standard(values, valid, scaling))[None]
        rows, cols = valid.shape
        image = functional.pad(image, (0, -cols % self.alignment, 0, -rows % self.alignment))
        try:
            return self._run(image, core)
        except torch.OutOfMemoryError:
            torch.cuda.empty_cache()
        try:
            say("The device is out of memory: computing the tile in halves")
            return torch.cat(
                [self._run(part, inner) for part, inner in self._halves(image, core)], 1
            )
        except torch.OutOfMemoryError:
            torch.cuda.empty_cache()
        say("The device is still out of memory: computing this tile on the CPU")
        result = self.moved(torch.device("cpu"))._run(image, core)
        self.network.to(self.device)
        return result

    def _run(self, image: Tensor, core: tuple[slice, slice]) -> Tensor:
        logits = self.network(image.to(self.device, memory_format=torch.channels_last))
        if self.output_stride > 1:
            logits = functional.interpolate(
                logits, scale_factor=float(self.output_stride), mode="bilinear"
            )
        probabilities: Tensor = logits[0][:, core[0], core[1]].float().softmax(dim=0)
        return probabilities

    def _halves(
        self, image: Tensor, core: tuple[slice, slice]
    ) -> Iterator[tuple[Tensor, tuple[slice, slice]]]:
        rows = core[0].stop - core[0].start
        middle = core[0].start + max(rows // 2, 1)
        for start, stop in ((core[0].start, middle), (middle, core[0].stop)):
            if start == stop:
                continue
            first = max(start - self.halo, 0) // self.alignment * self.alignment
            last = min(-(-(stop + self.halo) // self.alignment) * self.alignment, image.shape[2])
            yield image[:, :, first:last], (slice(start - first, stop - first), core[1])


def best_class(probabilities: Tensor, valid: BoolArray) -> tuple[ByteArray, ByteArray]:
    """Most probable class and its probability in percent.

    Returns:
        Classes 1..k and confidence 0..100, `(rows, cols)` uint8; classes 0 and confidence 255
        where invalid.
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
        Ids present `(n,)` uint32 and sums `(n, classes)` float64.
    """
    ids, local = np.unique(labels, return_inverse=True)
    flat = probabilities.cpu().reshape(len(probabilities), -1)
    sums = np.stack([np.bincount(local.reshape(-1), row, len(ids)) for row in flat.numpy()], axis=1)
    known = ids > 0
    found: tuple[IdArray, DoubleArray] = ids[known], sums[known].astype(np.float64)
    return found
