# SPDX-License-Identifier: GPL-2.0-or-later
"""The patches of a training, kept where batches are made of them: on the device if it has room."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..contracts import STANDARD_MAXIMUM, BandScaling
from .types import AnyArray, FloatArray

# Gain and offset of each band in augmentation, standard units.
JITTER = 0.1


@dataclass(frozen=True)
class Patches:
    """What a network is trained on.

    Attributes:
        images: `(n, bands, side, side)` raw values.
        superpixels: `(n, side, side)` int32, 0 = nodata, ids 1..t.
        soft: `(t + 1, classes)` float32 class probabilities of each superpixel (row 0 unused), or
            None for self-training.
    """

    images: AnyArray
    superpixels: AnyArray
    soft: FloatArray | None


def compact(ids: AnyArray, soft: FloatArray) -> tuple[AnyArray, FloatArray]:
    """Keep only the superpixels that occur in the patches, numbered 1..t.

    Args:
        ids: `(n, side, side)` int32 superpixels of the scene, 0 = nodata.
        soft: `(superpixels, classes)` float32 class probabilities; row i is of superpixel i + 1.

    Returns:
        `ids` with the new numbers, and the rows of `soft` by new number, after a row of zeros.

    Example:
        >>> ids, table = compact(np.array([[[7, 0], [3, 7]]], np.int32), np.eye(8, 2, dtype="f4"))
        >>> ids.tolist(), table.shape
        ([[[2, 0], [1, 2]]], (3, 2))
    """
    present = np.zeros(len(soft) + 1, bool)
    for patch in ids:
        present[patch] = True
    present[0] = False
    numbers = np.cumsum(present, dtype=np.int32)
    numbers[~present] = 0
    table = np.concatenate([np.zeros((1, soft.shape[1]), np.float32), soft[present[1:]]])
    return numbers[ids], table


class PatchStore:
    """Patches as tensors, and the batches that they make.

    Values stay as they were read, a fourth of the memory or less; standard units are made of each
    batch. On the CPU arrays are used where they lie, mapped files too.

    Args:
        patches: images and superpixels.
        scaling: of the bands.
        home: where to keep them. Numbers of more than two bytes that are no floats need doubles,
            which not every device has: these stay on the CPU.
    """

    def __init__(self, patches: Patches, scaling: BandScaling, home: torch.device) -> None:
        images = patches.images
        # As float64 these hold large offsets, see `BandScaling.to_standard`.
        self._wide = images.dtype.itemsize > 2 and images.dtype != np.float32
        self._unsigned = images.dtype == np.uint16
        if self._wide:
            home = torch.device("cpu")
        self.home = home
        self._arrays = images
        if not self._wide:
            # PyTorch turns and flips no unsigned numbers of two bytes.
            plain = images.view(np.int16) if self._unsigned else images
            self._images = _tensor(plain).to(home)
        self._superpixels = _tensor(patches.superpixels).to(home)
        work = torch.float64 if self._wide else torch.float32
        shape = (1, len(scaling.center), 1, 1)
        self._center = torch.tensor(scaling.center, dtype=work).reshape(shape).to(home)
        gain = torch.tensor([1.0 / spread for spread in scaling.spread], dtype=torch.float32)
        self._gain = gain.reshape(shape).to(home)

    def __len__(self) -> int:
        """Count of patches."""
        return len(self._arrays)

    def batch(
        self, chosen: list[int], augmentation: np.random.Generator | None = None
    ) -> tuple[Tensor, Tensor]:
        """Put patches together.

        Args:
            chosen: their indices.
            augmentation: decides on flips, turns and radiometric jitter; None for none of it.

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
        shift = torch.from_numpy(offset).to(self.home) * known[:, None]
        standard = self._standard(images, known)
        return standard.mul_(torch.from_numpy(gain).to(self.home)).add_(shift), superpixels

    def _raw(self, index: int) -> Tensor:
        if self._wide:
            return torch.from_numpy(np.asarray(self._arrays[index], np.float64))
        return self._images[index]

    def _standard(self, images: Tensor, known: Tensor) -> Tensor:
        """The arithmetic of `BandScaling.to_standard`, number by number."""
        if self._unsigned:
            images = images.to(torch.int32).bitwise_and_(0xFFFF)
        values = images.to(self._center.dtype, copy=True).sub_(self._center).to(torch.float32)
        values.mul_(self._gain).clamp_(-STANDARD_MAXIMUM, STANDARD_MAXIMUM)
        return values.masked_fill_(~known[:, None], 0.0)


def _tensor(array: AnyArray) -> Tensor:
    """The same memory as a tensor; nothing writes to it, so that it may be read-only."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return torch.from_numpy(np.asarray(array))
