# SPDX-License-Identifier: GPL-2.0-or-later
"""Evaluate classes against a reference raster or polygons.

One pass over both counts the pairs of reference and class numbers in a contingency table, tile by
tile; all scores are computed from that table (`classes/scores.py`, `classes/agreement.py`), so that
memory and the time for the scores do not depend on the size of the scene.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from ...errors import SuperSegError
from ...progress import Progress, stop_if_cancelled
from ...raster.class_legend import Color
from ...raster.ground import has_meters
from ...raster.source import RasterSource
from ...raster.windows import tiles
from ...wording import are, counted
from ..classes.agreement import Evaluation, agreement_of
from ..classes.merge_tree import is_named
from ..classes.reading import TILE
from ..classes.scores import all_scores, class_ious, matching
from ..reports.evaluation import evaluation_report
from .assessed import AssessedMap, Outputs
from .contingency import Contingency
from .figures import figures_of_evaluation
from .truth import (
    LabelledPolygons,
    PolygonTruth,
    RasterTruth,
    Truth,
    require_one_band,
    require_whole,
)


def run_evaluation(
    assessed: AssessedMap,
    reference: RasterSource | LabelledPolygons,
    unlabelled: int | None,
    outputs: Outputs,
    progress: Progress,
) -> Evaluation:
    """Evaluate classes and write a report; needs no worker.

    Args:
        assessed: the classes.
        reference: see `evaluate`.
        unlabelled: see `evaluate`.
        outputs: files to write.
        progress: reports every tile.

    Raises:
        SuperSegError: as `evaluate`, or a file cannot be written.
    """
    others = [reference.path] if isinstance(reference, RasterSource) else []
    outputs.check([*assessed.paths, *others])
    found, colors = _evaluate(assessed, reference, unlabelled, progress)
    if found.overlapping:
        progress.log(
            f"Warning: {counted(found.overlapping, 'pixel')} in polygons of several labels"
            f" {are(found.overlapping)} left out; where polygons overlap, it is not known which"
            " label is right"
        )
    outputs.write(
        lambda: evaluation_report(found, assessed.name, reference.name, colors),
        lambda: figures_of_evaluation(found),
    )
    return found


def evaluate(
    classification: RasterSource,
    reference: RasterSource | LabelledPolygons,
    unlabelled: int | None,
    progress: Progress,
) -> Evaluation:
    """Compare classes with a reference.

    Args:
        classification: the classes; pixels without a class are left out and counted.
        reference: the true classes: a raster of any whole numbers on the same grid, or polygons.
        unlabelled: see `RasterTruth` and `PolygonTruth`.
        progress: reports every tile.

    Raises:
        SuperSegError: the grids differ, a raster does not hold class numbers, or no pixel has
            both a label and a class.
    """
    return _evaluate(AssessedMap(classification), reference, unlabelled, progress)[0]


def _evaluate(
    assessed: AssessedMap,
    reference: RasterSource | LabelledPolygons,
    unlabelled: int | None,
    progress: Progress,
) -> tuple[Evaluation, dict[int, Color]]:
    """Compare as `evaluate`; return the colors of the classes by number, too."""
    require_one_band(assessed.classification, "CLASSIFICATION")
    grid = assessed.classification.grid
    truth: Truth
    if isinstance(reference, RasterSource):
        truth = RasterTruth(reference, unlabelled, grid)
    else:
        truth = PolygonTruth(reference, unlabelled, grid)
    table = assessed.read_table(progress)
    labelled, rest, unclassified = _count(assessed.classification, truth, progress)
    if not labelled.table.sum():
        raise SuperSegError(
            f"{truth.parameter}: no pixel of {truth.name} has both a label and a class; check"
            " UNLABELLED, or give a reference that overlaps the classes."
        )
    legend = assessed.legend()
    present = {*labelled.columns.tolist(), *rest.columns.tolist()}
    if table is not None:
        assessed.check_table(table, {*present, *legend.names})
        labelled.merge_columns(table.targets)
        rest.merge_columns(table.targets)
        legend = assessed.merged_legend(legend, table)
    names = tuple(legend.names.get(n, str(n)) for n in labelled.columns.tolist())
    found = _evaluation(labelled, rest, names, truth)
    found = dataclasses.replace(
        found, unclassified=unclassified, in_meters=has_meters(grid), overlapping=truth.overlapping
    )
    return found, legend.colors


def _count(
    classification: RasterSource, truth: Truth, progress: Progress
) -> tuple[Contingency, Contingency, int]:
    """Count the pixels: with a label and a class, with a class only, and without a class."""
    names = f"{truth.parameter}: {truth.name}", f"CLASSIFICATION: {classification.name}"
    labelled, rest = Contingency(*names), Contingency(*names)
    unclassified = 0
    grid = classification.grid
    windows = tiles(grid.width, grid.height, TILE)
    for done, window in enumerate(windows, start=1):
        stop_if_cancelled(progress)
        values, classified = classification.read(window)
        unclassified += int(classified.size - np.count_nonzero(classified))
        predicted = require_whole(values[0][classified], "CLASSIFICATION", classification.name)
        labels, known = truth.read(window, classified)
        areas = grid.pixel_areas(window)
        if areas.size == 1:
            labelled.add(labels[known], predicted[known], float(areas[0, 0]))
        else:
            measured = np.broadcast_to(areas, classified.shape)[classified]
            labelled.add(labels[known], predicted[known], measured[known])
        others = predicted[~known]
        rest.add(np.zeros(len(others), dtype=np.int64), others)
        progress.report(done / len(windows))
    return labelled, rest, unclassified


def _evaluation(
    labelled: Contingency, rest: Contingency, names: tuple[str, ...], truth: Truth
) -> Evaluation:
    """Compute the scores of labelled pixels alone, and with the others as one more class."""
    table = labelled.table
    pairs = matching(table)
    scores = all_scores(table, pairs)
    with_unlabelled = scores
    if rest.table.size:
        columns = np.union1d(labelled.columns, rest.columns)
        whole = np.zeros((len(table) + 1, len(columns)), dtype=np.int64)
        whole[1:, np.searchsorted(columns, labelled.columns)] = table
        whole[0, np.searchsorted(columns, rest.columns)] = rest.table[0]
        unpaired = np.full(len(whole), -1, dtype=np.intp)
        with_unlabelled = dataclasses.replace(
            all_scores(whole, unpaired),
            are=scores.are,
            accuracy=scores.accuracy,
            mean_iou=scores.mean_iou,
        )
    # A number alone says nothing about the reference.
    given = [name if is_named(name) and not name.isdecimal() else "" for name in names]
    of_reference = truth.names()
    reference_names = tuple(of_reference.get(n, str(n)) for n in labelled.rows.tolist())
    return Evaluation(
        **dataclasses.asdict(scores),
        with_unlabelled=with_unlabelled,
        table=table,
        reference_values=labelled.rows,
        predicted_values=labelled.columns,
        reference_names=reference_names,
        predicted_names=names,
        pairs=pairs,
        ious=class_ious(table, pairs),
        agreement=agreement_of(table, labelled.areas, given, reference_names),
        labelled=int(table.sum()),
        unlabelled=int(rest.table.sum()),
        unclassified=0,
        overlapping=0,
        in_meters=False,
    )
