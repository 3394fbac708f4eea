# SPDX-License-Identifier: GPL-2.0-or-later
"""The files of a class layer that is edited: whether they are those that were read."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication

from ..errors import SuperSegError
from ..pipeline.classes.catalog import check_there, read_catalog
from ..raster.changed_files import keep_newest, state_of_files

translate = QCoreApplication.translate


class ClassFiles:
    """Compares the class raster and its superpixels with what was read of them.

    Args:
        catalog: the classes that were read.
        superpixels: the `Superpixels`.
        name: of the layer.
    """

    def __init__(self, catalog, superpixels, name):
        self._catalog, self._superpixels, self._name = catalog, superpixels, name
        self._state = state_of_files(catalog.path)

    def check(self):
        """Compare the files; some microseconds, unless their sizes or times have changed.

        Raises:
            SuperSegError: the class raster is missing, or another program has changed it.
        """
        path = self._catalog.path
        check_there(path)
        state = state_of_files(path)
        if state == self._state:
            return
        if read_catalog(path).fingerprint != self._catalog.fingerprint:
            text = translate(
                "SuperSeg",
                "{} was changed on disk by another program or run; nothing was edited. The"
                " workbench has opened it anew.",
            )
            raise SuperSegError(text.format(self._name))
        self._superpixels.check()
        self._state = state

    def written(self):
        """Take what the workbench has written as the state of the files."""
        keep_newest(self._catalog.path)
        self._state = state_of_files(self._catalog.path)
        self._superpixels.written()
