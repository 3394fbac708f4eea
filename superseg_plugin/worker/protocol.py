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


def map_arrays(path: Path, descriptions: Iterable[Mapping[str, Any]]) -> dict[str, Array]:
    """Map the arrays of a slot file into memory, read-only."""
    arrays: dict[str, Array] = {}
    for one in descriptions:
        dtype, shape = np.dtype(one["dtype"]), tuple(one["shape"])
        if math.prod(shape) == 0:
            arrays[one["name"]] = np.zeros(shape, dtype)
        else:
            arrays[one["name"]] = np.memmap(path, dtype, "r", one["offset"], shape)
    return arrays


def load_arrays(path: Path, descriptions: Iterable[Mapping[str, Any]]) -> dict[str, Array]:
    """Read the arrays of a slot file into memory of their own."""
    arrays: dict[str, Array] = {}
    with path.open("rb") as file:
        for one in descriptions:
            shape = tuple(one["shape"])
            file.seek(one["offset"])
            count = math.prod(shape)
            arrays[one["name"]] = np.fromfile(file, np.dtype(one["dtype"]), count).reshape(shape)
    return arrays
