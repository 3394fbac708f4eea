# SPDX-License-Identifier: GPL-2.0-or-later
"""Edits of the class workbench that change which superpixels belong to which class.

Splitting, correcting and labeling from examples give superpixels other classes. A `ClassMap` is the
classes of a raster, their merges and names, and the class of each superpixel; each function returns
a new one or raises `SuperSegError`. Nothing is written, no pixels are read: areas, counts and means
are sums over superpixels. Classes keep their numbers, new ones get the next free numbers. Cost:
some passes over arrays with a row for each superpixel.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ...errors import SuperSegError
from ...raster.class_legend import Color
from ...raster.class_table import MOST_CLASSES
from ...raster.superpixel_tables import SuperpixelTables
from .catalog import ClassCatalog
from .changed_catalog import NewClass, changed_catalog
from .edits import checked_name
from .merge_tree import MergedClass, merged_classes
from .splitting import MOST_PARTS, Members, split
from .state import ClassState

Bytes = npt.NDArray[np.uint8]
Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class ClassMap:
    """What the workbench shows and edits.

    Attributes:
        catalog: the classes, with those that edits have made.
        state: their merges, names and colors.
        classes: `(n,)` uint8 class of each superpixel; None where they are as in the file.
        added: the classes that edits have made, in their order.
        corrected: `(n,)` bool, the superpixels that a person has put into their class; None for
            none.
        examples: row and name of each superpixel that the names were learned from, in the order in
            which they were given.
    """

    catalog: ClassCatalog
    state: ClassState
    classes: Bytes | None = None
    added: tuple[NewClass, ...] = ()
    corrected: Booleans | None = None
    examples: tuple[tuple[int, str], ...] = ()

    @property
    def shown(self) -> list[MergedClass]:
        """The merged classes."""
        return merged_classes(self.catalog, self.state)

    def classes_of(self, tables: SuperpixelTables) -> Bytes:
        """Class `(n,)` of each superpixel."""
        return tables.classes if self.classes is None else self.classes

    def shown_of(self, tables: SuperpixelTables) -> Bytes:
        """Number `(n,)` of the merged class of each superpixel."""
        number = np.zeros(MOST_CLASSES + 1, np.uint8)
        for each in self.shown:
            number[list(each.members)] = each.number
        return number[self.classes_of(tables)]


def split_classes(
    now: ClassMap, tables: SuperpixelTables, chosen: Collection[int], parts: int
) -> ClassMap:
    """Split merged classes into parts by the features of their superpixels.

    The largest part keeps name and color of the largest class that was chosen.

    Args:
        now: the classes.
        tables: of the superpixels.
        chosen: numbers of the merged classes.
        parts: wanted, 2 to 8.

    Raises:
        SuperSegError: none is chosen, the superpixels do not differ, or there would be more than
            255 classes.
    """
    if not 2 <= parts <= MOST_PARTS:
        raise SuperSegError(f"A class is split into 2 to {MOST_PARTS} parts, not {parts}.")
    groups = _chosen(now, chosen)
    rows = _rows_of(now, tables, groups)
    if len(rows) < 2:
        raise SuperSegError(
            f"{_names(groups)} has one superpixel, which cannot be split; make smaller superpixels"
            " with Segment."
        )
    members = Members(tables.features[rows], tables.areas[rows], tables.leaf[rows])
    part, distances = split(members, parts)
    if not part.any():
        raise SuperSegError(f"The superpixels of {_names(groups)} do not differ; choose others.")
    return _divided(now, tables, groups, rows, part, distances)


def split_off(
    now: ClassMap, tables: SuperpixelTables, chosen: Collection[int], inside: Booleans
) -> ClassMap:
    """Make the superpixels of merged classes that lie in an area a class of their own.

    Args:
        now: the classes.
        tables: of the superpixels.
        chosen: numbers of the merged classes; empty for all that the area touches.
        inside: `(n,)` bool, whether each superpixel lies in the area.

    Raises:
        SuperSegError: no superpixel of these classes lies in the area, or all of them do.
    """
    shown = now.shown_of(tables)
    numbers = list(chosen) or [int(number) for number in np.unique(shown[inside]) if number]
    for number in numbers:
        groups = _chosen(now, [number])
        rows = _rows_of(now, tables, groups)
        part = inside[rows].astype(np.int64)
        if not part.all() and part.any():
            now = _divided(now, tables, groups, rows, part, np.zeros(2))
        elif len(numbers) == 1:
            which = "All superpixels" if part.any() else "No superpixels"
            raise SuperSegError(
                f"{which} of {_names(groups)} lie in this area; draw it around a part of the class."
            )
    return now


def reclassified(
    now: ClassMap,
    tables: SuperpixelTables,
    changed: Booleans,
    name: str,
    color: Color | None = None,
) -> ClassMap:
    """Give superpixels the class of a name, a new one if there is none of that name.

    Those that were examples of another name are no longer examples.

    Args:
        now: the classes.
        tables: of the superpixels.
        changed: `(n,)` bool, the superpixels.
        name: of the class.
        color: of a new class; None to derive it from the image.

    Raises:
        SuperSegError: no superpixel is given, the name is not one, or there would be more than 255
            classes.
    """
    name = checked_name(name)
    if not changed.any():
        raise SuperSegError("There is no superpixel at this place; click on the classes.")
    corrected = changed if now.corrected is None else now.corrected | changed
    examples = tuple(
        (row, given)
        for row, given in now.examples
        if not changed[row] or given.casefold() == name.casefold()
    )
    now = replace(now, corrected=corrected, examples=examples)
    target = next((one for one in now.shown if one.name.casefold() == name.casefold()), None)
    classes = now.classes_of(tables).copy()
    if target is not None:
        classes[changed & (classes > 0)] = target.number
        return with_classes(now, tables, classes, [])
    number = free_numbers(now, 1)[0]
    classes[changed & (classes > 0)] = number
    made = with_classes(now, tables, classes, [NewClass(number)])
    return replace(made, state=made.state.with_appearance((number,), name, color))


def _divided(
    now: ClassMap,
    tables: SuperpixelTables,
    groups: Sequence[MergedClass],
    rows: npt.NDArray[np.int64],
    part: npt.NDArray[np.int64],
    distances: npt.NDArray[np.float64],
) -> ClassMap:
    """Make classes of the parts of merged classes; the first part keeps the largest's number."""
    largest = max(groups, key=lambda group: group.area)
    former = sorted(number for group in groups for number in group.members)
    former.remove(largest.number)
    count = int(part.max()) + 1
    reused = former[: count - 1]
    new = free_numbers(now, count - 1 - len(reused))
    numbers = np.array([largest.number, *reused, *new], np.uint8)
    classes = now.classes_of(tables).copy()
    classes[rows] = numbers[part]
    # Numbers that no part needs have no superpixels; they stay merged with the first part.
    unused = tuple(sorted([largest.number, *former[count - 1 :]]))
    divided = {group.number for group in groups}
    joined = [group.members for group in now.shown if group.number not in divided] + [unused]
    state = replace(
        now.state,
        joined=tuple(each for each in joined if len(each) > 1),
        count=len(now.shown) - len(groups) + count,
    )
    state = state.with_appearance(unused, largest.name, largest.color)
    added = [
        NewClass(int(number), largest.number, float(distance))
        for number, distance in zip(numbers[len(reused) + 1 :], distances[len(reused) + 1 :])
    ]
    return with_classes(replace(now, state=state), tables, classes, added)


def with_classes(
    now: ClassMap, tables: SuperpixelTables, classes: Bytes, added: Sequence[NewClass]
) -> ClassMap:
    """Give superpixels other classes `(n,)`, of which some are new."""
    catalog = changed_catalog(now.catalog, tables, now.classes_of(tables), classes, added)
    count = now.state.count
    if added and added[0].origin == 0:
        count += len(added)
    state = replace(now.state, fingerprint=catalog.fingerprint, count=count)
    return replace(now, catalog=catalog, state=state, classes=classes, added=(*now.added, *added))


def _chosen(now: ClassMap, chosen: Collection[int]) -> list[MergedClass]:
    groups = [each for each in now.shown if each.number in chosen]
    if not groups:
        raise SuperSegError("Select a class to split, in the table or on the map.")
    return groups


def _rows_of(
    now: ClassMap, tables: SuperpixelTables, groups: Sequence[MergedClass]
) -> npt.NDArray[np.int64]:
    wanted = np.zeros(MOST_CLASSES + 1, bool)
    wanted[[number for group in groups for number in group.members]] = True
    return np.flatnonzero(wanted[now.classes_of(tables)] & (tables.areas > 0))


def free_numbers(now: ClassMap, count: int) -> list[int]:
    """Return the next numbers that no class has.

    Raises:
        SuperSegError: there would be more than 255 classes.
    """
    first = max(now.catalog.numbers) + 1
    if first + count - 1 > MOST_CLASSES:
        raise SuperSegError(
            f"There would be a class {first + count - 1}, and a class raster has {MOST_CLASSES} at"
            " most; write the merged classes, which numbers them anew, and continue there."
        )
    return list(range(first, first + count))


def _names(groups: Sequence[MergedClass]) -> str:
    return ", ".join(group.name for group in groups)
