# SPDX-License-Identifier: GPL-2.0-or-later
"""How much memory GDAL keeps decoded blocks in while rasters are read.

Left alone GDAL takes a twentieth of the machine's memory, however little of that is of use. What
is of use: tiles overlap, so a block is asked for again while the neighbors of its tile are read, to
the right at once and below after a whole row of tiles. A cache that holds two rows of tiles lets
each block be decoded once. So that memory does not grow with the width of a scene, it is visited in
strips, each some tiles wide and as high as the scene: blocks between two strips are decoded twice,
the others once. Only while superpixels are cut and joined are whole rows kept.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from osgeo import gdal

ROWS = 2 * 1024
# Columns of a strip; wider where blocks are, since each must lie in no more than two strips, with
# the margin that tiles are read with.
STRIP = 4096
MARGIN = 256
# For what is written meanwhile, and for what the host shows.
COMMON = 256 << 20


class _BlockCache:
    """GDAL's one cache, and who uses it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shares: dict[int, int] = {}
        self._of_host = 0

    def add(self, key: int, share: int) -> None:
        """Enter a user of so many bytes."""
        with self._lock:
            if not self._shares:
                self._of_host = gdal.GetCacheMax()
            self._shares[key] = share
            self._set(min(COMMON + sum(self._shares.values()), self._of_host))

    def change(self, key: int, share: int) -> None:
        """Let a user, if it is one, have more or less."""
        with self._lock:
            if key in self._shares:
                self._shares[key] = share
                self._set(min(COMMON + sum(self._shares.values()), self._of_host))

    def remove(self, key: int) -> None:
        """Forget a user, if it is one; after the last the cache is the host's again."""
        with self._lock:
            if self._shares.pop(key, None) is not None:
                common = COMMON if self._shares else self._of_host
                self._set(min(common + sum(self._shares.values()), self._of_host))

    def _set(self, size: int) -> None:
        if size != gdal.GetCacheMax():
            gdal.SetCacheMax(size)


_cache = _BlockCache()


class CacheShare:
    """The part of GDAL's cache that an open dataset makes use of.

    While any is held, the cache is as large as all of them need, though never larger than the host
    has it; after the last, as the host has it.

    Attributes:
        strip: columns of the strips that the dataset is visited in; all of it where that is no
            wider.
    """

    def __init__(self, dataset: Any) -> None:
        bands = [dataset.GetRasterBand(number + 1) for number in range(dataset.RasterCount)]
        depth = sum(gdal.GetDataTypeSize(band.DataType) // 8 for band in bands)
        block_width, block_height = bands[0].GetBlockSize()
        rows = min(ROWS + block_height, dataset.RasterYSize)
        self._column = rows * depth
        self._width: int = dataset.RasterXSize
        self.strip: int = min(max(STRIP, block_width + MARGIN), self._width)
        # With the tiles on both sides of a strip.
        self._of_strip = min(self.strip + STRIP // 4, self._width) * self._column
        _cache.add(id(self), self._of_strip)

    @contextmanager
    def whole_rows(self) -> Iterator[None]:
        """Have as much as two rows of tiles need across the whole dataset meanwhile."""
        _cache.change(id(self), self._width * self._column)
        try:
            yield
        finally:
            _cache.change(id(self), self._of_strip)

    def release(self) -> None:
        """Give it back; a second time does nothing."""
        _cache.remove(id(self))
