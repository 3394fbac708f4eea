# SPDX-License-Identifier: GPL-2.0-or-later
"""All figures of a class map in the quality benchmark."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from superseg_plugin.agglomeration import MergeStep, cut_merge_order
from superseg_plugin.errors import SuperSegError
from superseg_plugin.pipeline.classes.scores import adjusted_mutual_information
from superseg_plugin.pipeline.formats.record import read_record_of
from superseg_plugin.pipeline.formats.stored_order import order_of_record
from tests.benchmarks.image_data import ImageData
from tests.benchmarks.measures import (
    Classes,
    Counts,
    boundary_recall,
    effective_classes,
    explained_variance,
    tiny_classes,
    without_empty,
)
from tests.benchmarks.named import label_table, named_scores, names_of
from tests.benchmarks.rasters import read_classes


def score_map(data: ImageData, target: Path) -> dict[str, Any]:
    """Measure a class map.

    Args:
        data: of the image and its reference.
        target: path of the map, with its record beside it if it has one.

    Returns:
        Figures by name; NaN for those that the image or the map has not.

    Raises:
        ValueError: no pixel of the reference has a label.
    """
    classes = read_classes(target)
    reference = data.reference
    table = label_table(reference.labels, classes, reference.counted)
    if not table.any():
        raise ValueError("no pixel has a label")
    accuracy, mean_iou = named_scores(table)
    areas = np.bincount(classes.ravel(), minlength=256)[1:]
    named = names_of(table)[classes]
    steps = merge_steps(target, classes)
    joined = joined_table(table, steps, reference.class_count) if steps else None
    return {
        "accuracy": accuracy,
        "mean_iou": mean_iou,
        "effective": effective_classes(areas),
        "tiny": tiny_classes(areas),
        "largest": float(areas.max() / areas.sum()),
        "explained": _explained(data, classes),
        "boundary_recall": boundary_recall(reference.labels, classes),
        "small_patches": reference.small_patches_found(named),
        "ami_joined": _ami(joined) if joined is not None else math.nan,
        "ami": _ami(table[:, 1:]),
        "given": int((areas > 0).sum()),
        "on_nodata": int((classes[~data.valid] > 0).sum()),
    }


def merge_steps(target: Path, classes: Classes) -> list[MergeStep] | None:
    """The merge order in the record beside a map; None where there is none."""
    try:
        record, file = read_record_of(str(target))
        return order_of_record(record, file, target.name, np.unique(classes[classes > 0]))
    except SuperSegError:
        return None


def joined_table(table: Counts, steps: Sequence[MergeStep], count: int) -> Counts:
    """Contingency table after the classes were merged to a number.

    Args:
        table: `(256, 256)` of `label_table`; pixels without a class are left out.
        steps: merge order of the classes.
        count: of the merged classes; all remain if they are fewer.
    """
    owners = merged_numbers(steps, count)
    joined = np.zeros_like(table)
    np.add.at(joined.T, owners, table[:, 1 : len(owners) + 1].T)
    return joined


def merged_numbers(steps: Sequence[MergeStep], count: int) -> Counts:
    """Index of the merged class of each class of a merge order, `(classes,)`."""
    classes = len(steps) + 1
    return cut_merge_order(steps, classes, min(max(count, 1), classes))


def _explained(data: ImageData, classes: Classes) -> float:
    superpixels = data.superpixels
    columns = int(classes.max()) + 1
    keys = superpixels.ids.ravel().astype(np.int64) * columns + classes.ravel()
    rows = len(superpixels.description.pixels) + 1
    table = np.bincount(keys, minlength=rows * columns).reshape(rows, columns)
    return explained_variance(table[1:, 1:], superpixels.description.means)


def _ami(table: Counts) -> float:
    return float(adjusted_mutual_information(without_empty(table)))
