# SPDX-License-Identifier: GPL-2.0-or-later
"""Polygons that an algorithm writes, whole or not at all: measured, and with aliases."""

from __future__ import annotations

import re

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsDistanceArea,
    QgsFeature,
    QgsFeatureSink,
    QgsField,
    QgsFields,
    QgsFillSymbol,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingUtils,
    QgsRendererCategory,
    QgsUnitTypes,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..errors import SuperSegError
from ..progress import stop_if_cancelled
from ..raster.class_polygons import NUMBER_FIELD
from ..raster.pictures import MOST_BANDS_LISTED
from .styling import Style

translate = QCoreApplication.translate

# Features between two reports of the progress.
REPORTED = 1000
FIELD_OF_BAND = re.compile(r"(?:mean|std|texture)_(\d+)")


class PolygonOutput:
    """The feature sink OUTPUT of one run; made where the outputs are read.

    QGIS itself writes tables and temporary layers. A file is written beside its final path first,
    so that a former one stays until it is complete.

    Attributes:
        file: path of the file to write; None for a table or a temporary layer.
    """

    def __init__(self, algorithm, request):
        self._algorithm, self._parameters = algorithm, request.parameters
        self._name = algorithm.OUTPUT
        self.file = request.vector_file(self._name)

    def scratch(self, staging):
        """A folder for steps: on the disk of the output, or that of temporary files."""
        if self.file is not None:
            return staging.scratch(self.file)
        return staging.scratch(QgsProcessingUtils.generateTempFilename("classes.gpkg"))

    def deliver(self, content, features, staging, context):
        """Write features.

        Args:
            content: QgsFields, geometry type and reference system.
            features: a generator of the QgsFeatures, which is closed.
            staging: the `Staging` of the run, committed here where a file is written.
            context: of the run.

        Returns:
            The identifier of the output.

        Raises:
            SuperSegError: the output cannot be written.
            Cancelled: the user cancelled.
        """
        if self.file is None:
            return self._write(content, features, self._parameters, context)
        built = {**self._parameters, self._name: str(staging.path(self.file))}
        # This registers the layer to be loaded.
        output = self._algorithm.parameterAsOutputLayer(self._parameters, self._name, context)
        self._write(content, features, built, QgsProcessingContext())
        staging.commit()
        return output

    def _write(self, content, features, parameters, context):
        sink, error = None, ""
        try:
            sink, output = self._algorithm.parameterAsSink(
                parameters, self._name, context, *content
            )
            for feature in features:
                if not sink.addFeature(feature, QgsFeatureSink.Flag.FastInsert):
                    error = sink.lastError() or "unknown error"
                    break
            if not error and not sink.flushBuffer():
                error = sink.lastError() or "unknown error"
        except QgsProcessingException as failure:
            error = str(failure)
        finally:
            # The output is complete when the sink is deleted, and an exception would keep it, as
            # well as the file that the features are read from.
            del sink
            features.close()
        if error:
            raise SuperSegError(
                f"{self._name}: the polygons cannot be written ({error}); check that the database "
                "can be changed and the disk has free space, or choose a file that ends in .gpkg."
            )
        return output


class Measures:
    """Area and perimeter of polygons on the ellipsoid of their reference system.

    Args:
        wkt: of the reference system; "" if unknown, the measures are then in its squares.
        context: the QgsProcessingContext of the run.
        area_unit: of the areas; square meters if unknown.
        distance_unit: of the perimeters; meters if unknown.
    """

    def __init__(self, wkt, context, area_unit=None, distance_unit=None):
        crs = QgsCoordinateReferenceSystem.fromWkt(wkt)
        self._calculator = QgsDistanceArea()
        self._calculator.setSourceCrs(crs, context.transformContext())
        known = self._calculator.setEllipsoid(crs.ellipsoidAcronym())
        areas, distances = QgsUnitTypes.AreaUnit, QgsUnitTypes.DistanceUnit
        self._known = crs.isValid() and known
        self._area_unit = area_unit
        if area_unit in (None, areas.AreaUnknownUnit):
            self._area_unit = areas.AreaSquareMeters
        self._distance_unit = distance_unit
        if distance_unit in (None, distances.DistanceUnknownUnit):
            self._distance_unit = distances.DistanceMeters

    @property
    def area_name(self):
        """Abbreviation of the unit of areas; "" if unknown."""
        return QgsUnitTypes.toAbbreviatedString(self._area_unit) if self._known else ""

    @property
    def distance_name(self):
        """Abbreviation of the unit of perimeters; "" if unknown."""
        return QgsUnitTypes.toAbbreviatedString(self._distance_unit) if self._known else ""

    def area(self, geometry):
        """Return the area of a polygon."""
        area = self._calculator.measureArea(geometry)
        if self._known:
            area = self._calculator.convertAreaMeasurement(area, self._area_unit)
        return area

    def perimeter(self, geometry):
        """Return the length of the outline of a polygon, and of its holes."""
        length = self._calculator.measurePerimeter(geometry)
        if self._known:
            length = self._calculator.convertLengthMeasurement(length, self._distance_unit)
        return length


def with_unit(title, unit):
    """Return the alias of a field: its title and unit."""
    return f"{title} ({unit})" if unit else title


def size_fields(measures):
    """Return area and perimeter as `fields_of` takes them, with the units of the measures."""
    area, perimeter = translate("SuperSeg", "Area"), translate("SuperSeg", "Perimeter")
    return [
        ("area", "double", with_unit(area, measures.area_name)),
        ("perimeter", "double", with_unit(perimeter, measures.distance_name)),
    ]


def fields_of(described):
    """Make fields.

    Args:
        described: name, type as memory layers call it, and alias of each.

    Returns:
        QgsFields.
    """
    # The types of fields have other names in each release of Qt.
    uri = "Polygon?" + "&".join(f"field={name}:{kind}" for name, kind, _ in described)
    fields = QgsFields()
    for plain, (_, _, alias) in zip(QgsVectorLayer(uri, "", "memory").fields(), described):
        field = QgsField(plain)
        field.setAlias(alias)
        # Layers in memory round to five decimals by default.
        field.setLength(0)
        field.setPrecision(0)
        fields.append(field)
    return fields


def read_polygons(path, progress):
    """Yield the features of a file of polygons, with reports of the progress.

    Raises:
        Cancelled: the user cancelled.
    """
    layer = QgsVectorLayer(path, "", "ogr")
    count = layer.featureCount() or 1
    for done, feature in enumerate(layer.getFeatures()):
        if done % REPORTED == 0:
            stop_if_cancelled(progress)
            progress.report(done / count, "Writing polygons")
        yield feature


def kind_of(path):
    """Return geometry type and reference system of a file of polygons."""
    layer = QgsVectorLayer(path, "", "ogr")
    return layer.wkbType(), layer.crs()


def made_feature(fields, geometry, values):
    """Return a QgsFeature with a geometry and values by field."""
    feature = QgsFeature(fields)
    feature.setGeometry(geometry)
    feature.setAttributes(values)
    return feature


class PolygonStyle(Style):
    """Draws polygons in the colors of their classes, and gives their fields aliases.

    The attribute table shows figures of bands only if there are few bands.

    Args:
        classes: the `PolygonClass` of each number.
        fields: QgsFields with the aliases, which not every format keeps.
    """

    def __init__(self, classes, fields):
        super().__init__()
        self._classes = classes
        self._aliases = {field.name(): field.alias() for field in fields}

    def apply(self, layer):
        categories = []
        for number, one in self._classes.items():
            symbol = QgsFillSymbol.createSimple({"outline_style": "no"})
            if one.color is not None:
                symbol = QgsFillSymbol.createSimple(
                    {"color": ",".join(map(str, one.color)), "outline_style": "no"}
                )
            categories.append(QgsRendererCategory(number, symbol, one.name))
        layer.setRenderer(QgsCategorizedSymbolRenderer(NUMBER_FIELD, categories))
        for index, field in enumerate(layer.fields()):
            alias = self._aliases.get(field.name())
            if alias:
                layer.setFieldAlias(index, alias)
        _hide_many_bands(layer)
        layer.triggerRepaint()


def _hide_many_bands(layer):
    """Hide the columns of bands in the attribute table of a layer with more than fit."""
    names = layer.fields().names()
    numbers = [int(found[1]) for found in map(FIELD_OF_BAND.fullmatch, names) if found]
    if max(numbers, default=0) <= MOST_BANDS_LISTED:
        return
    table = layer.attributeTableConfig()
    table.update(layer.fields())
    for index, column in enumerate(table.columns()):
        if FIELD_OF_BAND.fullmatch(column.name):
            table.setColumnHidden(index, True)
    layer.setAttributeTableConfig(table)
