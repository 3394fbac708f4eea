# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading the file of superpixels beside a class raster; its layout is that of `superpixel_tables`.

Tables are read when they are first needed, ids by window.
"""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt
from osgeo import gdal

from ..errors import SuperSegError
from .changed_files import changed_since, require_same_pixels
from .class_table import read_class_table
from .gdal_calls import attempt
from .grid import Grid
from .pixels import read_pixels
from .source import RasterSource
from .superpixel_tables import (
    COLUMNS,
    CURRENT,
    FEATURES,
    MEANS,
    NEIGHBORS,
    SUPERPIXELS,
    TREE,
    VERSION,
    SuperpixelTables,
    superpixel_file_of,
)
from .windows import Window


class SuperpixelFile:
    """The superpixels of a class raster; a context manager. Attributes as in `SuperpixelTables`.

    Args:
        path: of the file.

    Raises:
        SuperSegError: it does not exist, is damaged or of another version.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        if not self.path.is_file():
            raise SuperSegError(
                f"There is no {self.path.name} beside the class raster; run Segment or Classify"
                " with a model of Segment, with a larger limit for the file of superpixels if the"
                " log says so."
            )
        self._source = RasterSource(str(self.path))
        try:
            dataset, _ = attempt(gdal.OpenEx, str(self.path), gdal.OF_RASTER)
            self._metadata = dataset.GetMetadata()
            del dataset
            if self._metadata.get(VERSION) != str(CURRENT):
                raise SuperSegError(
                    f"{self.path.name} is not a file of superpixels of this version of SuperSeg;"
                    " run Segment or Classify again."
                )
            self.grid: Grid = self._source.grid
            self.count = self._size(SUPERPIXELS)
        except BaseException:
            self.close()
            raise

    @classmethod
    def open_beside(cls, class_raster: str) -> SuperpixelFile:
        """Open the file of superpixels of a class raster.

        Args:
            class_raster: path of the class raster.

        Raises:
            SuperSegError: there is none, it is damaged or of another version, or the class raster
                was changed since.
        """
        opened = cls(superpixel_file_of(class_raster))
        try:
            opened._compare(class_raster)
        except BaseException:
            opened.close()
            raise
        return opened

    def __enter__(self) -> SuperpixelFile:
        """Return the file itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file; tables that were read remain."""
        self._source.close()

    def read_ids(self, window: Window) -> npt.NDArray[np.uint32]:
        """Read the superpixel ids of a window, `(rows, cols)`; 0 for nodata."""
        values, _ = self._source.read(window)
        ids: npt.NDArray[np.uint32] = values[0]
        if int(ids.max(initial=0)) > self.count:
            raise self._damaged("an id without a row in the table")
        return ids

    def id_at(self, x: float, y: float) -> int:
        """Return the id of the superpixel at coordinates of the raster; 0 for none."""
        pixel = pixel_at(self.grid, x, y)
        return 0 if pixel is None else int(self.read_ids(pixel)[0, 0])

    @property
    def source(self) -> RasterSource:
        """The raster of ids."""
        return self._source

    @cached_property
    def _columns(self) -> dict[str, npt.NDArray[np.float64]]:
        table, names = self._read(SUPERPIXELS, np.float64)
        if names != COLUMNS:
            raise self._damaged("other columns")
        return dict(zip(COLUMNS, table))

    @property
    def pixels(self) -> npt.NDArray[np.int64]:
        """Valid pixels `(n,)`."""
        return self._columns["pixels"].astype(np.int64)

    @property
    def areas(self) -> npt.NDArray[np.float64]:
        """Areas `(n,)`."""
        return self._columns["area"]

    @cached_property
    def classes(self) -> npt.NDArray[np.uint8]:
        """Classes `(n,)` in the class raster."""
        return self._columns["class"].astype(np.uint8)

    @cached_property
    def confidence(self) -> npt.NDArray[np.float32]:
        """Confidence `(n,)`, 0 to 1."""
        return self._columns["confidence"].astype(np.float32)

    @cached_property
    def leaf(self) -> npt.NDArray[np.int64]:
        """Leaf `(n,)` of the tree of classes, from 0."""
        leaf = self._columns["leaf"].astype(np.int64)
        leaves = len(self.tree.get("tree.areas", ()))
        if leaf.size and not 0 <= leaf.min() <= leaf.max() < leaves:
            raise self._damaged("a leaf that the tree of classes lacks")
        return leaf

    @cached_property
    def place(self) -> npt.NDArray[np.int64]:
        """Row and column `(n, 2)` of a pixel inside."""
        return np.stack([self._columns["row"], self._columns["column"]], axis=1).astype(np.int64)

    @cached_property
    def means(self) -> npt.NDArray[np.float32]:
        """Mean values `(n, bands)` of the image."""
        table: npt.NDArray[np.float32] = self._read(MEANS, np.float32)[0].T
        return table

    @cached_property
    def band_names(self) -> tuple[str, ...]:
        """Names of the bands of the image."""
        return self._names(MEANS)

    @cached_property
    def features(self) -> npt.NDArray[np.float32]:
        """Features `(n, d)` that the classes are distinguished by."""
        return np.ascontiguousarray(self._read(FEATURES, np.float32)[0].T)

    @cached_property
    def _neighbors(self) -> npt.NDArray[np.int32]:
        table: npt.NDArray[np.int32] = self._read(NEIGHBORS, np.int32)[0]
        if len(table) != 3 or not 1 <= table[:2].min(initial=1) <= self.count:
            raise self._damaged("neighbors that do not exist")
        if table[:2].max(initial=1) > self.count:
            raise self._damaged("neighbors that do not exist")
        return table

    @property
    def pairs(self) -> npt.NDArray[np.int32]:
        """Rows `(m, 2)` of neighbors, each pair once."""
        return np.ascontiguousarray(self._neighbors[:2].T) - 1

    @property
    def lengths(self) -> npt.NDArray[np.int32]:
        """Length `(m,)` of the common borders in pixel edges."""
        lengths: npt.NDArray[np.int32] = self._neighbors[2]
        return lengths

    @cached_property
    def tree(self) -> dict[str, npt.NDArray[Any]]:
        """Arrays of the tree of classes, for `ClassTree.from_arrays`."""
        try:
            stored = json.loads(self._metadata.get(TREE, ""))
            return {name: np.array(values, kind) for name, (kind, values) in stored.items()}
        except (ValueError, TypeError, RecursionError):
            raise self._damaged("no tree of classes") from None

    def tables(self, classes: npt.NDArray[np.uint8] | None = None) -> SuperpixelTables:
        """Read all tables, with other classes where they are given."""
        return SuperpixelTables(
            self.pixels,
            self.areas,
            self.classes if classes is None else classes,
            self.confidence,
            self.leaf,
            self.place,
            self.means,
            self.features,
            self.pairs,
            self.lengths,
            self.tree,
            self.band_names,
        )

    def _compare(self, class_raster: str) -> None:
        """Raise `SuperSegError` unless the class raster is the one that the tables tell of."""
        table = read_class_table(class_raster)
        counts = np.bincount(self.classes, self._columns["pixels"])[1:]
        if table is None or not np.array_equal(np.trim_zeros(table.counts, "b"), counts):
            raise changed_since(class_raster)
        require_same_pixels(class_raster, self._source, self.classes)

    def _page(self, page: int) -> Any:
        name = f"GTIFF_DIR:{page}:{self.path}"
        dataset, error = attempt(gdal.OpenEx, name, gdal.OF_RASTER | gdal.OF_VERBOSE_ERROR)
        if dataset is None:
            raise self._damaged(error or f"page {page} is missing")
        return dataset

    def _size(self, page: int) -> int:
        return int(self._page(page).RasterXSize)

    def _names(self, page: int) -> tuple[str, ...]:
        dataset = self._page(page)
        bands = range(1, dataset.RasterCount + 1)
        return tuple(dataset.GetRasterBand(band).GetDescription() for band in bands)

    def _read(self, page: int, dtype: Any) -> tuple[npt.NDArray[Any], tuple[str, ...]]:
        """Read a table, `(properties, rows)`, and the names of its properties."""
        dataset = self._page(page)
        if page != NEIGHBORS and self.count != dataset.RasterXSize:
            raise self._damaged("tables of different lengths")
        window = Window(0, 0, dataset.RasterXSize, 1)
        bands = range(1, dataset.RasterCount + 1)
        values, error = read_pixels(dataset, window, np.dtype(dtype), bands)
        if values is None or error:
            raise self._damaged(error)
        return values[:, 0], self._names(page)

    def _damaged(self, reason: str) -> SuperSegError:
        return SuperSegError(
            f"{self.path.name} is damaged ({reason}); run Segment or Classify again."
        )


def pixel_at(grid: Grid, x: float, y: float) -> Window | None:
    """Return the pixel at coordinates of a raster; None outside it."""
    col, row = np.floor(grid.to_pixels(np.array([[x, y]]))[0])
    # Without an inverse of the georeference both are NaN, which is in no range.
    if not (0 <= col < grid.width and 0 <= row < grid.height):
        return None
    return Window(int(col), int(row), 1, 1)
