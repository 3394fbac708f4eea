# SPDX-License-Identifier: GPL-2.0-or-later
"""`make benchmark-speed`: seconds and memory by stage of superseg:segment, and ratios to others.

Scenes are a real image mirrored until it has the size. In the same run, on a crop: what
scikit-image, OpenCV and scikit-learn take for the corresponding work. Superpixels are timed in
turns, several times, and the best time of each counts; per core means that SuperSeg, reading and
writing and all, was held to one core, like the others, which use no more than one.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import sys
import time
from pathlib import Path

import numpy as np
from osgeo import gdal

from superseg_plugin.pipeline.superpixels import SuperpixelOptions, run_superpixels
from superseg_plugin.progress import SilentProgress
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.worker.client import Worker
from superseg_plugin.worker.interpreter import find_interpreter
from tests.benchmarks.common import FOLDER, machine, markdown, run_speed_rival
from tests.benchmarks.growth_plot import Panel, growth_plot
from tests.benchmarks.memory import MemoryWatch
from tests.benchmarks.scenes import make_scene
from tests.demo.demo import DEMO, fetch_image
from tests.tools.qgis_process import QgisProcess

STAGE = re.compile(r"Stage ([\w -]+): ([\d.]+) s")
REFERENCE = "7200x6800"
MEGABYTE = 1e6
# What of SuperSeg is timed: method and connectivity, and whether it is held to one core.
OWN_RUNS = {
    "felzenszwalb": (SuperpixelOptions(), False),
    "felzenszwalb, per core": (SuperpixelOptions(), True),
    "felzenszwalb, 4 neighbors, per core": (SuperpixelOptions(connectivity="4"), True),
    "slic": (SuperpixelOptions(method="slic"), False),
}
# Ratio: (whose time, over which of our own).
RATIOS = {
    "scikit-image felzenszwalb": ("scikit-image", "felzenszwalb"),
    "scikit-image felzenszwalb, per core": ("scikit-image", "felzenszwalb, per core"),
    "scikit-image felzenszwalb, ours with 4 neighbors, per core": (
        "scikit-image",
        "felzenszwalb, 4 neighbors, per core",
    ),
    "OpenCV GraphSegmentation": ("OpenCV", "felzenszwalb"),
    "OpenCV GraphSegmentation, per core": ("OpenCV", "felzenszwalb, per core"),
    "OpenCV GraphSegmentation, ours with 4 neighbors, per core": (
        "OpenCV",
        "felzenszwalb, 4 neighbors, per core",
    ),
    "scikit-image slic": ("slic", "slic"),
    "scikit-learn k-means of pixels, whole run": ("kmeans", "all"),
}


def measure_run(image: Path, size: str, options: argparse.Namespace) -> dict:
    """Run superseg:segment on a scene of a size and measure it."""
    width, height = map(int, size.split("x"))
    scene = FOLDER / f"scene_{image.stem}_{size}.tif"
    print(f"Scene: {image.name} mirrored to {width} x {height}", flush=True)
    make_scene(image, width, height, scene)
    stages: dict[str, float] = {}
    lasted: list[tuple[str, float]] = []
    watch = MemoryWatch()

    def note(line: str) -> None:
        found = STAGE.search(line)
        if found:
            name, seconds = found[1], float(found[2])
            stages[name] = stages.get(name, 0.0) + seconds
            lasted.append((name, seconds))
            print(f"  {found[0]}", flush=True)

    qgis = QgisProcess("benchmark")
    parameters = {"INPUT": scene, "CLASSES": options.classes, "PRESET": options.preset}
    started = time.perf_counter()
    try:
        results = qgis.run(
            "superseg:segment",
            {**parameters, "OUTPUT": FOLDER / "classes.tif"},
            on_line=note,
            on_start=watch.start,
        )
    finally:
        watch.stop()
    ended = time.perf_counter()
    return {
        "size": size,
        "megapixels": width * height / 1e6,
        "total_s": ended - started,
        "stages": stages,
        "peak_mb": {"qgis": watch.own / MEGABYTE, "worker": watch.children / MEGABYTE},
        "stage_peak_mb": stage_peaks(watch, lasted, ended),
        "superpixels": int(results["SUPERPIXEL_COUNT"]),
        "classes": int(results["CLASS_COUNT"]),
        "scene": str(scene),
    }


def stage_peaks(watch: MemoryWatch, lasted: list[tuple[str, float]], ended: float) -> dict:
    """Most megabytes held during each stage.

    qgis_process holds lines back, so that the time at which one comes tells nothing. What is sure
    is that the stages follow each other and that the last one ends with the run.
    """
    peaks: dict[str, dict[str, float]] = {}
    for name, seconds in reversed(lasted):
        held = dict(zip(("qgis", "worker"), watch.between(ended - seconds, ended)))
        known = peaks.get(name, {})
        peaks[name] = {
            side: max(size / MEGABYTE, known.get(side, 0.0)) for side, size in held.items()
        }
        ended -= seconds
    return peaks


def cut_crop(scene: str, side: int) -> tuple[Path, Path, float]:
    """The upper left corner of a scene, as GeoTIFF and as array.

    Returns:
        Both files, and its megapixels.
    """
    raster, array = FOLDER / "crop.tif", FOLDER / "crop.npy"
    source = gdal.Open(scene)
    cols, rows = min(side, source.RasterXSize), min(side, source.RasterYSize)
    cut = gdal.Translate(str(raster), source, srcWin=[0, 0, cols, rows])
    np.save(array, cut.ReadAsArray().reshape(-1, rows, cols))
    return raster, array, rows * cols / 1e6


def measure_superpixels(raster: Path, array: Path, repeats: int) -> tuple[dict, dict]:
    """Best seconds of our superpixels and of the others', taken in turns."""
    own: dict[str, float] = {}
    theirs: dict[str, float] = {}
    for _ in range(repeats):
        for name, seconds in json.loads(run_speed_rival(array, "superpixels")).items():
            theirs[name] = min(seconds, theirs.get(name, math.inf))
        for name, (choice, one_core) in OWN_RUNS.items():
            seconds = time_own(raster, choice, one_core)
            own[name] = min(seconds, own.get(name, math.inf))
    return own, theirs


def time_own(raster: Path, choice: SuperpixelOptions, one_core: bool) -> float:
    """Seconds of one run on a raster, with a worker that has started and loaded its kernels."""
    cores = os.sched_getaffinity(0)
    if one_core:
        # The worker inherits it.
        os.sched_setaffinity(0, {min(cores)})
    try:
        with Worker(find_interpreter()) as worker, RasterSource(str(raster)) as source:
            for _ in range(2):
                started = time.perf_counter()
                target = str(FOLDER / f"{choice.method}.tif")
                run_superpixels(source, target, choice, worker, SilentProgress())
                seconds = time.perf_counter() - started
    finally:
        os.sched_setaffinity(0, cores)
    return seconds


def measure_ratios(run: dict, options: argparse.Namespace) -> dict:
    """Seconds of others over our own, for a crop of the scene of a run."""
    raster, array, megapixels = cut_crop(run["scene"], options.crop)
    print(f"Others, on a crop of {megapixels:.1f} Mpx", flush=True)
    own, theirs = measure_superpixels(raster, array, options.repeats)
    theirs |= json.loads(run_speed_rival(array, "others", options.classes))
    own["all"] = run["total_s"] / run["megapixels"] * megapixels
    return {
        "crop_megapixels": megapixels,
        "own_s": own,
        "others_s": theirs,
        "ratios": {
            name: theirs[other] / own[ours]
            for name, (other, ours) in RATIOS.items()
            if other in theirs
        },
    }


def run_tables(runs: list[dict]) -> str:
    """Seconds and peak megabytes by stage, a column for each size."""
    names = list(dict.fromkeys(name for run in runs for name in run["stages"]))
    rows = [
        [
            name,
            *(f"{run['stages'].get(name, 0):.1f}" for run in runs),
            *(_megabytes(run["stage_peak_mb"].get(name)) for run in runs),
        ]
        for name in names
    ]
    rows.append(
        [
            "all, with QGIS's start",
            *(f"{run['total_s']:.1f}" for run in runs),
            *(_megabytes(run["peak_mb"]) for run in runs),
        ]
    )
    sizes = [f"{run['megapixels']:.3g} Mpx" for run in runs]
    return markdown(
        ["stage", *(f"{size}, s" for size in sizes), *(f"{size}, MB" for size in sizes)], rows
    )


def _megabytes(peak: dict | None) -> str:
    return f"{peak['qgis']:.0f} + {peak['worker']:.0f}" if peak else ""


def report(record: dict) -> str:
    """The figures as tables."""
    text = (
        f"{record['image']} mirrored; preset {record['preset']}, {record['classes_asked']} classes,"
        f" {record['machine']['cores']} cores of {record['machine']['processor']}. Memory is QGIS's"
        " + the worker's peak.\n\n"
        f"{run_tables(record['runs'])}\n"
    )
    if not record["ratios"]:
        return text
    rows = []
    for name, ratio in record["ratios"].items():
        other, ours = RATIOS[name]
        seconds = record["others_s"][other], record["own_s"][ours]
        rows.append([name, *(f"{value:.2f}" for value in seconds), f"{ratio:.1f}"])
    return (
        f"{text}\nOn a crop of {record['crop_megapixels']:.1f} Mpx, in one run; a ratio above 1 is "
        "in our favor. Superpixels are read and written, and 8-connected unless 4 is said, as all "
        "others are; k-means learns from 100 000 pixels, 3 starts, and assigns all:\n\n"
        f"{markdown(['other', 'its s', 'our s', 'ratio'], rows)}\n"
    )


def plot(runs: list[dict]) -> str:
    """Time and memory against size."""
    names = list(dict.fromkeys(name for run in runs for name in run["stages"]))
    seconds = {name: [run["stages"].get(name) for run in runs] for name in names}
    # Stages of less than a second say nothing about growth.
    seconds = {name: line for name, line in seconds.items() if max(line, key=lambda s: s or 0) >= 1}
    memory = {side: [run["peak_mb"][side] for run in runs] for side in ("qgis", "worker")}
    panels = [
        Panel("time, seconds", {"all": [run["total_s"] for run in runs], **seconds}),
        Panel("peak memory, MB", memory),
    ]
    return growth_plot([run["megapixels"] for run in runs], panels)


def sizes_asked(options: argparse.Namespace) -> list[str]:
    """WIDTHxHEIGHT of the scenes, smallest first."""
    if not options.sizes:
        return [options.size.lower()]
    sides = [round(math.sqrt(1e6 * megapixels)) for megapixels in sorted(options.sizes)]
    return [f"{side}x{side}" for side in sides]


def main(arguments: list[str]) -> int:
    """Measure, print the tables, write JSON, tables and plot."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default=REFERENCE, help="WIDTHxHEIGHT of the scene")
    parser.add_argument("--sizes", type=float, nargs="+", help="megapixels of several scenes")
    parser.add_argument("--image", type=Path, help="the image that is mirrored; the demo's if none")
    parser.add_argument("--classes", type=int, default=16)
    parser.add_argument("--preset", default="balanced")
    parser.add_argument("--crop", type=int, default=2048, help="side of the crop; 0: no ratios")
    parser.add_argument("--repeats", type=int, default=3, help="times superpixels are timed")
    options = parser.parse_args(arguments)
    FOLDER.mkdir(parents=True, exist_ok=True)
    DEMO.mkdir(parents=True, exist_ok=True)
    image = (options.image or fetch_image()).resolve()
    runs = [measure_run(image, size, options) for size in sizes_asked(options)]
    largest = runs[-1]
    compared = measure_ratios(largest, options) if options.crop else {"ratios": {}}
    record = {
        **{name: largest[name] for name in ("size", "total_s", "stages", "peak_mb")},
        **compared,
        "runs": runs,
        "image": image.name,
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
