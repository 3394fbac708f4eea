# SPDX-License-Identifier: GPL-2.0-or-later
"""The edits of the class workbench: merge, separate, name, color.

Each function takes the catalog and a state and returns the new state, or raises `SuperSegError`
with the reason. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from ...errors import SuperSegError
from ...raster.class_legend import Color
from ...raster.texts import one_line
from .catalog import ClassCatalog
from .merge_plan import number_ranges
from .merge_table import LONGEST_NAME, MergeTable
from .merge_tree import MergedClass, is_named, merged_classes, most_classes
from .state import ClassState, joined_with


def with_count(catalog: ClassCatalog, state: ClassState, count: int) -> ClassState:
    """Ask for a number of classes, limited to the range that is possible."""
    return replace(state, count=min(max(count, 2), most_classes(catalog, state)))


def merged(catalog: ClassCatalog, state: ClassState, chosen: Collection[int]) -> ClassState:
    """Merge classes.

    The merged class has the name of the largest one that a person has named, if any.

    Args:
        catalog: the classes.
        state: the edits so far.
        chosen: numbers of the merged classes to merge.

    Raises:
        SuperSegError: fewer than two are chosen.
    """
    parts = _chosen(catalog, state, chosen)
    if len(parts) < 2:
        raise SuperSegError("Select two or more classes to merge, in the table or on the map.")
    largest = max(parts, key=lambda part: part.area)
    named = max((p for p in parts if is_named(p.name)), key=lambda p: p.area, default=None)
    name = named.name if named is not None else None
    return _joined(state, merged_classes(catalog, state), parts, name, largest.color)


def renamed(catalog: ClassCatalog, state: ClassState, number: int, name: str) -> ClassState:
    """Name a class.

    Raises:
        SuperSegError: the text is not a name, or another class has it.
    """
    (part,) = _chosen(catalog, state, [number])
    name = checked_name(name)
    other = _named(merged_classes(catalog, state), name)
    if other is not None and other.number != number:
        raise SuperSegError(
            f"Class {other.number} is called {name} already; merge the two, or choose another name."
        )
    return state.with_appearance(part.members, name=name)


def recolored(
    catalog: ClassCatalog, state: ClassState, chosen: Collection[int], color: Color
) -> ClassState:
    """Color classes.

    Raises:
        SuperSegError: none is chosen.
    """
    parts = _chosen(catalog, state, chosen)
    if not parts:
        raise SuperSegError("Select a class to give it a color.")
    for part in parts:
        state = state.with_appearance(part.members, color=color)
    return state


def assigned(
    catalog: ClassCatalog,
    state: ClassState,
    chosen: Collection[int],
    name: str,
    color: Color | None,
) -> ClassState:
    """Give classes the name of a template's entry; those of one name are merged.

    Args:
        catalog: the classes.
        state: the edits so far.
        chosen: numbers of the classes.
        name: of the entry.
        color: of the entry; None to keep the color of the largest.

    Raises:
        SuperSegError: none is chosen.
    """
    if not _chosen(catalog, state, chosen):
        raise SuperSegError(f"Select the classes that are {name}, in the table or on the map.")
    return named_as(catalog, state, {name: (chosen, color)})


def named_as(
    catalog: ClassCatalog,
    state: ClassState,
    names: Mapping[str, tuple[Collection[int], Color | None]],
) -> ClassState:
    """Give classes several names at once; those of one name are merged.

    Args:
        catalog: the classes.
        state: the edits so far.
        names: by name: numbers of the merged classes, and color; None to keep that of the largest.
            A class that has a name already joins those that get it, unless it gets another.

    Raises:
        SuperSegError: a text is not a name.
    """
    renamed_ones = {number for chosen, _ in names.values() for number in chosen}
    for text, (chosen, color) in names.items():
        name = checked_name(text)
        classes = merged_classes(catalog, state)
        parts = [each for each in classes if each.number in chosen]
        existing = _named(classes, name)
        if existing is not None and existing.number not in renamed_ones:
            parts.append(existing)
        if not parts:
            continue
        chosen_color = color or max(parts, key=lambda part: part.area).color
        if len(parts) == 1:
            state = state.with_appearance(parts[0].members, name, chosen_color)
        else:
            state = _joined(state, classes, parts, name, chosen_color)
    return state


def applied(catalog: ClassCatalog, state: ClassState, table: MergeTable) -> ClassState:
    """Apply a merge table to the classes of the file, as Merge classes would; undo all other edits.

    Raises:
        SuperSegError: the table lists classes that do not exist, or gives two the same name.
    """
    existing = set(catalog.numbers)
    for number, line in table.lines.items():
        if number not in existing:
            raise SuperSegError(
                f"{table.file}, line {line} lists class {number}, and the layer's classes are"
                f" {number_ranges(catalog.numbers)}; correct the number or remove the line."
            )
    _refuse_equal_names(table)
    together: dict[int, set[int]] = {}
    for number in catalog.numbers:
        together.setdefault(table.targets.get(number, number), set()).add(number)
    joined = tuple(tuple(sorted(one)) for one in together.values() if len(one) > 1)
    state = ClassState(state.fingerprint, len(together), joined)
    for target, numbers in together.items():
        members = tuple(sorted(numbers))
        state = state.with_appearance(members, table.names.get(target), table.colors.get(target))
    return state


def table_rows(classes: Sequence[MergedClass]) -> list[tuple[int, int, str, Color]]:
    """Return the rows of a merge table: from, to, name, color."""
    return [
        (member, each.number, each.name, each.color) for each in classes for member in each.members
    ]


def checked_name(name: str) -> str:
    """Return a class name without surplus spaces.

    Raises:
        SuperSegError: it is empty, too long or has invisible characters.
    """
    plain = " ".join(name.split())
    if not plain or plain != one_line(plain):
        too_long = len(plain) > LONGEST_NAME
        raise SuperSegError(
            f"A name of {len(plain)} characters is too long; give at most {LONGEST_NAME}."
            if too_long
            else "A class needs a visible name; type one."
        )
    return plain


def _refuse_equal_names(table: MergeTable) -> None:
    targets: dict[str, int] = {}
    for target, name in table.names.items():
        other = targets.setdefault(name.casefold(), target)
        if other != target:
            raise SuperSegError(
                f"{table.file} calls both class {other} and class {target} {name}; give both lines"
                " the same number in the column “to”, or different names."
            )


def _chosen(catalog: ClassCatalog, state: ClassState, chosen: Collection[int]) -> list[MergedClass]:
    return [each for each in merged_classes(catalog, state) if each.number in chosen]


def _named(classes: Sequence[MergedClass], name: str) -> MergedClass | None:
    return next((each for each in classes if each.name.casefold() == name.casefold()), None)


def _joined(
    state: ClassState,
    classes: Sequence[MergedClass],
    parts: Sequence[MergedClass],
    name: str | None,
    color: Color,
) -> ClassState:
    joined = joined_with(state.joined, (number for part in parts for number in part.members))
    count = len(classes) - len(parts) + 1
    members = tuple(sorted(number for part in parts for number in part.members))
    return replace(state, joined=joined, count=count).with_appearance(members, name, color)
