# SPDX-License-Identifier: GPL-2.0-or-later
"""Labelled points of a vector layer, read in the thread of the run."""

from __future__ import annotations

import math

import numpy as np
from qgis.core import QgsCoordinateTransform, QgsCsException, QgsFeatureRequest

from ..errors import SuperSegError
from .labelled_polygons import label_of


class Points:
    """Points and their labels. Made in the main thread, read in any.

    Args:
        name: the parameter of the points, for messages.
        source: QgsProcessingFeatureSource of the points.
        field: name of the field of the labels; None for points without labels.
        crs: QgsCoordinateReferenceSystem that coordinates are wanted in.
        transform_context: coordinate transform context of the project.
    """

    def __init__(self, name, source, field, crs, transform_context):
        self._name, self._source, self._field = name, source, field
        self._transform = None
        if source.sourceCrs().isValid() and crs.isValid():
            self._transform = QgsCoordinateTransform(source.sourceCrs(), crs, transform_context)

    def has(self, *names):
        """Return whether the points have all of some fields of numbers."""
        fields = self._source.fields()
        found = [fields.lookupField(name) for name in names]
        return all(index >= 0 and fields.field(index).isNumeric() for index in found)

    def read(self, *numbers):
        """Read the points.

        Args:
            *numbers: names of further fields, of numbers.

        Returns:
            Coordinates `(n, 2)`; the labels, "" where a point has none; and the further fields,
            `(numbers, n)`, NaN for none.

        Raises:
            SuperSegError: there are no points, or they cannot be transformed.
        """
        fields = self._source.fields()
        others = [fields.lookupField(name) for name in numbers]
        own = [] if self._field is None else [fields.lookupField(self._field)]
        places, labels, values = [], [], []
        request = QgsFeatureRequest().setSubsetOfAttributes([*own, *others])
        try:
            for feature in self._source.getFeatures(request):
                geometry = feature.geometry()
                if geometry.isNull():
                    continue
                text = label_of(feature.attribute(own[0])) if own else ""
                found = [_number(feature.attribute(other)) for other in others]
                for vertex in geometry.vertices():
                    point = vertex
                    if self._transform is not None:
                        point = self._transform.transform(vertex.x(), vertex.y())
                    places.append((point.x(), point.y()))
                    labels.append(text)
                    values.append(found)
        except QgsCsException as error:
            raise SuperSegError(
                f"{self._name} cannot be transformed into the CRS of the classes ({error}); save "
                "the points in that CRS first."
            ) from error
        if not places:
            raise SuperSegError(f"{self._name} has no points; choose a layer that has some.")
        return np.array(places, np.float64), labels, np.array(values, np.float64).T


def _number(value):
    try:
        return float(value)
    except (TypeError, ValueError):
        # NULL
        return math.nan


def labelled_points(request, name, field_name, classes):
    """Read the parameters of labelled points.

    Args:
        request: the `Request`.
        name: the parameter of the points.
        field_name: the parameter of their field.
        classes: the `Scene` of the class raster.

    Returns:
        The `Points`.

    Raises:
        SuperSegError: the layer cannot be opened, or has no such field.
    """
    source = request.algorithm.parameterAsSource(request.parameters, name, request.context)
    field = request.text(field_name)
    if source is None:
        raise SuperSegError(f"{name} cannot be opened; choose a layer of points.")
    if field is None or source.fields().lookupField(field) < 0:
        names = ", ".join(source.fields().names())
        raise SuperSegError(
            f"{field_name}: choose the field of {source.sourceName()} that holds the labels; its "
            f"fields are {names or 'none'}."
        )
    return Points(name, source, field, classes.crs, request.context.transformContext())
