# SPDX-License-Identifier: GPL-2.0-or-later
"""F5, F6: models on images that are not theirs."""

from __future__ import annotations

import re

import numpy as np

from tests.cases.inputs import NAMES, numbers, put, reflectance, truth
from tests.cases.session import Outcome
from tests.cases.table import Bench, Case, ari, at_least, refused, told


def _model(bench: Bench, image: str, **more: object) -> str:
    files = {"OUTPUT": "classes.tif", "MODEL": "model.superseg"}
    outcome = bench.segment(image, outputs=files, **more)
    if outcome.error:
        raise RuntimeError(outcome.error)
    return str(outcome.results["MODEL"])


def _classify(bench: Bench, image: str, model: str, **more: object) -> Outcome:
    return bench.run("classify", INPUT=image, MODEL=model, DEVICE="cpu", **more)


def _scale(bench: Bench) -> tuple[bool, str]:
    model = _model(bench, numbers(bench.path("train.tif")))
    other = put(bench.path("reflectance.tif"), reflectance().astype(np.float32), names=NAMES)
    outcome = _classify(bench, other, model)
    fine, text = refused(outcome, r"RESCALE|rescale")
    # Both ranges are in the sentence.
    return fine and len(re.findall(r"\d[\d.,]* to \d", outcome.error)) >= 2, text


def _rescaled(bench: Bench) -> tuple[bool, str]:
    model = _model(bench, numbers(bench.path("train.tif")))
    other = put(bench.path("reflectance.tif"), reflectance().astype(np.float32), names=NAMES)
    return at_least(ari(_classify(bench, other, model, RESCALE=True), truth()), 0.95)


def _brighter(bench: Bench) -> tuple[bool, str]:
    model = _model(bench, numbers(bench.path("train.tif")))
    values = (reflectance() * 10000 * 1.8).clip(1).astype(np.uint16)
    outcome = _classify(bench, put(bench.path("later.tif"), values, names=NAMES), model)
    return not outcome.error, told(outcome)


def _order(bench: Bench) -> tuple[bool, str]:
    model = _model(bench, numbers(bench.path("train.tif")))
    other = numbers(bench.path("reversed.tif"), order=slice(None, None, -1))
    return at_least(ari(_classify(bench, other, model), truth()), 0.95)


def _no_names(bench: Bench) -> tuple[bool, str]:
    model = _model(bench, numbers(bench.path("train.tif")))
    outcome = _classify(bench, numbers(bench.path("nameless.tif"), names=False), model)
    line = outcome.line(r"(name|order).*(order|name)")
    found = ari(outcome, truth())
    return found >= 0.95 and bool(line), f"ARI {found:.3f}; log: {line or 'nothing'}"


def _five(bench: Bench) -> str:
    values = (reflectance() * 10000).clip(1)
    return put(
        bench.path("five.tif"),
        np.concatenate([values[:1] * 0 + 500, values]).astype(np.uint16),
        names=("B01", *NAMES),
    )


def _chosen_bands(bench: Bench) -> tuple[bool, str]:
    image = _five(bench)
    model = _model(bench, image, BANDS=[2, 3, 4, 5])
    return at_least(ari(_classify(bench, image, model), truth()), 0.95)


def _given_bands(bench: Bench) -> tuple[bool, str]:
    image = _five(bench)
    model = _model(bench, image, BANDS=[2, 3, 4, 5])
    other = numbers(bench.path("plain.tif"), names=False)
    first = ari(_classify(bench, image, model, BANDS=[2, 3, 4, 5]), truth())
    second = ari(_classify(bench, other, model, BANDS=[1, 2, 3, 4]), truth())
    return min(first, second) >= 0.95, f"ARI {first:.3f}, of nameless bands {second:.3f}"


CASES = [
    Case("F5a", "model of 0..10000 on reflectance 0..1", "refused with both ranges", _scale),
    Case("F5a2", "the same with RESCALE", "ARI ≥ 0.95", _rescaled),
    Case("F5a3", "an image brighter by 1.8", "classified", _brighter),
    Case("F5b", "bands named, in another order", "ARI ≥ 0.95", _order),
    Case("F5b2", "bands without names", "by order, with a warning", _no_names),
    Case("F6a", "model of bands 2 to 5, classify without BANDS", "ARI ≥ 0.95", _chosen_bands),
    Case("F6b", "classify with BANDS", "ARI ≥ 0.95", _given_bands),
]
