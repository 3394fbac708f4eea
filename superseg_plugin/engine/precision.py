# SPDX-License-Identifier: GPL-2.0-or-later
"""Half precision for classification, where it gives the same classes."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

# Share of pixels whose most probable class must be the same.
LEAST_AGREEMENT = 0.999
SAMPLE_SIDE = 256


def gainful_precision(device: torch.device) -> torch.dtype | None:
    """The 16-bit type that classification might gain by on this device, or None.

    CUDA devices have units for float16 from compute capability 7 on. On CPUs it is slower than
    float32, and bfloat16 gives 0.3 % of the pixels of a scene another class.
    """
    if device.type == "cuda" and torch.cuda.get_device_capability(device)[0] >= 7:
        return torch.float16
    return None


@torch.inference_mode()
def precision_that_agrees(
    network: Any, bands: int, device: torch.device, dtype: torch.dtype | None
) -> torch.dtype | None:
    """Try a network in a 16-bit type on a sample that is always the same.

    Args:
        network: on its device, for inference.
        bands: that it takes.
        device: of the network.
        dtype: to try; None for nothing to try.

    Returns:
        The type, or None for full precision: where classes differ, or numbers overflow.
    """
    if dtype is None:
        return None
    image = sample_image(bands).to(device, memory_format=torch.channels_last)
    full = network(image)
    with torch.autocast(device.type, dtype=dtype):
        reduced = network(image)
    return dtype if agrees(full, reduced) else None


def agrees(full: Tensor, reduced: Tensor) -> bool:
    """Whether logits `(n, classes, rows, cols)` name the same classes, but for very few pixels."""
    if not bool(torch.isfinite(reduced).all()):
        return False
    same = full.argmax(dim=1) == reduced.argmax(dim=1)
    return float(same.float().mean()) >= LEAST_AGREEMENT


def sample_image(bands: int) -> Tensor:
    """Patches, edges and noise in standard units, `(1, bands, SAMPLE_SIDE, SAMPLE_SIDE)`."""
    generator = torch.Generator().manual_seed(0)
    fields = torch.randn((1, bands, SAMPLE_SIDE // 16, SAMPLE_SIDE // 16), generator=generator)
    noise = torch.randn((1, bands, SAMPLE_SIDE, SAMPLE_SIDE), generator=generator)
    return functional.interpolate(fields, scale_factor=16.0, mode="nearest") + 0.2 * noise
