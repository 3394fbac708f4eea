# SPDX-License-Identifier: GPL-2.0-or-later
"""F2: the plainest images, on which k-means of pixels is right."""

from __future__ import annotations

from functools import partial

import numpy as np

from tests.benchmarks.plain_scenes import SCENES
from tests.cases.inputs import put
from tests.cases.table import Bench, Case, ari, at_least, classes_of

LEAST = 0.97


def _scene(bench: Bench, name: str, preset: str = "fast") -> tuple[bool, str]:
    image, kinds = SCENES[name]()
    outcome = bench.segment(
        put(bench.path("image.tif"), image), int(kinds.max()) + 1, PRESET=preset
    )
    return at_least(ari(outcome, kinds), LEAST)


def _chosen(bench: Bench) -> tuple[bool, str]:
    """CLASSES 0 on two gray levels."""
    image, kinds = SCENES["lake_n3"]()
    outcome = bench.segment(put(bench.path("image.tif"), image), 0)
    count = int(np.unique(classes_of(outcome)).size)
    return count <= 3, f"{count} classes, ARI {ari(outcome, kinds):.3f}"


def _many(bench: Bench) -> tuple[bool, str]:
    """CLASSES 255 takes at most twice the time of 16."""
    image, _ = SCENES["levels_k12_b3_n125"]()
    path = put(bench.path("image.tif"), image)
    few, many = (bench.segment(path, count) for count in (16, 255))
    fine = many.seconds <= 2 * few.seconds + 5
    return fine, f"16 classes {few.seconds:.1f} s, 255 classes {many.seconds:.1f} s"


CASES = [
    *(
        Case(
            f"F2{letter}",
            f"{tried}, {preset}",
            f"ARI ≥ {LEAST}",
            partial(_scene, name=name, preset=preset),
        )
        for letter, name, tried in [
            ("a", "byte_levels", "six levels of one byte band, noise ±3"),
            ("b", "large_b1_n125", "1200 x 1600, one float band, noise of an eighth of the step"),
            ("d", "colors", "six plain colors without noise"),
            ("h", "lake_n3", "a lake in dark land, two classes"),
            ("i", "objects_n3", "bright objects of 3 to 12 pixels, two classes"),
            ("g", "heights", "six heights 480 apart, sigma 90, int16"),
        ]
        for preset in ("fast", "balanced")
    ),
    Case("F2j", "a lake in dark land, CLASSES 0", "at most 3 classes", _chosen),
    Case("W5", "CLASSES 255 on 300 x 400", "at most twice the time of 16, plus 5 s", _many),
]
