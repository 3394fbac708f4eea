# SPDX-License-Identifier: GPL-2.0-or-later
"""Size of GDAL's block cache while rasters are read.

By default GDAL caches decoded blocks in 5 % of the machine's memory, whether or not they are read
again. Which are: tiles overlap by their halo, so a block on a tile boundary is needed again for the
next tile of the row, and once more for the tile below, a whole row of tiles later. A cache that
holds two rows of tiles decodes each block once.

The size of two full rows grows with the width of the raster. Therefore wide rasters are read in
column blocks (see `windows.tiles`): blocks of the file that lie across two column blocks are
decoded twice, all others once, and the cache is bounded. Only while superpixels are segmented and
stitched along seams is the cache as large as two full rows (`CacheShare.whole_rows`).

GDAL has one cache for the whole process. Each open dataset registers a share of it; the cache is as
large as all shares together, but never larger than the host set it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from osgeo import gdal

# Rows of pixels to keep: two rows of tiles of the usual size.
ROWS = 2 * 1024
# Width of a column block in pixels. It is larger if the file's blocks are wide: each of them has to
# lie in at most two column blocks, with the halo that tiles are read with.
COLUMN_BLOCK = 4096
HALO = 256
# Bytes for the rasters that are written meanwhile, and for those that the host displays.
COMMON = 256 << 20


class _BlockCache:
    """GDAL's cache and the shares that are registered in it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shares: dict[int, int] = {}
        self._of_host = 0

    def add(self, key: int, share: int) -> None:
        """Register a share of so many bytes."""
        with self._lock:
            if not self._shares:
                self._of_host = gdal.GetCacheMax()
            self._shares[key] = share
            self._set(min(COMMON + sum(self._shares.values()), self._of_host))

    def change(self, key: int, share: int) -> None:
        """Change the size of a share; no effect if it is not registered."""
        with self._lock:
            if key in self._shares:
                self._shares[key] = share
                self._set(min(COMMON + sum(self._shares.values()), self._of_host))

    def remove(self, key: int) -> None:
        """Remove a share if it is registered; after the last, restore the host's size."""
        with self._lock:
            if self._shares.pop(key, None) is not None:
                common = COMMON if self._shares else self._of_host
                self._set(min(common + sum(self._shares.values()), self._of_host))

    def _set(self, size: int) -> None:
        if size != gdal.GetCacheMax():
            gdal.SetCacheMax(size)


_cache = _BlockCache()


class CacheShare:
    """The share of GDAL's cache that an open dataset needs, registered until `release`.

    Args:
        dataset: an open GDAL dataset.

    Attributes:
        column_block: width in pixels of the column blocks that the dataset is best read in; its
            full width if it is narrower.
    """

    def __init__(self, dataset: Any) -> None:
        bands = [dataset.GetRasterBand(number + 1) for number in range(dataset.RasterCount)]
        depth = sum(gdal.GetDataTypeSize(band.DataType) // 8 for band in bands)
        block_width, block_height = bands[0].GetBlockSize()
        rows = min(ROWS + block_height, dataset.RasterYSize)
        self._bytes_per_column = rows * depth
        self._width: int = dataset.RasterXSize
        self.column_block: int = min(max(COLUMN_BLOCK, block_width + HALO), self._width)
        # Including the tiles on both sides of the column block.
        self._share = min(self.column_block + COLUMN_BLOCK // 4, self._width)
        self._share *= self._bytes_per_column
        _cache.add(id(self), self._share)

    @contextmanager
    def whole_rows(self) -> Iterator[None]:
        """Enlarge the share to two rows of tiles across the full width, for a `with` block."""
        _cache.change(id(self), self._width * self._bytes_per_column)
        try:
            yield
        finally:
            _cache.change(id(self), self._share)

    def release(self) -> None:
        """Remove the share; a second call has no effect."""
        _cache.remove(id(self))
