# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases that fuzzing found once, and a few fixed cases of every target."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings

from .targets import TARGETS, kept_cases, read_case

DRAWN = [name for name, target in TARGETS.items() if target.cases is not None]
BYTES = [name for name, target in TARGETS.items() if target.cases is None]
KEPT = [(name, path) for name in TARGETS for path in kept_cases(name)]
CHANGES = 150


@pytest.mark.parametrize(("name", "path"), KEPT, ids=[f"{n}-{p.name}" for n, p in KEPT])
def test_cases_that_fuzzing_found_once(name, path):
    TARGETS[name].check(read_case(TARGETS[name], path))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", DRAWN)
def test_drawn_cases(name):
    target = TARGETS[name]
    few = settings(
        max_examples=target.examples,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    few(given(target.cases)(lambda case: target.check(case)))()


@pytest.mark.parametrize("name", BYTES)
def test_changed_bytes(name):
    target, lot = TARGETS[name], random.Random(0)
    for seed in target.seeds():
        target.check(seed)
        for _ in range(CHANGES):
            content = bytearray(seed)
            for _ in range(lot.randint(1, 4)):
                content[lot.randrange(len(content))] = lot.randrange(256)
            target.check(bytes(content[: lot.randint(0, 2 * len(content))]))
