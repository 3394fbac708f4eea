# SPDX-License-Identifier: GPL-2.0-or-later
"""How results look when QGIS loads them."""

from __future__ import annotations

import math

from qgis.core import (
    QgsColorRampShader,
    QgsContrastEnhancement,
    QgsHillshadeRenderer,
    QgsMultiBandColorRenderer,
    QgsPalettedRasterRenderer,
    QgsProcessingLayerPostProcessorInterface,
    QgsRasterShader,
    QgsSingleBandPseudoColorRenderer,
    QgsUnitTypes,
)
from qgis.PyQt.QtGui import QColor, QPainter

from ..pipeline.classes.colors import CONFIDENCE_COLORS
from ..raster.class_table import MOST_CLASSES, read_class_table

# QGIS keeps only a pointer to a post-processor: one that Python has let go of does nothing.
_kept = []

# Outlines are drawn from the zoom on at which a superpixel is this wide on the screen.
OUTLINE_PIXELS = 5
FLAT_TO_WHITE = 80
SCREEN_PIXEL_METERS = 0.0254 / 96


def style(context, path, processor):
    """Have a result styled once QGIS has loaded it; nothing happens where it will not be."""
    # Asking for the details of a layer that is not to be loaded would have it loaded.
    if path and context.willLoadLayerOnCompletion(path):
        _kept.append(processor)
        context.layerToLoadOnCompletionDetails(path).setPostProcessor(processor)


class ClassStyle(QgsProcessingLayerPostProcessorInterface):
    """Exactly the classes of the file's own table, each with its share of the area.

    Args:
        most: how many there may be.
    """

    def __init__(self, most=MOST_CLASSES):
        super().__init__()
        self._most = most

    def postProcessLayer(self, layer, context, feedback):
        table = read_class_table(layer.source(), self._most)
        if table is None:
            return
        whole = float(sum(table.areas)) or 1.0
        classes = [
            QgsPalettedRasterRenderer.Class(
                value,
                QColor(*(int(part) for part in color)),
                f"{name} ({100 * area / whole:.1f} %)",
            )
            for value, (name, color, area) in enumerate(
                zip(table.names, table.colors, table.areas), start=1
            )
            # A number that classes were merged away from is no class.
            if name or area
        ]
        layer.setRenderer(QgsPalettedRasterRenderer(layer.dataProvider(), 1, classes))
        layer.triggerRepaint()


class SuperpixelStyle(QgsProcessingLayerPostProcessorInterface):
    """Outlines over whatever lies below, from the zoom on at which they can be told apart."""

    def __init__(self, count):
        super().__init__()
        self._count = count

    def postProcessLayer(self, layer, context, feedback):
        # Seen as a terrain lit from all sides, the inside of a superpixel is flat and light gray,
        # every step in the numbers a dark cliff. Brightened to white and multiplied with the
        # layers below, only the outlines are left.
        renderer = QgsHillshadeRenderer(layer.dataProvider(), 1, 315.0, 45.0)
        renderer.setMultiDirectional(True)
        renderer.setZFactor(1e6)
        layer.setRenderer(renderer)
        layer.brightnessFilter().setBrightness(FLAT_TO_WHITE)
        layer.setBlendMode(QPainter.CompositionMode.CompositionMode_Multiply)
        scale = self._scale(layer)
        if scale:
            layer.setMinimumScale(scale)
            layer.setScaleBasedVisibility(True)
        layer.triggerRepaint()

    def _scale(self, layer):
        if not layer.crs().isValid() or not self._count:
            return None
        width = math.sqrt(layer.width() * layer.height() / self._count)
        to_meters = QgsUnitTypes.fromUnitToUnitFactor(
            layer.crs().mapUnits(), QgsUnitTypes.DistanceUnit.DistanceMeters
        )
        meters = width * layer.rasterUnitsPerPixelX() * to_meters
        return meters / (OUTLINE_PIXELS * SCREEN_PIXEL_METERS)


class ConfidenceStyle(QgsProcessingLayerPostProcessorInterface):
    """Percent, from unsure to sure."""

    def postProcessLayer(self, layer, context, feedback):
        ramp = QgsColorRampShader(0.0, 100.0)
        ramp.setColorRampItemList(
            [
                QgsColorRampShader.ColorRampItem(value, QColor(color), f"{value:.0f} %")
                for value, color in CONFIDENCE_COLORS
            ]
        )
        shader = QgsRasterShader(0.0, 100.0)
        shader.setRasterShaderFunction(ramp)
        renderer = QgsSingleBandPseudoColorRenderer(layer.dataProvider(), 1, shader)
        renderer.setClassificationMin(0.0)
        renderer.setClassificationMax(100.0)
        layer.setRenderer(renderer)
        layer.triggerRepaint()


class ImageStyle(QgsProcessingLayerPostProcessorInterface):
    """Red, green and blue as the image itself is shown.

    Args:
        bands: numbers of the red, green and blue band in the result.
        contrasts: the image's contrast enhancement of each, or None to leave it to QGIS.
    """

    def __init__(self, bands, contrasts):
        super().__init__()
        self._bands = bands
        self._contrasts = contrasts

    def postProcessLayer(self, layer, context, feedback):
        provider = layer.dataProvider()
        if max(self._bands) > provider.bandCount():
            return
        renderer = QgsMultiBandColorRenderer(provider, *self._bands)
        former = layer.renderer()
        if former is not None:
            renderer.setAlphaBand(former.alphaBand())
        if self._contrasts is not None:
            copies = [QgsContrastEnhancement(contrast) for contrast in self._contrasts]
            renderer.setRedContrastEnhancement(copies[0])
            renderer.setGreenContrastEnhancement(copies[1])
            renderer.setBlueContrastEnhancement(copies[2])
        layer.setRenderer(renderer)
        if self._contrasts is None:
            layer.setDefaultContrastEnhancement()
        layer.triggerRepaint()


def band_style_of(layer, bands):
    """Return what makes `image_style` show a result as this layer is shown, or None.

    Args:
        layer: the image.
        bands: the band numbers in use, None for all.

    Returns:
        Numbers of the red, green and blue band within `bands`, and their contrast enhancements
        or None.
    """
    renderer = layer.renderer()
    if not isinstance(renderer, QgsMultiBandColorRenderer):
        return None
    shown = (renderer.redBand(), renderer.greenBand(), renderer.blueBand())
    if bands is not None and not set(shown) <= set(bands):
        return None
    places = shown if bands is None else tuple(bands.index(band) + 1 for band in shown)
    if min(places) < 1:
        return None
    contrasts = (
        renderer.redContrastEnhancement(),
        renderer.greenContrastEnhancement(),
        renderer.blueContrastEnhancement(),
    )
    if any(contrast is None for contrast in contrasts):
        return places, None
    # The layer may be gone before the result is there.
    return places, tuple(QgsContrastEnhancement(contrast) for contrast in contrasts)


def image_style(scene, source):
    """Return the post-processor for a result with the bands of an image, or None for a gray one.

    Args:
        scene: the `Scene`, whose layer's own style is followed where it shows three bands.
        source: the open `RasterSource`, whose display bands are used otherwise.
    """
    if scene.band_style is not None:
        return ImageStyle(*scene.band_style)
    if len(source.display_bands) == 3:
        return ImageStyle(tuple(index + 1 for index in source.display_bands), None)
    return None
