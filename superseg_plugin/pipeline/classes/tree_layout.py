# SPDX-License-Identifier: GPL-2.0-or-later
"""The layout of a dendrogram: rows of the leaves, joints of the branches, and cuts.

The report and the workbench draw the same layout. Heights are the square roots of the distances,
relative to the largest: most joints have small distances, and the root spreads them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...agglomeration import MergeStep

# A set of classes: their numbers, ascending.
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
    members: Members
    leaves: list[_Branch]
    height: float = 0.0
    parts: tuple[_Branch, ...] = ()
    middle: float = 0.0


def lay_out(leaves: Iterable[Members], steps: Sequence[MergeStep]) -> Tree:
    """Lay out the merge order of sets of classes.

    Args:
        leaves: the sets.
        steps: that merge the sets, at least one.
    """
    branch_of: dict[int, _Branch] = {}
    for members in leaves:
        leaf = _Branch(members, [])
        leaf.leaves.append(leaf)
        branch_of.update(dict.fromkeys(members, leaf))
    joined: list[_Branch] = []
    _, _, largest = steps[-1]
    scale = 1 / math.sqrt(max(largest, 1e-300))
    for kept, absorbed, distance in steps:
        one, other = branch_of[kept], branch_of[absorbed]
        members = tuple(sorted((*one.members, *other.members)))
        height = scale * math.sqrt(distance)
        joined.append(_Branch(members, one.leaves + other.leaves, height, (one, other)))
        branch_of.update(dict.fromkeys(members, joined[-1]))
    # In this order of the leaves no two branches cross.
    for row, leaf in enumerate(joined[-1].leaves):
        leaf.middle = float(row)
    for branch in joined:
        branch.middle = sum(part.middle for part in branch.parts) / 2
    return Tree(
        tuple(leaf.members for leaf in joined[-1].leaves),
        tuple(
            Joint(
                branch.members,
                branch.height,
                (branch.parts[0].middle, branch.parts[1].middle),
                (branch.parts[0].height, branch.parts[1].height),
            )
            for branch in joined
        ),
    )
