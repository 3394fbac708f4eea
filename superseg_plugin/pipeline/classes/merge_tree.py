# SPDX-License-Identifier: GPL-2.0-or-later
"""From classes and what was made of them to the groups that a map and its legend show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from ...raster.class_legend import Color
from ..formats.merge_order import MergeStep
from .catalog import ClassCatalog
from .merged_appearance import UNNAMED
from .state import ClassState, Members
from .tree_layout import Tree, lay_out

Floats = npt.NDArray[np.float64]
Look = TypeVar("Look", str, Color)


@dataclass(frozen=True)
class MergedClass:
    """Classes that are shown as one.

    Attributes:
        number: of its largest class, which the group has in what is written.
        members: numbers of its classes, ascending.
        name: what it is called.
        color: red, green, blue.
        count: pixels.
        area: as the catalog's.
        share: part of the classified area, 0 to 1.
        means: `(bands,)`, NaN where unknown.
    """

    number: int
    members: Members
    name: str
    color: Color
    count: int
    area: float
    share: float
    means: Floats


def merged_classes(catalog: ClassCatalog, state: ClassState) -> list[MergedClass]:
    """Describe the groups that a state shows, in the order of their numbers."""
    place = {number: index for index, number in enumerate(catalog.numbers)}
    total = float(catalog.areas.sum()) or 1.0
    known = np.isfinite(catalog.means)
    groups = []
    for members in partition(catalog, state):
        places = [place[number] for number in members]
        areas = catalog.areas[places]
        # The first of the largest: classes are numbered by area, so it hardly ever matters.
        largest = places[int(areas.argmax())]
        number = catalog.numbers[largest]
        weights = known[places] * np.maximum(catalog.counts[places], 1)[:, np.newaxis]
        sums = (np.where(known[places], catalog.means[places], 0) * weights).sum(axis=0)
        weight = weights.sum(axis=0)
        groups.append(
            MergedClass(
                number,
                members,
                _look(members, number, state.names, catalog.names[largest]),
                _look(members, number, state.colors, catalog.colors[largest]),
                int(catalog.counts[places].sum()),
                float(areas.sum()),
                float(areas.sum()) / total,
                np.where(weight > 0, sums / np.maximum(weight, 1), np.nan),
            )
        )
    return sorted(groups, key=lambda group: group.number)


def partition(catalog: ClassCatalog, state: ClassState) -> list[Members]:
    """Say which classes are together: those joined by hand, and then by the merge order."""
    owner = _owner(catalog, state.joined)
    remaining = len(set(owner.values()))
    for kept, absorbed, _ in catalog.steps:
        if remaining <= state.count:
            break
        remaining -= _join(owner, kept, absorbed)
    return _sets(owner)


def most_classes(catalog: ClassCatalog, state: ClassState) -> int:
    """How many groups there are before the merge order joins any."""
    return len(catalog.numbers) - sum(len(members) - 1 for members in state.joined)


def separated(catalog: ClassCatalog, state: ClassState, members: Members) -> ClassState:
    """Take back what was joined by hand within a group; what the merge order has joined stays."""
    kept = tuple(one for one in state.joined if not set(one) <= set(members))
    before, after = _owner(catalog, state.joined), _owner(catalog, kept)
    remaining = len(set(before.values()))
    for one, other, _ in catalog.steps:
        if remaining <= state.count:
            break
        remaining -= _join(before, one, other)
        _join(after, one, other)
    return replace(state, joined=kept, count=len(set(after.values())))


def remaining_steps(catalog: ClassCatalog, state: ClassState) -> list[MergeStep]:
    """The merge order as far as it still joins anything, from the classes joined by hand on."""
    owner = _owner(catalog, state.joined)
    return [step for step in catalog.steps if _join(owner, step[0], step[1])]


def tree_of(catalog: ClassCatalog, state: ClassState) -> Tree | None:
    """Lay out the merge order of the classes that the hand has left; None where there is none."""
    steps = remaining_steps(catalog, state)
    if not steps:
        return None
    by_hand = {number: members for members in state.joined for number in members}
    leaves = dict.fromkeys(by_hand.get(number, (number,)) for number in catalog.numbers)
    return lay_out(leaves, steps)


def is_named(name: str) -> bool:
    """Tell whether somebody has given a name, and not the program."""
    return not UNNAMED.fullmatch(name)


def _owner(catalog: ClassCatalog, joined: Sequence[Members]) -> dict[int, int]:
    owner = {number: number for number in catalog.numbers}
    for members in joined:
        owner.update(dict.fromkeys(members, members[0]))
    return owner


def _join(owner: dict[int, int], one: int, other: int) -> int:
    """Put two groups together; 1 where they were apart, else 0."""
    first, second = owner[one], owner[other]
    if first == second:
        return 0
    for number, group in owner.items():
        if group == second:
            owner[number] = first
    return 1


def _sets(owner: Mapping[int, int]) -> list[Members]:
    found: dict[int, list[int]] = {}
    for number, group in owner.items():
        found.setdefault(group, []).append(number)
    return [tuple(sorted(members)) for members in found.values()]


def _look(members: Members, number: int, given: Mapping[Members, Look], own: Look) -> Look:
    """What a group was given, or else the largest part of it that its number stands for."""
    if members in given:
        return given[members]
    inside = set(members)
    parts = [part for part in given if number in part and inside.issuperset(part)]
    return given[max(parts, key=len)] if parts else own
