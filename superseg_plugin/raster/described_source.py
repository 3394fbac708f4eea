# SPDX-License-Identifier: GPL-2.0-or-later
"""An open raster as plain values, by which another process reads the same pixels.

What a run has found out about a raster, such as its fill values, its decoding and the offsets of
its tiles, is a part of the description and is not found out again.
Exact: values and validity of every window, where the other process sees the same files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, astuple
from typing import Any, Callable

import numpy as np

from .decoding import Backscatter, Decoding, Reflectance
from .source import RasterSource
from .stack import AdditionalRaster, RasterStack
from .tile_offsets import TileOffsets
from .vectors import Vectors

DECODINGS: dict[str, Callable[..., Decoding]] = {
    each.__name__: each for each in (Backscatter, Reflectance, Vectors)
}


def describe_source(source: RasterSource, path_of: Callable[[str], str]) -> list[dict[str, Any]]:
    """Describe INPUT, or INPUT and the additional rasters of a stack, as JSON holds it.

    Args:
        source: the raster as its run reads it.
        path_of: path of a raster as the other process sees it.
    """
    if not isinstance(source, RasterStack):
        return [_described(source, path_of)]
    originals = [each.original for each in source.resampled]
    return [_described(each, path_of) for each in (source.first, *originals)]


@contextmanager
def opened_as_described(described: list[dict[str, Any]]) -> Iterator[RasterSource]:
    """Open what `describe_source` has described.

    Raises:
        SuperSegError: a raster cannot be read.
    """
    values, *more = described
    extent, mask = values["extent"], values["mask"]
    with RasterSource(
        values["path"],
        values["bands"],
        None if extent is None else tuple(extent),
        None if mask is None else [bytes.fromhex(polygon) for polygon in mask],
        AdditionalRaster.from_dict(values).layer,
    ) as first:
        _read_as_described(first, values)
        if not more:
            yield first
            return
        rasters = [AdditionalRaster.from_dict(each) for each in more]
        stack = RasterStack(first, rasters, [each["bands"] for each in more])
        with stack:
            for each, values in zip(stack.resampled, more):
                _read_as_described(each.original, values)
            stack.align()
            yield stack


def _described(source: RasterSource, path_of: Callable[[str], str]) -> dict[str, Any]:
    extent, mask = source.area
    decoding, offsets = source.decoding, source.tile_offsets
    return {
        "path": path_of(source.path),
        "bands": list(source.bands),
        "extent": extent,
        "mask": None if mask is None else [bytes(polygon).hex() for polygon in mask],
        "layer": asdict(source.layer),
        "fill_values": source.fill_values,
        "kind": source.kind,
        # Dataclasses of plain numbers, all of them.
        "decoding": decoding and [type(decoding).__name__, *astuple(decoding)],  # type: ignore[call-overload]
        "tile_offsets": offsets and [offsets.rows, offsets.columns, offsets.offsets.tolist()],
    }


def _read_as_described(source: RasterSource, values: Mapping[str, Any]) -> None:
    source.restrict(range(len(source.bands)), values["fill_values"])
    decoding = values["decoding"]
    source.read_as(values["kind"], decoding and DECODINGS[decoding[0]](*decoding[1:]))
    if values["tile_offsets"]:
        rows, columns, offsets = values["tile_offsets"]
        source.tile_offsets = TileOffsets(tuple(rows), tuple(columns), np.array(offsets))
