# SPDX-License-Identifier: GPL-2.0-or-later
"""Names and colors for classes, proposed from the reference classes that they share pixels with.

Each class is proposed the name and color of the reference class that most of its labelled pixels
have. The share of these pixels is its purity; a class of low purity is mixed and gets no name.
Classes of one name get one number, so that a merge table of the proposals merges them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ...raster.class_legend import Color, Legend
from .csv_rows import write_rows
from .merge_tree import MergedClass
from .schemes import WORLDCOVER
from .text_table import TextTable

Ints = npt.NDArray[np.int64]

COLUMNS = ("from", "to", "name", "color", "purity", "remark")
MIXED, UNKNOWN = "mixed: split it or name it manually", "no labelled pixel"
DIFFERENT = "merged from classes with different proposals"
EXAMPLE = "give a table that Suggest names has written"
# Pixel values of ESA WorldCover in the order of the template. Source: ESA WorldCover 10 m 2021
# v200, Product User Manual, table 1. Its files have a color table and no names.
WORLDCOVER_VALUES = (10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 100)


@dataclass(frozen=True)
class Proposal:
    """What is proposed for a class.

    Attributes:
        number: of the class.
        target: number after merging: the lowest of those with the same name.
        name: proposed name; "" for none.
        color: as `#rrggbb`; "" for none.
        purity: share of its labelled pixels that have the reference class, 0 to 1; 0 without any.
        remark: why there is no name; "" if there is one.
    """

    number: int
    target: int
    name: str
    color: str
    purity: float
    remark: str


class SharedPixels(Protocol):
    """Pixels of each pair of reference number and class, a `Contingency`.

    Attributes:
        rows: `(r,)` numbers of the reference.
        columns: `(c,)` numbers of the classes.
        table: `(r, c)` pixels.
    """

    rows: Ints
    columns: Ints
    table: Ints


def propose(
    found: SharedPixels, numbers: Iterable[int], legend: Legend, least_purity: float
) -> list[Proposal]:
    """Propose a name for each class.

    Args:
        found: the pixels that classes and reference share.
        numbers: of all classes, also of those without labelled pixels.
        legend: of the reference; the name of a class that it lacks is its number.
        least_purity: classes of a lower purity are mixed, 0 to 1.
    """
    chosen: dict[str, tuple[int, str, str]] = {}
    proposals = []
    counted = dict(zip(found.columns.tolist(), found.table.T))
    for number in sorted({*counted, *numbers} - {0}):
        counts = counted.get(number, np.zeros(1, np.int64))
        total = int(counts.sum())
        if not total:
            proposals.append(Proposal(number, number, "", "", 0.0, UNKNOWN))
            continue
        best = int(counts.argmax())
        purity = int(counts[best]) / total
        if purity < least_purity:
            proposals.append(Proposal(number, number, "", "", purity, MIXED))
            continue
        value = int(found.rows[best])
        name = legend.names.get(value, str(value))
        # Names that differ in case only, and their colors, would contradict each other.
        first = (number, name, _hex(legend.colors.get(value)))
        target, name, color = chosen.setdefault(name.casefold(), first)
        proposals.append(Proposal(number, target, name, color, purity, ""))
    return proposals


def named_legend(file: Legend, style: Legend, values: Iterable[int]) -> Legend:
    """Return the names and colors of a reference.

    Args:
        file: from its file, which takes precedence.
        style: from the style of its layer.
        values: that occur in the reference.
    """
    # QGIS labels a value by its number where nothing else is known.
    labels = {value: name for value, name in style.names.items() if name != str(value)}
    names, colors = {**labels, **file.names}, {**style.colors, **file.colors}
    known = dict(zip(WORLDCOVER_VALUES, WORLDCOVER.entries))
    present = {value for value in values if value}
    if not present & {*names} and all(
        value in known and colors.get(value) == known[value][1] for value in present
    ):
        names.update((value, known[value][0]) for value in present)
    return Legend(names, colors)


def write_proposals(path: str | Path, proposals: Sequence[Proposal]) -> None:
    """Write proposals as a merge table with two further columns.

    Raises:
        SuperSegError: the file cannot be written.
    """
    rows = (
        (one.number, one.target, one.name, one.color, f"{one.purity:.3f}", one.remark)
        for one in proposals
    )
    write_rows(path, COLUMNS, rows)


def read_proposals(path: str | Path) -> list[Proposal]:
    """Read what `write_proposals` has written.

    Raises:
        SuperSegError: the file cannot be read or is another table.
    """
    table = TextTable(path, COLUMNS, COLUMNS, EXAMPLE)
    return [
        Proposal(
            int(row["from"]),
            int(row["to"]),
            row["name"],
            row["color"],
            float(row["purity"]),
            row["remark"],
        )
        for row in table.rows()
    ]


def proposal_of_group(group: MergedClass, proposals: Sequence[Proposal]) -> Proposal:
    """Return the proposal for classes that are merged: a name that none of them contradicts.

    The purity is the lowest among them.
    """
    own = [one for one in proposals if one.number in group.members]
    if not own:
        return Proposal(group.number, group.number, "", "", 0.0, UNKNOWN)
    names = {one.name for one in own}
    purity = min(one.purity for one in own)
    if len(own) == 1 or len(names) == 1:
        return Proposal(
            group.number, own[0].target, own[0].name, own[0].color, purity, own[0].remark
        )
    return Proposal(group.number, group.number, "", "", 0.0, DIFFERENT)


def _hex(color: Color | None) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color) if color else ""
