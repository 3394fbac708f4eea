# SPDX-License-Identifier: GPL-2.0-or-later
"""superseg:segment on a whole scene, with seconds and memory by stage."""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.common import FOLDER
from tests.benchmarks.memory import MemoryWatch
from tests.benchmarks.scenes import make_scene
from tests.tools.qgis_process import QgisProcess

TIMES = "Times: "
ESTIMATE = re.compile(r"Estimate: about ([\d.,]+) (s|min|h) on .*?, ([\d.]+) GB of memory")
SECONDS = {"s": 1, "min": 60, "h": 3600}
STAGE = re.compile(r"([a-z][\w -]*) ([\d.]+) s")
MEGABYTE = 1e6


def scene_of(image: Path, size: str, bands: int) -> Path:
    """The scene of a size; made if it is missing."""
    width, height = map(int, size.split("x"))
    scene = FOLDER / f"scene_{image.stem}_{bands or 'all'}_{size}.tif"
    print(f"Scene: {image.name} mirrored to {width} x {height}", flush=True)
    make_scene(image, width, height, scene, bands)
    return scene


def measure_run(image: Path, size: str, options: argparse.Namespace) -> dict:
    """Run superseg:segment on a scene of a size and measure it."""
    width, height = map(int, size.split("x"))
    scene = scene_of(image, size, options.bands)
    stages: dict[str, float] = {}
    lasted: list[tuple[str, float]] = []
    watch = MemoryWatch()

    estimated: dict[str, float] = {}

    def note(line: str) -> None:
        found = ESTIMATE.search(line)
        if found:
            seconds = float(found[1].replace(",", "")) * SECONDS[found[2]]
            estimated.update(estimated_s=seconds, estimated_gb=float(found[3]))
        # qgis_process prints the progress on lines that it may not have ended yet.
        _, told, times = line.partition(TIMES)
        if told:
            for name, seconds in STAGE.findall(times):
                stages[name] = stages.get(name, 0.0) + float(seconds)
                lasted.append((name, float(seconds)))
            print(f"  {TIMES}{times}", flush=True)

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
        "peak_mb_together": watch.together / MEGABYTE,
        "stage_peak_mb": stage_peaks(watch, lasted, ended),
        "superpixels": int(results["SUPERPIXEL_COUNT"]),
        "classes": int(results["CLASS_COUNT"]),
        "scene": str(scene),
        **estimated,
    }


def stage_peaks(
    watch: MemoryWatch, lasted: Sequence[tuple[str, float]], ended: float
) -> dict[str, dict[str, float]]:
    """Peak megabytes during each stage.

    qgis_process buffers its lines, so that their arrival tells nothing about the time of a stage.
    The times follow from the durations: stages follow each other, the last one ends with the run.
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
