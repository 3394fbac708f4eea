# SPDX-License-Identifier: GPL-2.0-or-later
"""What an analyst does to classes: join, name, color; every edit gives a new state or a reason."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
    """Show so many groups, as many as there can be."""
    return replace(state, count=min(max(count, 2), most_classes(catalog, state)))


def merged(catalog: ClassCatalog, state: ClassState, chosen: Collection[int]) -> ClassState:
    """Make one group of several.

    It has the name that somebody gave to the largest of them, if somebody gave one at all.

    Args:
        catalog: the classes.
        state: what was made of them.
        chosen: numbers of the groups.

    Raises:
        SuperSegError: fewer than two are chosen.
    """
    parts = _chosen(catalog, state, chosen)
    if len(parts) < 2:
        raise SuperSegError("Select two or more classes to merge, in the table or on the map.")
    largest = max(parts, key=lambda group: group.area)
    named = max((p for p in parts if is_named(p.name)), key=lambda p: p.area, default=None)
    name = named.name if named is not None else None
    return _joined(state, merged_classes(catalog, state), parts, name, largest.color)


def renamed(catalog: ClassCatalog, state: ClassState, number: int, name: str) -> ClassState:
    """Call a group something.

    Raises:
        SuperSegError: the name is none, or another group has it.
    """
    (group,) = _chosen(catalog, state, [number])
    name = checked_name(name)
    other = _called(merged_classes(catalog, state), name)
    if other is not None and other.number != number:
        raise SuperSegError(
            f"Class {other.number} is called {name} already; merge the two, or choose another name."
        )
    return state.with_appearance(group.members, name=name)


def recolored(
    catalog: ClassCatalog, state: ClassState, chosen: Collection[int], color: Color
) -> ClassState:
    """Give groups a color.

    Raises:
        SuperSegError: none is chosen.
    """
    parts = _chosen(catalog, state, chosen)
    if not parts:
        raise SuperSegError("Select a class to give it a color.")
    for group in parts:
        state = state.with_appearance(group.members, color=color)
    return state


def assigned(
    catalog: ClassCatalog,
    state: ClassState,
    chosen: Collection[int],
    name: str,
    color: Color | None,
) -> ClassState:
    """Make groups what a template calls so; they join the one that is called so already.

    Raises:
        SuperSegError: none is chosen.
    """
    groups = merged_classes(catalog, state)
    parts = _chosen(catalog, state, chosen)
    if not parts:
        raise SuperSegError(f"Select the classes that are {name}, in the table or on the map.")
    name = checked_name(name)
    there = _called(groups, name)
    if there is not None and there.number not in {group.number for group in parts}:
        parts.append(there)
    chosen_color = color or max(parts, key=lambda group: group.area).color
    if len(parts) == 1:
        return state.with_appearance(parts[0].members, name, chosen_color)
    return _joined(state, groups, parts, name, chosen_color)


def applied(catalog: ClassCatalog, state: ClassState, table: MergeTable) -> ClassState:
    """Do to the classes of the file what a table says, as Merge classes would; all else is undone.

    Raises:
        SuperSegError: the table tells of classes that there are not, or gives two the same name.
    """
    there = set(catalog.numbers)
    for number, line in table.lines.items():
        if number not in there:
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


def table_rows(groups: Sequence[MergedClass]) -> list[tuple[int, int, str, Color]]:
    """Put groups into rows of a table for Merge classes: from, to, name, color."""
    return [
        (member, group.number, group.name, group.color)
        for group in groups
        for member in group.members
    ]


def checked_name(name: str) -> str:
    """Return a name as a class can have it.

    Raises:
        SuperSegError: there is nothing to read, or too much.
    """
    plain = " ".join(name.split())
    if not plain or plain != one_line(plain):
        too_long = len(plain) > LONGEST_NAME
        raise SuperSegError(
            f"A name of {len(plain)} characters is too long; give at most {LONGEST_NAME}."
            if too_long
            else "A class needs a name that can be read; type one."
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
    return [group for group in merged_classes(catalog, state) if group.number in chosen]


def _called(groups: Sequence[MergedClass], name: str) -> MergedClass | None:
    return next((group for group in groups if group.name.casefold() == name.casefold()), None)


def _joined(
    state: ClassState,
    groups: Sequence[MergedClass],
    parts: Sequence[MergedClass],
    name: str | None,
    color: Color,
) -> ClassState:
    joined = joined_with(state.joined, (number for part in parts for number in part.members))
    count = len(groups) - len(parts) + 1
    members = tuple(sorted(number for part in parts for number in part.members))
    return replace(state, joined=joined, count=count).with_appearance(members, name, color)
