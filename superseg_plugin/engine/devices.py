# SPDX-License-Identifier: GPL-2.0-or-later
"""The device that the network runs on: choice, memory, and precision.

Training uses bfloat16 wherever the hardware multiplies it, since gradients tolerate its eight bits
of precision. Classification must give the same classes as float32. It uses float16, on CUDA devices
only, and only where the network at hand gives the same class to 99.9 % of the pixels of a synthetic
image in both types. That test decides for the network, not for each scene: it costs two passes over
256 x 256 pixels, some milliseconds on a GPU.
"""

from __future__ import annotations

import contextlib
import os
from contextlib import AbstractContextManager
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from ..errors import SuperSegError

# The allocators of the CPU raise plain RuntimeErrors; these are parts of their texts.
OUT_OF_MEMORY_TEXTS = (
    "can't allocate memory",
    "not enough memory",
    "bad_alloc",
    "could not create a",
    "can't start new thread",
)
# Share of pixels whose most probable class must be the same in 16 bits.
MINIMUM_AGREEMENT = 0.999
SYNTHETIC_SIDE = 256


def choose_device(wanted: str) -> torch.device:
    """Resolve `auto`, `cpu`, `cuda` or `mps`.

    Args:
        wanted: name of a device; `auto` takes the GPU if there is one.

    Raises:
        SuperSegError: the device asked for is not there; the text says what is.

    Example:
        >>> choose_device("cpu")
        device(type='cpu')
    """
    available = ["cpu"]
    if torch.cuda.is_available():
        available.insert(0, "cuda")
    elif torch.backends.mps.is_available():
        available.insert(0, "mps")
    if wanted == "auto":
        return torch.device(available[0])
    if wanted not in available:
        raise SuperSegError(
            f"DEVICE {wanted} is not available to the worker, which has: {', '.join(available)}. "
            "Choose auto, or install a runtime built for it with superseg:installruntime."
        )
    return torch.device(wanted)


def describe(device: torch.device) -> dict[str, Any]:
    """Type, name, free memory in bytes, and CPU threads of a device.

    Example:
        >>> sorted(describe(torch.device("cpu")))
        ['free_bytes', 'name', 'threads', 'type']
    """
    threads = torch.get_num_threads()
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        name = torch.cuda.get_device_name(device)
    else:
        free = _free_system_memory()
        name = f"{device.type} ({threads} threads)"
    return {"type": device.type, "name": name, "free_bytes": int(free), "threads": threads}


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether an error says that a device, or the system, has too little memory.

    Example:
        >>> is_out_of_memory(RuntimeError("DefaultCPUAllocator: can't allocate memory"))
        True
        >>> is_out_of_memory(RuntimeError("size mismatch"))
        False
    """
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(
        text in str(error) for text in OUT_OF_MEMORY_TEXTS
    )


def release_memory(device: torch.device) -> None:
    """Return memory that a failed attempt has left reserved; nothing to do on a CPU.

    Example:
        >>> release_memory(torch.device("cpu"))
    """
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()


def training_precision(device: torch.device) -> torch.dtype | None:
    """The 16-bit type that makes training faster on this device, or None for float32.

    CUDA devices multiply bfloat16 from compute capability 8 on. CPUs do with AVX512_BF16 (training
    steps are 1.9 to 2.8 times as fast as in float32 on two cores) or AMX.

    Example:
        >>> training_precision(torch.device("cpu")) in (None, torch.bfloat16)
        True
    """
    if device.type == "cuda" and torch.cuda.get_device_capability(device)[0] >= 8:
        return torch.bfloat16
    if device.type == "cpu" and _has_bfloat16_products():
        return torch.bfloat16
    return None


def inference_precision(device: torch.device) -> torch.dtype | None:
    """The 16-bit type that may make classification faster on this device, or None.

    CUDA devices multiply float16 from compute capability 7 on. On CPUs float16 is slower than
    float32, and bfloat16 gives 0.3 % of the pixels of a scene another class.

    Example:
        >>> inference_precision(torch.device("cpu")) is None
        True
    """
    if device.type == "cuda" and torch.cuda.get_device_capability(device)[0] >= 7:
        return torch.float16
    return None


@torch.inference_mode()
def verified_precision(
    network: Any, bands: int, device: torch.device, dtype: torch.dtype | None
) -> torch.dtype | None:
    """Try a network in a 16-bit type on the synthetic image.

    Args:
        network: on its device, for inference.
        bands: number of input bands.
        device: of the network.
        dtype: type to try; None for nothing to try.

    Returns:
        The type, or None for float32: classes differ, or numbers overflow.

    Example:
        >>> network, cpu = torch.nn.Conv2d(3, 2, 1), torch.device("cpu")
        >>> verified_precision(network, 3, cpu, None) is None
        True
    """
    if dtype is None:
        return None
    image = synthetic_image(bands).to(device, memory_format=torch.channels_last)
    full = network(image)
    with torch.autocast(device.type, dtype=dtype):
        reduced = network(image)
    return dtype if same_classes(full, reduced) else None


def same_classes(full: Tensor, reduced: Tensor) -> bool:
    """Whether two logits have the same most probable class in at least 99.9 % of the pixels.

    Args:
        full: `(n, classes, rows, cols)` logits in float32.
        reduced: the same in 16 bits; not finite where they overflow.

    Example:
        >>> logits = torch.tensor([[[[0.0, 2.0]], [[1.0, 1.0]]]])
        >>> same_classes(logits, 2 * logits), same_classes(logits, -logits)
        (True, False)
    """
    if not bool(torch.isfinite(reduced).all()):
        return False
    same = full.argmax(dim=1) == reduced.argmax(dim=1)
    return float(same.float().mean()) >= MINIMUM_AGREEMENT


def synthetic_image(bands: int) -> Tensor:
    """Squares, edges and noise in standard units, the same in every call.

    Returns:
        `(1, bands, 256, 256)` float32.

    Example:
        >>> synthetic_image(2).shape
        torch.Size([1, 2, 256, 256])
    """
    generator = torch.Generator().manual_seed(0)
    fields = torch.randn(
        (1, bands, SYNTHETIC_SIDE // 16, SYNTHETIC_SIDE // 16), generator=generator
    )
    noise = torch.randn((1, bands, SYNTHETIC_SIDE, SYNTHETIC_SIDE), generator=generator)
    return functional.interpolate(fields, scale_factor=16.0, mode="nearest") + 0.2 * noise


def autocast(device: torch.device, dtype: torch.dtype | None) -> AbstractContextManager[Any]:
    """Mixed precision with a 16-bit type; float32 for None.

    Example:
        >>> with autocast(torch.device("cpu"), torch.bfloat16):
        ...     torch.mm(torch.ones(2, 2), torch.ones(2, 2)).dtype
        torch.bfloat16
    """
    if dtype is None:
        return contextlib.nullcontext()
    return torch.autocast(device.type, dtype=dtype)


def _has_bfloat16_products() -> bool:
    names = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    checks = [getattr(torch.cpu, name, None) for name in names]
    return any(bool(check()) for check in checks if check)


def _free_system_memory() -> int:
    if hasattr(os, "sysconf") and "SC_AVPHYS_PAGES" in os.sysconf_names:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    # Not known on Windows: assume what every computer that runs QGIS has.
    return 4 << 30
