# SPDX-License-Identifier: GPL-2.0-or-later
"""Time of the preset `published` for a scene, extrapolated from measured parts.

The whole would take more than an hour on two cores. A few training steps are measured on the tiles
of a part of the scene, and the classification of that part; steps are multiplied by the number of
steps for the whole scene, the rest by area. The stages that it shares with `balanced` are taken
from the run of `balanced`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from superseg_plugin.contracts import Device
from superseg_plugin.pipeline.formats.trained_model import build_model
from superseg_plugin.pipeline.options.ground_sizes import MinimumArea
from superseg_plugin.pipeline.options.published import (
    EPOCHS,
    SIEVE,
    STRIDE,
    TILE,
    published_tiles,
    published_training,
)
from superseg_plugin.pipeline.options.superpixels import SuperpixelOptions
from superseg_plugin.pipeline.steps.band_statistics import measure_scene
from superseg_plugin.pipeline.steps.drafts import SmallPatches, finish_classes
from superseg_plugin.pipeline.steps.network import Network
from superseg_plugin.pipeline.steps.painting import classify_pixels
from superseg_plugin.pipeline.steps.patches import cover_with_patches
from superseg_plugin.pipeline.steps.scene import Scene
from superseg_plugin.pipeline.steps.superpixels import make_superpixels
from superseg_plugin.pipeline.steps.training import train_network
from superseg_plugin.progress import Progress
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.worker.client import WorkerProcess
from superseg_plugin.worker.interpreter import find_interpreter

WARM_UP = 3
STEPS = 12
# The worker's events are read ten times a second; more steps are measured if they are faster.
LEAST_SECONDS = 2.0
# Stages that are the same in `balanced` and `published`.
SHARED_STAGES = ("reading", "superpixels", "rendering")


class StepClock(Progress):
    """Progress that records the time of each training step."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self.moments: list[tuple[int, float]] = []

    def report(self, fraction: float, text: str = "") -> None:
        """Record the time."""
        self.moments.append((round(fraction * self._steps), time.perf_counter()))


def seconds_per_step(moments: Sequence[tuple[int, float]], warm_up: int) -> float:
    """Mean seconds of the steps after the first ones.

    Args:
        moments: number of steps done and time, ascending.
        warm_up: first steps that are not counted.
    """
    counted = [one for one in moments if one[0] >= warm_up]
    (first, start), (last, end) = counted[0], counted[-1]
    return (end - start) / (last - first)


def measure_published(raster: Path, classes: int, steps: int = STEPS) -> dict[str, float]:
    """Seconds of the preset's own parts on a small raster.

    Args:
        raster: a part of the scene.
        classes: of the network.
        steps: minimum number of counted training steps.

    Returns:
        `step_s` and `tile_s`, a training step and the reading of a tile; `classification_s` and
        `sieve_s`, of the whole raster, which has `pixels`.
    """
    silent = Progress()
    with TemporaryDirectory() as folder, WorkerProcess(find_interpreter()) as worker:
        scratch = Path(folder)
        with RasterSource(str(raster)) as source:
            scaling = measure_scene(source, classes, worker, silent)
            scene = Scene(source, scaling, worker, scratch, silent)
            labels = scratch / "superpixels.tif"
            make_superpixels(scene, labels, SuperpixelOptions())
            started = time.perf_counter()
            with RasterSource(str(labels)) as superpixels:
                patches = cover_with_patches(scene, superpixels, TILE, STRIDE)
            tiles = published_tiles(source.grid.width, source.grid.height)
            tile_s = (time.perf_counter() - started) / tiles
            while True:
                whole = published_training(classes, 0, tiles)
                options = replace(whole, steps=WARM_UP + steps)
                clock = StepClock(options.steps)
                trained = train_network(scene.within(clock), patches, None, options)
                step_s = seconds_per_step(clock.moments, WARM_UP)
                if step_s * steps >= LEAST_SECONDS:
                    break
                steps *= 10
            colors = np.zeros((classes, 3), np.uint8)
            model = build_model(scene, options, trained, colors)
            asked = worker.submit("describe_device", {"network": options.network})
            device = Device(**worker.result(asked, silent).result)
            started = time.perf_counter()
            draft = classify_pixels(scene, Network(scene, model, device, 0), None)
            classified = time.perf_counter()
            small = SmallPatches(MinimumArea(SIEVE), lambda _: [])
            finish_classes(scene, draft, scratch / "classes.tif", small)
            return {
                "step_s": step_s,
                "steps_measured": steps,
                "tile_s": tile_s,
                "classification_s": classified - started,
                "sieve_s": time.perf_counter() - classified,
                "pixels": source.grid.width * source.grid.height,
            }


def extrapolate(run: dict, measured: dict[str, float]) -> dict:
    """Seconds of the preset on a whole scene.

    Args:
        run: of `balanced` on the scene: size, total_s, stages.
        measured: of `measure_published`.

    Returns:
        The measured seconds, the extrapolated parts, and their sum.
    """
    width, height = map(int, run["size"].split("x"))
    tiles = published_tiles(width, height)
    steps = published_training(0, 0, tiles).steps
    share = width * height / measured["pixels"]
    stages = run["stages"]
    parts = {
        "start of QGIS and worker": max(run["total_s"] - sum(stages.values()), 0.0),
        **{name: stages[name] for name in SHARED_STAGES},
        "training, reading of tiles": tiles * measured["tile_s"],
        "training, steps": steps * measured["step_s"],
        "classification": share * measured["classification_s"],
        "sieve": share * measured["sieve_s"],
    }
    return {
        "extrapolated": True,
        "note": (
            f"Not run whole: {steps} steps are those of {tiles} tiles in {EPOCHS} epochs,"
            f" at the speed of {measured['steps_measured']:.0f} measured ones after {WARM_UP} to"
            f" warm up; classification and sieve are those of {measured['pixels'] / 1e6:.1f} Mpx,"
            f" by area; start, {', '.join(SHARED_STAGES)} are those of the balanced run"
        ),
        "tiles": tiles,
        "steps": steps,
        "measured": measured,
        "parts_s": parts,
        "total_s": sum(parts.values()),
    }
