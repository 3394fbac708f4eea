# SPDX-License-Identifier: GPL-2.0-or-later
"""Small objects joining their neighbors, against the same rules applied one object at a time."""

from __future__ import annotations

import numpy as np
import pytest

from superseg_plugin.errors import Cancelled
from superseg_plugin.pipeline.classes.absorption import HASH_FACTOR, absorb_small
from superseg_plugin.pipeline.classes.small_objects import ClassDistance
from superseg_plugin.progress import Progress
from superseg_plugin.raster.object_graph import Borders
from superseg_plugin.raster.objects import Objects
from tests.pipeline.conftest import Listener
from tests.raster.test_objects import speckled, tabled


class ValueDistance:
    """Objects are as far apart as their average values; all numbers stay exact."""

    def __call__(self, one, other, classes, sums):
        means = sums[:, 0] / sums[:, 1]
        return np.abs(means[one] - means[other]) + 0.5


def one_by_one(objects, limit, distance):
    """Apply the rules with dictionaries; returns the class of every object."""
    classes, areas = objects.classes.astype(int).tolist(), objects.areas.tolist()
    sums = objects.sums.copy()
    near = {number: {} for number in range(len(classes))}
    borders = objects.borders
    for one, other, length in zip(borders.one, borders.other, borders.lengths):
        near[one][other] = near[other][one] = int(length)
    parts = {number: [number] for number in near}

    def turn(number):
        return areas[number], int(number) * int(HASH_FACTOR) % 2**64

    def join(source, target):
        areas[target] += areas[source]
        sums[target] += sums[source]
        parts[target] += parts.pop(source)
        for number, length in near.pop(source).items():
            del near[number][source]
            if number != target:
                near[target][number] = near[number][target] = length + near[target].get(number, 0)

    while True:
        first = [
            number
            for number in near
            if areas[number] < limit
            and near[number]
            and all(turn(number) < turn(other) for other in near[number])
        ]
        if not first:
            break
        choices = {}
        for number in first:
            others = np.array(sorted(near[number]))
            lengths = np.array([near[number][other] for other in others])
            mine = np.full(len(others), number)
            apart = distance(mine, others, np.array(classes, np.uint8), sums)
            choices[number] = int(others[(lengths / apart).argmax()])
        for number, target in choices.items():
            join(number, target)
        while True:
            alike = [(a, b) for a in near for b in near[a] if a < b and classes[a] == classes[b]]
            if not alike:
                break
            join(alike[0][1], alike[0][0])
    result = np.zeros(len(classes), int)
    for number, members in parts.items():
        result[members] = classes[number]
    return result


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("by_value", [False, True])
def test_all_at_once_is_as_one_by_one(seed, by_value):
    classes = speckled(30, 26, 4, seed)
    generator = np.random.default_rng(seed)
    values = generator.integers(0, 64, classes.shape)
    _, objects = tabled(classes, 100, limit=9, layers=np.stack([values, np.ones_like(values)]))
    distance = ValueDistance()
    if not by_value:
        apart = generator.integers(1, 9, (4, 4)).astype(float)
        distance = ClassDistance((apart + apart.T) * (1 - np.eye(4)))
    found = absorb_small(objects, 9, distance, Progress())
    assert found.merged.sum() > 50
    assert np.array_equal(found.classes, one_by_one(objects, 9, distance))


def test_a_long_row_of_equal_objects_takes_few_rounds():
    count = 20_000
    numbers = np.arange(count)
    objects = Objects(
        (numbers % 5 + 1).astype(np.uint8),
        np.ones(count, np.int64),
        np.zeros((count, 0)),
        Borders(numbers[:-1], numbers[1:], np.ones(count - 1, np.int64)),
    )
    listener = Listener()
    found = absorb_small(objects, 4, ClassDistance(1.0 - np.eye(5)), listener)
    assert len(listener.fractions) < 40
    assert listener.fractions == sorted(listener.fractions)
    assert found.areas.min() >= 4
    with pytest.raises(Cancelled):
        absorb_small(objects, 4, ClassDistance(1.0 - np.eye(5)), Listener(stop_after=2))
