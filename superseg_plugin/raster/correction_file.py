# SPDX-License-Identifier: GPL-2.0-or-later
"""The corrections of a class raster as a layer of points, `<class raster>.corrections.gpkg`.

Each point lies in a superpixel that a person has put into a class, with the name and color of that
class. The file stays when the class raster is made anew; other programs read and edit it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from osgeo import gdal, ogr

from ..errors import SuperSegError
from .class_legend import Color
from .gdal_calls import attempt, closing_dataset, first_error
from .grid import Grid
from .references import reference_of
from .texts import LONGEST_MESSAGE, one_line

ENDING = ".corrections.gpkg"
LAYER = "corrections"
# More corrections than a person can make, in a file that any program may have written.
MOST = 1_000_000


@dataclass(frozen=True)
class Corrections:
    """Corrected places.

    Attributes:
        points: `(m, 2)` x and y in coordinates of the class raster.
        names: name of the class of each.
        colors: color of the class of each; None if unknown.
    """

    points: npt.NDArray[np.float64]
    names: Sequence[str]
    colors: Sequence[Color | None]


def correction_file_of(class_raster: str | Path) -> Path:
    """Return the path of the corrections of a class raster, whether or not it exists."""
    path = Path(class_raster)
    return path.with_name(path.name + ENDING)


def write_corrections(class_raster: str, corrections: Corrections, grid: Grid) -> str:
    """Write the corrections of a class raster; without any, remove the file.

    Args:
        class_raster: its path.
        corrections: all of them.
        grid: of the class raster.

    Returns:
        The error, "" if there was none; then a former file is unchanged.
    """
    path = correction_file_of(class_raster)
    draft = path.with_name(f"{path.name}.{os.getpid()}.part.gpkg")
    try:
        if not len(corrections.points):
            path.unlink(missing_ok=True)
            return ""
        # The system says in words why it refuses, GDAL does not.
        draft.touch()
        draft.unlink()
        error = _write(draft, corrections, grid)
        if not error:
            os.replace(draft, path)
        return error
    except OSError as error:
        return f"{path.name}: {error.strerror}"
    finally:
        if draft.exists():
            draft.unlink()


def read_corrections(class_raster: str) -> Corrections | None:
    """Read the corrections of a class raster; None if there are none.

    Raises:
        SuperSegError: the file is damaged or not one of corrections.
    """
    path = correction_file_of(class_raster)
    if not path.is_file():
        return None
    dataset, error = attempt(gdal.OpenEx, str(path), gdal.OF_VECTOR)
    layer = dataset.GetLayerByName(LAYER) if dataset is not None else None
    fields = layer.GetLayerDefn() if layer is not None else None
    if (
        layer is None
        or fields is None
        or min(fields.GetFieldIndex(name) for name in ("name", "color")) < 0
    ):
        reason = one_line(error, LONGEST_MESSAGE) or f"no layer {LAYER} with name and color"
        raise SuperSegError(
            f"{path.name} cannot be read as corrections ({reason}); remove it, or put back the one"
            " that the workbench has written."
        )
    points: list[tuple[float, float]] = []
    names: list[str] = []
    colors: list[Color | None] = []
    for feature in layer:
        geometry, name = feature.GetGeometryRef(), feature.GetField("name")
        if geometry is None or not name or len(points) >= MOST:
            continue
        place = geometry.Centroid()
        points.append((place.GetX(), place.GetY()))
        names.append(one_line(str(name)))
        colors.append(_color(feature.GetField("color")))
    return Corrections(np.array(points, np.float64).reshape(-1, 2), names, colors)


def _write(path: Path, corrections: Corrections, grid: Grid) -> str:
    dataset, error = attempt(ogr.GetDriverByName("GPKG").CreateDataSource, str(path))
    if dataset is None:
        return error or "unknown error"
    with closing_dataset(dataset) as errors:
        errors.append(_fill(dataset, corrections, reference_of(grid.crs)))
    return first_error(errors)


def _fill(dataset: Any, corrections: Corrections, reference: Any) -> str:
    layer, error = attempt(dataset.CreateLayer, LAYER, reference, ogr.wkbPoint)
    if layer is None:
        return error or "unknown error"
    for name in ("name", "color"):
        layer.CreateField(ogr.FieldDefn(name, ogr.OFTString))
    layer.StartTransaction()
    for (x, y), name, color in zip(corrections.points, corrections.names, corrections.colors):
        feature = ogr.Feature(layer.GetLayerDefn())
        point = ogr.Geometry(ogr.wkbPoint)
        point.AddPoint_2D(float(x), float(y))
        feature.SetGeometry(point)
        feature.SetField("name", name)
        if color is not None:
            feature.SetField("color", "#" + "".join(f"{part:02x}" for part in color))
        _, error = attempt(layer.CreateFeature, feature)
        if error:
            return error
    return attempt(layer.CommitTransaction)[1]


def _color(text: object) -> Color | None:
    digits = str(text or "").lstrip("#")
    try:
        red, green, blue = bytes.fromhex(digits)
    except ValueError:
        return None
    return red, green, blue
