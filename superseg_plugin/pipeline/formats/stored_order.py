# SPDX-License-Identifier: GPL-2.0-or-later
"""Merge orders in files: in the record beside a class raster, and in a model file.

Both hold a list of steps `[kept, absorbed, distance]`. Whatever comes from a file is checked, and
every error names the file and a remedy.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ...agglomeration import MergeStep
from ...errors import SuperSegError
from ...raster.class_table import MOST_CLASSES
from ...raster.source import RasterSource
from .merge_order import check_merge_order
from .model_file import Model
from .record import REMEDY, read_record_of

Ints = npt.NDArray[np.int64]


def stored_order(
    source: RasterSource, model: Model | None, file: str | None, numbers: Ints
) -> list[MergeStep]:
    """Read the merge order of classes, from the model that made them or from their record.

    Args:
        source: the class raster.
        model: that made it; None to read the record.
        file: name of the model's file.
        numbers: `(k,)` numbers of the classes that occur.

    Raises:
        SuperSegError: there is no merge order, or it is of other classes.
    """
    if model is None:
        record, file = read_record_of(source.path)
        return order_of_record(record, file, source.name, numbers)
    if was_merged(source.path):
        raise SuperSegError(
            f"MODEL: the classes of {source.name} have been merged and are no longer those of"
            " the model; leave MODEL empty, or give the image as INPUT."
        )
    return order_of_model(model, str(file), numbers)


def order_of_record(record: Any, file: str, name: str, numbers: Ints) -> list[MergeStep]:
    """Return the merge order that a record holds.

    Args:
        record: JSON of the record, or None.
        file: name of its file.
        name: of the class raster.
        numbers: `(k,)` numbers of the classes that occur.

    Raises:
        SuperSegError: it holds no usable merge order, or one of other classes.
    """
    if not isinstance(record, dict) or "merge_order" not in record:
        raise SuperSegError(
            f"CLASSIFICATION: nothing tells which classes of {name} are alike; give the image as"
            " INPUT, or the model that the classes are from as MODEL."
        )
    return _checked(record["merge_order"], numbers, file, REMEDY)


def order_of_model(model: Model, file: str, numbers: Ints) -> list[MergeStep]:
    """Return the merge order that a model holds.

    Args:
        model: the model, or its header.
        file: name of its file.
        numbers: `(k,)` numbers of the classes that occur.

    Raises:
        SuperSegError: it holds no usable merge order, or one of other classes.
    """
    remedy = "give the image as INPUT instead"
    if model.classes > 1 and not model.merge_order:
        raise SuperSegError(f"MODEL: {file} does not say which of its classes are alike; {remedy}.")
    checked = _checked(model.merge_order, numbers, f"MODEL: {file}", remedy)
    if len(checked) != model.classes - 1:
        raise SuperSegError(f"MODEL: {file} has a merge order of other classes; {remedy}.")
    return checked


def _checked(steps: Any, numbers: Ints, name: str, remedy: str) -> list[MergeStep]:
    # A merge order of k classes has k - 1 steps, so that of one class is an empty list.
    count = len(steps) + 1 if isinstance(steps, list) else 0
    try:
        if count > MOST_CLASSES:
            raise ValueError(f"of {count} classes, more than {MOST_CLASSES}")
        checked = check_merge_order(steps, count)
    except (ValueError, OverflowError) as error:
        raise SuperSegError(f"{name} holds no usable merge order ({error}); {remedy}.") from None
    if int(numbers.max()) > count:
        raise SuperSegError(
            f"{name} holds classes 1 to {count}, the class raster has a class"
            f" {int(numbers.max())}; {remedy}."
        )
    return checked


def was_merged(path: str) -> bool:
    """Whether the classes of a raster were merged and no longer have the numbers of their model."""
    try:
        record, _ = read_record_of(path)
    except SuperSegError:
        return False
    merged = record.get("merged_from") if isinstance(record, dict) else None
    if not isinstance(merged, dict):
        return False
    return any(str(former) != f"[{number}]" for number, former in merged.items())


def renumbered(steps: Sequence[MergeStep], numbers: Sequence[int], count: int) -> list[MergeStep]:
    """Convert a merge order of merged classes to the numbers of a result.

    Args:
        steps: of merged classes 1 to g.
        numbers: number of each merged class in the result; 0 for those that it lacks.
        count: highest number of the result. Numbers without a class merge before all others, at
            distance 0.
    """
    result: list[MergeStep] = []
    lowest = min(number for number in numbers if number)
    representative = lowest
    for empty in sorted(set(range(1, count + 1)) - set(numbers)):
        result.append(MergeStep(min(representative, empty), max(representative, empty), 0.0))
        representative = min(representative, empty)
    targets = [representative if number == lowest else number for number in numbers]
    for kept, absorbed, distance in steps:
        pair = sorted(n for n in (targets[kept - 1], targets[absorbed - 1]) if n)
        if len(pair) == 2:
            result.append(MergeStep(pair[0], pair[1], distance))
        targets[kept - 1] = pair[0] if pair else 0
    return result
