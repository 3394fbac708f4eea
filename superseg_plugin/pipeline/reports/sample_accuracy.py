# SPDX-License-Identifier: GPL-2.0-or-later
"""The report of an accuracy assessment by sampled places."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ...translation import tr
from ..classes.accuracy import AccuracyEstimates, Estimate
from .evaluation import area_unit
from .page import Html, facts, note, page, table


class AssessedMap(Protocol):
    """What the report shows; see `SampleAccuracy`."""

    @property
    def estimates(self) -> AccuracyEstimates:
        """By reference class."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Of the reference classes."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes of the map."""

    @property
    def areas(self) -> npt.NDArray[np.float64]:
        """Areas of the classes of the map."""

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """Samples by class of the map and label."""

    @property
    def names(self) -> npt.NDArray[np.int64]:
        """Index of the label of each class of the map."""

    @property
    def by_name(self) -> npt.NDArray[np.bool_]:
        """Whether the class has the name or number of its label."""

    @property
    def unlabelled(self) -> int:
        """Places without a label."""

    @property
    def outside(self) -> int:
        """Labelled places without a class."""

    @property
    def in_meters(self) -> bool:
        """Whether areas are square meters."""

    @property
    def assessed_area(self) -> float:
        """Area of the classes that samples were drawn from."""


def sample_report(found: AssessedMap, classification: str) -> str:
    """Make the report.

    Args:
        found: the estimates.
        classification: name of the class raster.
    """
    estimates = found.estimates
    whole = found.assessed_area
    unit, divisor = area_unit(found.in_meters)
    rows = [
        [
            label,
            _interval(users),
            _interval(producers),
            _interval(area, whole / divisor, 1),
            _interval(area, 100.0, 2),
        ]
        for label, users, producers, area in zip(
            found.labels, estimates.users, estimates.producers, estimates.areas
        )
    ]
    header = [
        tr("Reference class"),
        tr("User's accuracy"),
        tr("Producer's accuracy"),
        tr("Area ({})").format(unit),
        tr("Area (%)"),
    ]
    remark = tr(
        "Estimates with half the width of their 95 % interval. User's accuracy is 1 less the error"
        " of commission, producer's accuracy 1 less that of omission. Areas are those of the"
        " reference classes, corrected for the errors of the map. Olofsson et al. 2014, doi"
        " 10.1016/j.rse.2014.02.015; Stehman 2014, doi 10.1080/01431161.2014.930207."
    )
    counts = {
        tr("Classes"): classification,
        tr("Places used"): f"{int(found.counts.sum()):,}",
        tr("Places without a label, left out"): f"{found.unlabelled:,}",
        tr("Places off the map or on nodata, left out"): f"{found.outside:,}",
        tr("Area assessed"): f"{whole / divisor:,.1f} {unit}",
    }
    figures = {
        tr("Overall accuracy"): _interval(estimates.overall),
        tr("Kappa"): f"{estimates.kappa:.3f}",
    }
    sections = [
        (tr("What was assessed"), facts(counts)),
        (tr("Accuracy and areas"), Html(table(header, rows) + note(remark))),
        (tr("Error matrix"), _matrix(found)),
        (tr("Samples"), _samples(found, divisor, unit)),
    ]
    return page(tr("Accuracy assessment"), sections, figures=figures)


def _interval(estimate: Estimate, factor: float = 1.0, decimals: int = 3) -> str:
    if math.isnan(estimate.value):
        return tr("none sampled")
    text = f"{factor * estimate.value:,.{decimals}f}"
    if estimate.half_width >= 1:
        # Longer than the range from 0 to 1, which all of these have.
        return tr("{} (too few samples for an interval)").format(text)
    return f"{text} ± {factor * estimate.half_width:,.{decimals}f}"


def _matrix(found: AssessedMap) -> Html:
    rows = [
        [label, *(f"{share:.4f}" for share in shares), f"{shares.sum():.4f}"]
        for label, shares in zip(found.labels, found.estimates.proportions)
    ]
    total = found.estimates.proportions.sum(axis=0)
    rows.append([tr("Total"), *(f"{share:.4f}" for share in total), f"{total.sum():.4f}"])
    remark = tr("Shares of the area; rows are classes of the map, columns reference classes.")
    header = [tr("Map"), *found.labels, tr("Total")]
    return Html(table(header, rows) + note(remark))


def _samples(found: AssessedMap, divisor: float, unit: str) -> Html:
    rows: list[list[object]] = []
    for row, name in enumerate(found.classes):
        counts = found.counts[row]
        total = int(counts.sum())
        best = int(counts.argmax())
        purity = f"{counts[best] / total:.2f}" if total else ""
        named = found.labels[found.names[row]] if total else ""
        if total and not found.by_name[row]:
            named = tr("{} (most of its samples)").format(named)
        area = f"{found.areas[row] / divisor:,.1f}"
        rows.append([name, named, area, *counts.tolist(), total, purity])
    header = [tr("Class of the map"), tr("Counts as"), tr("Area ({})").format(unit)]
    header += [*found.labels, tr("Total"), tr("Purity")]
    remark = tr(
        "Purity is the share of the samples with the reference class that most of them have: a"
        " class of low purity is mixed. Classes without the name or number of a reference class"
        " count as that of most of their samples, which favors the map."
    )
    return Html(table(header, rows) + note(remark))
