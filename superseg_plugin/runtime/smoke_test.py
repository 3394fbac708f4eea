# SPDX-License-Identifier: GPL-2.0-or-later
"""The smoke test: runs every operation on a small image, which also compiles the kernels."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..blocks import Description
from ..contracts import BandScaling, Core, Segmenter, TrainingPlan
from ..progress import Progress
from ..worker.interface import Worker

SIDE = 64
STEPS = 9


def smoke_test(worker: Worker, progress: Progress) -> str:
    """Run every operation once on a small random image, with one training step.

    Returns:
        Name of the device that the network runs on.
    """
    generator = np.random.default_rng(0)
    image = generator.integers(0, 255, (3, SIDE, SIDE), dtype=np.uint8)
    valid = np.ones((SIDE, SIDE), bool)
    valid[:2, :2] = False
    whole = Core(0, 0, SIDE, SIDE)

    done = iter(range(1, STEPS + 1))

    def ask(op: str, options: dict[str, Any], **arrays: Any) -> Any:
        answer = worker.result(worker.submit(op, options, arrays), progress)
        progress.report(next(done, STEPS) / STEPS)
        return answer

    measured = ask("measure_bands", {}, pixels=image.reshape(3, -1)).result
    scaled = {"scaling": BandScaling.from_dict(measured["scaling"]), "core": whole}
    cut = {**scaled, "segmenter": Segmenter(min_size=16)}
    tile = ask("superpixels", cut, image=image, valid=valid).arrays
    seam = {**cut, "seam": [0, SIDE // 2], "open_sides": [False] * 4}
    ask("stitch", seam, image=image, valid=valid, **tile)
    described = ask(
        "describe_superpixels",
        {**scaled, "labeled": whole},
        image=image,
        valid=valid,
        labels=tile["labels"],
    ).arrays
    pairs = described["pairs"].astype(np.int32) - 1
    table = Description.from_sums(described["sums"], pairs, described["lengths"], 3)
    wanted = {"scaling": scaled["scaling"], "classes": 2, "smoothness": 1.0}
    clusters = ask("cluster", wanted, **table.arrays).arrays
    classes = clusters["labels"].astype(np.uint8)[np.maximum(tile["labels"], 1) - 1]
    areas = {"area_rows": np.ones((1, 1)), "area_columns": np.ones((1, 1))}
    ask("tabulate_superpixels", {}, ids=tile["labels"], classes=classes, **areas)
    plan = TrainingPlan(
        network="light",
        classes=int(clusters["labels"].max()) + 1,
        loss="crossentropy",
        steps=1,
        batch_size=1,
        learning_rate=1e-3,
        augment=True,
        seed=0,
    )
    weights = ask(
        "train",
        {**scaled, "plan": plan},
        images=image[None],
        superpixels=tile["labels"][None].astype(np.int32),
        labels=clusters["labels"],
    ).arrays
    options = {**scaled, "model_id": "smoke", "network": "light", "classes": plan.classes}
    ask("predict", options, image=image, valid=valid, **weights)
    device: str = ask("describe_device", {"network": "light"}).result["name"]
    return device
