# SPDX-License-Identifier: GPL-2.0-or-later
"""The tree of classes that join, most alike first, as SVG that takes its colors from the page."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ..classes.tree_layout import Tree, lay_out
from ..formats.merge_order import MergeStep, cut_merge_order
from .page import Html, css, escaped

WIDTH = 720
NAMES, RIGHT, TOP, BOTTOM = 150, 14, 24, 26
ROW = 19
MOST_LEAVES = 64
LONGEST_NAME = 20
# Numbers of classes whose cuts are marked.
CUTS = (2, 4, 8, 16, 32)


def dendrogram(
    steps: Sequence[MergeStep], names: Sequence[str], colors: npt.NDArray[np.uint8]
) -> Html:
    """Draw how classes join; "" for fewer than two.

    Of more than `MOST_LEAVES` classes the most alike are shown as joined already.

    Args:
        steps: of `check_merge_order`, one fewer than there are classes.
        names: of the classes.
        colors: `(k, 3)`.
    """
    if not steps:
        return Html("")
    shown = min(len(names), MOST_LEAVES)
    owner = cut_merge_order(steps, len(names), shown)
    leaves = [tuple((np.flatnonzero(owner == kept) + 1).tolist()) for kept in np.unique(owner)]
    tree = lay_out(leaves, steps[len(names) - shown :])
    height = TOP + ROW * shown + BOTTOM

    parts = [_cuts(tree, height), _lines(tree)]
    for row, leaf in enumerate(tree.leaves):
        first, middle = leaf[0] - 1, _y(row)
        label = _short(names[first])
        if len(leaf) > 1:
            label += f" + {len(leaf) - 1}"
        parts.append(
            f'<rect class="color" fill="{css(colors[first])}" x="{NAMES - 16}"'
            f' y="{middle - 6:.1f}" width="12" height="12"/>'
            f'<text class="name" x="{NAMES - 22}" y="{middle + 4:.1f}" text-anchor="end">'
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


def _lines(tree: Tree) -> str:
    lines = []
    for joint in tree.joints:
        (one, other), (near, far) = map(_y, joint.rows), map(_x, joint.heights)
        lines.append(f"M{near:.1f} {one:.1f}H{_x(joint.height):.1f}V{other:.1f}H{far:.1f}")
    return f'<path class="tree" d="{"".join(lines)}"/>'


def _cuts(tree: Tree, height: int) -> str:
    """Where so many classes remain."""
    parts = []
    last = -math.inf
    for count in sorted((cut for cut in CUTS if cut < len(tree.leaves)), reverse=True):
        at = _x(tree.cut(count))
        # Labels need room.
        if at - last < 26:
            continue
        last = at
        parts.append(
            f'<path class="cut" d="M{at:.1f} {TOP - 4}V{height - BOTTOM + 4}"/>'
            f'<text x="{at:.1f}" y="{TOP - 9}" text-anchor="middle">{count}</text>'
        )
    return "".join(parts)


def _x(height: float) -> float:
    return NAMES + (WIDTH - NAMES - RIGHT) * height


def _y(row: float) -> float:
    return TOP + ROW * (row + 0.5)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
