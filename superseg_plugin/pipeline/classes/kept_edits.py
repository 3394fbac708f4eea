# SPDX-License-Identifier: GPL-2.0-or-later
"""The edits of the workbench in the files of a class raster, so that they are there everywhere.

The attribute table has the name and color of each class, and what it is merged into, for other
programs. The edits themselves lie in the same file, as the project stores them: whoever opens the
raster has all of them or none. The style files and the record show the merged classes.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...errors import SuperSegError
from ...raster.class_sidecar import ClassStyle, read_edits, update_sidecar
from ...raster.class_styles import StyledClass, update_styles
from ..formats.record import update_classes
from .catalog import ClassCatalog
from .merge_tree import MergedClass
from .state import ClassState, first_state, state_of_text


def keep_edits(catalog: ClassCatalog, state: ClassState, groups: Sequence[MergedClass]) -> str:
    """Write a state to the files of its raster.

    Args:
        catalog: the classes.
        state: the edits.
        groups: of merged classes in that state.

    Returns:
        The error, "" if there was none.
    """
    names = dict(zip(catalog.numbers, catalog.names))
    colors = dict(zip(catalog.numbers, catalog.colors))
    styles = {
        number: ClassStyle(
            state.names.get((number,), names[number]),
            state.colors.get((number,), colors[number]),
            group.number,
            group.name,
        )
        for group in groups
        for number in group.members
    }
    edits = state.text if state != first_state(catalog) else ""
    legend = legend_of(groups)
    return (
        update_sidecar(catalog.path, styles, edits)
        or update_styles(catalog.path, legend)
        or update_classes(catalog.path, legend)
    )


def restored_state(catalog: ClassCatalog) -> ClassState | None:
    """Return the state in the files of a raster; None if there is none or it has other classes."""
    text = read_edits(catalog.path)
    try:
        return state_of_text(text, catalog) if text else None
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
