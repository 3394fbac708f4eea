# SPDX-License-Identifier: GPL-2.0-or-later
"""Operations on tiles that nodes of a cluster read from files, and write to files.

The option `IN_PLACE` of a request, the fields of `TileFiles`, stands for the arrays of its tile.
The scratch folder of the run holds a description of the image (`SOURCE_FILE`), and a file by which
nodes recognize the folder (`RUN_FILE`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

IN_PLACE = "in_place"
# Option with the fields of further tiles of the same request. Arrays of a single tile, those of the
# answer too, have the number of the tile, from 0, and a dot before their names.
FURTHER = "further"
# Option with the file of the arrays of a part of a request: its `name` in the folder, and `arrays`,
# their descriptions. The arrays of its answer are in `answer_path`. And the option with the folder
# of the run as this computer sees it, of a request whose parts go to nodes.
PART, SCRATCH = "part", "scratch"
# Operation that asks nodes whether they see the files of a run: `TileFiles` of a window to read.
CHECK_PLACE = "check_place"
SOURCE_FILE = "source.json"
# Operation that only nodes perform: the final numbers of superpixels in a window of pieces.
NUMBER = "number_superpixels"
ONLY_IN_PLACE = (CHECK_PLACE, NUMBER)
# Operations that nodes perform in place alone: they take less time than to send their arrays.
PAINTING = ("paint_superpixels", "paint_on_image")
# Arrays of an answer that a node writes to files, and what stands before the name of each file.
PAINTED = ("classes", "confidence")
WRITTEN = {"labels": "", **{name: name for name in PAINTED}}


def answer_path(part: Path) -> Path:
    """File of the arrays of the answer to a part."""
    return part.with_suffix(".answer")


@dataclass(frozen=True)
class TileFiles:
    """A tile to compute, with paths as the nodes see them.

    Attributes:
        folder: scratch folder of the run.
        token: content of the file RUN_FILE in it.
        window: column and row offset, width and height of the tile.
        halo: pixels around it that are read too.
        labels: path of the raster of superpixels; "" where none is needed.
        pieces: files of the labels of superpixels that are not finished, with column and row
            offset, width and height of each; later ones lie above those before.
        write: name of the file that the labels of the answer are written to; "" to return them. For
            other arrays, see `WRITTEN`.
        options: of this tile alone.
    """

    folder: str
    token: str
    window: tuple[int, int, int, int]
    halo: int = 0
    labels: str = ""
    pieces: Sequence[tuple[str, int, int, int, int]] = ()
    write: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
