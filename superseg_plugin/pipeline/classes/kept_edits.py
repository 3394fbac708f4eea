# SPDX-License-Identifier: GPL-2.0-or-later
"""The edits of the workbench in the files of a class raster, so that they are there everywhere.

The attribute table has the name and color of each class, and what it is merged into, for other
programs. The edits themselves lie in the same file, as the project stores them: whoever opens the
raster has all of them or none. The style files and the record show the merged classes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...errors import SuperSegError
from ...raster.class_sidecar import ClassStyle, read_edits, update_sidecar
from ...raster.class_styles import StyledClass, update_styles
from ...raster.superpixel_tables import SuperpixelTables
from ..formats.record import update_classes
from .catalog import ClassCatalog
from .map_text import map_of_text, text_of_map
from .merge_tree import MergedClass, merged_classes
from .state import first_state
from .superpixel_edits import ClassMap


def keep_edits(file: ClassCatalog, now: ClassMap) -> str:
    """Write edits to the files of a raster.

    While superpixels have other classes than the pixels of the file, the table and the styles show
    the classes of the file.

    Args:
        file: the classes of the file.
        now: what the edits led to.

    Returns:
        The error, "" if there was none.
    """
    changed = now.classes is not None
    groups = merged_classes(file, first_state(file)) if changed else now.shown
    names = dict(zip(file.numbers, file.names))
    colors = dict(zip(file.numbers, file.colors))
    styles = {
        number: ClassStyle(
            now.state.names.get((number,), names[number]),
            now.state.colors.get((number,), colors[number]),
            group.number,
            group.name,
        )
        for group in groups
        for number in group.members
    }
    edits = text_of_map(now) if changed or now.state != first_state(file) else ""
    error = update_sidecar(file.path, styles, edits)
    if changed:
        return error
    legend = legend_of(groups)
    return error or update_styles(file.path, legend) or update_classes(file.path, legend)


def restored_map(
    catalog: ClassCatalog, read_tables: Callable[[], SuperpixelTables]
) -> ClassMap | None:
    """Return the edits in the files of a raster; None if there are none or of other classes.

    Args:
        catalog: the classes of the file.
        read_tables: see `map_of_text`.
    """
    text = read_edits(catalog.path)
    try:
        return map_of_text(text, catalog, read_tables) if text else None
    except SuperSegError:
        # The raster was replaced by another program, which left the sidecar.
        return None


def legend_of(groups: Sequence[MergedClass]) -> list[StyledClass]:
    """Return the entries of the legend: first the groups, then the classes merged into them."""
    shown = [StyledClass(one.number, one.name, one.color, one.share) for one in groups]
    others = [
        StyledClass(number, one.name, one.color)
        for one in groups
        for number in one.members
        if number != one.number
    ]
    return shown + others
