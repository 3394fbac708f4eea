# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures of a scene and its classes for the report: small ones, read from small copies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...raster.class_table import ClassTable
from ...raster.source import RasterSource
from ...raster.thumbnails import class_data_url, read_small, rgb_data_url
from ...raster.windows import Window
from ..classes.colors import CONFIDENCE_PALETTE
from ..classes.rendering import display_stretch
from .page import TIMES, Html, Section, css, escaped

LONGEST = 720
# The image is read larger than shown, and averaged: every n-th pixel alone is noise.
FINER = 3
DETAIL_WIDTH, DETAIL_HEIGHT = 240, 180
OUTLINE = np.array([255, 214, 10], np.uint8)
# A picture of fewer pixels is drawn with sharp corners.
COARSE = 400

Bytes = npt.NDArray[np.uint8]
Valid = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Maps:
    """Rasters of one grid to make pictures of; `confidence` may be None."""

    image: RasterSource
    superpixels: RasterSource
    classes: RasterSource
    confidence: RasterSource | None
    table: ClassTable


def map_sections(maps: Maps) -> list[Section]:
    """Show the whole scene, and a piece of it pixel by pixel."""
    piece = _detail_window(maps)
    return [("Maps", _overview(maps, piece)), ("Detail", _detail(maps, piece))]


def _overview(maps: Maps, piece: Window) -> Html:
    image, table = maps.image, maps.table
    whole = image.grid.window
    width, height = size = _size(whole, LONGEST)
    numbers = _numbers(maps.classes, whole, width, height).astype(np.uint8)
    valid = numbers > 0
    framed = piece != whole
    caption = _bands(image) + (" The frame marks the detail below." if framed else "")
    shown = rgb_data_url(_image(image, whole, width, height), valid)
    figures = [
        _figure(shown, size, "Image", caption, _frame(piece, whole) if framed else ""),
        _figure(
            class_data_url(numbers, table.colors),
            size,
            "Classes",
            "In the colors of the table below.",
        ),
        _figure(
            class_data_url(numbers, _averages(maps)),
            size,
            "Average colors",
            "Every class in the mean of its pixels.",
        ),
    ]
    if maps.confidence is not None:
        percent = _numbers(maps.confidence, whole, width, height)
        # 0 is the number of what is transparent.
        sure = np.where(valid, np.minimum(percent, 100) + 1, 0).astype(np.uint8)
        mean = float(percent[valid].mean()) if valid.any() else 0.0
        caption = Html(f"From unsure {_ramp()} to sure; {mean:.0f} % on average.")
        alt = f"Confidence: {mean:.0f} % on average."
        figures.append(
            _figure(class_data_url(sure, CONFIDENCE_PALETTE), size, "Confidence", caption, alt=alt)
        )
    return _grid(figures)


def _detail(maps: Maps, piece: Window) -> Html:
    width, height = piece.width, piece.height
    zoom = max(LONGEST // max(width, height), 1)
    numbers = _numbers(maps.classes, piece, width, height).astype(np.uint8)
    superpixels = _numbers(maps.superpixels, piece, width, height)
    shown = np.repeat(np.repeat(_image(maps.image, piece, width, height), zoom, 1), zoom, 2)
    large = np.repeat(np.repeat(superpixels, zoom, 0), zoom, 1)
    shown[:, _outlines(large)] = OUTLINE[:, np.newaxis]
    count = len(np.unique(superpixels[superpixels > 0]))
    return _grid(
        [
            _figure(
                rgb_data_url(shown, large > 0),
                (width * zoom, height * zoom),
                "Superpixels",
                f"{count:,} in {width} {TIMES} {height} pixels, outlined on the image.",
            ),
            _figure(
                class_data_url(numbers, maps.table.colors),
                (width, height),
                "Classes",
                "The same piece of the map.",
            ),
        ]
    )


def _detail_window(maps: Maps) -> Window:
    """Choose the piece that shows most: full of pixels and of classes, of all places alike."""
    whole = maps.image.grid.window
    width, height = min(DETAIL_WIDTH, whole.width), min(DETAIL_HEIGHT, whole.height)
    small_width, small_height = _size(whole, LONGEST)
    numbers = _numbers(maps.classes, whole, small_width, small_height)
    best, found = -1.0, Window(0, 0, width, height)
    for row in np.linspace(0, whole.height - height, 9).astype(int).tolist():
        for col in np.linspace(0, whole.width - width, 9).astype(int).tolist():
            rows = slice(row * small_height // whole.height, None)
            cols = slice(col * small_width // whole.width, None)
            piece = numbers[rows, cols][
                : -(-height * small_height // whole.height),
                : -(-width * small_width // whole.width),
            ]
            shares = np.bincount(piece.ravel())[1:] / piece.size
            shares = shares[shares > 0]
            score = float(-(shares * np.log(shares)).sum() + shares.sum())
            if score > best + 1e-9:
                best, found = score, Window(col, row, width, height)
    return found


def _size(window: Window, longest: int) -> tuple[int, int]:
    factor = min(longest / max(window.width, window.height), 1.0)
    return max(round(window.width * factor), 1), max(round(window.height * factor), 1)


def _numbers(raster: RasterSource, window: Window, width: int, height: int) -> npt.NDArray[Any]:
    values, valid = read_small(raster, window, width, height)
    return np.where(valid, values[0], 0)


def _image(source: RasterSource, window: Window, width: int, height: int) -> Bytes:
    """The image as `display_stretch` shows it, `(3, height, width)`."""
    finer = min(FINER, max(window.width // width, 1), max(window.height // height, 1))
    values, valid = read_small(source, window, width * finer, height * finer, source.display_bands)
    stretch = display_stretch(source)
    low, high = stretch[:, 0, None, None], stretch[:, 1, None, None]
    with np.errstate(invalid="ignore", over="ignore"):
        parts = np.clip((values.astype(np.float32) - low) / (high - low), 0, 1)
    parts = np.where(valid, np.nan_to_num(parts), 0)
    blocks = (height, finer, width, finer)
    known = valid.reshape(blocks).sum(axis=(1, 3))
    sums = parts.reshape(len(parts), *blocks).sum(axis=(2, 4))
    shown = np.rint(255 * sums / np.maximum(known, 1)).astype(np.uint8)
    return np.repeat(shown, 3, axis=0) if len(shown) == 1 else shown


def _averages(maps: Maps) -> Bytes:
    """Average colors as they are, without what tells classes apart."""
    stretch = display_stretch(maps.image)
    means = maps.table.means[:, list(maps.image.display_bands)]
    parts = (means - stretch[:, 0]) / (stretch[:, 1] - stretch[:, 0])
    shown = np.rint(255 * np.clip(np.nan_to_num(parts), 0, 1)).astype(np.uint8)
    return np.repeat(shown, 3, axis=1) if shown.shape[1] == 1 else shown


def _outlines(labels: npt.NDArray[Any]) -> Valid:
    edges = np.zeros(labels.shape, bool)
    edges[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    edges[1:] |= labels[1:] != labels[:-1]
    return edges


def _bands(image: RasterSource) -> str:
    shown = [image.band_names[index] for index in image.display_bands]
    if len(shown) == 1:
        return f"{shown[0]}, in gray."
    if [name.lower() for name in shown] == ["red", "green", "blue"]:
        return "In natural colors."
    return f"{', '.join(shown)} as red, green, blue."


def _frame(inner: Window, whole: Window) -> str:
    left, top = 100 * inner.col_off / whole.width, 100 * inner.row_off / whole.height
    width, height = 100 * inner.width / whole.width, 100 * inner.height / whole.height
    return (
        f'<span class="frame" style="left: {left:.2f}%; top: {top:.2f}%;'
        f' width: {width:.2f}%; height: {height:.2f}%"></span>'
    )


def _ramp() -> str:
    colors = ", ".join(css(CONFIDENCE_PALETTE[percent]) for percent in (0, 25, 50, 75, 100))
    return f'<span class="ramp" style="background: linear-gradient(to right, {colors})"></span>'


def _figure(
    address: str, size: tuple[int, int], title: str, caption: str, over: str = "", alt: str = ""
) -> str:
    width, height = size
    coarse = ' class="coarse"' if max(size) < COARSE else ""
    alt = alt or f"{title}. {caption}"
    return (
        f'<figure><span class="map"><img src="{address}"{coarse} width="{width}"'
        f' height="{height}" alt="{escaped(alt)}">{over}</span>'
        f"<figcaption><b>{escaped(title)}</b> {escaped(caption)}</figcaption></figure>"
    )


def _grid(figures: list[str]) -> Html:
    return Html('<div class="maps">\n' + "\n".join(figures) + "\n</div>")
