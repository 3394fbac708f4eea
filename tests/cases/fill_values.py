# SPDX-License-Identifier: GPL-2.0-or-later
"""F1, F12: values that nothing declares as nodata, empty bands, dark bytes."""

from __future__ import annotations

import re
from functools import partial

import numpy as np

from tests.benchmarks.plain_scenes import SCENES, random
from tests.cases.inputs import first_pixels, hole, put, reflectance, truth, with_value
from tests.cases.table import Bench, Case, ari, at_least, classes_of

LEAST = 0.97


def _fill(
    bench: Bench, value: float, share: str, dtype: str = "float32", scale: float = 1.0
) -> tuple[bool, str]:
    """The valid part as without the fill value; the fill value is nodata and is named."""
    where = {"0.4 %": first_pixels(480), "hole": hole(), "40 %": first_pixels(48000)}[share]
    values = reflectance() * scale
    image = with_value(bench.path("image.tif"), values, value, where, dtype)
    outcome = bench.segment(image)
    found = ari(outcome, truth(), ~where)
    left = int((classes_of(outcome)[where] > 0).sum())
    line = outcome.line(r"nodata|no data")
    # Values beyond 1e30 are nodata in every raster, like NaN, and are not named.
    fine = found >= LEAST and left == 0 and (bool(line) or abs(value) > 1e30)
    return fine, f"ARI {found:.3f}; {left} fill pixels have a class; log: {line or 'nothing'}"


def _one_band(bench: Bench) -> tuple[bool, str]:
    values = reflectance()
    values[2][hole()] = -9999
    outcome = bench.segment(put(bench.path("image.tif"), values.astype(np.float32)))
    return at_least(ari(outcome, truth(), ~hole()), LEAST)


def _as_they_are(bench: Bench) -> tuple[bool, str]:
    image = with_value(bench.path("image.tif"), reflectance(), -1, hole(), "float32")
    classes = classes_of(bench.segment(image, 7, VALUES="as they are"))
    share = float((classes[hole()] > 0).mean())
    return share == 1, f"{share:.0%} of the pixels of -1 have a class"


def _saturated(bench: Bench) -> tuple[bool, str]:
    """Saturated pixels far from all others take neither a class nor the scale of the rest."""
    values = reflectance() * 4000
    image = with_value(bench.path("image.tif"), values, 65535, first_pixels(1200), "uint16")
    outcome = bench.segment(image)
    return at_least(ari(outcome, truth(), ~first_pixels(1200)), LEAST)


def _radar(bench: Bench) -> tuple[bool, str]:
    """Two bands of backscatter, 40 % zeros, as of a tile at the edge of a pass."""
    kinds = truth()
    levels = np.array([[0.01, 0.03, 0.06, 0.1, 0.2, 0.4], [0.02, 0.005, 0.01, 0.04, 0.03, 0.1]])
    values = levels[:, kinds] * random(4).gamma(20, 1 / 20, (2, *kinds.shape))
    where = first_pixels(48000)
    image = with_value(bench.path("image.tif"), values, 0, where, "float32")
    without = put(bench.path("part.tif"), values[:, 120:].astype(np.float32))
    found = ari(bench.segment(image), kinds, ~where)
    alone = ari(bench.segment(without), kinds[120:])
    return found >= alone - 0.03, f"ARI {found:.3f}, of the valid part alone {alone:.3f}"


def _empty_bands(bench: Bench) -> tuple[bool, str]:
    values = np.concatenate([reflectance(), np.full((1, *truth().shape), np.nan)])
    outcome = bench.segment(put(bench.path("image.tif"), values.astype(np.float32)))
    line = outcome.line(r"band 5")
    found = ari(outcome, truth())
    return found >= LEAST and bool(line), f"ARI {found:.3f}; log: {line or 'nothing'}"


def _dark(bench: Bench) -> tuple[bool, str]:
    """The same gray levels in bytes and in 16 bits give maps of the same quality."""
    found = {}
    for name in ("dark_bytes", "dark_16bit"):
        image, kinds = SCENES[name]()
        found[name] = ari(bench.segment(put(bench.path(f"{name}.tif"), image)), kinds)
    low, high = sorted(found.values())
    text = ", ".join(f"{re.sub('dark_', '', name)} {value:.3f}" for name, value in found.items())
    return low >= high - 0.02 and low >= 0.95, f"ARI {text}"


CASES = [
    *(
        Case(
            f"F1{letter}",
            f"{value:g} in {share} of the pixels, {dtype}, undeclared",
            "as without it; nodata, named in the log",
            partial(_fill, value=value, share=share, dtype=dtype, scale=scale),
        )
        for letter, value, share, dtype, scale in [
            ("a", -9999, "0.4 %", "float32", 1.0),
            ("b", -3.4e38, "hole", "float32", 1.0),
            ("c", -32768, "40 %", "int16", 10000.0),
            ("d", 1e20, "hole", "float32", 1.0),
            ("e1", -1, "40 %", "float32", 1.0),
            ("e2", -9999, "hole", "int16", 10000.0),
        ]
    ),
    Case("F1e3", "zeros in 40 % of radar backscatter", "as the valid part alone", _radar),
    Case("F1f", "-9999 in one band of four, 9 %", f"ARI ≥ {LEAST}", _one_band),
    Case("F1g", "65535 in 1 % of values to 4,000", f"ARI ≥ {LEAST}", _saturated),
    Case("F1h", "-1 with VALUES “as they are”", "kept as values", _as_they_are),
    Case("F1i", "a fifth band that is all NaN", f"ARI ≥ {LEAST}; band 5 named", _empty_bands),
    Case("F12", "values 1 to 25 in bytes, and times 257", "ARI as good within 0.02", _dark),
]
