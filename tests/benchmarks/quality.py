# SPDX-License-Identifier: GPL-2.0-or-later
"""`make benchmark-quality DATA=<folder>`: scores of the presets and of pixel k-means.

Every <name>_image.tif with its <name>_label.tif (0 = unlabelled) is segmented with every preset
and seed; the table has the mean and the standard deviation over the seeds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from superseg_plugin.pipeline.evaluation import run_evaluation
from superseg_plugin.pipeline.segmentation import (
    PRESETS,
    SegmentationOptions,
    SegmentationOutputs,
    run_segmentation,
)
from superseg_plugin.progress import SilentProgress
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.raster.windows import Window
from superseg_plugin.raster.writer import RasterWriter
from superseg_plugin.worker.client import Worker
from superseg_plugin.worker.interpreter import find_interpreter
from tests.benchmarks.common import FOLDER, machine, markdown, run_rival

KMEANS = "k-means"
METHODS = (*PRESETS, KMEANS)
SCORES = {"ami": "AMI", "ari": "ARI", "fmi": "FMI", "are": "ARE (lower)", "mean_iou": "mean IoU"}
ALL_IMAGES = "mean of images"


def segment(preset: str, image: Path, target: Path, classes: int, seed: int) -> None:
    """Write the class map that a preset makes."""
    options = SegmentationOptions(classes=classes, preset=preset, seed=seed)
    outputs = SegmentationOutputs(classes=str(target))
    with RasterSource(str(image)) as source, Worker(find_interpreter()) as worker:
        run_segmentation(source, outputs, options, worker, SilentProgress())


def cluster_pixels(image: Path, target: Path, classes: int, seed: int) -> None:
    """Write the class map that k-means of pixels makes."""
    with RasterSource(str(image)) as source, tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        whole = Window(0, 0, source.grid.width, source.grid.height)
        values, valid = source.read(whole)
        np.save(folder / "image.npy", values)
        np.save(folder / "valid.npy", valid)
        files = [folder / name for name in ("image.npy", "valid.npy", "classes.npy")]
        run_rival("kmeans", *files, classes, seed)
        with RasterWriter(str(target), source.grid, 1, np.dtype(np.uint8), nodata=0) as writer:
            writer.write(whole, np.load(files[2]))


def scores_of(target: Path, label: Path) -> dict[str, float]:
    """Scores of a class map, unlabelled pixels left out, and AMI with them as a class."""
    with RasterSource(str(target)) as classes, RasterSource(str(label)) as reference:
        result = run_evaluation(classes, reference, 0, None, SilentProgress())
    scores = {name: float(getattr(result, name)) for name in SCORES}
    return {**scores, "ami_with_unlabelled": float(result.with_unlabelled.ami)}


def measure(
    method: str, image: Path, label: Path, classes: int, seed: int, target: Path
) -> dict[str, float]:
    """One run: its scores and seconds."""
    make: Callable[..., None] = cluster_pixels if method == KMEANS else segment
    first = () if method == KMEANS else (method,)
    started = time.perf_counter()
    make(*first, image, target, classes, seed)
    seconds = time.perf_counter() - started
    return {**scores_of(target, label), "seconds": seconds}


def find_pairs(folder: Path, wanted: list[str]) -> dict[str, tuple[Path, Path]]:
    """Images with labels, by name."""
    pairs = {}
    for image in sorted(folder.glob("*_image.tif")):
        name = image.name[: -len("_image.tif")]
        label = folder / f"{name}_label.tif"
        if label.is_file() and (not wanted or name in wanted):
            pairs[name] = (image, label)
    return pairs


def summary(runs: list[dict], names: list[str], methods: list[str]) -> dict:
    """Mean and spread over the seeds, by image and method, and the mean of the images."""
    result: dict = {}
    for name in names:
        for method in methods:
            mine = [run for run in runs if run["image"] == name and run["method"] == method]
            result.setdefault(name, {})[method] = {
                key: [statistics.fmean(values), statistics.pstdev(values)]
                for key in (*SCORES, "ami_with_unlabelled", "seconds")
                for values in [[run[key] for run in mine]]
            }
    result[ALL_IMAGES] = {
        method: {
            key: [
                statistics.fmean(result[name][method][key][part] for name in names)
                for part in (0, 1)
            ]
            for key in (*SCORES, "ami_with_unlabelled", "seconds")
        }
        for method in methods
    }
    return result


def report(summed: dict, options: argparse.Namespace) -> str:
    """The scores as a table."""
    rows = []
    for name, methods in summed.items():
        for method, scores in methods.items():
            cells = [f"{scores[key][0]:.3f} ± {scores[key][1]:.3f}" for key in SCORES]
            rows.append([f"{name} {method}", *cells, f"{scores['seconds'][0]:.0f}"])
    table = markdown(["image method", *SCORES.values(), "seconds"], rows)
    seeds = " ".join(map(str, options.seeds))
    return (
        f"{options.classes} classes, seeds {seeds}, unlabelled pixels left out; mean ± standard "
        f"deviation over the seeds\n\n{table}\n"
    )


def main(arguments: list[str]) -> int:
    """Measure, print the table, write it and the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--classes", type=int, default=16)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--presets", nargs="+", default=list(METHODS), choices=METHODS)
    parser.add_argument("--images", nargs="+", default=[])
    options = parser.parse_args(arguments)
    pairs = find_pairs(options.data, options.images)
    if not pairs:
        print(f"No <name>_image.tif with <name>_label.tif in {options.data}", file=sys.stderr)
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    runs = []
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "classes.tif"
        for name, (image, label) in pairs.items():
            for method in options.presets:
                for seed in options.seeds:
                    scores = measure(method, image, label, options.classes, seed, target)
                    runs.append({"image": name, "method": method, "seed": seed, **scores})
                    told = f"AMI {scores['ami']:.3f}, {scores['seconds']:.0f} s"
                    print(f"{name} {method} seed {seed}: {told}", flush=True)
    summed = summary(runs, list(pairs), options.presets)
    record = {"machine": machine(), "classes": options.classes, "runs": runs, "summary": summed}
    (FOLDER / "quality.json").write_text(json.dumps(record, indent=1), encoding="utf-8")
    text = report(summed, options)
    (FOLDER / "quality.md").write_text(text, encoding="utf-8")
    print(f"\n{text}\nWritten to {FOLDER / 'quality.json'} and quality.md")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
