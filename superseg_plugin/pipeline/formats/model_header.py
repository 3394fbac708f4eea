# SPDX-License-Identifier: GPL-2.0-or-later
"""The header of a model file, checked before anything in it is used.

A model file may come from anybody. Lengths, shapes and offsets are compared with the size of the
file before memory is allocated, tensors must not overlap, and nothing is executed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...errors import SuperSegError
from ...raster.texts import one_line
from .model_rasters import RastersOfHeader

FORMAT = "superseg"
FORMAT_VERSION = 4
# Bytes; a hundred times the header of the largest models.
LARGEST_HEADER = 4 * 1024**2
LARGEST_FILE = 2 * 1024**3
TYPES: dict[str, np.dtype[Any]] = {"F32": np.dtype("<f4"), "I64": np.dtype("<i8")}
LENGTH_BYTES = 8


class TensorEntry(NamedTuple):
    """Where the numbers of one tensor are.

    Attributes:
        dtype: key of `TYPES`.
        shape: of the tensor.
        first, last: bytes from the end of the header; `last` is excluded.
    """

    dtype: str
    shape: tuple[int, ...]
    first: int
    last: int


class FileHeader(NamedTuple):
    """The header of a file in the safetensors layout.

    Attributes:
        tensors: by name.
        metadata: whatever the file holds as `__metadata__`; not checked.
        start: byte at which the tensors begin.
    """

    tensors: dict[str, TensorEntry]
    metadata: object
    start: int


class ModelDescription(RastersOfHeader):
    """The JSON text `model` in the metadata; see `model_file.Model` for the meaning."""

    network: str
    classes: int
    band_count: int
    band_names: list[str]
    band_numbers: list[int]
    image_bands: int
    scaling: dict[str, list[float]]
    values: str
    pixel_size: float | None
    class_names: list[str]
    class_colors: list[list[int]]
    merge_order: list[Any]
    options: dict[str, Any]
    picture: dict[str, Any] | None
    seed: int
    versions: dict[str, str]


def read_file_header(path: Path) -> FileHeader:
    """Read and check the header of a model file.

    Raises:
        SuperSegError: the file cannot be opened, or its header does not fit the file.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise no_model(path, f"it has {size / 1e9:.1f} GB")
        with path.open("rb") as file:
            length = int.from_bytes(file.read(LENGTH_BYTES), "little")
            # Files of other formats have impossible lengths here.
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
    metadata = header.pop("__metadata__", None)
    tensors = {name: _tensor_entry(entry, size - start) for name, entry in header.items()}
    checked = {name: entry for name, entry in tensors.items() if entry is not None}
    if len(checked) < len(tensors) or not _are_disjoint(checked.values()):
        raise no_model(path, "it is cut off or damaged")
    return FileHeader(checked, metadata, start)


def _tensor_entry(entry: object, available: int) -> TensorEntry | None:
    """Return a tensor's entry; None if it contradicts itself or exceeds the file."""
    if not isinstance(entry, Mapping) or str(entry.get("dtype")) not in TYPES:
        return None
    shape, offsets = entry.get("shape"), entry.get("data_offsets")
    for numbers in (shape, offsets):
        if not isinstance(numbers, list):
            return None
        if not all(type(n) is int and n >= 0 for n in numbers):
            return None
    if not isinstance(shape, list) or not isinstance(offsets, list) or len(offsets) != 2:
        return None
    first, last = offsets
    dtype = str(entry["dtype"])
    fits = first <= last <= available and last - first == math.prod(shape) * TYPES[dtype].itemsize
    return TensorEntry(dtype, tuple(shape), first, last) if fits else None


def _are_disjoint(entries: Iterable[TensorEntry]) -> bool:
    """Whether no two tensors share bytes, so that together they need no more than the file."""
    ordered = sorted((entry.first, entry.last) for entry in entries)
    return all(one[1] <= other[0] for one, other in zip(ordered, ordered[1:]))


def description_of(header: FileHeader, path: Path) -> dict[str, Any]:
    """Return the description of the model in a header.

    Returns:
        JSON of a `ModelDescription`, not checked further than being a dictionary.

    Raises:
        SuperSegError: another program or a newer version wrote it, or it cannot be read.
    """
    metadata = header.metadata
    if not isinstance(metadata, dict) or metadata.get("format") != FORMAT:
        raise no_model(path, "it was made by another program")
    version = one_line(str(metadata.get("format_version")))
    if version != str(FORMAT_VERSION):
        raise SuperSegError(
            f"MODEL: {path.name} has format version {version}, this SuperSeg reads"
            f" {FORMAT_VERSION}; update the plugin or train the model anew."
        )
    try:
        description = json.loads(metadata["model"])
    except (KeyError, TypeError, ValueError, RecursionError):
        raise no_model(path, "its header cannot be read") from None
    if not isinstance(description, dict):
        raise no_model(path, "its header cannot be read")
    return description


def no_model(path: Path, reason: str) -> SuperSegError:
    """Return the error that says why a file is not a model."""
    return SuperSegError(
        f"MODEL: {path.name} is no SuperSeg model ({reason}); choose a .superseg file that"
        " training has made."
    )
