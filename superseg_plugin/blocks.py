# SPDX-License-Identifier: GPL-2.0-or-later
"""Blocks of bands: what the bands of one raster are, and how the superpixels of it are described.

A scene of one raster is one block. Where several rasters are used together, such as reflectance and
elevation, the bands of each are a block of its own: with a kind, a distance factor, and columns of
sums and features.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

AnyArray = npt.NDArray[Any]
FloatArray = npt.NDArray[np.float32]
DoubleArray = npt.NDArray[np.float64]

# Band-pass filters of the texture.
TEXTURE_LEVELS = 3
# Context is measured on at most this many groups of bands.
MAX_CONTEXT_BANDS = 4
# What the values of an image are: measurements of any kind, of light, of radar backscatter, or of
# heights; or the axes of one vector a pixel.
MEASURED, REFLECTANCE, DECIBELS, ELEVATION = "measured", "reflectance", "decibels", "elevation"
EMBEDDING = "embedding"
KINDS = (MEASURED, REFLECTANCE, DECIBELS, ELEVATION, EMBEDDING)


@dataclass(frozen=True)
class Block:
    """The bands of one raster.

    Attributes:
        bands: their number, 1 or more.
        kind: what the values are, one of KINDS.
        factor: color distances of the block in display units are multiplied by this.
    """

    bands: int
    kind: str = MEASURED
    factor: float = 1.0

    @property
    def columns(self) -> int:
        """Number of columns of its sums."""
        return int(column_layout(self.bands)["context"].stop)


def context_band_count(bands: int) -> int:
    """Number of band groups that context is measured on."""
    return min(bands, MAX_CONTEXT_BANDS)


def column_layout(bands: int) -> dict[str, slice]:
    """Columns of the sums of a block: pixels, values, squares, texture, context."""
    edges = np.cumsum([0, 1, bands, bands, TEXTURE_LEVELS, context_band_count(bands)])
    names = ["pixels", "values", "squares", "texture", "context"]
    return {name: slice(int(a), int(b)) for name, a, b in zip(names, edges[:-1], edges[1:])}


def places_of(blocks: Sequence[Block]) -> Iterator[tuple[Block, slice, slice]]:
    """Each block, its bands among all bands, and its columns among all columns of the sums.

    Example:
        >>> [(bands, columns) for _, bands, columns in places_of((Block(1), Block(2)))]
        [(slice(0, 1, None), slice(0, 7, None)), (slice(1, 3, None), slice(7, 17, None))]
    """
    band = column = 0
    for block in blocks:
        yield (
            block,
            slice(band, band + block.bands),
            slice(column, column + block.columns),
        )
        band, column = band + block.bands, column + block.columns


NO_TILES: AnyArray = np.zeros(0, np.int32)


@dataclass(frozen=True)
class Description:
    """The superpixels 1..n of a scene as one table and one region adjacency graph.

    Row i describes superpixel i + 1.

    Attributes:
        sums: `(n, columns)` float64 sums over the pixels of each superpixel; columns as in
            `column_layout`, those of one block after another.
        pairs: `(m, 2)` integer rows of neighbors, each pair once.
        lengths: `(m,)` shared border in pixel edges.
        pixels: `(n,)` float64 valid pixels of each superpixel.
        means: `(n, bands)` float32 mean colors in display units; 0 for a superpixel without pixels.
        blocks: of the bands.
        tiles: `(n,)` int32 number of the tile that each superpixel was found in; near numbers lie
            near each other. `(0,)` where rows themselves are in such an order.
    """

    sums: DoubleArray
    pairs: AnyArray
    lengths: AnyArray
    pixels: DoubleArray
    means: FloatArray
    blocks: tuple[Block, ...]
    tiles: AnyArray = field(default_factory=lambda: NO_TILES)

    @classmethod
    def from_sums(
        cls,
        sums: DoubleArray,
        pairs: AnyArray,
        lengths: AnyArray,
        blocks: int | tuple[Block, ...],
        tiles: AnyArray = NO_TILES,
    ) -> Description:
        """Derive pixels and mean colors from the sums.

        Args:
            sums: as the attribute.
            pairs: as the attribute.
            lengths: as the attribute.
            blocks: of the bands; a number of bands stands for one block of measurements.
            tiles: as the attribute, if they are known.
        """
        blocks = (Block(blocks),) if isinstance(blocks, int) else blocks
        pixels = sums[:, 0].copy()
        means = np.empty((len(sums), sum(block.bands for block in blocks)), np.float32)
        for block, bands, columns in places_of(blocks):
            totals = sums[:, columns][:, column_layout(block.bands)["values"]]
            divisor = np.maximum(pixels, 1)[:, None]
            np.divide(totals, divisor, out=means[:, bands], casting="same_kind")
        return cls(sums, pairs, lengths, pixels, means, blocks, tiles)

    def of_rows(self, rows: AnyArray, pairs: AnyArray, lengths: AnyArray) -> Description:
        """The description of some superpixels.

        Args:
            rows: which ones: indices, or `(n,)` bool.
            pairs: `(m, 2)` rows of neighbors among those that are left.
            lengths: `(m,)` border of each pair.
        """
        tiles = self.tiles[rows] if len(self.tiles) else self.tiles
        sums, pixels, means = self.sums[rows], self.pixels[rows], self.means[rows]
        return Description(sums, pairs, lengths, pixels, means, self.blocks, tiles)

    @property
    def arrays(self) -> dict[str, AnyArray]:
        """All but the blocks, by name."""
        return {name: value for name, value in vars(self).items() if name != "blocks"}

    def of_blocks(self) -> list[Description]:
        """The description of each block by itself."""
        return [
            replace(self, sums=self.sums[:, columns], means=self.means[:, bands], blocks=(block,))
            for block, bands, columns in places_of(self.blocks)
        ]

    @property
    def bands(self) -> int:
        """Number of bands."""
        return int(self.means.shape[1])
