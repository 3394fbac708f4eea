# SPDX-License-Identifier: GPL-2.0-or-later
"""Evaluate classes against a reference raster.

One pass over both rasters counts the pairs of reference and class numbers in a contingency table,
tile by tile; all scores are computed from that table (`classes/scores.py`), so that memory and the
time for the scores do not depend on the size of the scene.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import SuperSegError
from ...progress import Progress, stop_if_cancelled
from ...raster.class_table import read_class_table
from ...raster.grid_comparison import require_same_grid
from ...raster.source import RasterSource
from ...raster.staging import Staging, check_output
from ...raster.windows import tiles
from ..classes.reading import TILE, whole_numbers
from ..classes.scores import Evaluation, all_scores, class_ious, matching
from ..reports.evaluation import evaluation_report

Numbers = npt.NDArray[np.int64]

# Distinct numbers of a raster, and cells of the table; images exceed them at once.
MOST_VALUES = 10_000
MOST_CELLS = 20_000_000
# Largest range of numbers that is counted by index; wider ranges are sorted.
DIRECT_RANGE = 1 << 20


def run_evaluation(
    classification: RasterSource,
    reference: RasterSource,
    unlabelled: int | None,
    report_output: str | None,
    progress: Progress,
) -> Evaluation:
    """Evaluate classes and write a report; needs no worker.

    Args:
        classification: see `evaluate`.
        reference: see `evaluate`.
        unlabelled: see `evaluate`.
        report_output: path of the report; None for none.
        progress: reports every tile.

    Raises:
        SuperSegError: as `evaluate`, or the report cannot be written.
    """
    if report_output:
        inputs = [classification.path, reference.path]
        check_output(report_output, "REPORT", inputs, raster=False)
    result = evaluate(classification, reference, unlabelled, progress)
    if report_output:
        classes = read_class_table(classification.path)
        text = evaluation_report(result, classification.name, reference.name, classes)
        with Staging() as staging:
            staging.path(report_output).write_text(text, encoding="utf-8")
            staging.commit()
    return result


def evaluate(
    classification: RasterSource,
    reference: RasterSource,
    unlabelled: int | None,
    progress: Progress,
) -> Evaluation:
    """Compare classes with a reference.

    Args:
        classification: the classes; pixels without a class are left out and counted.
        reference: the true classes, any whole numbers, on the same grid.
        unlabelled: the reference's value for "not labelled". If None, its nodata values, or 0 if
            it has none. Nodata of the reference never counts as a label.
        progress: reports every tile.

    Raises:
        SuperSegError: the grids differ, a raster does not hold class numbers, or no pixel has
            both a label and a class.
    """
    grid = classification.grid
    require_same_grid(grid, reference.grid, "REFERENCE", reference.name)
    _require_one_band(classification, "CLASSIFICATION")
    _require_one_band(reference, "REFERENCE")
    if unlabelled is None and reference.nodata[0] is None and not reference.zero_is_value:
        unlabelled = 0
    names = f"REFERENCE: {reference.name}", f"CLASSIFICATION: {classification.name}"
    labelled, rest = Contingency(*names), Contingency(*names)
    unclassified = 0
    windows = tiles(grid.width, grid.height, TILE)
    for done, window in enumerate(windows, start=1):
        stop_if_cancelled(progress)
        values, classified = classification.read(window)
        true_values, known = reference.read(window)
        unclassified += int(classified.size - np.count_nonzero(classified))
        predicted = _whole(values[0][classified], "CLASSIFICATION", classification.name)
        known = known[classified]
        truth = true_values[0][classified]
        if unlabelled is not None:
            known = known & (truth != unlabelled)
        labels = _whole(truth[known], "REFERENCE", reference.name)
        labelled.add(labels, predicted[known])
        others = predicted[~known]
        rest.add(np.zeros(len(others), dtype=np.int64), others)
        progress.report(done / len(windows))
    if not labelled.table.sum():
        raise SuperSegError(
            f"REFERENCE: no pixel of {reference.name} has both a label and a class; check"
            " UNLABELLED, or give a reference that overlaps the classes."
        )
    return _evaluation(labelled, rest, unclassified)


class Contingency:
    """A contingency table that grows with the numbers that occur.

    Args:
        first: parameter and file of the first numbers, for messages.
        second: the same for the second numbers.

    Attributes:
        rows: `(r,)` first numbers that occur, ascending.
        columns: `(c,)` second numbers that occur, ascending.
        table: `(r, c)` int64 counts of the pairs.
    """

    def __init__(self, first: str, second: str) -> None:
        self._first = first
        self._second = second
        self.rows: Numbers = np.zeros(0, dtype=np.int64)
        self.columns: Numbers = np.zeros(0, dtype=np.int64)
        self.table: Numbers = np.zeros((0, 0), dtype=np.int64)

    def add(self, first: Numbers, second: Numbers) -> None:
        """Count pairs.

        Args:
            first: `(n,)`.
            second: `(n,)`.

        Raises:
            SuperSegError: there are more different numbers than a class raster has.
        """
        if not len(first):
            return
        rows, row_codes = _coded(first)
        columns, column_codes = _coded(second)
        self._grow(np.union1d(self.rows, rows), np.union1d(self.columns, columns))
        size = len(rows) * len(columns)
        keys = row_codes * len(columns) + column_codes
        if size <= max(DIRECT_RANGE, len(keys)):
            counts = np.bincount(keys, minlength=size)
            cells = np.flatnonzero(counts)
            counts = counts[cells]
        else:
            cells, counts = np.unique(keys, return_counts=True)
        row_indices = np.searchsorted(self.rows, rows)[cells // len(columns)]
        column_indices = np.searchsorted(self.columns, columns)[cells % len(columns)]
        self.table[row_indices, column_indices] += counts

    def _grow(self, rows: Numbers, columns: Numbers) -> None:
        """Extend the table to more numbers."""
        if len(rows) == len(self.rows) and len(columns) == len(self.columns):
            return
        most = max(len(rows), len(columns))
        if most > MOST_VALUES or len(rows) * len(columns) > MOST_CELLS:
            raise SuperSegError(
                f"{self._first if most == len(rows) else self._second} holds {most} different"
                " numbers or more and looks like an image; give a raster of class numbers."
            )
        table = np.zeros((len(rows), len(columns)), dtype=np.int64)
        if self.table.size:
            old = np.searchsorted(rows, self.rows), np.searchsorted(columns, self.columns)
            table[np.ix_(*old)] = self.table
        self.rows, self.columns, self.table = rows, columns, table


def _evaluation(labelled: Contingency, rest: Contingency, unclassified: int) -> Evaluation:
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
    return Evaluation(
        **dataclasses.asdict(scores),
        with_unlabelled=with_unlabelled,
        table=table,
        reference_values=labelled.rows,
        predicted_values=labelled.columns,
        pairs=pairs,
        ious=class_ious(table, pairs),
        labelled=int(table.sum()),
        unlabelled=int(rest.table.sum()),
        unclassified=unclassified,
    )


def _coded(numbers: Numbers) -> tuple[Numbers, Numbers]:
    """Return the distinct numbers, ascending, and the index of each number among them."""
    low, high = int(numbers.min()), int(numbers.max())
    if high - low >= DIRECT_RANGE:
        distinct, codes = np.unique(numbers, return_inverse=True)
        return distinct, codes
    shifted = numbers - low
    present = np.bincount(shifted) > 0
    indices = np.cumsum(present) - 1
    return np.flatnonzero(present) + low, indices[shifted]


def _whole(numbers: npt.NDArray[Any], parameter: str, name: str) -> Numbers:
    """Convert to int64; refuse fractions."""
    whole = whole_numbers(numbers)
    if whole is None:
        raise SuperSegError(
            f"{parameter}: {name} holds numbers that are not whole and looks like an image; give"
            " a raster of class numbers."
        )
    return whole


def _require_one_band(source: RasterSource, parameter: str) -> None:
    if source.band_count > 1:
        raise SuperSegError(
            f"{parameter}: {source.name} has {source.band_count} bands; give a raster of one band"
            " that holds class numbers."
        )
