# SPDX-License-Identifier: GPL-2.0-or-later
"""The classes of a raster for the class workbench: statistics, names, colors and merge order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ...agglomeration import MergeStep
from ...errors import SuperSegError
from ...raster.class_legend import Color, default_name
from ...raster.class_table import MOST_CLASSES, ClassTable, read_class_table
from ...raster.pictures import Picture
from ...raster.reduced_classes import NOT_CLASSES, count_class_values
from ..formats.record import read_record_of
from ..formats.stored_order import order_of_record
from ..formats.stored_picture import read_picture
from .colors import as_color

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ClassCatalog:
    """The classes of a raster.

    Attributes:
        path: of the raster.
        numbers: `(k,)` of the classes, ascending.
        names: `(k,)` from the file.
        colors: `(k,)` from the file.
        counts: `(k,)` pixels.
        areas: `(k,)` from the file, see `Grid.pixel_areas`.
        means: `(k, bands)`, NaN if unknown.
        band_names: of the columns of `means`.
        wavelengths: of the columns of `means` in nanometers; empty if unknown.
        picture: of the image; None for its display bands.
        steps: the merge order, in class numbers; empty if unknown.
        no_order: why there is no merge order, "" if there is one.
    """

    path: str
    numbers: tuple[int, ...]
    names: tuple[str, ...]
    colors: tuple[Color, ...]
    counts: Ints
    areas: Floats
    means: Floats
    band_names: tuple[str, ...]
    wavelengths: tuple[float, ...] = ()
    picture: Picture | None = None
    steps: tuple[MergeStep, ...] = ()
    no_order: str = ""

    @property
    def fingerprint(self) -> str:
        """Numbers and pixels of all classes: differs if another raster replaced the file."""
        pairs = zip(self.numbers, self.counts.tolist())
        return " ".join(f"{number}:{count}" for number, count in pairs)


def read_catalog(path: str) -> ClassCatalog:
    """Read the classes of a raster of SuperSeg.

    Args:
        path: GDAL's name of it.

    Raises:
        SuperSegError: the file is missing or not a class raster; the text says what to do.
    """
    check_there(path)
    name = Path(path).name
    table = read_class_table(path)
    if table is None:
        raise SuperSegError(_refusal(path, name))
    rows = np.flatnonzero([bool(n) or c > 0 for n, c in zip(table.names, table.counts)])
    if not len(rows) or not table.counts.sum():
        raise SuperSegError(
            f"{name}: no pixel has a class; segment an image with valid pixels, or choose another"
            " layer."
        )
    numbers = rows + 1
    if int(numbers.max()) > MOST_CLASSES:
        raise SuperSegError(
            f"{name} has {len(rows)} classes, and the workbench takes up to {MOST_CLASSES};"
            " merge some with Merge classes first."
        )
    return _catalog(path, table, numbers, _of_record(path, name, numbers))


def has_class_table(path: str) -> bool:
    """Return whether a raster has a table of its classes; reads no pixels.

    Raises:
        SuperSegError: the file is missing or cannot be opened.
    """
    check_there(path)
    return read_class_table(path) is not None


def check_there(path: str) -> None:
    """Raise `SuperSegError` if the file of a layer no longer exists."""
    # GDAL's virtual file systems (/vsizip/, /vsicurl/) are not known to the operating system.
    if not path.startswith("/vsi") and not Path(path).exists():
        raise SuperSegError(
            f"{Path(path).name} is no longer at {Path(path).parent}; put it back, or repair the"
            " layer's data source in the layer panel."
        )


def visible_steps(steps: Sequence[MergeStep], numbers: Sequence[int]) -> tuple[MergeStep, ...]:
    """Restrict a merge order to the classes that occur.

    Args:
        steps: in class numbers.
        numbers: of the classes that occur.

    Returns:
        One step fewer than there are classes that occur.
    """
    represented_by = {number: number for number in numbers}
    visible: list[MergeStep] = []
    for kept, absorbed, distance in steps:
        pair = [represented_by[n] for n in (kept, absorbed) if n in represented_by]
        if not pair:
            continue
        if len(pair) == 2:
            visible.append(MergeStep(min(pair), max(pair), distance))
        represented_by[kept] = min(pair)
    return tuple(visible)


class _OfRecord(NamedTuple):
    """What the record tells of the classes; see `ClassCatalog`."""

    steps: tuple[MergeStep, ...]
    no_order: str
    picture: Any


def _of_record(path: str, name: str, numbers: Ints) -> _OfRecord:
    picture = None
    try:
        record, place = read_record_of(path)
        picture = record.get("picture") if isinstance(record, dict) else None
        steps = order_of_record(record, place, name, numbers)
    except SuperSegError:
        text = (
            f"The similarity of the classes of {name} is not known: there is no usable"
            f" {name}.superseg.json beside it. Merge classes by hand, or run Merge classes with"
            " the image."
        )
        return _OfRecord((), text, picture)
    return _OfRecord(visible_steps(steps, numbers.tolist()), "", picture)


def _catalog(path: str, table: ClassTable, numbers: Ints, told: _OfRecord) -> ClassCatalog:
    rows = numbers - 1
    return ClassCatalog(
        path=path,
        numbers=tuple(numbers.tolist()),
        names=tuple(table.names[row] or default_name(int(row) + 1) for row in rows),
        colors=tuple(as_color(row) for row in table.colors[rows]),
        counts=table.counts[rows],
        areas=table.areas[rows],
        means=table.means[rows],
        band_names=table.band_names,
        wavelengths=table.wavelengths,
        picture=read_picture(told.picture, table.means.shape[1]),
        steps=told.steps,
        no_order=told.no_order,
    )


def _refusal(path: str, name: str) -> str:
    """Say why the workbench cannot open a raster without a class table."""
    remedy = "choose a result of Segment, Classify or Merge classes"
    found = count_class_values(path)
    if found is NOT_CLASSES:
        return f"{name} is not a class raster: its values are not whole numbers from 0; {remedy}."
    if found > MOST_CLASSES:
        return (
            f"{name} holds more than {MOST_CLASSES} different values, too many for the"
            f" classes of the workbench; {remedy}."
        )
    return (
        f"{name} has no table of its classes; run Merge classes on it with a table and its image,"
        f" or {remedy}."
    )
