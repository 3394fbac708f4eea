# SPDX-License-Identifier: GPL-2.0-or-later
"""What crosses the process boundary: JSON lines, and arrays in slot files.

A message is one JSON object a line. Requests: `{id, op, options, slot, arrays}`; events:
`{id, event, ...}`; answers: `{id, result, arrays}` or `{id, error: {code, text, traceback}}`.
Arrays lie one after the other in the slot's file, each with name, dtype, shape and offset.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .messages import Described, MessageError

ALIGNMENT = 64
# Before the names of the arrays that tell the classes of superpixels apart.
MODEL = "model."
Array = npt.NDArray[Any]


def add_prefix(prefix: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Put a prefix before every name, so that the arrays can travel with others."""
    return {prefix + name: array for name, array in arrays.items()}


def split_off(
    prefix: str, arrays: Mapping[str, Array]
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Undo `add_prefix`: the arrays that have the prefix, without it, and the others."""
    ours = {name[len(prefix) :]: arrays[name] for name in arrays if name.startswith(prefix)}
    return ours, {name: arrays[name] for name in arrays if not name.startswith(prefix)}


def request_file(folder: Path, slot: int) -> Path:
    """File of the arrays that go to the worker in a slot."""
    return folder / f"slot-{slot}.request"


def answer_file(folder: Path, slot: int) -> Path:
    """File of the arrays that come back in a slot."""
    return folder / f"slot-{slot}.answer"


def write_arrays(path: Path, arrays: Mapping[str, Array]) -> list[dict[str, Any]]:
    """Write arrays to a slot file and return their descriptions."""
    descriptions: list[dict[str, Any]] = []
    with path.open("wb") as file:
        for name, array in arrays.items():
            packed = np.ascontiguousarray(array)
            file.seek(-(-file.tell() // ALIGNMENT) * ALIGNMENT)
            descriptions.append(
                {
                    "name": name,
                    "dtype": packed.dtype.str,
                    "shape": list(array.shape),
                    "offset": file.tell(),
                }
            )
            file.write(packed.reshape(-1).view(np.uint8).data)
    return descriptions


def map_arrays(path: Path, descriptions: Iterable[Described]) -> dict[str, Array]:
    """Map the arrays of a slot file into memory, read-only.

    Raises:
        MessageError: an array does not lie in the file.
    """
    arrays: dict[str, Array] = {}
    for one in _within(path, descriptions):
        if math.prod(one.shape) == 0:
            arrays[one.name] = np.zeros(one.shape, one.dtype)
        else:
            arrays[one.name] = np.memmap(path, one.dtype, "r", one.offset, one.shape)
    return arrays


def load_arrays(path: Path, descriptions: Iterable[Described]) -> dict[str, Array]:
    """Read the arrays of a slot file into memory of their own.

    Raises:
        MessageError: an array does not lie in the file.
    """
    arrays: dict[str, Array] = {}
    with path.open("rb") as file:
        for one in _within(path, descriptions):
            file.seek(one.offset)
            numbers = np.fromfile(file, one.dtype, math.prod(one.shape))
            arrays[one.name] = numbers.reshape(one.shape)
    return arrays


def _within(path: Path, descriptions: Iterable[Described]) -> list[Described]:
    """Check that arrays lie in a file, before any memory is taken for them."""
    size = path.stat().st_size
    checked = list(descriptions)
    for one in checked:
        length = math.prod(one.shape) * one.dtype.itemsize
        if length and one.offset + length > size:
            raise MessageError(f"the array {one.name!r} goes beyond its file")
    return checked
