# SPDX-License-Identifier: GPL-2.0-or-later
"""The classes of a raster as the workbench needs them: figures, looks, and who joins whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...errors import SuperSegError
from ...raster.class_legend import default_name
from ...raster.class_peek import NOT_CLASSES, peek_numbers
from ...raster.class_table import MOST_CLASSES, ClassTable, read_class_table
from ..formats.merge_order import Step
from ..formats.stored_order import order_of_record, read_record_of

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Color = tuple[int, int, int]


@dataclass(frozen=True)
class ClassCatalog:
    """What is known of the classes of a raster.

    Attributes:
        path: of the raster.
        numbers: `(k,)` of the classes, ascending.
        names: as they are in the file.
        colors: as they are in the file.
        counts: `(k,)` pixels.
        areas: `(k,)` as the file tells them, see `Grid.row_areas`.
        means: `(k, bands)`, NaN where unknown.
        band_names: one a column of `means`.
        steps: the merge order, in class numbers; empty where nothing tells it.
        no_order: why there is none.
    """

    path: str
    numbers: tuple[int, ...]
    names: tuple[str, ...]
    colors: tuple[Color, ...]
    counts: Ints
    areas: Floats
    means: Floats
    band_names: tuple[str, ...]
    steps: tuple[Step, ...] = ()
    no_order: str = ""

    @property
    def fingerprint(self) -> str:
        """Tells this raster's classes from those of one that has taken its place."""
        pairs = zip(self.numbers, self.counts.tolist())
        return " ".join(f"{number}:{count}" for number, count in pairs)


def read_catalog(path: str) -> ClassCatalog:
    """Read the classes of a raster of SuperSeg.

    Args:
        path: GDAL's name of it.

    Raises:
        SuperSegError: it is gone or no class raster; the text says what to do.
    """
    check_there(path)
    name = Path(path).name
    table = read_class_table(path)
    if table is None:
        raise SuperSegError(_refusal(path, name))
    present = np.flatnonzero([bool(n) or c > 0 for n, c in zip(table.names, table.counts)])
    if not len(present) or not table.counts.sum():
        raise SuperSegError(
            f"{name}: no pixel has a class; segment an image with valid pixels, or choose another"
            " layer."
        )
    numbers = present + 1
    if int(numbers.max()) > MOST_CLASSES:
        raise SuperSegError(
            f"{name} has {len(present)} classes, and the workbench takes up to {MOST_CLASSES};"
            " merge some with Merge classes first."
        )
    steps, no_order = _order(path, name, numbers)
    return _catalog(path, table, numbers, steps, no_order)


def check_there(path: str) -> None:
    """Raise `SuperSegError` where a file that a layer shows has vanished."""
    # GDAL's own places (/vsizip/, /vsicurl/) are none that the file system knows.
    if not path.startswith("/vsi") and not Path(path).exists():
        raise SuperSegError(
            f"{Path(path).name} is no longer at {Path(path).parent}; put it back, or repair the"
            " layer's data source in the layer panel."
        )


def visible_steps(steps: Sequence[Step], numbers: Sequence[int]) -> tuple[Step, ...]:
    """Leave out the steps of a merge order that join a number which no class has.

    Args:
        steps: in class numbers.
        numbers: of the classes that there are.

    Returns:
        One step fewer than classes; each names classes that there are.
    """
    stands_for = {number: number for number in numbers}
    result: list[Step] = []
    for kept, absorbed, distance in steps:
        pair = [stands_for[n] for n in (kept, absorbed) if n in stands_for]
        if not pair:
            continue
        if len(pair) == 2:
            result.append((min(pair), max(pair), distance))
        stands_for[kept] = min(pair)
    return tuple(result)


def _order(path: str, name: str, numbers: Ints) -> tuple[tuple[Step, ...], str]:
    try:
        record, place = read_record_of(path)
        steps = order_of_record(record, place, name, numbers)
    except SuperSegError:
        return (), (
            f"Which classes of {name} are alike is not known: there is no usable"
            f" {name}.superseg.json beside it. Merge classes by hand, or run Merge classes with"
            " the image."
        )
    return visible_steps(steps, numbers.tolist()), ""


def _catalog(
    path: str, table: ClassTable, numbers: Ints, steps: tuple[Step, ...], no_order: str
) -> ClassCatalog:
    places = numbers - 1
    return ClassCatalog(
        path=path,
        numbers=tuple(numbers.tolist()),
        names=tuple(table.names[place] or default_name(int(place) + 1) for place in places),
        colors=tuple((r, g, b) for r, g, b in table.colors[places].tolist()),
        counts=table.counts[places],
        areas=table.areas[places],
        means=table.means[places],
        band_names=table.band_names,
        steps=steps,
        no_order=no_order,
    )


def _refusal(path: str, name: str) -> str:
    """Say why a raster without a table of classes is not for the workbench."""
    cure = "choose a result of Segment, Classify or Merge classes"
    found = peek_numbers(path)
    if found is NOT_CLASSES:
        return f"{name} is no class raster: its values are not whole numbers from 0; {cure}."
    if found > MOST_CLASSES:
        return (
            f"{name} holds more than {MOST_CLASSES} different values, which the workbench does not"
            f" take for classes; {cure}."
        )
    return (
        f"{name} has no table of its classes; run Merge classes on it with a table and its image,"
        f" or {cure}."
    )
