# SPDX-License-Identifier: GPL-2.0-or-later
"""Plain scenes whose every property is drawn at random, so that nothing can be tuned on them.

Kinds, bands, patches and their areas, levels, bands of noise alone, the noise and whether pixels
share it, blurred edges, illumination, units of the bands, and the data type. Another range of seeds
gives other scenes of the same distribution. Needs numpy only.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from tests.benchmarks.plain_scenes import (
    HIGH,
    LOW,
    Image,
    Kinds,
    Scene,
    Values,
    blurred,
    patches,
    random,
)

COUNT = 60
FIRST_SEED = 2000


def drawn(seed: int) -> Scene:
    """One scene."""
    generator = random(seed)
    kinds = int(generator.choice([2, 3, 4, 6, 9, 12]))
    truth = _patches(kinds, seed, generator)
    values = _levels(truth, kinds, generator)
    step = (HIGH - LOW) / (kinds - 1)
    noise = generator.normal(0, 1, values.shape)
    if generator.random() < 0.25:
        # Neighboring pixels share it, as after resampling.
        noise = blurred(noise, 1.0)
        noise /= noise.std()
    values += noise * generator.choice([0, 0.05, 0.12, 0.25, 0.4]) * step
    if generator.random() < 0.25:
        values += np.linspace(-0.2, 0.2, values.shape[2]) * step
    useless = int(generator.choice([0, 0, 0, 2, 6]))
    strength = generator.choice([0.05, 0.2, 0.4])
    values = np.concatenate([values, generator.normal(0.5, strength, (useless, *truth.shape))])
    return _typed(values, generator), truth


def _patches(kinds: int, seed: int, generator: np.random.Generator) -> Kinds:
    """Patches of all kinds, of equal or unequal areas."""
    count = kinds * int(generator.choice([3, 8, 30]))
    if generator.random() < 0.7:
        return patches(kinds, count, seed)
    shares = generator.dirichlet(np.full(kinds, 0.7))
    table = generator.choice(kinds, count, p=shares)
    table[:kinds] = np.arange(kinds)
    return np.asarray(table[patches(count, count, seed)], np.int64)


def _levels(truth: Kinds, kinds: int, generator: np.random.Generator) -> Values:
    """Values `(bands, rows, cols)` in equal or unequal steps, with sharp or blurred edges."""
    bands = int(generator.choice([1, 2, 3, 4, 6, 10]))
    equal = np.linspace(LOW, HIGH, kinds)
    table = [
        generator.permutation(equal)
        if generator.random() < 0.6
        else generator.uniform(LOW, HIGH, kinds)
        for _ in range(bands)
    ]
    values: Values = np.stack(table)[:, truth]
    sigma = float(generator.choice([0, 0, 0.7, 1.3]))
    return blurred(values, sigma) if sigma else values


def _typed(values: Values, generator: np.random.Generator) -> Image:
    """As floats, perhaps with other units in each band, as bytes, or as 16 bits."""
    kind = generator.choice(["floats", "units", "bytes", "16 bits"])
    if kind == "units":
        values = values * generator.choice([0.1, 1, 30, 1000], len(values))[:, None, None]
    if kind in ("floats", "units"):
        return values.astype(np.float32)
    share = (values - values.min()) / np.ptp(values)
    if kind == "bytes":
        return (share * generator.choice([60, 255])).astype(np.uint8)
    return (share * generator.choice([2000, 10000]) + generator.choice([0, 300])).astype(np.uint16)


DRAWN: dict[str, Callable[[], Scene]] = {
    f"drawn_{number:02}": partial(drawn, FIRST_SEED + number) for number in range(COUNT)
}
