# SPDX-License-Identifier: GPL-2.0-or-later
"""Images that items draw on the map."""

from __future__ import annotations

from qgis.PyQt.QtGui import QImage, QTransform


def image_of(pixels):
    """Return pixels as a QImage.

    Args:
        pixels: `(rows, cols, 4)` uint8 red, green, blue and opacity.
    """
    rows, cols, _ = pixels.shape
    data = pixels.tobytes()
    # The image refers to `data`, which this function does not keep; the conversion copies it.
    image = QImage(data, cols, rows, 4 * cols, QImage.Format.Format_RGBA8888)
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def image_transform(corners, image):
    """Return the QTransform from pixels of an image to those of the map, which may be rotated.

    Args:
        corners: places on the map of the upper left, upper right and lower left corner.
        image: the QImage.
    """
    origin, right, down = corners
    cols, rows = image.width(), image.height()
    return QTransform(
        (right.x() - origin.x()) / cols,
        (right.y() - origin.y()) / cols,
        (down.x() - origin.x()) / rows,
        (down.y() - origin.y()) / rows,
        origin.x(),
        origin.y(),
    )
