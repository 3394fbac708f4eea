# SPDX-License-Identifier: GPL-2.0-or-later
"""Maps of a report: the whole scene at reduced resolution, and a detail at full resolution.

Rasters are read at the resolution of the picture, from overviews if there are any, so that memory
and time do not depend on the size of the scene. Pictures are embedded as JPEG and PNG.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...raster.class_table import ClassTable
from ...raster.pictures import Picture
from ...raster.source import RasterSource
from ...raster.thumbnails import class_data_url, read_small, rgb_data_url
from ...raster.windows import Window
from ...translation import tr
from ..classes.colors import CONFIDENCE_PALETTE
from ..classes.palettes import distinct_colors
from ..classes.rendering import picture_of
from .image_picture import LONGEST, draw, shown_in_words
from .page import Html, Section, escaped, ramp

DETAIL_WIDTH, DETAIL_HEIGHT = 240, 180
# Positions of the detail, in each direction, that are compared.
POSITIONS = 9
OUTLINE = np.array([255, 214, 10], np.uint8)
# Pictures of fewer pixels are enlarged without smoothing.
COARSE = 400

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Maps:
    """Rasters of one grid to show; `confidence` is None if there is none."""

    image: RasterSource
    superpixels: RasterSource
    classes: RasterSource
    confidence: RasterSource | None
    table: ClassTable


def map_sections(maps: Maps) -> list[Section]:
    """Show the whole scene, and a detail pixel by pixel."""
    picture = picture_of(maps.image)
    detail = _detail_window(maps)
    return [
        (tr("Maps"), _overview(maps, detail, picture)),
        (tr("Detail"), _detail(maps, detail, picture)),
    ]


def _overview(maps: Maps, detail: Window, picture: Picture) -> Html:
    """Show image, classes in two kinds of colors, and confidence of the whole scene."""
    image, table = maps.image, maps.table
    whole = image.grid.window
    size = _size(whole)
    numbers = _numbers(maps.classes, whole, size).astype(np.uint8)
    valid = numbers > 0
    caption, alt = shown_in_words(image, picture)
    frame = ""
    if detail != whole:
        caption = Html(f"{caption} {escaped(tr('The frame marks the detail below.'))}")
        frame = _frame(detail, whole)
    distinct = distinct_colors(numbers, len(table.colors))
    figures = [
        _figure(
            rgb_data_url(draw(image, whole, size, picture), valid),
            size,
            tr("Image"),
            caption,
            frame,
            alt,
        ),
        _figure(
            class_data_url(numbers, table.colors),
            size,
            tr("Classes"),
            tr("In the colors of the table below."),
        ),
        _figure(
            class_data_url(numbers, distinct),
            size,
            tr("Distinct colors"),
            tr("Each class in a color unlike those of its neighbors."),
        ),
    ]
    if maps.confidence is not None:
        percent = _numbers(maps.confidence, whole, size)
        # 0 is transparent.
        shown = np.where(valid, np.minimum(percent, 100) + 1, 0).astype(np.uint8)
        mean = float(percent[valid].mean()) if valid.any() else 0.0
        bar = ramp(CONFIDENCE_PALETTE[::25])
        caption = Html(
            escaped(tr("From unsure {} to sure; {:.0f} % on average.")).format(bar, mean)
        )
        address = class_data_url(shown, CONFIDENCE_PALETTE)
        alt = tr("Confidence: {:.0f} % on average.").format(mean)
        figures.append(_figure(address, size, tr("Confidence"), caption, alt=alt))
    return _grid(figures)


def _detail(maps: Maps, detail: Window, picture: Picture) -> Html:
    """Show the superpixels on the image, and the classes, at full resolution."""
    width, height = size = detail.width, detail.height
    zoom = max(LONGEST // max(size), 1)
    numbers = _numbers(maps.classes, detail, size).astype(np.uint8)
    superpixels = _numbers(maps.superpixels, detail, size)
    shown = draw(maps.image, detail, size, picture).repeat(zoom, 1).repeat(zoom, 2)
    large = superpixels.repeat(zoom, 0).repeat(zoom, 1)
    outlines = np.zeros(large.shape, bool)
    outlines[:, 1:] |= large[:, 1:] != large[:, :-1]
    outlines[1:] |= large[1:] != large[:-1]
    shown[:, outlines] = OUTLINE[:, np.newaxis]
    count = len(np.unique(superpixels[superpixels > 0]))
    caption = tr("{:,} in {} \N{MULTIPLICATION SIGN} {} pixels, outlined on the image.").format(
        count, width, height
    )
    colors = maps.table.colors
    return _grid(
        [
            _figure(
                rgb_data_url(shown, large > 0),
                (width * zoom, height * zoom),
                tr("Superpixels"),
                caption,
            ),
            _figure(
                class_data_url(numbers, colors),
                size,
                tr("Classes"),
                tr("The same detail of the map."),
            ),
        ]
    )


def _detail_window(maps: Maps) -> Window:
    """Choose the detail of the most classified pixels and the highest entropy of classes."""
    whole = maps.image.grid.window
    width, height = min(DETAIL_WIDTH, whole.width), min(DETAIL_HEIGHT, whole.height)
    columns, rows = size = _size(whole)
    numbers = _numbers(maps.classes, whole, size)
    part_rows = -(-height * rows // whole.height)
    part_columns = -(-width * columns // whole.width)
    best, found = -1.0, Window(0, 0, width, height)
    for row in np.linspace(0, whole.height - height, POSITIONS).astype(int).tolist():
        for col in np.linspace(0, whole.width - width, POSITIONS).astype(int).tolist():
            top, left = row * rows // whole.height, col * columns // whole.width
            part = numbers[top:, left:][:part_rows, :part_columns]
            shares = np.bincount(part.ravel())[1:] / part.size
            shares = shares[shares > 0]
            score = float(-(shares * np.log(shares)).sum() + shares.sum())
            if score > best + 1e-9:
                best, found = score, Window(col, row, width, height)
    return found


def _size(window: Window) -> tuple[int, int]:
    """Return width and height of the picture of a window."""
    factor = min(LONGEST / max(window.width, window.height), 1.0)
    return max(round(window.width * factor), 1), max(round(window.height * factor), 1)


def _numbers(raster: RasterSource, window: Window, size: tuple[int, int]) -> npt.NDArray[Any]:
    """Read the first band at reduced resolution, `(height, width)`; 0 for nodata."""
    values, valid = read_small(raster, window, *size)
    return np.where(valid, values[0], 0)


def _frame(inner: Window, whole: Window) -> str:
    """Draw the outline of a window over the picture of a larger one."""
    left, top = 100 * inner.col_off / whole.width, 100 * inner.row_off / whole.height
    width, height = 100 * inner.width / whole.width, 100 * inner.height / whole.height
    return (
        f'<span class="frame" style="left: {left:.2f}%; top: {top:.2f}%;'
        f' width: {width:.2f}%; height: {height:.2f}%"></span>'
    )


def _figure(
    address: str, size: tuple[int, int], title: str, caption: str, over: str = "", alt: str = ""
) -> str:
    """Make a figure: a picture, what lies over it, a caption, and a text that describes it."""
    width, height = size
    coarse = ' class="coarse"' if max(size) < COARSE else ""
    alt = alt or f"{title}. {caption}"
    return (
        f'<figure><span class="map"><img src="{address}"{coarse} width="{width}"'
        f' height="{height}" alt="{escaped(alt or f"{title}. {caption}")}">{over}</span>'
        f"<figcaption><b>{escaped(title)}</b> {escaped(caption)}</figcaption></figure>"
    )


def _grid(figures: list[str]) -> Html:
    return Html('<div class="maps">\n' + "\n".join(figures) + "\n</div>")
