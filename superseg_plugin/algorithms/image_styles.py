# SPDX-License-Identifier: GPL-2.0-or-later
"""Styles of results that have the bands of an image, as its layer or its picture shows them."""

from __future__ import annotations

from qgis.core import QgsContrastEnhancement, QgsMultiBandColorRenderer

from ..raster.pictures import RAMPS
from .styling import RampStyle, Style


class ImageStyle(Style):
    """Draws red, green and blue as the layer of the image does.

    Args:
        bands: numbers of the red, green and blue band in the result.
        contrasts: contrast enhancement of each band in the layer of the image; None for the
            default of QGIS.
    """

    def __init__(self, bands, contrasts):
        super().__init__()
        self._bands = bands
        self._contrasts = contrasts

    def apply(self, layer):
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
    """Return the band style of a layer for `image_style`.

    Args:
        layer: the layer of the image.
        bands: the band numbers in use, None for all.

    Returns:
        Numbers of the red, green and blue band within `bands`, and their contrast enhancements
        or None. None for a layer that is not drawn in these three bands.
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
    # The layer may be removed before the result is loaded.
    return places, tuple(QgsContrastEnhancement(contrast) for contrast in contrasts)


def image_style(scene, source):
    """Return the post-processor for a result with the bands of an image.

    None for a gray image, and where the result is a picture of its own, in red, green and blue. One
    band is drawn with the color ramp of its picture.

    Args:
        scene: the `Scene`, whose band style is used if it has one.
        source: the open `RasterSource`, whose display bands are used otherwise.
    """
    picture = source.picture
    if picture is not None and picture.mixes:
        return None
    if picture is not None and picture.kind in RAMPS:
        colors = RAMPS[picture.kind]
        step = (picture.high[0] - picture.low[0]) / (len(colors) - 1)
        return RampStyle([(picture.low[0] + n * step, color) for n, color in enumerate(colors)])
    if scene.band_style is not None:
        return ImageStyle(*scene.band_style)
    if len(source.display_bands) == 3:
        return ImageStyle(tuple(index + 1 for index in source.display_bands), None)
    return None
