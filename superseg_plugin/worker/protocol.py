# SPDX-License-Identifier: GPL-2.0-or-later
"""What crosses the process boundary: JSON lines, and arrays in slot files.

A message is one JSON object a line. Requests: `{id, op, options, slot, arrays}`; events:
`{id, event, ...}`; answers: `{id, result, arrays}` or `{id, error: {code, text, traceback}}`.
Arrays lie one after the other in the slot's file, each with name, dtype, shape and offset.

Arrays that later requests need again are kept: a request names those of its answer that are to be
written to a file of their own, which stays. Both processes map that file, and a later request only
refers to it, so that nothing is copied.
"""

from __future__ import annotations

import contextlib
import math
import weakref
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


def kept_file(folder: Path, number: int) -> Path:
    """File of arrays that both processes map, under the number of the request that made them."""
    return folder / f"kept-{number}.arrays"


class KeptArray(np.memmap):
    """An array in a kept file: both processes map it, and to send it again costs nothing.

    Its file is removed when no array in it is used any more. A part or a copy of it is an ordinary
    array.

    Attributes:
        described: where it lies; None for a part or a copy.
        file: the file that it lies in.
    """

    described: Described | None = None
    file: KeptFile | None = None

    def __array_finalize__(self, origin: object) -> None:
        """Make a part or a copy an ordinary array."""
        super().__array_finalize__(origin)
        self.described = None


class KeptFile:
    """A file of kept arrays, which ends with the last one that is in use."""

    def __init__(self, path: Path) -> None:
        self._path = path
        weakref.finalize(self, _remove, path)

    def map(self, described: Described) -> Array:
        """Map an array of the file, read-only; an empty one is an ordinary array."""
        if math.prod(described.shape) == 0:
            return np.zeros(described.shape, described.dtype)
        array = KeptArray(self._path, described.dtype, "r", described.offset, described.shape)
        array.described, array.file = described, self
        return array


def _remove(path: Path) -> None:
    # Where the other process still maps it, the folder of the run takes it along.
    with contextlib.suppress(OSError):
        path.unlink()


def write_arrays(path: Path, arrays: Mapping[str, Array], kept: int = 0) -> list[dict[str, Any]]:
    """Write arrays to a file and return their descriptions; `kept` is the number of a kept file."""
    descriptions: list[dict[str, Any]] = []
    with path.open("wb") as file:
        for name, array in arrays.items():
            packed = np.ascontiguousarray(array)
            file.seek(-(-file.tell() // ALIGNMENT) * ALIGNMENT)
            place = Described(name, packed.dtype, array.shape, file.tell(), kept)
            descriptions.append(place.plain())
            file.write(packed.reshape(-1).view(np.uint8).data)
    return descriptions


def map_arrays(folder: Path, path: Path, descriptions: Iterable[Described]) -> dict[str, Array]:
    """Map arrays into memory, read-only.

    Args:
        folder: of the run, with the kept files.
        path: the slot's file.
        descriptions: of the arrays.

    Raises:
        MessageError: an array does not lie in its file.
    """
    arrays: dict[str, Array] = {}
    for one, file in _within(folder, path, descriptions):
        if math.prod(one.shape) == 0:
            arrays[one.name] = np.zeros(one.shape, one.dtype)
        else:
            arrays[one.name] = np.memmap(file, one.dtype, "r", one.offset, one.shape)
    return arrays


def load_arrays(folder: Path, path: Path, descriptions: Iterable[Described]) -> dict[str, Array]:
    """Read the arrays of a slot file into memory of their own, and map the kept ones.

    Args:
        folder: of the run, with the kept files.
        path: the slot's file.
        descriptions: of the arrays.

    Raises:
        MessageError: an array does not lie in its file.
    """
    arrays: dict[str, Array] = {}
    kept: dict[Path, KeptFile] = {}
    for one, file in _within(folder, path, descriptions):
        if one.kept:
            if file not in kept:
                kept[file] = KeptFile(file)
            arrays[one.name] = kept[file].map(one)
            continue
        numbers = np.fromfile(file, one.dtype, math.prod(one.shape), offset=one.offset)
        arrays[one.name] = numbers.reshape(one.shape)
    return arrays


def _within(
    folder: Path, path: Path, descriptions: Iterable[Described]
) -> list[tuple[Described, Path]]:
    """Check that arrays lie in their files, before any memory is taken for them."""
    checked = [(one, kept_file(folder, one.kept) if one.kept else path) for one in descriptions]
    for one, file in checked:
        length = math.prod(one.shape) * one.dtype.itemsize
        if length and (not file.exists() or one.offset + length > file.stat().st_size):
            raise MessageError(f"the array {one.name!r} goes beyond its file")
    return checked
