# SPDX-License-Identifier: GPL-2.0-or-later
"""The edits that a class layer, or its file, holds."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication

from ..errors import SuperSegError
from ..pipeline.classes.catalog import check_there, read_catalog
from ..pipeline.classes.corrections import corrected_again
from ..pipeline.classes.kept_edits import restored_map
from ..pipeline.classes.map_text import map_of_text
from ..pipeline.classes.state import first_state
from ..pipeline.classes.superpixel_edits import ClassMap
from ..raster.correction_file import read_corrections
from .superpixels import Superpixels

translate = QCoreApplication.translate

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
    """Return the `ClassMap` that is stored in a layer or beside its file.

    Returns:
        The map, that without edits if there are none; why those of the layer cannot be restored, ""
        if they can; and a note on edits that were taken from a file, "" for none.
    """
    kept = layer.customProperty(PROPERTY)
    error = ""
    try:
        # Edits of the project come first: they are those of this layer.
        if kept:
            return map_of_text(str(kept), catalog, lambda: superpixels.tables), "", ""
        restored = restored_map(catalog, lambda: superpixels.tables)
        if restored is not None:
            text = translate("SuperSeg", "{} was edited before: its edits are restored.")
            return restored, "", text.format(layer.name())
    except SuperSegError as reason:
        error = str(reason)
    unchanged = ClassMap(catalog, first_state(catalog))
    try:
        return _with_corrections(unchanged, layer, superpixels, error)
    except SuperSegError as reason:
        return unchanged, str(reason), ""


def _with_corrections(now, layer, superpixels, error):
    """Make the corrections of a former map of the same file again."""
    corrections = read_corrections(now.catalog.path)
    if corrections is None:
        return now, error, ""
    with superpixels.opened() as file:
        now, made, left = corrected_again(now, superpixels.tables, corrections, file.id_at)
    text = translate("SuperSeg", "{}: {} corrections of an earlier map were made again.")
    note = text.format(layer.name(), made)
    if left:
        text = translate(
            "SuperSeg", "{} were not: their class has no name, or they lie on no superpixel."
        )
        note += " " + text.format(left)
    return now, error, note


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
