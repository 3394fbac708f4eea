# SPDX-License-Identifier: GPL-2.0-or-later
"""Objects and borders, compared with a flood fill."""

from __future__ import annotations

import numpy as np
import pytest

from superseg_plugin.raster.object_graph import connected_components
from superseg_plugin.raster.objects import ObjectTable

EVERYTHING = 2**60


def walked(classes):
    """Number the objects by their first pixels, with a flood fill."""
    rows, cols = classes.shape
    numbers = np.full(classes.shape, -1)
    count = 0
    for start in np.ndindex(rows, cols):
        if numbers[start] >= 0:
            continue
        numbers[start], waiting = count, [start]
        while waiting:
            row, col = waiting.pop()
            for near in ((row - 1, col), (row + 1, col), (row, col - 1), (row, col + 1)):
                inside = 0 <= near[0] < rows and 0 <= near[1] < cols
                if inside and numbers[near] < 0 and classes[near] == classes[row, col]:
                    numbers[near] = count
                    waiting.append(near)
        count += 1
    return numbers, count


def walked_borders(classes, numbers):
    """Count the pixel edges that each two objects share."""
    found = {}
    for here, there in ((np.s_[:, 1:], np.s_[:, :-1]), (np.s_[1:], np.s_[:-1])):
        pairs = zip(
            numbers[here].ravel(), numbers[there].ravel(), classes[here].flat, classes[there].flat
        )
        for one, other, mine, its in pairs:
            if one != other and mine and its:
                key = (min(one, other), max(one, other))
                found[key] = found.get(key, 0) + 1
    return found


def tabled(classes, height, limit=EVERYTHING, weights=None):
    table = ObjectTable(limit)
    weights = np.ones((len(classes), 1), np.int64) if weights is None else weights
    for row in range(0, len(classes), height):
        part = slice(row, row + height)
        table.add(classes[part], weights[part])
    return table, table.finish()


def speckled(rows, cols, classes, seed):
    """Areas of several sizes, some of them nodata."""
    generator = np.random.default_rng(seed)
    coarse = generator.integers(0, classes + 1, (rows // 4 + 1, cols // 4 + 1))
    values = np.kron(coarse, np.ones((4, 4), int))[:rows, :cols]
    noise = generator.random(values.shape) < 0.2
    values[noise] = generator.integers(0, classes + 1, noise.sum())
    return values.astype(np.uint8)


SPIRAL = np.array(
    [
        [1, 1, 1, 1, 1, 1, 1],
        [2, 2, 2, 2, 2, 2, 1],
        [1, 1, 1, 1, 1, 2, 1],
        [1, 2, 2, 2, 1, 2, 1],
        [1, 2, 1, 1, 1, 2, 1],
        [1, 2, 2, 2, 2, 2, 1],
        [1, 1, 1, 1, 1, 1, 1],
    ],
    np.uint8,
)
CASES = [
    SPIRAL,
    np.indices((9, 8)).sum(axis=0).astype(np.uint8) % 2 + 1,
    np.ones((5, 1), np.uint8),
    np.ones((1, 7), np.uint8),
    np.zeros((4, 4), np.uint8),
    speckled(37, 29, 3, 0),
    speckled(24, 60, 6, 1),
]


@pytest.mark.parametrize("classes", CASES, ids=range(len(CASES)))
@pytest.mark.parametrize(("height", "wide"), [(1, True), (2, False), (5, True), (100, False)])
def test_objects_and_borders_equal_those_of_a_flood_fill(classes, height, wide):
    numbers, count = walked(classes)
    generator = np.random.default_rng(5)
    shape = (len(classes), classes.shape[1] if wide else 1)
    weights = generator.integers(1, 2**20, shape)
    table, objects = tabled(classes, height, weights=weights)
    assert len(objects.classes) == count
    for index in range(count):
        here = numbers == index
        assert (classes[here] == objects.classes[index]).all()
        assert objects.areas[index] == (here * weights).sum()
    borders = objects.borders
    found = dict(zip(zip(borders.one.tolist(), borders.other.tolist()), borders.lengths.tolist()))
    assert found == walked_borders(classes, numbers)
    marks = (np.arange(count) % 251).astype(np.uint8)
    starts = range(0, len(classes), height)
    painted = [table.paint(i, classes[r : r + height], marks) for i, r in enumerate(starts)]
    assert np.array_equal(np.concatenate(painted), marks[numbers])


@pytest.mark.parametrize("height", [1, 3, 100])
def test_borders_of_large_objects_are_left_out_wherever_strips_are_cut(height):
    classes = speckled(40, 30, 4, 2)
    _, everything = tabled(classes, 100)
    _, objects = tabled(classes, height, limit=6)
    small = everything.areas < 6
    all_borders = everything.borders
    kept = small[all_borders.one] | small[all_borders.other]
    assert 0 < kept.sum() < len(kept)
    for name in ("one", "other", "lengths"):
        expected = getattr(all_borders, name)[kept]
        assert np.array_equal(getattr(objects.borders, name), expected)


@pytest.mark.parametrize("seed", range(4))
def test_components_of_chains_stars_and_random_graphs(seed):
    generator = np.random.default_rng(seed)
    names = generator.permutation(400)
    chain = np.column_stack([names[:99], names[1:100]])
    star = np.column_stack([np.full(99, names[100]), names[101:200]])
    chance = generator.choice(names[200:], (120, 2))
    edges = generator.permutation(np.concatenate([chain, star, chance]))
    roots = connected_components(400, edges[:, 0], edges[:, 1])
    parents = list(range(400))

    def find(node):
        while parents[node] != node:
            node = parents[node]
        return node

    for one, other in edges.tolist():
        low, high = sorted((find(one), find(other)))
        parents[high] = low
    assert roots.tolist() == [find(node) for node in range(400)]
