# SPDX-License-Identifier: GPL-2.0-or-later
"""Merge orders as they are kept in files, and the distances that can be read from them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ...agglomeration import MergeStep

Floats = npt.NDArray[np.float64]


def check_merge_order(steps: Any, classes: int) -> list[MergeStep]:
    """Check a merge order that was read from a file.

    Args:
        steps: anything; expected are lists `[kept, absorbed, distance]`.
        classes: number of classes.

    Raises:
        ValueError: it is not a merge order of `classes` classes.
    """
    if not isinstance(steps, Sequence) or len(steps) != classes - 1:
        raise ValueError(f"a merge order of {classes} classes has {classes - 1} steps")
    alive = set(range(1, classes + 1))
    checked: list[MergeStep] = []
    last = 0.0
    for step in steps:
        if not isinstance(step, Sequence) or len(step) != 3:
            raise ValueError("a step of a merge order has three numbers")
        kept, absorbed, distance = step
        if type(kept) is not int or type(absorbed) is not int or not kept < absorbed:
            raise ValueError("a step of a merge order names two classes, the smaller number first")
        if not {kept, absorbed} <= alive:
            raise ValueError("a step of a merge order names a class that does not exist")
        if not isinstance(distance, (int, float)) or not last <= distance < math.inf:
            raise ValueError("the distances of a merge order must not decrease")
        alive.remove(absorbed)
        last = float(distance)
        checked.append(MergeStep(kept, absorbed, last))
    return checked


def cophenetic(steps: Sequence[MergeStep], classes: int) -> Floats:
    """Return the cophenetic distances of all pairs of classes, `(classes, classes)`.

    That is the distance of the step in which both classes first belong to one cluster.
    """
    result = np.zeros((classes, classes))
    owner = np.arange(classes)
    for kept, absorbed, distance in steps:
        one, other = owner == kept - 1, owner == absorbed - 1
        result[np.ix_(one, other)] = distance
        result[np.ix_(other, one)] = distance
        owner[other] = kept - 1
    return result
