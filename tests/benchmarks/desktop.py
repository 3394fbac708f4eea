# SPDX-License-Identifier: GPL-2.0-or-later
"""`make benchmark-desktop`: seconds that the class workbench lets an analyst wait."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from pathlib import Path

import numpy as np

from tests.class_rasters import write_classes
from tests.desktop.session import SessionError, play
from tests.tools.qgis_process import BUILD, QgisProcessError

FOLDER = BUILD / "benchmark" / "desktop"
RESULT = BUILD / "benchmark" / "desktop.json"
PLAY = Path(__file__).with_name("desktop_play.py")
TILED = ("TILED=YES", "COMPRESS=DEFLATE")


def patches(width: int, height: int, classes: int) -> np.ndarray:
    """Make `(height, width)` classes in patches of many sizes, all of which occur."""
    generator = np.random.default_rng(0)
    coarse = generator.integers(1, classes + 1, (height // 40 + 1, width // 40 + 1), np.uint8)
    coarse.ravel()[:classes] = np.arange(1, classes + 1)
    large = np.repeat(np.repeat(coarse, 40, axis=0), 40, axis=1)[:height, :width]
    fine = generator.integers(1, classes + 1, (height // 8 + 1, width // 8 + 1), np.uint8)
    small = np.repeat(np.repeat(fine, 8, axis=0), 8, axis=1)[:height, :width]
    return np.where(np.indices((height, width)).sum(axis=0) // 600 % 3 == 0, small, large)


def main() -> int:
    """Measure, print medians, and write all figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", default="7200x6800", help="of the class raster, in pixels")
    parser.add_argument("--classes", type=int, default=255)
    parser.add_argument("--repeats", type=int, default=20)
    options = parser.parse_args()
    width, height = (int(part) for part in options.size.split("x"))
    FOLDER.mkdir(parents=True, exist_ok=True)
    classes = FOLDER / f"classes_{width}x{height}_{options.classes}.tif"
    if not classes.is_file():
        write_classes(classes, patches(width, height, options.classes), options=TILED)
    job = {"classes": str(classes), "repeats": options.repeats}
    try:
        seen = play("benchmark-desktop", PLAY, job, FOLDER / "pictures")
    except (SessionError, QgisProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    figures = {name: value for name, value in seen.items() if isinstance(value, list)}
    RESULT.write_text(
        json.dumps({**vars(options), "seconds": figures}, indent=1) + "\n", encoding="utf-8"
    )
    print(f"{options.classes} classes, {width} x {height} pixels; milliseconds")
    print(f"{'':28}{'median':>9}{'worst':>9}{'times':>7}")
    for name, values in figures.items():
        median, worst = 1000 * statistics.median(values), 1000 * max(values)
        print(f"{name:28}{median:9.0f}{worst:9.0f}{len(values):7}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
