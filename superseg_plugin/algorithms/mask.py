# SPDX-License-Identifier: GPL-2.0-or-later
"""The polygons of MASK, read in the thread of the run."""

from __future__ import annotations

from qgis.core import (
    QgsCoordinateTransform,
    QgsCsException,
    QgsFeatureRequest,
    QgsGeometry,
    QgsProcessingFeatureSource,
    QgsRectangle,
    QgsWkbTypes,
)

from ..errors import SuperSegError

# Polygons are clipped to the image's extent, so many times as wide and high: what lies further away
# may have no coordinates in the CRS of the image, such as the poles in a UTM zone.
CLIP_FACTOR = 3.0
# Beginning of the names that GeoPackage gives to the CRS of layers without one.
UNDEFINED = "Undefined "


class Mask:
    """The polygons that cover a part of an image. Made in the main thread, read in any.

    Args:
        name: the parameter, for messages.
        source: QgsProcessingFeatureSource of the polygons.
        layer: the QgsRasterLayer of the image.
        transform_context: coordinate transform context of the project.
    """

    def __init__(self, name, source, layer, transform_context):
        self._name, self._source = name, source
        self._image, self._extent, self._crs = layer.name(), layer.extent(), layer.crs()
        self._transform = self._back = None
        crs = source.sourceCrs()
        self._has_crs = crs.isValid() and not crs.description().startswith(UNDEFINED)
        if self._has_crs and self._crs.isValid():
            self._transform = QgsCoordinateTransform(crs, self._crs, transform_context)
            self._back = QgsCoordinateTransform(self._crs, crs, transform_context)
        self._read = None

    def bounds(self):
        """Return the QgsRectangle around the polygons, in the CRS of the image."""
        box = self._source.sourceExtent()
        if self._transform is None:
            return box
        try:
            return self._transform.transformBoundingBox(box)
        except QgsCsException:
            return QgsRectangle(self._extent)

    def polygons(self):
        """Return the polygons near the image as WKB, in its CRS; read once.

        Raises:
            SuperSegError: there are none, or they cannot be transformed.
        """
        if self._read is None:
            try:
                self._read = list(self._polygons())
            except QgsCsException as error:
                raise SuperSegError(
                    f"{self._name} cannot be transformed into the CRS of the image ({error}); save "
                    "it in that CRS first."
                ) from error
        if not self._read:
            raise SuperSegError(
                f"{self._name} has no polygon over {self._image}; {self._advice()}choose polygons "
                "that cover a part of the image."
            )
        return self._read

    def _request(self):
        """Return the QgsFeatureRequest of what is read."""
        return QgsFeatureRequest().setSubsetOfAttributes([])

    def _item(self, _feature, wkb):
        """Return what `polygons` lists for a polygon of a feature."""
        return wkb

    def _advice(self):
        if self._has_crs:
            return ""
        return (
            "it has no CRS, so its coordinates are taken for those of the image. Set the CRS of "
            "the layer (Layer > Set CRS of Layer) if they are others, or "
        )

    def _polygons(self):
        request = self._request()
        area = self._area()
        if area is not None:
            request.setFilterRect(area)
            area = area.scaled(CLIP_FACTOR)
        # A polygon that crosses itself still covers a known set of pixels.
        lenient = QgsProcessingFeatureSource.Flag.FlagSkipGeometryValidityChecks
        for feature in self._source.getFeatures(request, lenient):
            for polygon in _parts(feature.geometry()):
                if self._transform is not None:
                    if area is not None and not area.contains(polygon.boundingBox()):
                        polygon = _clipped(polygon, area)
                    if polygon.transform(self._transform) != QgsGeometry.OperationResult.Success:
                        raise QgsCsException(f"feature {feature.id()}")
                for part in _parts(polygon):
                    yield self._item(feature, bytes(part.asWkb().data()))

    def _area(self):
        """Return the extent of the image in the CRS of the polygons; None for no limit."""
        if self._transform is None:
            return QgsRectangle(self._extent) if self._crs.isValid() else None
        try:
            return self._back.transformBoundingBox(self._extent)
        except QgsCsException:
            return None


def _parts(geometry):
    """Yield the polygons of a geometry, with curves converted to lines."""
    if geometry.isNull():
        return
    straight = QgsGeometry(geometry.constGet().segmentize())
    for part in straight.asGeometryCollection():
        if part.type() == QgsWkbTypes.GeometryType.PolygonGeometry:
            yield part


def _clipped(polygon, area):
    """Return the part of a polygon in a rectangle; polygons that cross themselves are repaired."""
    clipped = polygon.clipped(area)
    return polygon.makeValid().clipped(area) if clipped.isNull() else clipped
