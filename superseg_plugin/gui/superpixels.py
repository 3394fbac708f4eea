# SPDX-License-Identifier: GPL-2.0-or-later
"""The superpixels of a class layer, for a session of the workbench."""

from __future__ import annotations

import numpy as np

from ..pipeline.steps.superpixels_inside import superpixels_inside
from ..raster.changed_files import changed_since, state_of_files
from ..raster.displayed_values import RasterIntegers
from ..raster.recoded_values import LastRead, RecodedIntegers
from ..raster.superpixel_file import SuperpixelFile
from ..raster.superpixel_tables import superpixel_file_of


class Superpixels:
    """The superpixels of a class raster. Their file is open only while it is read.

    Args:
        path: of the class raster.

    Attributes:
        grid: of the class raster, once the tables are read.
    """

    def __init__(self, path):
        self._path = path
        self.grid = None
        self._tables, self._state = None, None
        self._ids, self._ids_state = None, None

    @property
    def tables(self):
        """The `SuperpixelTables`; read once.

        Raises:
            SuperSegError: there are none, or the class raster was changed since.
        """
        state = state_of_files(self._path)
        if state == self._state:
            return self._tables
        with SuperpixelFile.open_beside(self._path) as file:
            if self._tables is None:
                self._tables, self.grid = file.tables(), file.grid
            elif not self._is_known(file):
                raise changed_since(self._path)
        self._state = state
        return self._tables

    def check(self):
        """Compare the files with the tables, if these were read; raises as `tables`."""
        if self._tables is not None:
            _ = self.tables

    def written(self):
        """Take what the workbench has written as the state of the files."""
        if self._tables is not None:
            self._state = state_of_files(self._path)

    def _is_known(self, file):
        known = self._tables
        return np.array_equal(file.pixels, known.pixels) and np.array_equal(
            file.classes, known.classes
        )

    def opened(self):
        """Return the `SuperpixelFile`, to be used in a `with` statement; raises as `tables`."""
        # This compares the files, unless they are as they were then.
        _ = self.tables
        return SuperpixelFile(superpixel_file_of(self._path))

    def reader(self, classes):
        """Return the `IntegerReader` of the map on which superpixels have these classes `(n,)`."""
        state = state_of_files(self._path)
        if self._ids is None or state != self._ids_state:
            ids = RasterIntegers(str(superpixel_file_of(self._path)))
            self._ids, self._ids_state = LastRead(ids), state
        return LastRead(RecodedIntegers(self._ids, np.append(classes[:1] * 0, classes)))

    def at(self, place):
        """Return the id of the superpixel at a QgsPointXY in the layer's CRS, 0 for none."""
        with self.opened() as file:
            return file.id_at(place.x(), place.y())

    def inside(self, area):
        """Return which superpixels lie in an `Area`, `(n,)` bool."""
        with self.opened() as file:
            return superpixels_inside(file, area)
