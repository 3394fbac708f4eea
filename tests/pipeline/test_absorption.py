# SPDX-License-Identifier: GPL-2.0-or-later
"""Small objects joining their neighbors, against the same rules applied one object at a time."""

from __future__ import annotations

import numpy as np
import pytest

from superseg_plugin.errors import Cancelled
from superseg_plugin.pipeline.classes.absorption import HASH_FACTOR, absorb_small
from superseg_plugin.progress import Progress
from superseg_plugin.raster.object_graph import Borders
from superseg_plugin.raster.objects import Objects
from tests.pipeline.conftest import Listener
from tests.raster.test_objects import speckled, tabled

EQUAL = np.ones((6, 6))


def one_by_one(objects, limit, distances):
    """Merge always the smallest object of all; returns the class of every object."""
    classes, areas = objects.classes.astype(int).tolist(), objects.areas.tolist()
    near = {number: {} for number in range(len(classes))}
    borders = objects.borders
    for one, other, length in zip(borders.one, borders.other, borders.lengths):
        near[one][other] = near[other][one] = int(length)
    parts = {number: [number] for number in near}

    def turn(number):
        return areas[number], int(number) * int(HASH_FACTOR) % 2**64

    def join(source, target):
        areas[target] += areas[source]
        parts[target] += parts.pop(source)
        for number, length in near.pop(source).items():
            del near[number][source]
            if number != target:
                near[target][number] = near[number][target] = length + near[target].get(number, 0)

    while True:
        small = [number for number in near if areas[number] < limit and near[number]]
        if not small:
            break
        number = min(small, key=turn)
        shared = {}
        for other, length in near[number].items():
            shared[classes[other]] = shared.get(classes[other], 0) + length
        mine = classes[number]
        scores = {each: length / distances[mine, each] for each, length in shared.items()}
        classes[number] = min(scores, key=lambda each: (-scores[each], each))
        while True:
            alike = [(a, b) for a in near for b in near[a] if a < b and classes[a] == classes[b]]
            if not alike:
                break
            join(alike[0][1], alike[0][0])
    result = np.zeros(len(classes), int)
    for number, members in parts.items():
        result[members] = classes[number]
    return result


def apart(seed):
    distances = np.random.default_rng(seed).integers(1, 9, (5, 5)).astype(float)
    return distances + distances.T


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("alike", [False, True])
@pytest.mark.parametrize("limit", [9, 40])
def test_all_at_once_is_as_one_by_one(seed, alike, limit):
    _, objects = tabled(speckled(30, 26, 4, seed), 100, limit=limit)
    distances = EQUAL if alike else apart(seed)
    found = absorb_small(objects, limit, distances, Progress())
    assert (found.classes != objects.classes).sum() > 50
    assert np.array_equal(found.classes, one_by_one(objects, limit, distances))


@pytest.mark.parametrize("seed", range(4))
def test_a_larger_area_never_leaves_more_patches(seed):
    classes = speckled(60, 50, 4, seed)
    patches = []
    for limit in (1, 2, 3, 5, 8, 13, 21, 34, 55, 200, 1000, 10**9):
        table, objects = tabled(classes, 100, limit=limit)
        found = absorb_small(objects, limit, apart(seed), Progress())
        _, left = tabled(table.paint(0, classes, found.classes), 100)
        patches.append(int((left.classes > 0).sum()))
    assert patches == sorted(patches, reverse=True)
    assert patches[0] > 100 > patches[-1]


def test_a_long_row_of_equal_objects_takes_few_rounds():
    count = 20_000
    numbers = np.arange(count)
    objects = Objects(
        (numbers % 5 + 1).astype(np.uint8),
        np.ones(count, np.int64),
        Borders(numbers[:-1], numbers[1:], np.ones(count - 1, np.int64)),
    )
    listener = Listener()
    found = absorb_small(objects, 4, EQUAL, listener)
    assert len(listener.fractions) < 40
    assert listener.fractions == sorted(listener.fractions)
    assert found.areas.min() >= 4
    with pytest.raises(Cancelled):
        absorb_small(objects, 4, EQUAL, Listener(stop_after=2))
