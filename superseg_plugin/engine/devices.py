# SPDX-License-Identifier: GPL-2.0-or-later
"""Which device the network runs on, and what it can do."""

from __future__ import annotations

import contextlib
import os
from contextlib import AbstractContextManager
from typing import Any

import torch

from ..errors import SuperSegError

# The CPU's allocators have no error of their own; this is how they word it.
SHORTAGES = (
    "can't allocate memory",
    "not enough memory",
    "bad_alloc",
    "could not create a",
    "can't start new thread",
)


def choose_device(wanted: str) -> torch.device:
    """Resolve `auto`, `cpu`, `cuda` or `mps`.

    Raises:
        SuperSegError: the device asked for is not there; the text says what is.
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
    """Name, free memory in bytes, and threads of a device."""
    threads = torch.get_num_threads()
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        name = torch.cuda.get_device_name(device)
    else:
        free = _free_system_memory()
        name = f"{device.type} ({threads} threads)"
    return {"type": device.type, "name": name, "free_bytes": int(free), "threads": threads}


def is_shortage(error: BaseException) -> bool:
    """Tell whether an error says that a device, or the system, has too little memory."""
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in SHORTAGES)


def release_memory(device: torch.device) -> None:
    """Give back what a failed attempt has left reserved."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()


def reduced_precision(device: torch.device) -> torch.dtype | None:
    """The 16-bit type that training gains by on this device, or None.

    CUDA devices gain by bfloat16 from compute capability 8 on; CPUs where it is done in hardware
    (AVX512_BF16: training steps 1.9 to 2.8 times as fast as in float32 on two cores; AMX).
    """
    if device.type == "cuda" and torch.cuda.get_device_capability(device)[0] >= 8:
        return torch.bfloat16
    if device.type == "cpu" and _has_bfloat16_products():
        return torch.bfloat16
    return None


def autocast(device: torch.device, dtype: torch.dtype | None) -> AbstractContextManager[Any]:
    """Mixed precision with a 16-bit type; full precision for None."""
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
    return 4 << 30
