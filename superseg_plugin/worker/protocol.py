# SPDX-License-Identifier: GPL-2.0-or-later
"""The protocol between QGIS's process and the worker: JSON lines, and arrays in files.

A message is one JSON object a line. Requests: `{id, op, options, slot, arrays, keep}`; events:
`{id, event, ...}`; answers: `{id, result, arrays}` or `{id, error: {code, text, traceback}}`, with
the code `user`, `memory`, `disk` or `internal`. Events without id are heartbeats. The request `{op:
"cancel"}` ends the worker.

Arrays are not part of the messages. They are written one after another to a file in the private
folder of the run and described in the message by name, dtype, shape and offset. Each pending
request has a slot, with one file for its arrays and one for those of its answer; slots are reused.
The worker maps the arrays of a request (no copy); QGIS's process reads those of an answer.

Arrays that later requests need are kept: at the request, the arrays of an answer are written to a
file of their own. Both processes map that file, and later requests only refer to it, so that
nothing is copied. The file is removed when QGIS's process uses none of its arrays any more.
"""

from __future__ import annotations

import contextlib
import math
import os
import weakref
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .messages import Described, MessageError

# Arrays begin at multiples of so many bytes, the size of a cache line.
ALIGNMENT = 64
# Prefix of the names of the arrays of a cluster model.
MODEL = "model."
Array = npt.NDArray[Any]


def add_prefix(prefix: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Put a prefix before every name, to send the arrays together with others."""
    return {prefix + name: array for name, array in arrays.items()}


def split_off(
    prefix: str, arrays: Mapping[str, Array]
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Undo `add_prefix`: return the arrays with the prefix, without it, and the other arrays."""
    prefixed = {name[len(prefix) :]: arrays[name] for name in arrays if name.startswith(prefix)}
    return prefixed, {name: arrays[name] for name in arrays if not name.startswith(prefix)}


def request_file(folder: Path, slot: int) -> Path:
    """File of the arrays of the request in a slot."""
    return folder / f"slot-{slot}.request"


def answer_file(folder: Path, slot: int) -> Path:
    """File of the arrays of the answer in a slot."""
    return folder / f"slot-{slot}.answer"


def kept_file(folder: Path, number: int) -> Path:
    """File of kept arrays; its number is that of the request that created them."""
    return folder / f"kept-{number}.arrays"


class KeptArray(np.memmap):
    """An array in a kept file, which a request only has to refer to.

    Its file is removed when none of its arrays is referenced any more. A view or a copy of a kept
    array is an ordinary array.

    Attributes:
        described: its location; None for a view or a copy.
        file: the file that it is in.
    """

    described: Described | None = None
    file: KeptFile | None = None

    def __array_finalize__(self, origin: object) -> None:
        """Make a view or a copy an ordinary array."""
        super().__array_finalize__(origin)
        self.described = None


class KeptFile:
    """A file of kept arrays, removed when this object is no longer referenced."""

    def __init__(self, path: Path) -> None:
        self._path = path
        weakref.finalize(self, _remove, path)

    def map(self, described: Described) -> Array:
        """Map an array of the file, read-only; an empty one becomes an ordinary array."""
        if math.prod(described.shape) == 0:
            return np.zeros(described.shape, described.dtype)
        array = KeptArray(self._path, described.dtype, "r", described.offset, described.shape)
        array.described, array.file = described, self
        return array


def _remove(path: Path) -> None:
    # Windows cannot remove a file that the worker still maps; it is removed with the folder.
    with contextlib.suppress(OSError):
        path.unlink()


def write_arrays(path: Path, arrays: Mapping[str, Array], kept: int = 0) -> list[dict[str, Any]]:
    """Write arrays to a file.

    Args:
        path: the file.
        arrays: arrays by name.
        kept: number of the kept file; 0 for a slot file.

    Returns:
        Their descriptions as JSON objects.
    """
    descriptions: list[dict[str, Any]] = []
    # Slot files are written over without emptying them first: ext4 writes a file that was emptied
    # to the disk as soon as it is closed, which for large scenes of 64 bands are 13 GB.
    with open(path, "wb", opener=_open_as_it_is) as file:
        for name, array in arrays.items():
            packed = np.ascontiguousarray(array)
            file.seek(-(-file.tell() // ALIGNMENT) * ALIGNMENT)
            place = Described(name, packed.dtype, array.shape, file.tell(), kept)
            descriptions.append(place.plain())
            file.write(packed.reshape(-1).view(np.uint8).data)
        file.truncate()
    return descriptions


def _open_as_it_is(path: str, flags: int) -> int:
    return os.open(path, flags & ~os.O_TRUNC, 0o666)


def map_arrays(folder: Path, path: Path, descriptions: Iterable[Described]) -> dict[str, Array]:
    """Map arrays into memory, read-only.

    Args:
        folder: folder of the run, with the kept files.
        path: the slot file.
        descriptions: descriptions of the arrays.

    Raises:
        MessageError: an array exceeds its file.
    """
    arrays: dict[str, Array] = {}
    for one, file in _within(folder, path, descriptions):
        if math.prod(one.shape) == 0:
            arrays[one.name] = np.zeros(one.shape, one.dtype)
        else:
            arrays[one.name] = np.memmap(file, one.dtype, "r", one.offset, one.shape)
    return arrays


def load_arrays(folder: Path, path: Path, descriptions: Iterable[Described]) -> dict[str, Array]:
    """Read the arrays of a slot file into memory, and map kept arrays.

    Args:
        folder: folder of the run, with the kept files.
        path: the slot file.
        descriptions: descriptions of the arrays.

    Raises:
        MessageError: an array exceeds its file.
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
    """Pair arrays with their files, and check that they are in them before memory is allocated."""
    checked = [(one, kept_file(folder, one.kept) if one.kept else path) for one in descriptions]
    for one, file in checked:
        length = math.prod(one.shape) * one.dtype.itemsize
        if length and (not file.exists() or one.offset + length > file.stat().st_size):
            raise MessageError(f"the array {one.name!r} exceeds its file")
    return checked
