# SPDX-License-Identifier: GPL-2.0-or-later
"""Accuracy and areas of a class map from labelled places; see `classes/accuracy.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...errors import SuperSegError
from ...progress import Progress, stop_if_cancelled
from ...raster.class_legend import default_name, read_legend
from ...raster.ground import has_meters
from ...raster.source import RasterSource
from ...raster.staging import Staging, check_output
from ...raster.windows import Window
from ..classes.accuracy import AccuracyEstimates, estimate_accuracy
from ..classes.strips import ClassStrips
from ..reports.sample_accuracy import sample_report

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
# Places are read block by block of so many pixels a side.
BLOCK = 256


@dataclass(frozen=True)
class SampleAccuracy:
    """Estimates of a map, and what they were computed from.

    Attributes:
        estimates: by reference class.
        labels: of the reference classes, in alphabetical order.
        strata: names of the classes of the map.
        areas: `(strata,)` areas of the classes of the map, see `Grid.pixel_areas`.
        counts: `(strata, labels)` samples.
        names: `(strata,)` index of the label that each class of the map is named.
        by_name: `(strata,)` whether the class has the name or number of its label; others are
            named after the label of most of their samples.
        left_out: places without a class or a label.
        in_meters: whether areas are square meters.
    """

    estimates: AccuracyEstimates
    labels: tuple[str, ...]
    strata: tuple[str, ...]
    areas: Floats
    counts: Counts
    names: Counts
    by_name: npt.NDArray[np.bool_]
    left_out: int
    in_meters: bool


def run_sample_accuracy(
    classification: RasterSource,
    places: Floats,
    labels: Sequence[str],
    report_output: str | None,
    progress: Progress,
) -> SampleAccuracy:
    """Estimate accuracy and areas of a map from labelled places, and write a report.

    Args:
        classification: the classes of the map.
        places: `(n, 2)` coordinates in the system of the raster.
        labels: reference class of each place; "" where there is none.
        report_output: path of the report; None for none.
        progress: reports the passes.

    Raises:
        SuperSegError: there are no classes, or no place has both a class and a label.
        Cancelled: the user cancelled.
    """
    if report_output:
        check_output(report_output, "REPORT", [classification.path], raster=False)
    strips = ClassStrips(classification, "CLASSIFICATION")
    present = strips.count_classes(progress.part(0.0, 0.7))
    classes = _classes_at(classification, strips, places, progress.part(0.7, 1.0))
    known = np.array([bool(label) for label in labels], bool) & (classes > 0)
    if not known.any():
        raise SuperSegError(
            "SAMPLES: no place has both a label and a class; check FIELD, and that the places lie "
            f"on {classification.name}."
        )
    used = [label for label, one in zip(labels, known) if one]
    texts = tuple(sorted(set(used)))
    codes = np.searchsorted(np.array(texts), np.array(used))
    counts = np.zeros((len(present.numbers), len(texts)), np.int64)
    np.add.at(counts, (classes[known] - 1, codes), 1)
    legend = read_legend(classification.path, classification.zero_is_value)
    legend = legend.with_zero_as(present.zero)
    numbers = [0 if n == present.zero else n for n in present.numbers.tolist()]
    strata = tuple(
        legend.names.get(n, default_name(shown))
        for n, shown in zip(present.numbers.tolist(), numbers)
    )
    names, by_name = _named(strata, numbers, texts, counts)
    missing = [name for name, row in zip(strata, counts) if not row.any()]
    if missing:
        progress.log(
            f"Warning: no place of {', '.join(missing)} is labelled; these classes are left out of "
            "all figures"
        )
    areas = present.areas
    found = SampleAccuracy(
        estimate_accuracy(counts, areas, names),
        texts,
        strata,
        areas,
        counts,
        names,
        by_name,
        int(len(labels) - known.sum()),
        has_meters(classification.grid),
    )
    if report_output:
        text = sample_report(found, classification.name)
        with Staging() as staging:
            staging.path(report_output).write_text(text, encoding="utf-8")
            staging.commit()
    return found


def _named(
    strata: Sequence[str], numbers: Sequence[int], labels: Sequence[str], counts: Counts
) -> tuple[Counts, npt.NDArray[np.bool_]]:
    """The label of each class of the map: of its name or number, or that of most of its samples."""
    index = {label.strip().casefold(): code for code, label in enumerate(labels)}
    codes, by_name = [], []
    for name, number, row in zip(strata, numbers, counts):
        code = index.get(name.strip().casefold(), index.get(str(number)))
        by_name.append(code is not None)
        codes.append(int(row.argmax()) if code is None else code)
    return np.array(codes, np.int64), np.array(by_name, bool)


def _classes_at(
    source: RasterSource, strips: ClassStrips, places: Floats, progress: Progress
) -> Counts:
    """Index of the class at each place from 1, 0 where there is none."""
    grid = source.grid
    result = np.zeros(len(places), np.int64)
    pixels = grid.to_pixels(places)
    with np.errstate(invalid="ignore"):
        inside = (pixels >= 0).all(axis=1) & (pixels < (grid.width, grid.height)).all(axis=1)
    rows = np.flatnonzero(inside)
    if not len(rows):
        return result
    cells = np.floor(pixels[rows]).astype(np.int64)
    blocks, block = np.unique(cells // BLOCK, axis=0, return_inverse=True)
    block = block.ravel()
    for number, (col, row) in enumerate(blocks.tolist()):
        stop_if_cancelled(progress)
        window = Window(col * BLOCK, row * BLOCK, BLOCK, BLOCK).intersection(grid.window)
        values = strips.read(window)
        here = rows[block == number]
        at = cells[block == number] - (window.col_off, window.row_off)
        result[here] = values[at[:, 1], at[:, 0]]
        progress.report((number + 1) / len(blocks), "Reading places")
    return result
