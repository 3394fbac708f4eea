# SPDX-License-Identifier: GPL-2.0-or-later
"""Further tests of a method: stability, threads, nesting, transfer, confidence.

Every trial takes a `Case` and returns figures by name. Agreement of two maps is their ARI over the
pixels that both have, as they are and after each class was named (see `named`).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from superseg_plugin.pipeline.assessment.evaluation import evaluate
from superseg_plugin.pipeline.classes.agreement import Evaluation
from superseg_plugin.pipeline.options.classification import ClassificationOptions
from superseg_plugin.progress import Progress
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.raster.windows import Window
from tests.benchmarks.measures import Classes, bin_accuracies, equal_share, map_ari, rising
from tests.benchmarks.methods import SharedWorker, classify, confidence_of, model_of, segment
from tests.benchmarks.named import label_table, named_scores, names_of
from tests.benchmarks.rasters import open_part, read_all, read_classes, write_moved
from tests.benchmarks.scoring import merge_steps, merged_numbers

# Half the tile size of superpixels.
SHIFT = 512
# Number of classes that the trials run with, if it is among those measured.
CLASSES = 16
# The map whose tree is cut, and the numbers of classes that it is compared at.
NESTING_CLASSES = 32
NESTED = {"fast": tuple(range(2, NESTING_CLASSES)), "balanced": (4, 8, 16)}
# What the libraries of the worker read at their start.
THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


@dataclass(frozen=True)
class Case:
    """A scene with its map by a method.

    Attributes:
        image: path of the scene.
        label: path of its reference, 0 = unlabelled.
        method: `fast` or `balanced`.
        target: path of the map; `balanced` has confidence and model beside it.
        classes: requested number of classes in that map.
        seed: of that map.
        shared: the worker of all runs.
    """

    image: Path
    label: Path
    method: str
    target: Path
    classes: int
    seed: int
    shared: SharedWorker

    def path(self, name: str) -> Path:
        """Path of a further map."""
        return self.target.with_name(f"{self.classes}-{self.method}-{name}-{self.seed}.tif")

    def run(self, name: str, classes: int, window: Window | None = None) -> Path:
        """Run the method anew, on a part of the scene or with another number of classes."""
        target = self.path(name)
        job = self.shared.job(self.image, target, classes, self.seed, window)
        segment(job, self.method, model=name == "left")
        return target

    def agreement(
        self, name: str, one: Classes, other: Classes, window: Window | None = None
    ) -> dict[str, float]:
        """ARI of two maps of the scene or of a part of it, as they are and after naming."""
        labels = read_classes(self.label, window)
        named = [names_of(label_table(labels, each, each > 0))[each] for each in (one, other)]
        return {name: map_ari(one, other), f"{name}_named": map_ari(*named)}


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
    amid = case.path("amid")
    write_moved(case.image, amid, shift)
    moved = replace(case, image=amid).run("moved", case.classes)
    there = Window(shift, shift, width, height)
    rest = Window(shift, shift, width - shift, height - shift)
    part = case.run("part", case.classes, rest)
    return {
        "shift": shift,
        **case.agreement("moved", read_classes(case.target), read_classes(moved, there)),
        **case.agreement("cut", read_classes(case.target, rest), read_classes(part), rest),
    }


def threads(case: Case) -> dict[str, float]:
    """Agreement with the map of a worker that has one thread."""
    with _environment(dict.fromkeys(THREAD_VARIABLES, "1")), SharedWorker() as single:
        target = replace(case, shared=single).run("thread", case.classes)
    return case.agreement("threads", read_classes(case.target), read_classes(target))


def nesting(case: Case) -> dict[str, Any]:
    """Share of equal pixels in the map of K classes and the cut of the tree of 32 at K classes.

    Returns:
        `classes`: the numbers K; `equal`: the shares, classes paired one to one.
    """
    large = read_classes(case.run("nesting", NESTING_CLASSES))
    steps = merge_steps(case.path("nesting"), large)
    if steps is None:
        raise ValueError("the record of the map holds no merge order")
    counts = [count for count in NESTED[case.method] if count <= len(steps)]
    shares = []
    for count in counts:
        cut = np.concatenate([[0], merged_numbers(steps, count) + 1]).astype(np.uint8)[large]
        shares.append(equal_share(read_classes(case.run("nested", count)), cut))
    return {"numbers": counts, "equal": shares}


def transfer(case: Case) -> dict[str, float]:
    """Train on the left half and classify the right half, beside a run on the right half.

    Figures are named mean IoU on the right half.
    """
    with RasterSource(str(case.image)) as source:
        width, height = source.grid.width, source.grid.height
    left = Window(0, 0, width // 2, height)
    right = Window(width // 2, 0, width - width // 2, height)
    model = model_of(case.run("left", case.classes, left))
    labels = read_classes(case.label, right)

    def score(target: Path) -> float:
        classes = read_classes(target)
        return named_scores(label_table(labels, classes, classes > 0))[1]

    figures = {"there": score(case.run("right", case.classes, right))}
    ways = {
        "classified": ClassificationOptions(),
        "network_alone": ClassificationOptions(smoothness=0.0),
    }
    for name, options in ways.items():
        target = case.path(name)
        job = case.shared.job(case.image, target, case.classes, case.seed, right)
        classify(job, model, options)
        figures[name] = score(target)
    return figures


def confidence(case: Case) -> dict[str, Any]:
    """Accuracy of the named map by deciles of confidence."""
    percent, known = read_all(confidence_of(case.target))
    classes, labels = read_classes(case.target), read_classes(case.label)
    counted = known & (classes > 0) & (labels > 0)
    named = names_of(label_table(labels, classes, counted))[classes]
    correct = named[counted] == labels[counted]
    accuracies = bin_accuracies(percent[0][counted], correct).tolist()
    return {
        "deciles": accuracies,
        "rising": rising(accuracies),
        "accuracy": float(correct.mean()),
    }


TRIALS: dict[str, Callable[[Case], dict[str, Any]]] = {
    "stability": stability,
    "threads": threads,
    "nesting": nesting,
    "transfer": transfer,
    "confidence": confidence,
}
# The methods that each trial is about.
TRIED: dict[str, tuple[str, ...]] = {
    "stability": ("fast", "balanced"),
    "threads": ("fast", "balanced"),
    "nesting": ("fast", "balanced"),
    "transfer": ("balanced",),
    "confidence": ("balanced",),
}


@contextlib.contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
