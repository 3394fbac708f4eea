# SPDX-License-Identifier: GPL-2.0-or-later
"""Styles of the results, which QGIS applies when it loads them."""

from __future__ import annotations

import math
import re
from functools import partial

from qgis.core import (
    QgsColorRampShader,
    QgsHillshadeRenderer,
    QgsPalettedRasterRenderer,
    QgsProcessingLayerPostProcessorInterface,
    QgsRasterShader,
    QgsSingleBandPseudoColorRenderer,
    QgsUnitTypes,
)
from qgis.PyQt.QtCore import QCoreApplication, QTimer
from qgis.PyQt.QtGui import QColor, QPainter

from ..pipeline.classes.colors import CONFIDENCE_COLORS
from ..raster.class_table import MOST_CLASSES, read_class_table

translate = QCoreApplication.translate

# QGIS keeps only a pointer to a post-processor, so that Python must keep the object until QGIS has
# called it.
_kept = set()

# Outlines are drawn at scales at which a superpixel is at least so wide on the screen.
OUTLINE_PIXELS = 5
FLAT_TO_WHITE = 80
SCREEN_PIXEL_METERS = 0.0254 / 96


def style(context, path, processor):
    """Style a result when QGIS has loaded it. Results that QGIS does not load have no style."""
    # Requesting the details of a layer would make QGIS load it.
    if path and context.willLoadLayerOnCompletion(path):
        _kept.add(processor)
        context.layerToLoadOnCompletionDetails(path).setPostProcessor(processor)


def name_classes(context, path, default, name):
    """Name the layer of a class raster.

    A name that the user, a model or the settings of Processing (file names) choose stays.

    Args:
        context: of the run.
        path: the class raster.
        default: what QGIS calls the layer otherwise, the title of the output.
        name: what the layer shows, as "image, 16 classes".
    """
    if path and context.willLoadLayerOnCompletion(path):
        details = context.layerToLoadOnCompletionDetails(path)
        if details.name == default:
            details.name = name


def classes_of(image, count):
    """Return the name of a layer with the classes of an image."""
    one, several = translate("SuperSeg", "{}, 1 class"), translate("SuperSeg", "{}, {} classes")
    return (one if count == 1 else several).format(_without_count(image), count)


def merged_from(classes, count):
    """Return the name of a layer with merged classes of another one."""
    one = translate("SuperSeg", "{}, merged to 1 class")
    several = translate("SuperSeg", "{}, merged to {} classes")
    return (one if count == 1 else several).format(_without_count(classes), count)


def split_from(classes, count):
    """Return the name of a layer with split classes of another one."""
    text = translate("SuperSeg", "{}, split to {} classes")
    return text.format(_without_count(classes), count)


def _without_count(name):
    """Return the name of a layer without the number of classes that a former run added."""
    endings = (
        translate("SuperSeg", "{}, 1 class"),
        translate("SuperSeg", "{}, merged to 1 class"),
        translate("SuperSeg", "{}, {} classes"),
        translate("SuperSeg", "{}, merged to {} classes"),
        translate("SuperSeg", "{}, split to {} classes"),
    )
    for ending in endings:
        start, *rest = (re.escape(part) for part in ending.split("{}"))
        number = r"\d+".join(rest)
        found = re.fullmatch(rf"{start}(.+){number}", name)
        if found:
            return found[1]
    return name


class Style(QgsProcessingLayerPostProcessorInterface):
    """Sets the style of a result; subclasses define `apply(layer)`, which sets it."""

    def postProcessLayer(self, layer, context, feedback):
        try:
            self.apply(layer)
        finally:
            # Not before QGIS has returned from this call.
            QTimer.singleShot(0, partial(_kept.discard, self))


class ClassStyle(Style):
    """Draws the classes of the attribute table; the legend shows their share of the area.

    Args:
        most: largest number of classes.
    """

    def __init__(self, most=MOST_CLASSES):
        super().__init__()
        self._most = most

    def apply(self, layer):
        table = read_class_table(layer.source(), self._most)
        if table is None:
            return
        classes = [
            QgsPalettedRasterRenderer.Class(one.number, QColor(*one.color), one.label)
            for one in table.legend
        ]
        layer.setRenderer(QgsPalettedRasterRenderer(layer.dataProvider(), 1, classes))
        layer.triggerRepaint()


class SuperpixelStyle(Style):
    """Draws the outlines of superpixels over the layers below, at scales that show them.

    Args:
        count: number of superpixels.
    """

    def __init__(self, count):
        super().__init__()
        self._count = count

    def apply(self, layer):
        # A multidirectional hillshade of the numbers is light gray inside a superpixel and dark
        # at its border. Brightened, the inside becomes white, and multiplication with the layers
        # below leaves only the borders visible.
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


class RampStyle(Style):
    """Draws the values of one band with a color ramp.

    Args:
        stops: pairs of a value and its color, ascending.
        label: format of the values in the legend.
    """

    def __init__(self, stops, label="{:.4g}"):
        super().__init__()
        self._stops, self._label = stops, label

    def apply(self, layer):
        low, high = self._stops[0][0], self._stops[-1][0]
        items = [
            QgsColorRampShader.ColorRampItem(value, QColor(color), self._label.format(value))
            for value, color in self._stops
        ]
        ramp = QgsColorRampShader(low, high)
        ramp.setColorRampItemList(items)
        shader = QgsRasterShader(low, high)
        shader.setRasterShaderFunction(ramp)
        renderer = QgsSingleBandPseudoColorRenderer(layer.dataProvider(), 1, shader)
        renderer.setClassificationMin(low)
        renderer.setClassificationMax(high)
        layer.setRenderer(renderer)
        layer.triggerRepaint()


class ConfidenceStyle(RampStyle):
    """Draws confidence, 0 to 100 percent, with a color ramp."""

    def __init__(self):
        super().__init__(CONFIDENCE_COLORS, "{:.0f} %")


class SimilarityStyle(RampStyle):
    """Draws similarity, 0 to 1, with the color ramp of confidence."""

    def __init__(self):
        super().__init__([(value / 100, color) for value, color in CONFIDENCE_COLORS], "{:.2f}")
