# SPDX-License-Identifier: GPL-2.0-or-later
"""Names and colors for classes, from a land-cover map or polygons that cover a part of them.

The reference is brought onto the grid of the classes by the nearest pixel, polygons by the centers
of the pixels. The proposals (`classes/name_proposals.py`) are a merge table with two further
columns, to be looked at and used by `superseg:mergeclasses`. Cost: both rasters are read once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ...errors import SuperSegError
from ...progress import Progress, stop_if_cancelled
from ...raster.aligned import on_grid
from ...raster.class_legend import NO_LEGEND, Color, Legend, read_legend
from ...raster.class_table import MOST_CLASSES
from ...raster.polygon_labels import PolygonLabels
from ...raster.source import RasterSource
from ...raster.staging import Staging, check_output
from ...raster.windows import Window, tiles
from ..classes.name_proposals import Proposal, named_legend, propose, write_proposals
from ..classes.reading import TILE, read_numbers, refuse_high_class, whole_numbers
from .contingency import Contingency

# Numbers without a name that the log lists.
MOST_TOLD = 10


@dataclass(frozen=True)
class NamedReference:
    """What classes are named after: a raster or polygons.

    Attributes:
        raster: of named classes, of any grid and reference system; None for polygons.
        style: names and colors by number in the style of the raster's layer.
        polygons: WKB in coordinates of the classes, and the label of each.
        colors: by label in the style of the polygons' layer.
    """

    raster: RasterSource | None = None
    style: Legend = NO_LEGEND
    polygons: Sequence[tuple[bytes, str]] = ()
    colors: Mapping[str, Color] = field(default_factory=dict)


def run_name_suggestions(
    classification: RasterSource,
    reference: NamedReference,
    least_purity: float,
    output: str,
    progress: Progress,
) -> list[Proposal]:
    """Propose names for classes and write them as a merge table; needs no worker.

    Args:
        classification: the classes.
        reference: what they are named after.
        least_purity: classes of a lower purity are mixed, 0 to 1.
        output: path of the table.
        progress: reports every tile.

    Raises:
        SuperSegError: a raster cannot be used, they do not overlap, or the table cannot be written.
        Cancelled: the user cancelled.
    """
    rasters = [classification, *([reference.raster] if reference.raster else [])]
    check_output(output, "TABLE", [raster.path for raster in rasters], raster=False)
    with Staging() as staging:
        with _on_classes(reference, classification) as (raster, legend):
            found, present = _shared(classification, raster, reference, progress)
        numbers = found.rows.tolist()
        if reference.raster is not None:
            legend = named_legend(legend, reference.style, numbers)
        unnamed = [str(number) for number in numbers if number not in legend.names]
        if unnamed:
            progress.log(
                "The reference has no name for the values"
                f" {', '.join(unnamed[:MOST_TOLD])}{', …' if len(unnamed) > MOST_TOLD else ''};"
                " classes are called by these numbers. Names in its attribute table, or in the"
                " style of its layer, are used"
            )
        proposals = propose(found, present, legend, least_purity)
        write_proposals(staging.path(output), proposals)
        staging.commit()
    return proposals


def _shared(
    classification: RasterSource,
    raster: RasterSource | _Polygons,
    reference: NamedReference,
    progress: Progress,
) -> tuple[Contingency, list[int]]:
    """Count the pixels of each pair of reference number and class; 0 is no class.

    Returns:
        The counts, and the numbers of all classes.
    """
    given = reference.raster
    name = f"REFERENCE: {given.name}" if given else "POLYGONS"
    found = Contingency(name, f"CLASSIFICATION: {classification.name}")
    # As in Evaluate: 0 means "not labelled" where nothing else says what does.
    zero_is_label = given is not None and (given.zero_is_value or given.nodata[0] is not None)
    windows = tiles(classification.grid.width, classification.grid.height, TILE)
    present = np.zeros(MOST_CLASSES + 1, np.int64)
    for done, window in enumerate(windows, start=1):
        stop_if_cancelled(progress)
        classes = read_numbers(classification, window, "CLASSIFICATION")
        refuse_high_class(int(classes.max()), classification.name, limit=MOST_CLASSES)
        present += np.bincount(classes.ravel(), minlength=len(present))
        values, known = raster.read(window)
        labels = whole_numbers(np.where(known, values[0], 0))
        if labels is None:
            raise SuperSegError(
                f"{name} holds numbers that are not whole and looks like an image; give a raster"
                " of class numbers."
            )
        if not zero_is_label:
            known = known & (labels != 0)
        known &= classes > 0
        found.add(labels[known], classes[known])
        progress.report(done / len(windows))
    if not found.table.size:
        raise SuperSegError(
            f"{name}: no pixel has both a name and a class; choose a reference that overlaps the"
            " classes."
        )
    return found, np.flatnonzero(present).tolist()


class _Polygons:
    """Reads the numbers of labels as those of a raster."""

    def __init__(self, labels: PolygonLabels) -> None:
        self._labels = labels

    def read(self, window: Window) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
        """Return numbers `(1, rows, cols)` and where there are any `(rows, cols)`."""
        numbers, _ = self._labels.read(window)
        return numbers[np.newaxis], numbers > 0


@contextmanager
def _on_classes(
    reference: NamedReference, classification: RasterSource
) -> Iterator[tuple[RasterSource | _Polygons, Legend]]:
    """Context with a reference on the grid of the classes, and the names of its numbers."""
    grid = classification.grid
    if reference.raster is not None:
        legend = read_legend(reference.raster.path, reference.raster.zero_is_value)
        with on_grid(reference.raster, grid, "REFERENCE") as aligned:
            yield aligned, legend
        return
    read = PolygonLabels(reference.polygons, grid, "POLYGONS")
    colors = {
        number: reference.colors[label]
        for number, label in read.labels.items()
        if label in reference.colors
    }
    yield _Polygons(read), Legend(read.labels, colors)
