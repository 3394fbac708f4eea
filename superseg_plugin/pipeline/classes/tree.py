# SPDX-License-Identifier: GPL-2.0-or-later
"""The tree of the classes that the hand has left."""

from __future__ import annotations

from .catalog import ClassCatalog
from .groups import steps_between
from .state import ClassState
from .tree_layout import Tree, lay_out


def tree_of(catalog: ClassCatalog, state: ClassState) -> Tree | None:
    """Lay out the merge order of the classes that the hand has left; None where there is none."""
    steps = steps_between(catalog, state)
    if not steps:
        return None
    by_hand = {number: members for members in state.joined for number in members}
    leaves = dict.fromkeys(by_hand.get(number, (number,)) for number in catalog.numbers)
    return lay_out(leaves, steps)
