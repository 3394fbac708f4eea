# SPDX-License-Identifier: GPL-2.0-or-later
"""`make benchmark-speed`: seconds and memory by stage of superseg:segment, and ratios to others.

Scenes are a real image, mirrored to the size. The same run measures, on a crop, the corresponding
steps of scikit-image, OpenCV and scikit-learn, and Orfeo ToolBox and SAGA from start to end, and it
extrapolates the preset `published` to the scene. Superpixels are timed alternately, several times,
and the best time of each counts. "Per core" means that SuperSeg, with reading and writing, was
limited to one core; the other programs use only one.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import subprocess
import sys
from pathlib import Path

from superseg_plugin.worker.interpreter import find_interpreter
from tests.benchmarks.common import FOLDER, machine
from tests.benchmarks.speed_crop import measure_crop
from tests.benchmarks.speed_peers import LIMIT_SECONDS
from tests.benchmarks.speed_report import plot, report
from tests.benchmarks.speed_runs import measure_run
from tests.demo.demo import DEMO, fetch_image
from tests.tools.qgis_process import QgisProcess

REFERENCE = "7200x6800"
REFERENCE_BANDS = 3


def sizes_asked(options: argparse.Namespace) -> list[str]:
    """WIDTHxHEIGHT of the scenes, smallest first."""
    if not options.sizes:
        return [options.size.lower()]
    sides = [round(math.sqrt(1e6 * megapixels)) for megapixels in sorted(options.sizes)]
    return [f"{side}x{side}" for side in sides]


def own_versions() -> dict[str, str]:
    """Versions of QGIS and of the worker's packages."""
    qgis = QgisProcess("benchmark")
    done = subprocess.run(
        [qgis.program, "--version"], env=qgis.environment, capture_output=True, encoding="utf-8"
    )
    found = re.search(r"QGIS (\d[\w.]*)", done.stdout)
    return {"QGIS": found[1] if found else "unknown", **find_interpreter().versions}


def main(arguments: list[str]) -> int:
    """Measure, print the tables, write JSON, tables and plot."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default=REFERENCE, help="WIDTHxHEIGHT of the scene")
    parser.add_argument("--sizes", type=float, nargs="+", help="megapixels of several scenes")
    parser.add_argument("--image", type=Path, help="the image that is mirrored; the demo's if none")
    parser.add_argument(
        "--bands", type=int, default=REFERENCE_BANDS, help="bands from the first; 0: all"
    )
    parser.add_argument("--classes", type=int, default=16)
    parser.add_argument("--preset", default="balanced")
    parser.add_argument("--crop", type=int, default=2048, help="side of the crop; 0: no ratios")
    parser.add_argument("--peer-crop", type=int, help="side of the crop for other software")
    parser.add_argument("--repeats", type=int, default=3, help="times superpixels are timed")
    parser.add_argument(
        "--limit", type=float, default=LIMIT_SECONDS, help="seconds after which others are stopped"
    )
    options = parser.parse_args(arguments)
    FOLDER.mkdir(parents=True, exist_ok=True)
    DEMO.mkdir(parents=True, exist_ok=True)
    image = (options.image or fetch_image()).resolve()
    runs = [measure_run(image, size, options) for size in sizes_asked(options)]
    largest = runs[-1]
    compared = measure_crop(largest, options) if options.crop else {"ratios": {}}
    record = {
        **{name: largest[name] for name in ("size", "total_s", "stages", "peak_mb")},
        **compared,
        "runs": runs,
        "versions": {**own_versions(), **compared.get("versions", {})},
        "image": image.name,
        "bands": options.bands or "all",
        "preset": options.preset,
        "classes_asked": options.classes,
        "machine": machine(),
    }
    (FOLDER / "speed.json").write_text(json.dumps(record, indent=1), encoding="utf-8")
    text = report(record)
    (FOLDER / "speed.md").write_text(text, encoding="utf-8")
    written = "speed.json, speed.md"
    if len(runs) > 1:
        (FOLDER / "growth.svg").write_text(plot(runs), encoding="utf-8")
        written += ", growth.svg"
    print(f"\n{text}\nWritten to {FOLDER}: {written}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
