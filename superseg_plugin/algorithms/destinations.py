# SPDX-License-Identifier: GPL-2.0-or-later
"""What can be known of the outputs of a run before it starts, for the dialog, models and scripts.

QGIS evaluates a destination while it registers the layer to be loaded, and makes a new temporary
name each time. Here this happens in a context of its own, which is dropped, so that a check leaves
nothing behind.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
from functools import cache
from pathlib import Path

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterRasterLayer,
    QgsProcessingUtils,
    QgsRectangle,
    QgsVectorLayer,
)

from ..errors import SuperSegError
from ..layer_copy import in_place
from ..pipeline.steps.average_color import common_nodata
from ..raster.class_styles import styles_to_write
from ..raster.format_check import Content, check_format
from ..raster.gdal_calls import quiet
from ..raster.grid import Grid
from ..raster.source import RasterSource
from ..raster.staging import NOT_A_PATH, check_different, check_path
from ..raster.writer import driver_for

# The content of an output with the bands and type of the input.
IMAGE = "image"
PROBE = "Polygon?crs=EPSG:4326&field=class:integer&field=name:string"
FILE_OF_TABLE = re.compile(r"dbname='([^']+)'")


def check_destinations(algorithm, parameters, context):
    """Check all outputs; nothing is written but probes in the folder of temporary files.

    Args:
        algorithm: the algorithm.
        parameters: its parameters.
        context: the QgsProcessingContext of the run, which is not changed.

    Returns:
        What the formats of the outputs do not keep, sentences for the log.

    Raises:
        SuperSegError: an output cannot be written, or its format cannot hold it; the message names
            the parameter.
    """
    paths, others, remarks = [], [], []
    for definition in algorithm.destinationParameterDefinitions():
        name = definition.name()
        if isinstance(definition, QgsProcessingParameterFeatureSink):
            path = vector_file(algorithm, parameters, name, context)
            _check_folder_of_table(algorithm, parameters, name, context)
            if path and not _keeps_attributes(Path(path).suffix.lower()):
                raise SuperSegError(
                    f"{name}: {Path(path).name} would be a file of a format that cannot hold "
                    "features with attributes; give a name that ends in .gpkg."
                )
        elif isinstance(definition, QgsProcessingParameterRasterDestination):
            path = algorithm.parameterAsOutputLayer(parameters, name, _scratch(context))
        elif isinstance(definition, QgsProcessingParameterFileDestination):
            path = algorithm.parameterAsFileOutput(parameters, name, _scratch(context))
        else:
            continue
        if path:
            raster = isinstance(definition, QgsProcessingParameterRasterDestination)
            check_path(path, name, raster)
            paths.append((name, path))
            if raster and driver_for(path) != "GTiff":
                others.append((name, path))
            if raster and getattr(algorithm.CONTENTS[name], "class_table", False):
                remarks.append(styles_to_write(path)[1])
    check_different(paths)
    remarks = [f"Style of the classes: {remark}" for remark in remarks if remark]
    if not others:
        return remarks
    grid, image = _input(algorithm, parameters, context)
    contents = ((name, path, algorithm.CONTENTS[name]) for name, path in others)
    lost = (
        check_format(path, name, image if content is IMAGE else content, grid)
        for name, path, content in contents
    )
    return remarks + [remark for remark in lost if remark]


def _input(algorithm, parameters, context):
    """Return the grid of the first raster of a run, and the `Content` of its average colors."""
    definition = next(
        one
        for one in algorithm.parameterDefinitions()
        if isinstance(one, QgsProcessingParameterRasterLayer)
    )
    layer = algorithm.parameterAsRasterLayer(parameters, definition.name(), context)
    bands = algorithm.parameterAsInts(parameters, "BANDS", context)
    if layer is not None and in_place(layer):
        # A raster that cannot be read is named by the run itself.
        with (
            contextlib.suppress(SuperSegError),
            RasterSource(layer.source(), bands or None) as read,
        ):
            nodata = common_nodata(read)
            return read.grid, Content(len(read.bands), read.dtype.name, nodata)
    known = layer is not None and layer.crs().isValid()
    crs = layer.crs() if known else QgsCoordinateReferenceSystem("EPSG:32632")
    place = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
    return Grid(1, 1, place, crs.toWkt()), Content(len(bands) or 3, "uint8", None)


def vector_file(algorithm, parameters, name, context):
    """Return the path of a vector file to write; None for a table or a temporary layer.

    A table is written by QGIS in its place, and features are appended to an existing layer there,
    too.
    """
    value = parameters.get(name)
    appends = isinstance(value, QgsProcessingOutputLayerDefinition) and value.useRemapping()
    path = algorithm.parameterAsOutputLayer(parameters, name, _scratch(context))
    return None if appends or not path or NOT_A_PATH.match(path) else path


def _check_folder_of_table(algorithm, parameters, name, context):
    """Refuse a table of a GeoPackage in a folder that does not exist."""
    path = algorithm.parameterAsOutputLayer(parameters, name, _scratch(context))
    found = FILE_OF_TABLE.search(path or "")
    if found and path.startswith(("ogr:", "spatialite:")):
        folder = Path(found[1]).absolute().parent
        if not folder.is_dir():
            raise SuperSegError(
                f"{name}: the folder {folder} does not exist; create it or choose another."
            )


@cache
def _keeps_attributes(extension):
    """Whether QGIS writes and reads back a polygon with attributes in files of an extension."""
    layer = QgsVectorLayer(PROBE, "probe", "memory")
    feature = QgsFeature(layer.fields())
    feature.setAttributes([7, "Meadow"])
    feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(1, 1, 2, 2)))
    context = QgsProcessingContext()
    folder = tempfile.mkdtemp()
    path = str(Path(folder) / f"probe{extension}")
    try:
        # A driver that cannot write the fields says so on the console.
        with quiet():
            sink, written = QgsProcessingUtils.createFeatureSink(
                path, context, layer.fields(), layer.wkbType(), layer.crs()
            )
            sink.addFeature(feature)
        # The file is complete when the sink is deleted.
        del sink
        read = QgsVectorLayer(written, "probe", "ogr")
        rows = [(each["class"], each["name"]) for each in read.getFeatures()]
        same_type = read.geometryType() == layer.geometryType()
        # An open file cannot be removed on Windows.
        del read
        return rows == [(7, "Meadow")] and same_type and Path(path).exists()
    except (QgsProcessingException, KeyError):
        return False
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _scratch(context):
    scratch = QgsProcessingContext()
    scratch.setExpressionContext(context.expressionContext())
    return scratch
