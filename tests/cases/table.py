# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases, what came of them, and small measures of results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsDistanceArea, QgsProject

from superseg_plugin.raster.class_table import read_class_table
from tests.benchmarks.measures import map_ari
from tests.cases.session import Outcome, Session
from tests.conftest import read_raster

Check = Callable[["Bench"], "tuple[bool, str]"]


@dataclass(frozen=True)
class Case:
    """A row of the table.

    Attributes:
        number: of the fault and its variant.
        tried: what a user did.
        expected: what has to come of it.
        check: runs it; returns whether it came, and what did.
    """

    number: str
    tried: str
    expected: str
    check: Check


class Bench:
    """Where a case runs.

    Args:
        session: with the plugin.
        folder: for inputs, of this case alone.
    """

    def __init__(self, session: Session, folder: Path) -> None:
        self.session = session
        self.folder = folder

    def path(self, name: str) -> Path:
        """Path of an input to write."""
        return self.folder / name

    def segment(self, image: object, classes: int = 6, **more: object) -> Outcome:
        """Segment an image with the preset `fast`; `outputs` are file names by parameter."""
        outputs = more.pop("outputs", None)
        given = {"INPUT": image, "CLASSES": classes, "PRESET": "fast", "DEVICE": "cpu"}
        return self.session.run("segment", {**given, **more}, outputs)

    def run(self, algorithm: str, outputs: dict[str, str] | None = None, **more: object) -> Outcome:
        """Run an algorithm."""
        return self.session.run(algorithm, more, outputs)


def classes_of(outcome: Outcome, name: str = "OUTPUT") -> npt.NDArray[np.uint8]:
    """Read the class raster of a run.

    Raises:
        RuntimeError: there is none, with the error of the run.
    """
    if outcome.error:
        raise RuntimeError(outcome.error)
    return read_raster(outcome.results[name])[0].astype(np.uint8)


def ari(
    outcome: Outcome, truth: npt.NDArray[np.int64], valid: npt.NDArray[np.bool_] | None = None
) -> float:
    """ARI of a class raster against kinds from 0, where valid."""
    classes = classes_of(outcome)
    kinds = truth + 1 if valid is None else np.where(valid, truth + 1, 0)
    return map_ari(classes, kinds.astype(np.uint8))


def at_least(value: float, wanted: float, more: str = "") -> tuple[bool, str]:
    """An ARI against the least that is expected."""
    return value >= wanted, f"ARI {value:.3f}{more}"


def told(outcome: Outcome, limit: int = 230) -> str:
    """What a run said, shortened: the error, or that there was none."""
    text = outcome.error or "no error"
    return text if len(text) <= limit else text[: limit - 1] + "…"


def refused(outcome: Outcome, pattern: str) -> tuple[bool, str]:
    """A refusal before the work in words that meet a pattern."""
    return outcome.refused(pattern), told(outcome)


def table_area(path: str) -> float:
    """Sum of the areas in the attribute table of a class raster, square meters."""
    table = read_class_table(path)
    if table is None:
        raise RuntimeError(f"{path} has no class table")
    return float(np.sum(table.areas))


def ellipsoidal_area(path: str, numbers: npt.NDArray[np.bool_]) -> float:
    """Area of the pixels of a raster that are True, by QgsDistanceArea, row by row.

    Each run of pixels of a row is measured as a polygon with a vertex at every pixel.
    """
    from qgis.core import QgsGeometry, QgsPointXY

    dataset = gdal.Open(path)
    x, across, _, y, _, down = dataset.GetGeoTransform()
    measure = QgsDistanceArea()
    crs = QgsCoordinateReferenceSystem.fromWkt(dataset.GetProjection())
    measure.setSourceCrs(crs, QgsProject.instance().transformContext())
    if not measure.setEllipsoid(crs.ellipsoidAcronym()):
        raise RuntimeError(f"{path}: QGIS does not know its ellipsoid")
    total = 0.0
    for row in np.flatnonzero(numbers.any(axis=1)):
        edges = np.flatnonzero(np.diff(np.r_[0, numbers[row].astype(np.int8), 0]))
        for first, last in edges.reshape(-1, 2):
            columns = np.arange(first, last + 1)
            top = [QgsPointXY(x + across * col, y + down * row) for col in columns]
            bottom = [QgsPointXY(x + across * col, y + down * (row + 1)) for col in columns[::-1]]
            total += measure.measureArea(QgsGeometry.fromPolygonXY([[*top, *bottom]]))
    return total


def within(value: float, wanted: float, share: float, unit: str) -> tuple[bool, str]:
    """A number that may deviate by a share."""
    deviation = value / wanted - 1
    return abs(deviation) <= share, f"{value:,.1f} {unit}, {deviation:+.1e} of {wanted:,.1f}"
