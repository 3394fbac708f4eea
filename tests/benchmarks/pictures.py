# SPDX-License-Identifier: GPL-2.0-or-later
"""`make pictures DATA=<folder>`: images, references and class maps of the README, in one picture.

A row for each image: the image, its reference, and 8, 16 and 32 classes of `balanced`, each class
in the color of the reference class that it shares most pixels with. Images of `free_images` are
downloaded if DATA does not have them.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from qgis.PyQt.QtCore import QRectF
from qgis.PyQt.QtGui import QColor, QGuiApplication, QImage, QPainter

from superseg_plugin.raster.source import RasterSource
from tests.benchmarks import free_images
from tests.benchmarks.common import ENGINE_PYTHON, FOLDER
from tests.benchmarks.image_sets import find_pairs
from tests.benchmarks.methods import SharedWorker, segment
from tests.benchmarks.named import label_table, named_scores
from tests.benchmarks.painting import (
    Picture,
    colors_of,
    paint_classes,
    paint_reference,
    photo,
    reference_colors,
    resized,
)
from tests.benchmarks.rasters import read_classes
from tests.demo.preview import paint_panel, write_text
from tests.tools.qgis_process import REPOSITORY

KEPT = REPOSITORY / "tests" / "desktop" / "pictures" / "maps.png"
SMALL_PNG = REPOSITORY / "tests" / "tools" / "small_png.py"
IMAGES = ("dubai", "raleigh", "pines")
CAPTIONS = {
    "dubai": "Dubai: satellite, 0.5 m, 3 bands",
    "raleigh": "Raleigh, North Carolina: Landsat 7, 28.5 m, 6 bands",
    "pines": "Indian Pines, Indiana: airborne AVIRIS, 20 m, 200 bands (shown in color infrared)",
}
# Buildings red, roads gray, bare ground sand, corn yellow, soybeans brown, grass light green, woods
# dark green, water blue.
LEGENDS = {
    "dubai": {
        1: (204, 71, 59),
        2: (240, 214, 164),
        3: (108, 108, 122),
        4: (64, 145, 72),
        5: (49, 116, 190),
    },
    "raleigh": {
        1: (204, 71, 59),
        2: (240, 208, 84),
        3: (178, 214, 116),
        4: (139, 140, 58),
        5: (32, 102, 56),
        6: (49, 116, 190),
        7: (214, 170, 120),
    },
    "pines": {
        1: (122, 196, 180),
        2: (247, 205, 56),
        3: (252, 232, 145),
        4: (220, 165, 20),
        5: (176, 214, 112),
        6: (96, 172, 82),
        7: (206, 232, 176),
        8: (120, 160, 210),
        9: (215, 160, 215),
        10: (196, 118, 52),
        11: (226, 165, 112),
        12: (138, 78, 34),
        13: (150, 96, 170),
        14: (24, 92, 50),
        15: (204, 71, 59),
        16: (44, 70, 120),
    },
}
CLASSES, SEED = (8, 16, 32), 0
TITLES = ("Image", "Reference", *(f"{count} classes, named" for count in CLASSES))
PANEL, GAP, TITLE, LINE = 236, 12, 30, 26
# Panels are drawn larger than they are shown, for smooth lines.
FINER = 2


@dataclass(frozen=True)
class Row:
    """The pictures of an image with the text below each and the title above all."""

    caption: str
    panels: list[tuple[Picture, str]]


def make_row(name: str, image: Path, label: Path, shared: SharedWorker) -> Row:
    """Segment an image and paint the maps."""
    with RasterSource(str(image)) as source:
        picture = photo(source)
        size = f"{source.grid.width} x {source.grid.height} pixels"
    labels = read_classes(label)
    colors = colors_of(LEGENDS[name]) if name in LEGENDS else reference_colors(picture, labels)
    count = len(np.unique(labels[labels > 0]))
    panels = [
        (_prepared(picture), size),
        (_prepared(paint_reference(labels, colors)), f"{count} classes"),
    ]
    for classes in CLASSES:
        target = FOLDER / "pictures" / f"{name}-{classes}.tif"
        target.parent.mkdir(parents=True, exist_ok=True)
        print(f"{name}: {classes} classes", flush=True)
        segment(shared.job(image, target, classes, SEED), "balanced")
        found = read_classes(target)
        table = label_table(labels, found, np.ones(labels.shape, bool))
        accuracy, mean_iou = named_scores(table)
        text = f"accuracy {accuracy:.2f}, mean IoU {mean_iou:.2f}"
        panels.append((_prepared(paint_classes(found, labels, colors)), text))
    return Row(CAPTIONS.get(name, name), panels)


def draw(rows: list[Row], target: Path) -> None:
    """Draw the rows below each other and write them as PNG."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # Text needs an application object; it must live until the picture is saved.
    application = QGuiApplication.instance() or QGuiApplication([])
    heights = [row.panels[0][0].shape[0] / row.panels[0][0].shape[1] * PANEL for row in rows]
    width = GAP + len(TITLES) * (PANEL + GAP)
    height = GAP + TITLE + sum(round(one) + 2 * LINE + GAP for one in heights)
    sheet = QImage(width, height, QImage.Format.Format_RGB32)
    sheet.fill(QColor("white"))
    painter = QPainter(sheet)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    lefts = [GAP + number * (PANEL + GAP) for number in range(len(TITLES))]
    for left, title in zip(lefts, TITLES):
        write_text(painter, QRectF(left, GAP, PANEL, TITLE), title, 16, bold=True)
    top = GAP + TITLE
    for row, tall in zip(rows, heights):
        write_text(painter, QRectF(GAP, top, width - 2 * GAP, LINE), row.caption, 15)
        for left, (picture, line) in zip(lefts, row.panels):
            paint_panel(painter, QRectF(left, top + LINE, PANEL, round(tall)), picture)
            below = QRectF(left, top + LINE + round(tall), PANEL, LINE)
            write_text(painter, below, line, 14)
        top += round(tall) + 2 * LINE + GAP
    painter.end()
    if not sheet.save(str(target)):
        raise OSError(f"{target} cannot be written")
    del application


def _prepared(picture: Picture) -> Picture:
    return resized(picture, FINER * PANEL, smooth=True)


def main(arguments: list[str]) -> int:
    """Make the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--images", nargs="+", default=list(IMAGES))
    parser.add_argument("--output", type=Path, default=KEPT)
    options = parser.parse_args(arguments)
    pairs = find_pairs(options.data, options.images)
    missing = set(options.images) - set(pairs) - set(free_images.NAMES)
    if missing:
        print(f"No {' '.join(sorted(missing))}_image.tif with its label in {options.data}")
        return 2
    with SharedWorker() as shared:
        rows = [
            make_row(name, *(pairs.get(name) or free_images.fetch(name)), shared)
            for name in options.images
        ]
    large = FOLDER / "pictures" / "maps.png"
    draw(rows, large)
    command = [
        ENGINE_PYTHON,
        SMALL_PNG,
        large,
        options.output,
        2 * GAP + len(TITLES) * (PANEL + GAP),
    ]
    subprocess.run(list(map(str, command)), check=True)
    print(f"Written to {options.output}, {options.output.stat().st_size / 1024:.0f} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
