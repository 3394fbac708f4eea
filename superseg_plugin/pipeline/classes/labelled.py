# SPDX-License-Identifier: GPL-2.0-or-later
"""The edit of the class workbench that gives superpixels the names learned from examples.

Classes without an example stay as they are; the superpixels of all others take their learned names.
A name takes the number of the class that it shares most area with, so that a class that is named as
a whole keeps number and color; further names get new numbers. The superpixels of a name that a
class without example has already join that class. A superpixel that a person has put into a named
class keeps this name, unless it is an example itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from ...errors import SuperSegError
from ...raster.class_legend import Color
from ...raster.class_table import MOST_CLASSES
from ...raster.superpixel_tables import SuperpixelTables
from .catalog import visible_steps
from .changed_catalog import NewClass
from .edits import checked_name
from .merge_tree import is_named
from .superpixel_edits import ClassMap, free_numbers, with_classes

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Learned:
    """Names of all superpixels, learned from examples.

    Attributes:
        names: the names.
        indices: `(n,)` index of the name of each superpixel.
        rows: of the superpixels that are examples.
        colors: of names that are to have a certain one.
    """

    names: Sequence[str]
    indices: Ints
    rows: Ints
    colors: Mapping[str, Color] = field(default_factory=dict)


def labelled(now: ClassMap, tables: SuperpixelTables, learned: Learned) -> ClassMap:
    """Give the superpixels of all merged classes with an example their names.

    Args:
        now: the classes.
        tables: of the superpixels.
        learned: from the examples.

    Raises:
        SuperSegError: no example is on a class, a text is not a name, or there would be more than
            255 classes.
    """
    shown = now.shown_of(tables)
    learned = _with_corrections(now, shown, learned)
    names = [checked_name(name) for name in learned.names]
    with_example = set(shown[learned.rows].tolist()) - {0}
    if not with_example:
        raise SuperSegError("No example lies on a class; click on the classes.")
    kept = [group for group in now.shown if group.number not in with_example]
    freed = [each for one in now.shown if one.number in with_example for each in one.members]
    changed = np.isin(shown, list(with_example))
    classes = now.classes_of(tables).copy()
    codes = learned.indices[changed] * (MOST_CLASSES + 1) + classes[changed]
    shares = np.zeros((len(names), MOST_CLASSES + 1))
    shares.ravel()[:] = np.bincount(codes, tables.areas[changed], shares.size)
    present = np.flatnonzero(shares.any(axis=1)).tolist()
    existing = {group.name.casefold(): group.number for group in kept}
    numbers = {
        one: existing[names[one].casefold()] for one in present if names[one].casefold() in existing
    }
    others = [one for one in present if one not in numbers]
    reused = _best_pairs(shares, others, freed)
    new = free_numbers(now, len(others) - len(reused)) if len(others) > len(reused) else []
    numbers |= {**reused, **dict(zip((one for one in others if one not in reused), new))}
    of_name = np.zeros(len(names), np.uint8)
    of_name[list(numbers)] = list(numbers.values())
    classes[changed] = of_name[learned.indices[changed]]
    groups = {group.number: group.members for group in kept}
    groups |= {numbers[one]: (numbers[one],) for one in others}
    # Numbers that no name needs have no superpixels; they are merged with the first name's.
    unused = set(freed) - set(reused.values())
    host = numbers[present[0]]
    groups[host] = tuple(sorted({*groups[host], *unused}))
    looks: dict[int, tuple[str, Color | None]] = {
        group.number: (group.name, group.color) for group in kept
    }
    made = with_classes(now, tables, classes, [NewClass(number) for number in new])
    state = replace(
        made.state,
        joined=tuple(members for members in groups.values() if len(members) > 1),
        count=len(groups),
    )
    for one in others:
        looks[numbers[one]] = names[one], learned.colors.get(names[one])
        state = state.with_appearance((numbers[one],), *looks[numbers[one]])
    for number, members in groups.items():
        state = state.with_appearance(members, *looks[number])
    known = tuple((int(row), names[learned.indices[row]]) for row in learned.rows)
    return replace(made, state=state, examples=known)


def _with_corrections(now: ClassMap, shown: npt.NDArray[np.uint8], learned: Learned) -> Learned:
    """Let superpixels that were corrected to a named class keep its name.

    Args:
        now: the classes.
        shown: `(n,)` number of the merged class of each superpixel.
        learned: from the examples.
    """
    if now.corrected is None:
        return learned
    kept = now.corrected.copy()
    kept[learned.rows] = False
    names, indices, colors = list(learned.names), learned.indices.copy(), dict(learned.colors)
    for group in now.shown:
        rows = kept & (shown == group.number)
        if not rows.any() or not is_named(group.name):
            continue
        keys = [name.casefold() for name in names]
        if group.name.casefold() not in keys:
            names.append(group.name)
            keys.append(group.name.casefold())
            colors[group.name] = group.color
        indices[rows] = keys.index(group.name.casefold())
    return Learned(names, indices, learned.rows, colors)


def without_empty(now: ClassMap) -> ClassMap:
    """Leave out the classes without pixels."""
    catalog = now.catalog
    kept = np.flatnonzero(catalog.counts)
    numbers = tuple(catalog.numbers[one] for one in kept)
    return replace(
        now,
        catalog=replace(
            catalog,
            numbers=numbers,
            names=tuple(catalog.names[one] for one in kept),
            colors=tuple(catalog.colors[one] for one in kept),
            counts=catalog.counts[kept],
            areas=catalog.areas[kept],
            means=catalog.means[kept],
            steps=visible_steps(catalog.steps, numbers),
        ),
    )


def _best_pairs(
    shares: npt.NDArray[np.float64], names: Sequence[int], numbers: Sequence[int]
) -> dict[int, int]:
    """Pair names with numbers, those that share most area first.

    Args:
        shares: `(k, 256)` area that names and numbers share.
        names: rows to pair.
        numbers: columns to pair, each once.
    """
    pairs = [(-shares[name, number], name, number) for name in names for number in numbers]
    found: dict[int, int] = {}
    for _, name, number in sorted(pairs):
        if name not in found and number not in found.values():
            found[name] = number
    return found
