# SPDX-License-Identifier: GPL-2.0-or-later
"""Polygons with a field of labels, read in the thread of the run."""

from __future__ import annotations

from qgis.core import QgsFeatureRequest

from ..errors import SuperSegError
from ..raster.texts import one_line
from .mask import Mask


class LabelledPolygons(Mask):
    """Polygons near a class raster with their labels. Made in the main thread, read in any.

    Args:
        name: the parameter of the polygons, for messages.
        source: QgsProcessingFeatureSource of the polygons.
        field: name of the field of the labels; features without a label are left out.
        layer: the QgsRasterLayer of the classes.
        transform_context: coordinate transform context of the project.

    Attributes:
        layer_name: name of the layer of the polygons.
    """

    def __init__(self, name, source, field, layer, transform_context):
        super().__init__(name, source, layer, transform_context)
        self.layer_name = source.sourceName()
        self._index = source.fields().lookupField(field)

    def polygons(self):
        """Return WKB in the CRS of the raster, and label, of the polygons near it; read once.

        Raises:
            SuperSegError: there are none, they cannot be transformed, or none has a label.
        """
        labelled = [(wkb, label) for wkb, label in super().polygons() if label]
        if not labelled:
            raise SuperSegError(
                f"{self._name}: no polygon over the classes has a label in the chosen field; "
                "choose another field."
            )
        return labelled

    def _request(self):
        return QgsFeatureRequest().setSubsetOfAttributes([self._index])

    def _item(self, feature, wkb):
        return wkb, label_of(feature.attribute(self._index))


def label_of(value):
    """Return the value of a field as a label, whole numbers without decimals; "" for none."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None or str(value) == "NULL" else one_line(str(value))


def labelled_polygons(request, name, field_name, raster_name):
    """Read the parameters of labelled polygons.

    Args:
        request: the `Request`.
        name: the parameter of the polygons.
        field_name: the parameter of their field.
        raster_name: the parameter of the class raster.

    Returns:
        The `LabelledPolygons`.

    Raises:
        SuperSegError: the layer cannot be opened, or has no such field.
    """
    algorithm, parameters, context = request.algorithm, request.parameters, request.context
    source = algorithm.parameterAsSource(parameters, name, context)
    if source is None:
        raise SuperSegError(
            f"{name}: “{parameters.get(name)}” cannot be opened as a vector layer; choose a layer "
            "of polygons."
        )
    field = request.text(field_name)
    if field is None or source.fields().lookupField(field) < 0:
        names = ", ".join(source.fields().names())
        raise SuperSegError(
            f"{field_name}: choose the field of {source.sourceName()} that names the polygons; its "
            f"fields are {names or 'none'}."
        )
    layer = algorithm.parameterAsRasterLayer(parameters, raster_name, context)
    return LabelledPolygons(name, source, field, layer, context.transformContext())
