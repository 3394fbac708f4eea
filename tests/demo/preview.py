# SPDX-License-Identifier: GPL-2.0-or-later
"""One picture of a run: the image and its results side by side, whole and in detail."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from osgeo import gdal
from qgis.PyQt.QtCore import QRectF, Qt
from qgis.PyQt.QtGui import QColor, QFont, QGuiApplication, QImage, QPainter, QPen

PANEL = 440
GAP = 14
TITLE = 34
FOOT = 30
OUTLINE_SCALE = 3
OUTLINE_COLOR = (255, 232, 64)
TEXT_COLOR = "#1f2a33"


def draw_preview(folder: Path, target: Path, caption: str) -> None:
    """Draw `image`, `superpixels`, `classes` and `average_color` of a folder.

    Args:
        folder: of the four .tif files.
        target: the PNG to write.
        caption: line of text below.
    """
    image = _display(_read(folder / "image.tif"))
    columns = [
        ("Image", image),
        ("Superpixels", _with_outlines(image, _read(folder / "superpixels.tif")[0])),
        ("Classes", _class_colors(folder / "classes.tif")),
        ("Average colors", _display(_read(folder / "average_color.tif"))),
    ]
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # Text needs an application object; it must live until the picture is saved.
    application = QGuiApplication.instance() or QGuiApplication([])
    rows, cols = image.shape[:2]
    panel_height = round(PANEL * rows / cols)
    width = GAP + len(columns) * (PANEL + GAP)
    height = GAP + TITLE + 2 * (panel_height + GAP) + FOOT
    sheet = QImage(width, height, QImage.Format.Format_RGB32)
    sheet.fill(QColor("white"))
    painter = QPainter(sheet)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    detail = _detail(rows, cols)
    for number, (title, pixels) in enumerate(columns):
        left = GAP + number * (PANEL + GAP)
        write_text(painter, QRectF(left, GAP, PANEL, TITLE), title, 20, bold=True)
        top = GAP + TITLE
        whole = QRectF(left, top, PANEL, panel_height)
        paint_panel(painter, whole, pixels)
        _frame(painter, whole, detail, rows, cols)
        below = QRectF(left, top + panel_height + GAP, PANEL, panel_height)
        paint_panel(painter, below, _cut(pixels, detail, rows))
    line = QRectF(GAP, height - FOOT - GAP / 2, width - 2 * GAP, FOOT)
    write_text(painter, line, caption, 14)
    painter.end()
    if not sheet.save(str(target)):
        raise OSError(f"{target} cannot be written")
    del application


def _read(path: Path) -> np.ndarray:
    dataset = gdal.Open(str(path))
    values = dataset.ReadAsArray()
    return values if values.ndim == 3 else values[None]


def _display(values: np.ndarray) -> np.ndarray:
    """`(rows, cols, 3)` of the first three bands; the demo's image is in natural colors."""
    return np.ascontiguousarray(values[:3].transpose(1, 2, 0))


def _with_outlines(image: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The image enlarged, with thin lines where superpixels meet."""
    large = np.kron(image, np.ones((OUTLINE_SCALE, OUTLINE_SCALE, 1), np.uint8))
    names = np.kron(labels, np.ones((OUTLINE_SCALE, OUTLINE_SCALE), labels.dtype))
    line = np.zeros(names.shape, bool)
    line[:, 1:] |= names[:, 1:] != names[:, :-1]
    line[1:] |= names[1:] != names[:-1]
    large[line] = OUTLINE_COLOR
    return large


def _class_colors(path: Path) -> np.ndarray:
    dataset = gdal.Open(str(path))
    classes = dataset.ReadAsArray()
    table = dataset.GetRasterBand(1).GetColorTable()
    colors = np.full((256, 3), 255, np.uint8)
    for value in range(1, min(table.GetCount(), 256)):
        colors[value] = table.GetColorEntry(value)[:3]
    return colors[classes]


def _detail(rows: int, cols: int) -> tuple[int, int, int, int]:
    """Top, left, height and width of the part shown enlarged: a quarter of each side."""
    return int(rows * 0.57), int(cols * 0.36), rows // 4, cols // 4


def _cut(pixels: np.ndarray, detail: tuple[int, int, int, int], rows: int) -> np.ndarray:
    scale = pixels.shape[0] // rows
    top, left, height, width = (scale * number for number in detail)
    part = pixels[top : top + height, left : left + width]
    # Enlarged by whole numbers: pixels stay square and sharp.
    return np.kron(part, np.ones((4 // scale + 1, 4 // scale + 1, 1), np.uint8))


def paint_panel(painter: QPainter, place: QRectF, pixels: np.ndarray) -> None:
    """Fit `(rows, cols, 3)` bytes into a place."""
    pixels = np.ascontiguousarray(pixels)
    rows, cols = pixels.shape[:2]
    picture = QImage(pixels.tobytes(), cols, rows, 3 * cols, QImage.Format.Format_RGB888)
    size = place.size().toSize()
    smooth = Qt.TransformationMode.SmoothTransformation
    fitted = picture.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    painter.drawImage(place.topLeft(), fitted)


def _frame(
    painter: QPainter, place: QRectF, detail: tuple[int, int, int, int], rows: int, cols: int
) -> None:
    top, left, height, width = detail
    down, across = place.height() / rows, place.width() / cols
    frame = QRectF(
        place.left() + left * across, place.top() + top * down, width * across, height * down
    )
    for color, thickness in (("#1f2a33", 4.0), ("#ffffff", 2.0)):
        pen = QPen(QColor(color), thickness)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(frame)


def write_text(painter: QPainter, place: QRectF, text: str, size: int, bold: bool = False) -> None:
    """Write a line, `size` pixels high, at the left of a place."""
    font = QFont("DejaVu Sans")
    font.setPixelSize(size)
    font.setBold(bold)
    painter.setFont(font)
    painter.setPen(QColor(TEXT_COLOR))
    painter.drawText(place, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)
