# SPDX-License-Identifier: GPL-2.0-or-later
"""The merged classes that the workbench shows, derived from a raster's classes and a state.

Classes merged by hand come first; then the raster's merge order merges further until the number
that the slider asks for is left (`partition`). A merged class goes by the number of its largest
class.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from ...agglomeration import MergeStep
from ...raster.class_legend import Color
from .catalog import ClassCatalog
from .merged_appearance import UNNAMED
from .state import ClassState
from .tree_layout import Members, Tree, lay_out

Floats = npt.NDArray[np.float64]
NameOrColor = TypeVar("NameOrColor", str, Color)


@dataclass(frozen=True)
class MergedClass:
    """One or more classes that are shown as one.

    Attributes:
        number: of its largest class; the merged class has it in all outputs.
        members: numbers of its classes, ascending.
        name: of the merged class.
        color: red, green, blue, 0 to 255.
        count: pixels.
        area: in the unit of the catalog's areas.
        share: of the classified area, 0 to 1.
        means: `(bands,)`, NaN if unknown.
    """

    number: int
    members: Members
    name: str
    color: Color
    count: int
    area: float
    share: float
    means: Floats

    def holds(self, classes: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
        """Return which of some class numbers belong to it, in their shape."""
        return np.isin(classes, self.members)


def merged_classes(catalog: ClassCatalog, state: ClassState) -> list[MergedClass]:
    """Return the merged classes of a state, in the order of their numbers."""
    row_of = {number: index for index, number in enumerate(catalog.numbers)}
    total = float(catalog.areas.sum()) or 1.0
    known = np.isfinite(catalog.means)
    merged = []
    for members in partition(catalog, state):
        rows = [row_of[number] for number in members]
        areas = catalog.areas[rows]
        largest = rows[int(areas.argmax())]
        number = catalog.numbers[largest]
        weights = known[rows] * np.maximum(catalog.counts[rows], 1)[:, np.newaxis]
        sums = (np.where(known[rows], catalog.means[rows], 0) * weights).sum(axis=0)
        weight = weights.sum(axis=0)
        merged.append(
            MergedClass(
                number,
                members,
                _name_or_color(members, number, state.names, catalog.names[largest]),
                _name_or_color(members, number, state.colors, catalog.colors[largest]),
                int(catalog.counts[rows].sum()),
                float(areas.sum()),
                float(areas.sum()) / total,
                np.where(weight > 0, sums / np.maximum(weight, 1), np.nan),
            )
        )
    return sorted(merged, key=lambda each: each.number)


def partition(catalog: ClassCatalog, state: ClassState) -> list[Members]:
    """Return the sets of classes that a state merges: by hand, then by the merge order."""
    representatives = _representatives(catalog, state.joined)
    remaining = len(set(representatives.values()))
    for kept, absorbed, _ in catalog.steps:
        if remaining <= state.count:
            break
        remaining -= _unite(representatives, kept, absorbed)
    return _sets(representatives)


def most_classes(catalog: ClassCatalog, state: ClassState) -> int:
    """Return the number of classes before the merge order merges any."""
    return len(catalog.numbers) - sum(len(members) - 1 for members in state.joined)


def separated(catalog: ClassCatalog, state: ClassState, members: Members) -> ClassState:
    """Undo merging by hand within a set of classes; what the merge order merges stays merged."""
    kept = tuple(each for each in state.joined if not set(each) <= set(members))
    before, after = _representatives(catalog, state.joined), _representatives(catalog, kept)
    remaining = len(set(before.values()))
    for one, other, _ in catalog.steps:
        if remaining <= state.count:
            break
        remaining -= _unite(before, one, other)
        _unite(after, one, other)
    return replace(state, joined=kept, count=len(set(after.values())))


def remaining_steps(catalog: ClassCatalog, state: ClassState) -> list[MergeStep]:
    """Return the steps of the merge order that still merge something after merging by hand."""
    representatives = _representatives(catalog, state.joined)
    return [step for step in catalog.steps if _unite(representatives, step[0], step[1])]


def tree_of(catalog: ClassCatalog, state: ClassState) -> Tree | None:
    """Lay out the dendrogram of the classes after merging by hand; None without a merge order."""
    steps = remaining_steps(catalog, state)
    if not steps:
        return None
    joined_set = {number: members for members in state.joined for number in members}
    leaves = dict.fromkeys(joined_set.get(number, (number,)) for number in catalog.numbers)
    return lay_out(leaves, steps)


def is_named(name: str) -> bool:
    """Whether a name was given by a person and is not a default one."""
    return not UNNAMED.fullmatch(name)


def _representatives(catalog: ClassCatalog, joined: Sequence[Members]) -> dict[int, int]:
    """Return for each class the class that its set goes by."""
    representatives = {number: number for number in catalog.numbers}
    for members in joined:
        representatives.update(dict.fromkeys(members, members[0]))
    return representatives


def _unite(representatives: dict[int, int], one: int, other: int) -> int:
    """Merge the sets of two classes; return 1 if they were apart, else 0."""
    first, second = representatives[one], representatives[other]
    if first == second:
        return 0
    for number, representative in representatives.items():
        if representative == second:
            representatives[number] = first
    return 1


def _sets(representatives: Mapping[int, int]) -> list[Members]:
    found: dict[int, list[int]] = {}
    for number, representative in representatives.items():
        found.setdefault(representative, []).append(number)
    return [tuple(sorted(members)) for members in found.values()]


def _name_or_color(
    members: Members, number: int, given: Mapping[Members, NameOrColor], own: NameOrColor
) -> NameOrColor:
    """Choose the name or the color of a merged class.

    That is what was given to exactly this set of classes, else to its largest subset that contains
    the class `number`, else `own`.
    """
    if members in given:
        return given[members]
    whole = set(members)
    parts = [part for part in given if number in part and whole.issuperset(part)]
    return given[max(parts, key=len)] if parts else own
