# SPDX-License-Identifier: GPL-2.0-or-later
"""The edits that a class layer, or its file, holds."""

from __future__ import annotations

from ..errors import SuperSegError
from ..pipeline.classes.catalog import check_there, read_catalog
from ..pipeline.classes.kept_edits import restored_map
from ..pipeline.classes.map_text import map_of_text
from ..pipeline.classes.state import first_state
from ..pipeline.classes.superpixel_edits import ClassMap
from .superpixels import Superpixels

PROPERTY = "superseg/classes"


def shown_map(layer):
    """Return the classes of a layer as the workbench shows them.

    Returns:
        The `ClassMap` and the `Superpixels`; None for a class raster that SuperSeg has not made.

    Raises:
        SuperSegError: the layer is no raster file, or the file does not exist.
    """
    path = path_of(layer)
    try:
        catalog = read_catalog(path)
    except SuperSegError:
        return None
    superpixels = Superpixels(path)
    return stored_map(layer, catalog, superpixels)[0], superpixels


def stored_map(layer, catalog, superpixels):
    """Return the `ClassMap` that is stored in a layer or its file.

    Returns:
        The map, that without edits if there are none; why those of the layer cannot be restored, ""
        if they can; and whether they are those of the file.
    """
    kept = layer.customProperty(PROPERTY)
    unchanged = ClassMap(catalog, first_state(catalog))
    # Edits of the project come first: they are those of this layer.
    if not kept:
        restored = restored_map(catalog, lambda: superpixels.tables)
        return restored or unchanged, "", restored is not None
    try:
        return map_of_text(str(kept), catalog, lambda: superpixels.tables), "", False
    except SuperSegError as error:
        return unchanged, str(error), False


def path_of(layer):
    """Return the file that a raster layer shows.

    Raises:
        SuperSegError: the layer is no raster file, or the file does not exist.
    """
    if layer.providerType() != "gdal":
        raise SuperSegError(
            f"{layer.name()} is not a raster file; choose a class raster made by Segment, Classify"
            " or Merge classes."
        )
    path = layer.source().split("|")[0]
    check_there(path)
    return path
