# SPDX-License-Identifier: GPL-2.0-or-later
"""The layout of a dendrogram: rows of the leaves, joints of the branches, and cuts.

The report and the workbench draw the same layout. Heights are the square roots of the distances,
relative to the largest: most joints have small distances, and the root spreads them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..formats.merge_order import MergeStep

Members = tuple[int, ...]


@dataclass(frozen=True)
class Joint:
    """The joint of two branches.

    Attributes:
        members: the classes of both branches.
        height: of the joint, from 0 at the leaves to 1 at the root.
        rows: middle row of each branch.
        heights: where each branch begins.
    """

    members: Members
    height: float
    rows: tuple[float, float]
    heights: tuple[float, float]


@dataclass(frozen=True)
class Tree:
    """A dendrogram.

    Attributes:
        leaves: sets of classes that are shown as one, from top to bottom.
        joints: one fewer than leaves, by height.
    """

    leaves: tuple[Members, ...]
    joints: tuple[Joint, ...]

    def cut(self, count: int) -> float:
        """Return the height of a line that cuts the tree into `count` clusters."""
        done = len(self.leaves) - count
        before = self.joints[done - 1].height if done > 0 else 0.0
        after = self.joints[done].height if done < len(self.joints) else 1.0
        return (before + after) / 2

    def count_at(self, height: float) -> int:
        """Return the number of clusters below a line at a height, at least two."""
        done = sum(joint.height < height for joint in self.joints)
        return max(len(self.leaves) - done, min(2, len(self.leaves)))


@dataclass
class _Branch:
    members: tuple[int, ...]
    rows: list[Members]
    height: float = 0.0
    middle: float = 0.0


def lay_out(leaves: Iterable[Members], steps: Sequence[MergeStep]) -> Tree:
    """Lay out the merge order of sets of classes.

    Args:
        leaves: the sets.
        steps: that merge the sets, at least one.
    """
    branches: dict[int, _Branch] = {}
    for members in leaves:
        branches.update(dict.fromkeys(members, _Branch(members, [members])))
    order = _order_of_rows(branches, steps)
    row = {members: float(index) for index, members in enumerate(order)}
    for branch in branches.values():
        branch.middle = row[branch.rows[0]]
    scale = 1 / math.sqrt(max(steps[-1][2], 1e-300))
    joints = []
    for kept, absorbed, distance in steps:
        one, other = branches[kept], branches[absorbed]
        height = scale * math.sqrt(distance)
        members = tuple(sorted((*one.members, *other.members)))
        joints.append(
            Joint(members, height, (one.middle, other.middle), (one.height, other.height))
        )
        middle = (one.middle + other.middle) / 2
        joined = _Branch(members, [], height, middle)
        branches.update(dict.fromkeys(members, joined))
    return Tree(tuple(order), tuple(joints))


def _order_of_rows(branches: dict[int, _Branch], steps: Sequence[MergeStep]) -> list[Members]:
    """Return the leaves in an order in which no two branches cross."""
    rows = {number: branch.rows for number, branch in branches.items()}
    members = {number: branch.members for number, branch in branches.items()}
    for kept, absorbed, _ in steps:
        joined = rows[kept] + rows[absorbed]
        together = members[kept] + members[absorbed]
        rows.update(dict.fromkeys(together, joined))
        members.update(dict.fromkeys(together, together))
    return rows[steps[-1][0]]
