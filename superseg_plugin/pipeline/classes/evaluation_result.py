# SPDX-License-Identifier: GPL-2.0-or-later
"""What an evaluation finds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Agreement:
    """Scores of classes against a reference; higher is better, but for `are`."""

    ami: float
    ari: float
    fmi: float
    are: float
    homogeneity: float
    completeness: float
    v_measure: float
    accuracy: float
    mean_iou: float


@dataclass(frozen=True)
class Evaluation(Agreement):
    """Scores over the labelled pixels, and what they were computed from.

    Attributes:
        with_unlabelled: the same with unlabelled pixels as a class of their own for AMI, ARI,
            FMI and V-measure; ARE, accuracy and IoU leave them out there too.
        table: `(reference classes, classes)` int64, labelled pixels.
        reference_values: `(reference classes,)` int64, ascending.
        predicted_values: `(classes,)` int64, ascending.
        pairs: index of the class paired with each reference class, -1 where there is none.
        ious: of each reference class with its pair.
        labelled: pixels compared.
        unlabelled: classified pixels without label.
        unclassified: pixels without class, left out everywhere.
    """

    with_unlabelled: Agreement
    table: npt.NDArray[np.int64]
    reference_values: npt.NDArray[np.int64]
    predicted_values: npt.NDArray[np.int64]
    pairs: npt.NDArray[np.intp]
    ious: npt.NDArray[np.float64]
    labelled: int
    unlabelled: int
    unclassified: int
