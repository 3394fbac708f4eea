# SPDX-License-Identifier: GPL-2.0-or-later
"""The tree of classes that join, most alike first, as SVG that takes its colors from the page."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from .merge_order import Step
from .report_page import Html, css, escaped

WIDTH = 720
NAMES, RIGHT, TOP, BOTTOM = 150, 14, 24, 26
ROW = 19
MOST_LEAVES = 64
LONGEST_NAME = 20
# Numbers of classes whose cuts are marked.
CUTS = (2, 4, 8, 16, 32)


@dataclass
class _Branch:
    """Classes that have joined already."""

    leaves: list[int]
    height: float = 0.0
    parts: list[_Branch] = field(default_factory=list)
    middle: float = 0.0


def dendrogram(steps: Sequence[Step], names: Sequence[str], colors: npt.NDArray[np.uint8]) -> Html:
    """Draw how classes join; "" for fewer than two.

    Of more than `MOST_LEAVES` classes the most alike are shown as joined already.

    Args:
        steps: of `check_merge_order`, one fewer than there are classes.
        names: of the classes.
        colors: `(k, 3)`.
    """
    if not steps:
        return Html("")
    branches = {number: _Branch([number]) for number in range(1, len(names) + 1)}
    hidden = max(len(names) - MOST_LEAVES, 0)
    for index, (kept, absorbed, distance) in enumerate(steps):
        one, other = branches[kept], branches.pop(absorbed)
        leaves = one.leaves + other.leaves
        if index < hidden:
            branches[kept] = _Branch(leaves)
        else:
            branches[kept] = _Branch(leaves, distance, [one, other])
    root = next(iter(branches.values()))
    tips = _tips(root)
    for row, tip in enumerate(tips):
        tip.middle = TOP + ROW * (row + 0.5)
    height = TOP + ROW * len(tips) + BOTTOM
    # Most joints lie close to the leaves; the root of the distance spreads them.
    scale = (WIDTH - NAMES - RIGHT) / math.sqrt(max(root.height, 1e-300))

    def x(distance: float) -> float:
        return NAMES + scale * math.sqrt(distance)

    parts = [_cuts(steps, len(tips), x, height), _lines(root, x)]
    for tip in tips:
        first = tip.leaves[0] - 1
        label = _short(names[first])
        if len(tip.leaves) > 1:
            label += f" + {len(tip.leaves) - 1}"
        parts.append(
            f'<rect class="color" fill="{css(colors[first])}" x="{NAMES - 16}"'
            f' y="{tip.middle - 6:.1f}" width="12" height="12"/>'
            f'<text class="name" x="{NAMES - 22}" y="{tip.middle + 4:.1f}" text-anchor="end">'
            f"{escaped(label)}</text>"
        )
    parts.append(
        f'<text x="{NAMES}" y="{height - 6}">more alike</text>'
        f'<text x="{WIDTH - RIGHT}" y="{height - 6}" text-anchor="end">less alike</text>'
    )
    first, second, _ = steps[0]
    alt = (
        f"Tree of {len(names)} classes: {names[first - 1]} and {names[second - 1]} are the most"
        " alike and join first"
    )
    return Html(
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{html.escape(alt)}">\n'
        + "\n".join(parts)
        + "\n</svg>"
    )


def _tips(root: _Branch) -> list[_Branch]:
    """The ends of the tree from top to bottom, the branch of the larger class first."""
    found, waiting = [], [root]
    while waiting:
        branch = waiting.pop()
        if branch.parts:
            waiting += reversed(branch.parts)
        else:
            found.append(branch)
    return found


def _lines(root: _Branch, x: Callable[[float], float]) -> str:
    lines = []
    order, waiting = [], [root]
    while waiting:
        branch = waiting.pop()
        order.append(branch)
        waiting += branch.parts
    for branch in reversed(order):
        if branch.parts:
            one, other = branch.parts
            branch.middle = (one.middle + other.middle) / 2
            at = x(branch.height)
            lines.append(
                f"M{x(one.height):.1f} {one.middle:.1f}H{at:.1f}V{other.middle:.1f}"
                f"H{x(other.height):.1f}"
            )
    return f'<path class="tree" d="{"".join(lines)}"/>'


def _cuts(steps: Sequence[Step], tips: int, x: Callable[[float], float], height: int) -> str:
    """Where so many classes remain: between the step that leads there and the next."""
    parts = []
    last = -math.inf
    for count in sorted((cut for cut in CUTS if cut < tips), reverse=True):
        before = steps[len(steps) - count][2]
        after = steps[len(steps) - count + 1][2]
        at = (x(before) + x(after)) / 2
        # Labels need room.
        if at - last < 26:
            continue
        last = at
        parts.append(
            f'<path class="cut" d="M{at:.1f} {TOP - 4}V{height - BOTTOM + 4}"/>'
            f'<text x="{at:.1f}" y="{TOP - 9}" text-anchor="middle">{count}</text>'
        )
    return "".join(parts)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
