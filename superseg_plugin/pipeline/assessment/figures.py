# SPDX-License-Identifier: GPL-2.0-or-later
"""All figures of an assessment as a table (CSV) or as JSON, for other software."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ...errors import SuperSegError
from ..classes.accuracy import AccuracyEstimates, Estimate
from ..classes.agreement import Evaluation
from ..classes.csv_rows import write_rows
from ..classes.scores import Scores

Floats = npt.NDArray[np.float64]
COLUMNS = ("figure", "map_class", "reference_class", "value", "half_interval_95", "unit")
JSON = ".json"
# Scores that pair each reference class with one class.
ONE_TO_ONE = ("accuracy", "mean_iou")
FORMAT = "superseg-assessment-1"


class Figure(NamedTuple):
    """One figure.

    Attributes:
        figure: what it is.
        map_class: class of the map that it belongs to, "" for none.
        reference_class: the same for the reference.
        value: NaN for one that is not known.
        half_interval_95: half the width of the 95 % interval; None where nothing is estimated.
        unit: "" for shares from 0 to 1 and scores.
    """

    figure: str
    map_class: str
    reference_class: str
    value: float
    half_interval_95: float | None = None
    unit: str = ""


def figures_of_evaluation(found: Evaluation) -> list[Figure]:
    """Return the figures of a comparison with a whole reference."""
    return list(_of_evaluation(found))


def figures_of_sample(
    estimates: AccuracyEstimates, labels: tuple[str, ...], whole: float, unit: str
) -> list[Figure]:
    """Return the figures that were estimated from a sample.

    Args:
        estimates: by reference class.
        labels: of the reference classes.
        whole: area of the map.
        unit: of the area.
    """
    found = [
        _estimate("overall accuracy", "", estimates.overall),
        Figure("kappa", "", "", estimates.kappa),
    ]
    parts = zip(labels, estimates.users, estimates.producers, estimates.areas)
    for label, users, producers, area in parts:
        found.append(_estimate("user's accuracy", label, users))
        found.append(_estimate("producer's accuracy", label, producers))
        found.append(_estimate("area share", label, area))
        ground = Estimate(whole * area.value, whole * area.error)
        found.append(_estimate("area", label, ground, unit))
    return [*found, *_matrix(estimates.proportions, labels)]


def write_figures(path: Path, figures: list[Figure]) -> None:
    """Write figures: as JSON if that is the extension of the file, else as CSV.

    Unknown values are empty cells, and null in JSON.

    Raises:
        SuperSegError: the file cannot be written.
    """
    rows = [[_known(cell) for cell in figure] for figure in figures]
    if path.suffix.lower() != JSON:
        write_rows(path, COLUMNS, rows)
        return
    content = {"format": FORMAT, "figures": [dict(zip(COLUMNS, row)) for row in rows]}
    try:
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        raise SuperSegError(
            f"{path} cannot be written ({error.strerror}); choose another folder."
        ) from None


def _of_evaluation(found: Evaluation) -> Iterator[Figure]:
    agreement, labels = found.agreement, found.reference_names
    yield Figure("overall accuracy", "", "", agreement.overall)
    yield Figure("kappa", "", "", agreement.kappa)
    yield Figure("mean IoU", "", "", agreement.mean_iou)
    mapped, true = agreement.areas.sum(axis=1), agreement.areas.sum(axis=0)
    unit = area_unit_name(found.in_meters)
    for row, label in enumerate(labels):
        yield Figure("user's accuracy", "", label, float(agreement.users[row]))
        yield Figure("producer's accuracy", "", label, float(agreement.producers[row]))
        yield Figure("IoU", "", label, float(agreement.ious[row]))
        yield Figure("area in the map", "", label, float(mapped[row]), None, unit)
        yield Figure("area in the reference", "", label, float(true[row]), None, unit)
    for column, name in enumerate(found.predicted_names):
        label = labels[agreement.names[column]]
        yield Figure("counts as", name, label, float(agreement.shares[column]))
    yield from _matrix(agreement.proportions, labels)
    for row, label in enumerate(labels):
        for column, name in enumerate(found.predicted_names):
            yield Figure("pixels", name, label, float(found.table[row, column]), None, "pixels")
    for scores, text in ((found, ""), (found.with_unlabelled, ", unlabelled as a class")):
        for field in Scores.__dataclass_fields__:
            name = f"{field}, one to one" if field in ONE_TO_ONE else field
            yield Figure(f"{name}{text}", "", "", getattr(scores, field))


def area_unit_name(in_meters: bool) -> str:
    """Return the unit of areas in files of figures."""
    return "m2" if in_meters else "map units2"


def _matrix(proportions: Floats, labels: tuple[str, ...]) -> Iterator[Figure]:
    for row, mapped in enumerate(labels):
        for column, label in enumerate(labels):
            yield Figure("share of the area", mapped, label, float(proportions[row, column]))


def _estimate(figure: str, label: str, estimate: Estimate, unit: str = "") -> Figure:
    return Figure(figure, "", label, estimate.value, estimate.half_width, unit)


def _known(cell: str | float | None) -> str | float | None:
    return None if isinstance(cell, float) and not math.isfinite(cell) else cell
