# SPDX-License-Identifier: GPL-2.0-or-later
"""`make benchmark-desktop`: response times of the class workbench and of the preview."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from pathlib import Path

import numpy as np

from tests.class_rasters import write_classes
from tests.conftest import write_raster
from tests.desktop.session import SessionError, run_script
from tests.tools.qgis_process import BUILD, QgisProcessError

FOLDER = BUILD / "benchmark" / "desktop"
RESULT = BUILD / "benchmark" / "desktop.json"
SCRIPT = Path(__file__).with_name("desktop_script.py")
WINDOW = (1480, 1280)
SIDE = 2048
TILED = ("TILED=YES", "COMPRESS=DEFLATE")


def patches(width: int, height: int, classes: int) -> np.ndarray:
    """Make `(height, width)` classes in patches of many sizes; every class occurs."""
    generator = np.random.default_rng(0)
    coarse = generator.integers(1, classes + 1, (height // 40 + 1, width // 40 + 1), np.uint8)
    coarse.ravel()[:classes] = np.arange(1, classes + 1)
    large = np.repeat(np.repeat(coarse, 40, axis=0), 40, axis=1)[:height, :width]
    fine = generator.integers(1, classes + 1, (height // 8 + 1, width // 8 + 1), np.uint8)
    small = np.repeat(np.repeat(fine, 8, axis=0), 8, axis=1)[:height, :width]
    return np.where(np.indices((height, width)).sum(axis=0) // 600 % 3 == 0, small, large)


def scenery(side: int) -> np.ndarray:
    """Make a `(3, side, side)` image of fields of many sizes with texture."""
    generator = np.random.default_rng(1)
    image = np.zeros((3, side, side), np.float32)
    for size, weight in ((256, 40), (64, 50), (16, 30)):
        count = side // size
        fields = generator.normal(0, weight, (3, count, count)).astype(np.float32)
        image += fields.repeat(size, axis=1).repeat(size, axis=2)
    image += generator.normal(0, 5, image.shape).astype(np.float32)
    return np.clip(image + 120, 0, 255).astype(np.uint8)


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
    image = FOLDER / "image.tif"
    if not image.is_file():
        write_raster(image, scenery(SIDE))
    # Large enough that the map beside the dock has the largest size of a preview.
    job = {"classes": str(classes), "image": str(image), "window": WINDOW}
    try:
        seen = run_script(
            "benchmark-desktop",
            SCRIPT,
            {**job, "repeats": options.repeats},
            FOLDER / "pictures",
            screen=f"-screen 0 {WINDOW[0]}x{WINDOW[1]}x24",
        )
    except (SessionError, QgisProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    figures = {name: value for name, value in seen.items() if isinstance(value, list)}
    RESULT.write_text(
        json.dumps({**vars(options), "seconds": figures}, indent=1) + "\n", encoding="utf-8"
    )
    print(
        f"{options.classes} classes, {width} x {height} pixels; previews of"
        f" {seen['preview pixels']} pixels; milliseconds"
    )
    print(f"{'':32}{'median':>9}{'worst':>9}{'times':>7}")
    for name, values in figures.items():
        median, worst = 1000 * statistics.median(values), 1000 * max(values)
        print(f"{name:32}{median:9.0f}{worst:9.0f}{len(values):7}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
