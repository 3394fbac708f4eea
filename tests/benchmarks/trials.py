# SPDX-License-Identifier: GPL-2.0-or-later
"""Further tests of `balanced` in the quality benchmark: stability, transfer, merging, confidence.

Every trial takes a `Case` and returns figures by name.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from superseg_plugin.agglomeration import cut_merge_order
from superseg_plugin.pipeline.classes.scores import Evaluation
from superseg_plugin.pipeline.evaluation import evaluate
from superseg_plugin.pipeline.formats.merge_order import check_merge_order
from superseg_plugin.pipeline.formats.record import SUFFIX
from superseg_plugin.pipeline.options.classification import ClassificationOptions
from superseg_plugin.progress import Progress
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.raster.windows import Window
from tests.benchmarks.measures import bin_accuracies, likeliest_reference, map_ami, rising
from tests.benchmarks.methods import (
    SharedWorker,
    classify,
    confidence_of,
    model_of,
    open_part,
    read_all,
    read_classes,
    segment,
    write_classes,
    write_moved,
)

# Half the tile size of superpixels.
SHIFT = 512
SHOWN_OF_MERGED = ("fmi", "mean_iou", "ami")


@dataclass(frozen=True)
class Case:
    """A scene with its map by `balanced`.

    Attributes:
        image: path of the scene.
        label: path of its reference, 0 = unlabelled.
        balanced: path of the map, with confidence and model beside it.
        classes: requested number of classes in that map.
        seed: of that map.
        shared: the worker of all runs.
        folder: for further maps.
    """

    image: Path
    label: Path
    balanced: Path
    classes: int
    seed: int
    shared: SharedWorker
    folder: Path

    def run(self, name: str, classes: int, window: Window | None = None) -> Path:
        """Run `balanced` anew, on a part of the scene or with another number of classes."""
        target = self.folder / f"{self.classes}-{name}-{self.seed}.tif"
        segment(self.shared.job(self.image, target, classes, self.seed, window), "balanced")
        return target


def compare(target: Path, label: Path, window: Window | None = None) -> Evaluation:
    """Compare a map with the reference, or with a part of it."""
    with RasterSource(str(target)) as classes, open_part(label, window) as reference:
        return evaluate(classes, reference, 0, Progress())


def stability(case: Case) -> dict[str, float]:
    """Agreement with the map of the same scene moved within its raster, and of a part of it.

    First the scene is moved to the right and down, with nodata in its place; then it is cropped on
    the left and at the top. Both by half a tile, or a quarter of the shorter side if that is less.
    """
    with RasterSource(str(case.image)) as source:
        width, height = source.grid.width, source.grid.height
    shift = min(SHIFT, min(width, height) // 4)
    amid = case.folder / f"{case.classes}-amid-{case.seed}.tif"
    write_moved(case.image, amid, shift)
    moved = replace(case, image=amid).run("moved", case.classes)
    there = Window(shift, shift, width, height)
    rest = Window(shift, shift, width - shift, height - shift)
    part = case.run("part", case.classes, rest)
    return {
        "shift": shift,
        "moved": map_ami(read_classes(case.balanced), read_classes(moved, there)),
        "cut": map_ami(read_classes(case.balanced, rest), read_classes(part)),
    }


def transfer(case: Case) -> dict[str, float]:
    """Train on the left half and classify the right half, beside `balanced` on the right half."""
    with RasterSource(str(case.image)) as source:
        width, height = source.grid.width, source.grid.height
    left = Window(0, 0, width // 2, height)
    right = Window(width // 2, 0, width - width // 2, height)
    model = model_of(case.run("left", case.classes, left))
    there = compare(case.run("right", case.classes, right), case.label, right).ami
    figures = {"balanced_there": there}
    ways = {
        "classified": ClassificationOptions(),
        "network_alone": ClassificationOptions(smoothness=0.0),
    }
    for name, options in ways.items():
        target = case.folder / f"{case.classes}-{name}-{case.seed}.tif"
        job = case.shared.job(case.image, target, case.classes, case.seed, right)
        classify(job, model, options)
        figures[name] = compare(target, case.label, right).ami
        figures[f"{name}_ratio"] = figures[name] / there
    return figures


def merging(case: Case) -> dict[str, float]:
    """The map merged to the reference's number of classes, beside a map of that number."""
    sidecar = case.balanced.with_name(case.balanced.name + SUFFIX)
    steps = json.loads(sidecar.read_text(encoding="utf-8")).get("merge_order")
    if steps is None:
        raise ValueError(f"{sidecar.name} holds no merge order")
    found = compare(case.balanced, case.label)
    wanted = max(len(found.reference_values), 2)
    classes = len(steps) + 1
    order = cut_merge_order(check_merge_order(steps, classes), classes, min(wanted, classes))
    merged = case.folder / f"{case.classes}-merged-{case.seed}.tif"
    numbers = np.concatenate([[0], order + 1]).astype(np.uint8)
    with RasterSource(str(case.balanced)) as source:
        write_classes(merged, source, numbers[read_classes(case.balanced)])
    direct = case.run("direct", wanted)
    figures: dict[str, float] = {"classes": wanted}
    for name, target in (("merged", merged), ("direct", direct)):
        scores = compare(target, case.label)
        figures |= {f"{name}_{key}": float(getattr(scores, key)) for key in SHOWN_OF_MERGED}
    return figures


def confidence(case: Case) -> dict[str, object]:
    """Accuracy by deciles of confidence, with classes matched in two ways.

    One to one: each reference class is matched with one class (Hungarian method), other classes
    are wrong. Many to one: each class is assigned the reference class that it overlaps most.
    """
    found = compare(case.balanced, case.label)
    percent, known = read_all(confidence_of(case.balanced))
    classes, labels = read_classes(case.balanced), read_classes(case.label)
    counted = known & (classes > 0) & (labels > 0)
    one_to_one = np.zeros(256, np.uint8)
    for value, column in zip(found.reference_values, found.pairs):
        if column >= 0:
            one_to_one[found.predicted_values[column]] = value
    many_to_one = np.zeros(256, np.uint8)
    for value, row in zip(found.predicted_values, likeliest_reference(found.table)):
        many_to_one[value] = found.reference_values[row]
    figures: dict[str, object] = {}
    for name, numbers in (("one_to_one", one_to_one), ("many_to_one", many_to_one)):
        correct = numbers[classes[counted]] == labels[counted]
        accuracies = bin_accuracies(percent[0][counted], correct)
        figures[name] = accuracies.tolist()
        figures[f"{name}_rising"] = rising(accuracies.tolist())
        figures[f"{name}_accuracy"] = float(correct.mean())
    return figures


TRIALS: dict[str, Callable[[Case], dict]] = {
    "stability": stability,
    "transfer": transfer,
    "merging": merging,
    "confidence": confidence,
}
# These are fast or vary with the seed; the others run with the first seed only.
EVERY_SEED = ("merging", "confidence")
