# SPDX-License-Identifier: GPL-2.0-or-later
"""Rasters that the training image of a model was put together of, as the header has them.

Each raster has bands of its own; rasters of one sensor are one block of features, others a block
each. A model of one raster has neither in its header.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypedDict

from ...blocks import KINDS, Block
from ...raster.source import RasterSource
from ...raster.stack import rasters_of


@dataclass(frozen=True)
class ModelRaster:
    """One raster of a training image.

    Attributes:
        bands: number of those that the model takes.
        image_bands: number of all of its bands.
        kind: what its values are, one of `blocks.KINDS`.
    """

    bands: int
    image_bands: int
    kind: str


def model_rasters(source: RasterSource) -> tuple[ModelRaster, ...]:
    """Return the rasters of a training image; empty for one raster."""
    rasters = rasters_of(source)
    if len(rasters) == 1:
        return ()
    return tuple(ModelRaster(len(each.bands), each.total_bands, each.kind) for each in rasters)


class RastersOfHeader(TypedDict, total=False):
    """The part of a header with blocks and rasters."""

    blocks: list[dict[str, Any]]
    rasters: list[dict[str, Any]]


def rasters_to_header(blocks: Sequence[Block], rasters: Sequence[ModelRaster]) -> RastersOfHeader:
    """Return the part of a header; empty for one raster."""
    if not rasters:
        return {}
    return {"blocks": list(map(asdict, blocks)), "rasters": list(map(asdict, rasters))}


def rasters_of_header(
    description: Mapping[str, Any],
) -> tuple[tuple[Block, ...], tuple[ModelRaster, ...]]:
    """The inverse of `rasters_to_header`.

    Raises:
        KeyError, TypeError, ValueError: a part is missing, or is of another type.
    """
    blocks = tuple(
        Block(int(entry["bands"]), str(entry["kind"]), float(entry["factor"]))
        for entry in description.get("blocks", ())
    )
    rasters = tuple(
        ModelRaster(int(entry["bands"]), int(entry["image_bands"]), str(entry["kind"]))
        for entry in description.get("rasters", ())
    )
    return blocks, rasters


def rasters_fit(
    blocks: Sequence[Block],
    rasters: Sequence[ModelRaster],
    numbers: Sequence[int],
    image_bands: int,
) -> bool:
    """Whether blocks and rasters of a file that may be damaged make up its bands.

    Args:
        blocks: of the features; empty where all bands are one block.
        rasters: of the training image; empty for one.
        numbers: of the bands among those of all rasters.
        image_bands: number of the bands of all rasters.
    """
    if not rasters:
        return not blocks
    if len(blocks) == 1 or any(
        block.bands < 1 or block.kind not in KINDS or not 0 < block.factor < math.inf
        for block in blocks
    ):
        return False
    if blocks and sum(block.bands for block in blocks) != len(numbers):
        return False
    first = last = 0
    for raster in rasters:
        own = numbers[first : first + raster.bands]
        if raster.kind not in KINDS or not 1 <= raster.bands == len(own):
            return False
        if not last < min(own) <= max(own) <= last + raster.image_bands:
            return False
        first, last = first + raster.bands, last + raster.image_bands
    return len(rasters) > 1 and first == len(numbers) and last == image_bands
