# SPDX-License-Identifier: GPL-2.0-or-later
"""What the analyst has made of a raster's classes, as a value: every edit gives a new one."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from ...errors import SuperSegError
from ...raster.class_legend import Color
from .catalog import ClassCatalog

FORMAT_VERSION = 1

Members = tuple[int, ...]


@dataclass(frozen=True)
class ClassState:
    """Which classes are together, and how they are called.

    Names and colors belong to a set of classes: those that were together when they were given. A
    set that the slider takes apart and puts together again finds its name again.

    Attributes:
        fingerprint: of the catalog that this is about.
        count: groups wanted; the merge order joins those that joining by hand has left.
        joined: sets of classes joined by hand, none of which shares a class with another.
        names: by set of classes.
        colors: the same.
    """

    fingerprint: str
    count: int
    joined: tuple[Members, ...] = ()
    names: Mapping[Members, str] = field(default_factory=dict)
    colors: Mapping[Members, Color] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """As JSON, to be kept in a project."""
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
        """Call a set of classes something, or give it a color."""
        names = {**self.names, members: name} if name is not None else self.names
        colors = {**self.colors, members: color} if color is not None else self.colors
        return replace(self, names=names, colors=colors)


def first_state(catalog: ClassCatalog) -> ClassState:
    """The classes as they are in the file."""
    return ClassState(catalog.fingerprint, len(catalog.numbers))


def state_of_text(text: str, catalog: ClassCatalog) -> ClassState:
    """Read a state from a project.

    Raises:
        SuperSegError: it is damaged, or about classes that the raster no longer has.
    """
    file = catalog.path.replace("\\", "/").rsplit("/", 1)[-1]
    try:
        read = json.loads(text)
        if read["version"] != FORMAT_VERSION:
            raise ValueError("of another version")
        state = ClassState(
            str(read["fingerprint"]),
            int(read["count"]),
            tuple(_members(one) for one in read["joined"]),
            {_members(one): str(name) for one, name in read["names"]},
            {_members(one): _color(parts) for one, parts in read["colors"]},
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        raise SuperSegError(
            f"{file}: what the project says of its classes is damaged; the workbench starts with"
            " the classes of the file."
        ) from None
    if state.fingerprint != catalog.fingerprint:
        raise SuperSegError(
            f"{file} has other classes than when the project was saved; the workbench starts with"
            " the classes of the file."
        )
    there = set(catalog.numbers)
    mentioned: Iterable[Members] = [*state.joined, *state.names, *state.colors]
    together = [number for members in state.joined for number in members]
    if not all(there.issuperset(one) for one in mentioned) or len(together) != len(set(together)):
        raise SuperSegError(
            f"{file}: the project speaks of classes that it does not have; the workbench starts"
            " with the classes of the file."
        )
    most = len(there) - len(together) + len(state.joined)
    return replace(state, count=min(max(state.count, 1), most))


def joined_with(joined: Collection[Members], together: Iterable[int]) -> tuple[Members, ...]:
    """Join classes by hand, with all that they have been joined with before."""
    new = set(together)
    kept = []
    for members in joined:
        if new.isdisjoint(members):
            kept.append(members)
        else:
            new.update(members)
    return (*kept, tuple(sorted(new)))


def _members(numbers: Iterable[int]) -> Members:
    members = tuple(sorted({int(number) for number in numbers}))
    if not members:
        raise ValueError("an empty set of classes")
    return members


def _color(parts: Iterable[int]) -> Color:
    red, green, blue = (int(part) for part in parts)
    if not 0 <= min(red, green, blue) <= max(red, green, blue) <= 255:
        raise ValueError("no color")
    return red, green, blue
