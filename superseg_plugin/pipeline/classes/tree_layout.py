# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the parts of a dendrogram lie: rows of leaves, joints between them, and where it is cut."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..formats.merge_order import MergeStep

Members = tuple[int, ...]


@dataclass(frozen=True)
class Joint:
    """Two branches that join.

    Attributes:
        members: the classes of both.
        height: where they join, 0 at the leaves to 1 at the root.
        rows: middle row of either.
        heights: where either begins.
    """

    members: Members
    height: float
    rows: tuple[float, float]
    heights: tuple[float, float]


@dataclass(frozen=True)
class Tree:
    """A dendrogram.

    Attributes:
        leaves: sets of classes that are taken for one, from top to bottom.
        joints: most alike first, one fewer than leaves.
    """

    leaves: tuple[Members, ...]
    joints: tuple[Joint, ...]

    def cut(self, count: int) -> float:
        """Where a line cuts the tree into so many groups."""
        done = len(self.leaves) - count
        before = self.joints[done - 1].height if done > 0 else 0.0
        after = self.joints[done].height if done < len(self.joints) else 1.0
        return (before + after) / 2

    def count_at(self, height: float) -> int:
        """How many groups a line at a height leaves, at least two."""
        done = sum(joint.height < height for joint in self.joints)
        return max(len(self.leaves) - done, min(2, len(self.leaves)))


@dataclass
class _Branch:
    members: tuple[int, ...]
    rows: list[Members]
    height: float = 0.0
    middle: float = 0.0


def lay_out(leaves: Iterable[Members], steps: Sequence[MergeStep]) -> Tree:
    """Lay out how sets of classes join.

    Args:
        leaves: the sets.
        steps: of `check_merge_order`, those between the sets; at least one.
    """
    branches: dict[int, _Branch] = {}
    for members in leaves:
        branches.update(dict.fromkeys(members, _Branch(members, [members])))
    order = _order_of_rows(branches, steps)
    row = {members: float(index) for index, members in enumerate(order)}
    for branch in branches.values():
        branch.middle = row[branch.rows[0]]
    # Most joints lie close to the leaves; the root of the distance spreads them.
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
    """The leaves in the order in which no two branches cross."""
    rows = {number: branch.rows for number, branch in branches.items()}
    members = {number: branch.members for number, branch in branches.items()}
    for kept, absorbed, _ in steps:
        joined = rows[kept] + rows[absorbed]
        together = members[kept] + members[absorbed]
        rows.update(dict.fromkeys(together, joined))
        members.update(dict.fromkeys(together, together))
    return rows[steps[-1][0]]
