# SPDX-License-Identifier: GPL-2.0-or-later
"""Seconds of SuperSeg and of other software on a crop of a scene, in one run."""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from pathlib import Path

import numpy as np
from osgeo import gdal

from superseg_plugin.pipeline.options.superpixels import SuperpixelOptions
from superseg_plugin.pipeline.superpixels import run_superpixels
from superseg_plugin.progress import Progress
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.worker.client import WorkerProcess
from superseg_plugin.worker.interpreter import find_interpreter
from tests.benchmarks.common import FOLDER, run_speed_packages
from tests.benchmarks.speed_peers import PEERS, measure_own, measure_peer, peer_ratios
from tests.benchmarks.speed_published import extrapolate, measure_published

# Timed runs of SuperSeg: options of the superpixels, and whether limited to one core.
OWN_RUNS = {
    "felzenszwalb": (SuperpixelOptions(), False),
    "felzenszwalb, per core": (SuperpixelOptions(), True),
    "felzenszwalb, 4 neighbors, per core": (SuperpixelOptions(connectivity=4), True),
    "slic": (SuperpixelOptions(method="slic"), False),
}
# Ratio: (time of the other package, over this time of SuperSeg).
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


def cut_crop(scene: str, side: int, raster: Path) -> float:
    """Write the upper left corner of a scene as GeoTIFF; returns its megapixels."""
    source = gdal.Open(scene)
    cols, rows = min(side, source.RasterXSize), min(side, source.RasterYSize)
    gdal.Translate(str(raster), source, srcWin=[0, 0, cols, rows])
    return rows * cols / 1e6


def measure_superpixels(raster: Path, array: Path, repeats: int) -> tuple[dict, dict]:
    """Best seconds of SuperSeg's superpixels and of other packages', measured alternately."""
    own: dict[str, float] = {}
    theirs: dict[str, float] = {}
    for _ in range(repeats):
        for name, seconds in json.loads(run_speed_packages(array, "superpixels")).items():
            theirs[name] = min(seconds, theirs.get(name, math.inf))
        for name, (choice, one_core) in OWN_RUNS.items():
            seconds = time_own(raster, choice, one_core)
            own[name] = min(seconds, own.get(name, math.inf))
    return own, theirs


def time_own(raster: Path, choice: SuperpixelOptions, one_core: bool) -> float:
    """Seconds of one run on a raster, with a worker that has started and loaded its kernels."""
    cores = os.sched_getaffinity(0)
    if one_core:
        # The worker inherits the limit.
        os.sched_setaffinity(0, {min(cores)})
    try:
        with WorkerProcess(find_interpreter()) as worker, RasterSource(str(raster)) as source:
            for _ in range(2):
                started = time.perf_counter()
                target = str(FOLDER / f"{choice.method}.tif")
                run_superpixels(source, target, choice, worker, Progress())
                seconds = time.perf_counter() - started
    finally:
        os.sched_setaffinity(0, cores)
    return seconds


def measure_crop(run: dict, options: argparse.Namespace) -> dict:
    """Compare with other software on a crop of the scene of a run.

    Args:
        run: of `measure_run`.
        options: of the command line.

    Returns:
        Seconds of all, and `ratios`: other software over SuperSeg.
    """
    raster, array = FOLDER / "crop.tif", FOLDER / "crop.npy"
    megapixels = cut_crop(run["scene"], options.crop, raster)
    values = gdal.Open(str(raster)).ReadAsArray()
    np.save(array, values if values.ndim == 3 else values[None])
    print(f"Others, on a crop of {megapixels:.1f} Mpx", flush=True)
    own, theirs = measure_superpixels(raster, array, options.repeats)
    theirs |= json.loads(run_speed_packages(array, "others", options.classes))
    own["all"] = run["total_s"] / run["megapixels"] * megapixels
    compared = {
        "crop_megapixels": megapixels,
        "own_s": own,
        "others_s": theirs,
        "versions": json.loads(run_speed_packages(array, "versions")),
        "ratios": {
            name: theirs[other] / own[ours]
            for name, (other, ours) in RATIOS.items()
            if other in theirs
        },
    }
    if options.preset == "balanced":
        print("The published preset, in parts", flush=True)
        published = extrapolate(run, measure_published(raster, options.classes))
        compared["published"] = published
        compared["ratios"]["published"] = published["total_s"] / run["total_s"]
    found = measure_peers(run["scene"], options)
    for name in ("versions", "ratios"):
        compared[name] |= found.pop(name)
    return {**compared, **found}


def measure_peers(scene: str, options: argparse.Namespace) -> dict:
    """The whole of superseg:segment beside the whole of other software, on a crop of a scene.

    Args:
        scene: path.
        options: of the command line.

    Returns:
        `peers`, `own_whole` by preset, `peer_megapixels`, `versions` and `ratios`.
    """
    raster = FOLDER / "peer_crop.tif"
    megapixels = cut_crop(scene, options.peer_crop or options.crop, raster)
    print(f"Other software from start to end, on {megapixels:.1f} Mpx", flush=True)
    whole = measure_own(raster, options.classes)
    peers = []
    for peer in PEERS:
        found = measure_peer(peer, raster, options.classes, options.limit)
        said = found.get("not_measured")
        print(f"  {peer.name}" + (f": not measured: {said}" if said else ""), flush=True)
        peers.append(found)
    return {
        "peer_megapixels": megapixels,
        "own_whole": whole,
        "peers": peers,
        "versions": {peer["name"]: peer["version"] for peer in peers if "version" in peer},
        "ratios": peer_ratios(peers, whole),
    }
