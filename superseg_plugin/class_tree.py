# SPDX-License-Identifier: GPL-2.0-or-later
"""The tree of classes: every number of classes is a cut of one hierarchy.

The leaves are small clusters of superpixels; Ward's method [1] joins them, the pair that adds least
to the scatter within clusters first. Cut before its last k - 1 steps, the tree has k classes, so
that k + 1 classes split one of k and leave the others as they are. Branches may be given; then the
leaves of a branch join before any two branches do.

Exact: Ward's criterion for weighted points, nesting. Greedy: each step is the best one, the whole
tree need not be. Cost: m^3 comparisons in numpy at worst for m leaves, half a second for 1000.

References:
    [1] J. H. Ward, "Hierarchical grouping to optimize an objective function", Journal of the
        American Statistical Association 58 (1963).

Both processes use it: the worker to find classes, QGIS's process to write their merge order. It
needs numpy only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from .agglomeration import MergeStep, agglomerate

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# CLASSES 0 makes so many classes at most, of which the last explains this share of the scatter.
MOST_AUTOMATIC, LEAST_GAIN = 24, 0.01


@dataclass(frozen=True)
class ClassTree:
    """A binary tree over m leaves.

    Attributes:
        merges: `(m - 1, 2)` int64 nodes that join, in order; step t makes node `m + t`.
        costs: `(m - 1,)` float64 scatter that each step adds within clusters, weighted by area.
        areas: `(m,)` float64 area of each leaf.
    """

    merges: Ints
    costs: Floats
    areas: Floats

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> ClassTree:
        """The tree of a cluster model, from its arrays by name."""
        return cls(*(arrays[f"tree.{each.name}"] for each in fields(cls)))

    def cut(self, classes: int) -> Ints:
        """Class `(m,)` of each leaf, from 0, where the tree is cut into so many classes.

        The k-th split from the root makes class k of the smaller part, the larger one keeps its
        number: the classes of a cut are those of the next one with one of them joined to another.

        Args:
            classes: wanted, 1 or more; as many as there are leaves at most.

        Example:
            >>> tree = fit_class_tree(np.array([[0.0], [1.0], [9.0]]), np.array([2.0, 1.0, 1.0]))
            >>> tree.cut(2).tolist(), tree.cut(3).tolist()
            ([0, 0, 1], [0, 2, 1])
        """
        leaves, steps = len(self.areas), len(self.merges)
        areas = np.append(self.areas, np.zeros(steps))
        for step, (one, two) in enumerate(self.merges):
            areas[leaves + step] = areas[one] + areas[two]
        number = np.zeros(leaves + steps, np.int64)
        for step in range(steps - 1, -1, -1):
            large, small = sorted(self.merges[step], key=lambda node: -areas[node])
            number[large] = number[leaves + step]
            splits = steps - step
            number[small] = splits if splits < classes else number[leaves + step]
        return number[:leaves]

    def merge_order(self, numbers: Ints) -> list[MergeStep]:
        """How the classes of a cut join, down to one.

        Args:
            numbers: `(m,)` number of the class of each leaf, from 1; 0 for a class that is left
                out. All leaves of a class have the same number.

        Returns:
            One step less than there are classes; their distances, which never decrease, are square
            roots of costs.

        Example:
            >>> tree = fit_class_tree(np.array([[0.0], [1.0], [9.0]]), np.ones(3))
            >>> [step[:2] for step in tree.merge_order(np.array([3, 1, 2]))]
            [(1, 3), (1, 2)]
        """
        leaves = len(self.areas)
        number = np.append(numbers, np.zeros(len(self.merges), np.int64))
        steps: list[MergeStep] = []
        distance = 0.0
        for step, (one, two) in enumerate(self.merges):
            first, second = sorted((int(number[one]), int(number[two])))
            number[leaves + step] = first or second
            if first and first != second:
                distance = max(distance, float(np.sqrt(self.costs[step])))
                steps.append(MergeStep(first, second, distance))
        return steps

    def joining_costs(self) -> npt.NDArray[np.float32]:
        """Cost `(m, m)` float32 of the costliest step that joins two leaves; 0 on the diagonal.

        It is a distance: of any three leaves, the two largest distances are equal.

        Example:
            >>> tree = fit_class_tree(np.array([[0.0], [1.0], [9.0]]), np.ones(3))
            >>> costs = tree.joining_costs()
            >>> bool(costs[0, 1] < costs[0, 2] == costs[1, 2])
            True
        """
        count = len(self.areas)
        result = np.zeros((count, count), np.float32)
        members = {leaf: np.array([leaf]) for leaf in range(count)}
        highest = 0.0
        for step, (one, two) in enumerate(self.merges.tolist()):
            highest = max(highest, float(self.costs[step]))
            first, second = members.pop(one), members.pop(two)
            result[np.ix_(first, second)] = highest
            result[np.ix_(second, first)] = highest
            members[count + step] = np.concatenate([first, second])
        return result

    def explained(self) -> Floats:
        """Share `(m,)` of the scatter between leaves that 1, 2, ... m classes explain.

        Example:
            >>> tree = fit_class_tree(np.array([[0.0], [1.0], [9.0]]), np.ones(3))
            >>> tree.explained().round(2).tolist()
            [0.0, 0.99, 1.0]
        """
        gains = np.append(0.0, self.costs[::-1])
        explained: Floats = np.cumsum(gains) / max(float(gains.sum()), 1e-300)
        return explained

    def automatic(self) -> int:
        """Largest number of classes of which the last one explains at least 1 % of the scatter.

        Gains fall with the number of classes, steeply at first: on 13 images they are below 1 %
        after 10 to 17 classes. At a larger number, 2 at least and `MOST_AUTOMATIC` at most, they
        would be hard to name.

        Example:
            >>> fit_class_tree(np.array([[0.0], [0.1], [9.0], [9.1]]), np.ones(4)).automatic()
            2
        """
        gains = np.diff(self.explained())[: MOST_AUTOMATIC - 1]
        large = np.flatnonzero(gains >= LEAST_GAIN)
        return int(large.max(initial=0)) + 2 if len(gains) else 1


def fit_class_tree(centers: Floats, areas: Floats, branches: Ints | None = None) -> ClassTree:
    """Join weighted points by Ward's method.

    Args:
        centers: `(m, d)` points.
        areas: `(m,)` weights, above 0.
        branches: `(m,)` branch of each point; its points join first. None for one branch.

    Returns:
        The tree over all points.

    Example:
        The last two points are close, but belong to different branches.

        >>> points = np.array([[0.0], [4.0], [5.0]])
        >>> fit_class_tree(points, np.ones(3), np.array([0, 0, 1])).merges.tolist()
        [[0, 1], [3, 2]]
    """
    count = len(centers)
    centers, mass = centers.astype(np.float64), areas / areas.sum()

    def compare(one: int, others: Ints) -> Floats:
        both = mass[one] * mass[others] / (mass[one] + mass[others])
        result: Floats = both * np.square(centers[others] - centers[one]).sum(axis=1)
        return result

    node = np.arange(count)
    merges, costs = np.zeros((max(count - 1, 0), 2), np.int64), np.zeros(max(count - 1, 0))
    for step, (one, two, cost) in enumerate(agglomerate(count, compare, branches)):
        merges[step], costs[step] = (node[one], node[two]), cost
        total = mass[one] + mass[two]
        centers[one] = (mass[one] * centers[one] + mass[two] * centers[two]) / total
        mass[one], node[one] = total, count + step
    return ClassTree(merges, costs, areas.astype(np.float64))
