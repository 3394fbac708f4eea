# SPDX-License-Identifier: GPL-2.0-or-later
"""The bytes of a model file, as far as they can be trusted: its header, and where numbers lie.

Sizes are compared with the file's before memory is taken for anything.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import SuperSegError

FORMAT = "superseg"
FORMAT_VERSION = 1
# A hundred times what the largest models have, and a fraction of what would fill a memory.
LARGEST_HEADER = 4 * 1024**2
LARGEST_FILE = 2 * 1024**3
TYPES: dict[str, np.dtype[Any]] = {"F32": np.dtype("<f4"), "I64": np.dtype("<i8")}
LENGTH_BYTES = 8


def read_bytes(path: Path) -> tuple[dict[str, Any], int]:
    """Read and check the header; return it and where the numbers start.

    Raises:
        SuperSegError: the file cannot be opened, or its header does not fit what follows it.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise no_model(path, f"it has {size / 1e9:.1f} GB")
        with path.open("rb") as file:
            length = int.from_bytes(file.read(LENGTH_BYTES), "little")
            # Any other file has a length here that makes no sense: look before reading on.
            if not 2 <= length <= min(size - LENGTH_BYTES, LARGEST_HEADER):
                raise no_model(path, "it has no model header")
            text = file.read(length)
    except OSError as error:
        raise SuperSegError(
            f"MODEL: {path} cannot be opened ({error.strerror}); choose a .superseg file."
        ) from None
    try:
        header = json.loads(text.decode())
    except (ValueError, RecursionError):
        raise no_model(path, "its header cannot be read") from None
    if not isinstance(header, dict):
        raise no_model(path, "its header cannot be read")
    start = LENGTH_BYTES + length
    entries = [entry for name, entry in header.items() if name != "__metadata__"]
    whole = all(_fits(entry, size - start) for entry in entries)
    if not whole or not _side_by_side([entry["data_offsets"] for entry in entries]):
        raise no_model(path, "it is cut off or damaged")
    return header, start


def _fits(entry: object, available: int) -> bool:
    """Tell whether a tensor's entry agrees with itself and lies within the file."""
    if not isinstance(entry, Mapping) or str(entry.get("dtype")) not in TYPES:
        return False
    shape, offsets = entry.get("shape"), entry.get("data_offsets")
    for numbers in (shape, offsets):
        if not isinstance(numbers, list):
            return False
        if not all(type(n) is int and n >= 0 for n in numbers):
            return False
    if not isinstance(shape, list) or not isinstance(offsets, list) or len(offsets) != 2:
        return False
    first, last = offsets
    expected = math.prod(shape) * TYPES[str(entry["dtype"])].itemsize
    return bool(first <= last <= available and last - first == expected)


def _side_by_side(places: list[list[int]]) -> bool:
    """Tell whether no two tensors share bytes, so that all together are no more than the file."""
    ordered = sorted(places)
    return all(one[1] <= other[0] for one, other in zip(ordered, ordered[1:]))


def description_of(header: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Take what a header says of the model.

    Raises:
        SuperSegError: it is another program's, of a newer version, or cannot be read.
    """
    metadata = header.get("__metadata__")
    if not isinstance(metadata, dict) or metadata.get("format") != FORMAT:
        raise no_model(path, "it was made by another program")
    version = str(metadata.get("format_version"))
    if version != str(FORMAT_VERSION):
        raise SuperSegError(
            f"MODEL: {path.name} has format version {version}, this SuperSeg reads"
            f" {FORMAT_VERSION}; update the plugin or train the model anew."
        )
    try:
        described = json.loads(metadata["model"])
    except (KeyError, TypeError, ValueError, RecursionError):
        raise no_model(path, "its header cannot be read") from None
    if not isinstance(described, dict):
        raise no_model(path, "its header cannot be read")
    return described


def no_model(path: Path, reason: str) -> SuperSegError:
    """The error that says why a file is no model."""
    return SuperSegError(
        f"MODEL: {path.name} is no SuperSeg model ({reason}); choose a .superseg file that"
        " training has made."
    )
