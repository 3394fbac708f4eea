# SPDX-License-Identifier: GPL-2.0-or-later
"""Merge orders in files: in the record beside a class raster, and in a model."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import SuperSegError
from ...raster.class_table import MOST_CLASSES
from ...raster.source import RasterSource
from .merge_order import MergeStep, check_merge_order
from .model_file import Model
from .record import FORMAT_VERSION, SUFFIX, describe_input

Ints = npt.NDArray[np.int64]

LARGEST_RECORD = 4 * 1024**2
CURE = "remove it and give the image as INPUT"


def stored_order(
    source: RasterSource, model: Model | None, file: str | None, numbers: Ints
) -> list[MergeStep]:
    """The merge order of the model that made some classes, or of their own record.

    Args:
        source: the class raster.
        model: that made it, or None.
        file: name of the model.
        numbers: `(k,)` of the classes.

    Raises:
        SuperSegError: there is none, or it is not of these classes.
    """
    if model is None:
        record, place = read_record_of(source.path)
        return order_of_record(record, place, source.name, numbers)
    if was_merged(source.path):
        raise SuperSegError(
            f"MODEL: the classes of {source.name} have been merged and are no longer those of"
            " the model; leave MODEL empty, or give the image as INPUT."
        )
    return order_of_model(model, str(file), numbers)


def read_record_of(path: str) -> tuple[Any, str]:
    """Read the record beside a result, and say what file it is in; None where there is none.

    Raises:
        SuperSegError: there is one that cannot be read.
    """
    result = Path(path)
    place = result.with_name(result.name + SUFFIX)
    try:
        if not place.is_file():
            return None, place.name
        if place.stat().st_size > LARGEST_RECORD:
            raise SuperSegError(f"{place.name} is too large for a record of SuperSeg; {CURE}.")
        return json.loads(place.read_text(encoding="utf-8")), place.name
    except OSError as error:
        raise SuperSegError(f"{place.name} cannot be opened ({error.strerror}); {CURE}.") from None
    except (ValueError, RecursionError):
        raise SuperSegError(f"{place.name} is no record of SuperSeg; {CURE}.") from None


def describe_merging(source: RasterSource) -> dict[str, Any]:
    """Collect what every merging of a class raster depended on: input, software versions."""
    return {
        "format_version": FORMAT_VERSION,
        "algorithm": "superseg:mergeclasses",
        "input": describe_input(source),
        "versions": {"numpy": np.__version__, "python": platform.python_version()},
    }


def order_of_record(record: Any, file: str, name: str, numbers: Ints) -> list[MergeStep]:
    """Take the merge order from the record of a class raster.

    Args:
        record: as read, or None.
        file: its name.
        name: the class raster's name.
        numbers: of the classes that there are.

    Raises:
        SuperSegError: there is none, it is no merge order, or one of other classes.
    """
    if not isinstance(record, dict) or "merge_order" not in record:
        raise SuperSegError(
            f"CLASSIFICATION: nothing tells which classes of {name} are alike; give the image as"
            " INPUT, or the model that the classes are from as MODEL."
        )
    return _checked(record["merge_order"], numbers, file, CURE)


def order_of_model(model: Model, file: str, numbers: Ints) -> list[MergeStep]:
    """Take the merge order from a model.

    Args:
        model: the model, or its header.
        file: its name.
        numbers: of the classes that there are.

    Raises:
        SuperSegError: there is none, it is no merge order, or one of other classes.
    """
    cure = "give the image as INPUT instead"
    if model.classes > 1 and not model.merge_order:
        raise SuperSegError(f"MODEL: {file} does not say which of its classes are alike; {cure}.")
    checked = _checked(model.merge_order, numbers, f"MODEL: {file}", cure)
    if len(checked) != model.classes - 1:
        raise SuperSegError(f"MODEL: {file} has a merge order of other classes; {cure}.")
    return checked


def _checked(steps: Any, numbers: Ints, name: str, cure: str) -> list[MergeStep]:
    # A single class has nothing to join, and a list of that length is what its order is.
    count = len(steps) + 1 if isinstance(steps, list) else 0
    try:
        if count > MOST_CLASSES:
            raise ValueError(f"of {count} classes, more than {MOST_CLASSES}")
        checked = check_merge_order(steps, count)
    except (ValueError, OverflowError) as error:
        raise SuperSegError(f"{name} holds no usable merge order ({error}); {cure}.") from None
    if int(numbers.max()) > count:
        raise SuperSegError(
            f"{name} tells of classes 1 to {count}, the class raster has a class"
            f" {int(numbers.max())}; {cure}."
        )
    return checked


def was_merged(path: str) -> bool:
    """Tell whether the classes of a raster no longer have the numbers that a model gave them."""
    try:
        record, _ = read_record_of(path)
    except SuperSegError:
        return False
    merged = record.get("merged_from") if isinstance(record, dict) else None
    if not isinstance(merged, dict):
        return False
    return any(str(former) != f"[{number}]" for number, former in merged.items())


def renumbered(
    steps: Sequence[MergeStep], numbers: Sequence[int], count: int
) -> list[list[int | float]]:
    """Put a merge order into the numbers of a result.

    Args:
        steps: of groups 1 to g.
        numbers: of each group in the result; 0 for groups that it lacks.
        count: highest number of the result. Numbers that no group has join before all others.
    """
    result: list[list[int | float]] = []
    lowest = min(number for number in numbers if number)
    called = lowest
    for empty in sorted(set(range(1, count + 1)) - set(numbers)):
        result.append([min(called, empty), max(called, empty), 0.0])
        called = min(called, empty)
    names = [called if number == lowest else number for number in numbers]
    for kept, absorbed, distance in steps:
        pair = sorted(name for name in (names[kept - 1], names[absorbed - 1]) if name)
        if len(pair) == 2:
            result.append([*pair, distance])
        names[kept - 1] = pair[0] if pair else 0
    return result
