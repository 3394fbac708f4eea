# SPDX-License-Identifier: GPL-2.0-or-later
"""The patches of a training and the batches made of them.

Values are kept as they were read, a quarter of the memory or less, on the device if it has room,
and are brought to standard units batch by batch. Augmentation rotates by multiples of 90 degrees,
flips, and changes gain and offset of each band a little; superpixels follow the geometry.

Exact: batches have the bits of `BandScaling.to_standard`.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..alpha_earth import decoded
from ..contracts import STANDARD_MAXIMUM, BandScaling
from .types import AnyArray, FloatArray

# Augmentation: gain of each band from 1 - JITTER to 1 + JITTER, offset from -JITTER to JITTER
# standard units. The images of one sensor differ by about that much.
JITTER = 0.1


@dataclass(frozen=True)
class Patches:
    """Training data.

    Attributes:
        images: `(n, bands, side, side)` raw values; int8 are AlphaEarth's bytes.
        superpixels: `(n, side, side)` int32, 0 = nodata, ids 1..t.
        soft: `(t + 1, classes)` float32 class probabilities of each superpixel (row 0 unused), or
            None for self-training.
    """

    images: AnyArray
    superpixels: AnyArray
    soft: FloatArray | None


def compact(ids: AnyArray, labels: AnyArray, classes: int) -> tuple[AnyArray, FloatArray]:
    """Keep only the superpixels that occur in the patches, numbered 1..t.

    Args:
        ids: `(n, side, side)` int32 superpixels of the scene, 0 = nodata.
        labels: `(superpixels,)` class from 0; row i is of superpixel i + 1.
        classes: number of classes.

    Returns:
        `ids` with the new numbers, and the class probabilities of each, 0 or 1, by new number,
        after a row of zeros.

    Example:
        >>> ids, table = compact(np.array([[[7, 0], [3, 7]]], np.int32), np.arange(7) % 2, 2)
        >>> ids.tolist(), table.tolist()
        ([[[2, 0], [1, 2]]], [[0.0, 0.0], [1.0, 0.0], [1.0, 0.0]])
    """
    present = np.zeros(len(labels) + 1, bool)
    for patch in ids:
        present[patch] = True
    present[0] = False
    numbers = np.cumsum(present, dtype=np.int32)
    numbers[~present] = 0
    table = np.zeros((int(numbers.max()) + 1, classes), np.float32)
    table[np.arange(1, len(table)), labels[present[1:]]] = 1.0
    return numbers[ids], table


class PatchStore:
    """Patches as tensors. On the CPU, arrays are not copied, memory-mapped files neither.

    Args:
        patches: images and superpixels.
        scaling: of the bands.
        storage: device that keeps the patches. Integers of four bytes or more and float64 need
            float64 arithmetic, which not every device has: these stay on the CPU.

    Example:
        >>> images, superpixels = np.full((2, 1, 4, 4), 7, np.uint8), np.ones((2, 4, 4), np.int32)
        >>> patches = Patches(images, superpixels, None)
        >>> scaling = BandScaling((0.0,), (255.0,), (5.0,), (2.0,))
        >>> images, superpixels = PatchStore(patches, scaling, torch.device("cpu")).batch([0, 1])
        >>> images.shape, float(images[0, 0, 0, 0])
        (torch.Size([2, 1, 4, 4]), 1.0)
    """

    def __init__(self, patches: Patches, scaling: BandScaling, storage: torch.device) -> None:
        images = decoded(patches.images)
        # As float64 these hold large offsets, see `BandScaling.to_standard`.
        self._wide = images.dtype.itemsize > 2 and images.dtype != np.float32
        self._unsigned = images.dtype == np.uint16
        if self._wide:
            storage = torch.device("cpu")
        self.storage = storage
        self._arrays = images
        if not self._wide:
            # PyTorch neither rotates nor flips uint16.
            plain = images.view(np.int16) if self._unsigned else images
            self._images = _tensor(plain).to(storage)
        self._superpixels = _tensor(patches.superpixels).to(storage)
        work = torch.float64 if self._wide else torch.float32
        shape = (1, len(scaling.center), 1, 1)
        self._center = torch.tensor(scaling.center, dtype=work).reshape(shape).to(storage)
        gain = torch.tensor([1.0 / spread for spread in scaling.spread], dtype=torch.float32)
        self._gain = gain.reshape(shape).to(storage)

    def __len__(self) -> int:
        """Count of patches."""
        return len(self._arrays)

    def batch(
        self, chosen: list[int], augmentation: np.random.Generator | None = None
    ) -> tuple[Tensor, Tensor]:
        """Assemble a batch.

        Args:
            chosen: indices of patches.
            augmentation: random generator of rotations, flips and jitter; None for none of these.

        Returns:
            Images `(n, bands, side, side)` float32 in standard units, 0 where invalid, and
            superpixels `(n, side, side)` int32.
        """
        images = torch.stack([self._raw(index) for index in chosen])
        superpixels = torch.stack([self._superpixels[index] for index in chosen])
        if augmentation is None:
            return self._standard(images, superpixels > 0), superpixels
        turns = int(augmentation.integers(4))
        images = torch.rot90(images, turns, (2, 3))
        superpixels = torch.rot90(superpixels, turns, (1, 2))
        if augmentation.random() < 0.5:
            images, superpixels = images.flip(3), superpixels.flip(2)
        known = superpixels > 0
        shape = (len(images), images.shape[1], 1, 1)
        gain = augmentation.uniform(1 - JITTER, 1 + JITTER, shape).astype(np.float32)
        offset = augmentation.uniform(-JITTER, JITTER, shape).astype(np.float32)
        shift = torch.from_numpy(offset).to(self.storage) * known[:, None]
        standard = self._standard(images, known)
        return standard.mul_(torch.from_numpy(gain).to(self.storage)).add_(shift), superpixels

    def _raw(self, index: int) -> Tensor:
        if self._wide:
            return torch.from_numpy(np.asarray(self._arrays[index], np.float64))
        return self._images[index]

    def _standard(self, images: Tensor, known: Tensor) -> Tensor:
        """The arithmetic of `BandScaling.to_standard`, operation by operation."""
        if self._unsigned:
            images = images.to(torch.int32).bitwise_and_(0xFFFF)
        values = images.to(self._center.dtype, copy=True).sub_(self._center).to(torch.float32)
        values.mul_(self._gain).clamp_(-STANDARD_MAXIMUM, STANDARD_MAXIMUM)
        return values.masked_fill_(~known[:, None], 0.0)


def _tensor(array: AnyArray) -> Tensor:
    """The same memory as a tensor. It may be read-only, as nothing writes to it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return torch.from_numpy(np.asarray(array))
