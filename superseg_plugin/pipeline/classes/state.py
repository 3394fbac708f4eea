# SPDX-License-Identifier: GPL-2.0-or-later
"""The edits of a raster's classes in the workbench, as an immutable value.

A state holds which classes were merged by hand, how many classes the slider asks for, and the
names and colors that were given. `merge_tree.py` derives from it the classes that are shown. The
project stores it as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from ...errors import SuperSegError
from ...raster.class_legend import Color
from .catalog import ClassCatalog
from .tree_layout import Members

FORMAT_VERSION = 1


@dataclass(frozen=True)
class ClassState:
    """Which classes are merged, and their names and colors.

    Names and colors belong to a set of classes, the one that was merged when they were given. A set
    that is taken apart and merged again has its name again.

    Attributes:
        fingerprint: of the catalog that this state belongs to.
        count: number of classes that the slider asks for. Classes merged by hand stay merged; the
            merge order merges the others down to this number.
        joined: sets of classes merged by hand; no class is in two sets.
        names: by set of classes.
        colors: the same for colors.
    """

    fingerprint: str
    count: int
    joined: tuple[Members, ...] = ()
    names: Mapping[Members, str] = field(default_factory=dict)
    colors: Mapping[Members, Color] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The state as JSON, for the project."""
        return json.dumps(
            {
                "version": FORMAT_VERSION,
                "fingerprint": self.fingerprint,
                "count": self.count,
                "joined": self.joined,
                "names": list(self.names.items()),
                "colors": list(self.colors.items()),
            }
        )

    def with_appearance(
        self, members: Members, name: str | None = None, color: Color | None = None
    ) -> ClassState:
        """Return a state in which a set of classes has a name or a color; None changes nothing."""
        names = {**self.names, members: name} if name is not None else self.names
        colors = {**self.colors, members: color} if color is not None else self.colors
        return replace(self, names=names, colors=colors)


def first_state(catalog: ClassCatalog) -> ClassState:
    """Return the state without edits: the classes as they are in the file."""
    return ClassState(catalog.fingerprint, len(catalog.numbers))


def state_of_text(text: str, catalog: ClassCatalog) -> ClassState:
    """Read a state from a project.

    Args:
        text: as `ClassState.text` wrote it.
        catalog: the classes of the raster.

    Raises:
        SuperSegError: the text is damaged, or the raster has other classes now.
    """
    file = catalog.path.replace("\\", "/").rsplit("/", 1)[-1]
    try:
        stored = json.loads(text)
        if stored["version"] != FORMAT_VERSION:
            raise ValueError("another version")
        state = ClassState(
            str(stored["fingerprint"]),
            int(stored["count"]),
            tuple(_members(one) for one in stored["joined"]),
            {_members(one): str(name) for one, name in stored["names"]},
            {_members(one): _color(parts) for one, parts in stored["colors"]},
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        raise SuperSegError(
            f"{file}: its edits in the project are damaged; the workbench starts with the classes"
            " of the file."
        ) from None
    if state.fingerprint != catalog.fingerprint:
        raise SuperSegError(
            f"{file} has other classes than when the project was saved; the workbench starts with"
            " the classes of the file."
        )
    existing = set(catalog.numbers)
    mentioned: Iterable[Members] = [*state.joined, *state.names, *state.colors]
    merged = [number for members in state.joined for number in members]
    if not all(existing.issuperset(each) for each in mentioned) or len(merged) != len(set(merged)):
        raise SuperSegError(
            f"{file}: the project contains edits of classes that it does not have; the workbench"
            " starts with the classes of the file."
        )
    most = len(existing) - len(merged) + len(state.joined)
    return replace(state, count=min(max(state.count, 1), most))


def joined_with(joined: Collection[Members], merged: Iterable[int]) -> tuple[Members, ...]:
    """Merge classes by hand.

    Args:
        joined: the sets merged by hand before.
        merged: the classes; sets that contain one of them become part of the new set.

    Returns:
        All sets, the new one last.
    """
    union = set(merged)
    kept = []
    for members in joined:
        if union.isdisjoint(members):
            kept.append(members)
        else:
            union.update(members)
    return (*kept, tuple(sorted(union)))


def _members(numbers: Iterable[int]) -> Members:
    members = tuple(sorted({int(number) for number in numbers}))
    if not members:
        raise ValueError("an empty set of classes")
    return members


def _color(parts: Iterable[int]) -> Color:
    red, green, blue = (int(part) for part in parts)
    if not 0 <= min(red, green, blue) <= max(red, green, blue) <= 255:
        raise ValueError("not a color")
    return red, green, blue
