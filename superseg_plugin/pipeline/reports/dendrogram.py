# SPDX-License-Identifier: GPL-2.0-or-later
"""The dendrogram of the classes as SVG."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from ...agglomeration import MergeStep, cut_merge_order
from ...translation import tr
from ..classes.tree_layout import Tree, lay_out
from .charts import WIDTH, svg, text
from .page import Html, css, shortened

NAMES, RIGHT, TOP, BOTTOM = 150, 14, 24, 26
ROW = 19
MOST_LEAVES = 64
LONGEST_NAME = 20
# Numbers of classes whose cuts are marked.
CUTS = (32, 16, 8, 4, 2)
# Labels of cuts closer than this would overlap.
LEAST_DISTANCE = 26


def dendrogram(
    steps: Sequence[MergeStep], names: Sequence[str], colors: npt.NDArray[np.uint8]
) -> Html:
    """Draw a merge order; "" for fewer than two classes.

    Of more than `MOST_LEAVES` classes, the most similar are shown as merged.

    Args:
        steps: one fewer than there are classes.
        names: of the classes.
        colors: `(k, 3)`.
    """
    if not steps:
        return Html("")
    shown = min(len(names), MOST_LEAVES)
    kept = cut_merge_order(steps, len(names), shown)
    leaves = [tuple((np.flatnonzero(kept == each) + 1).tolist()) for each in np.unique(kept)]
    tree = lay_out(leaves, steps[len(names) - shown :])
    height = TOP + ROW * shown + BOTTOM
    parts = [*_cuts(tree, height), _branches(tree)]
    for row, leaf in enumerate(tree.leaves):
        first, y = leaf[0] - 1, _y(row)
        others = f" + {len(leaf) - 1}" if len(leaf) > 1 else ""
        label = shortened(names[first], LONGEST_NAME) + others
        parts.append(
            f'<rect class="color" fill="{css(colors[first])}" x="{NAMES - 16}" y="{y - 6:.1f}"'
            ' width="12" height="12"/>'
        )
        parts.append(text(NAMES - 22, y + 4, label, "end", ' class="name"'))
    parts.append(text(NAMES, height - 6, tr("more similar"), "start"))
    parts.append(text(WIDTH - RIGHT, height - 6, tr("less similar"), "end"))
    one, other = names[steps[0][0] - 1], names[steps[0][1] - 1]
    alt = tr("Tree of {} classes: {} and {} are the most similar and merge first")
    alt = alt.format(len(names), one, other)
    return svg(alt, height, parts)


def _branches(tree: Tree) -> str:
    """Draw the joints."""
    path = ""
    for joint in tree.joints:
        (one, other), (near, far) = map(_y, joint.rows), map(_x, joint.heights)
        path += f"M{near:.1f} {one:.1f}H{_x(joint.height):.1f}V{other:.1f}H{far:.1f}"
    return f'<path class="tree" d="{path}"/>'


def _cuts(tree: Tree, height: int) -> Iterable[str]:
    """Mark where a line leaves so many classes."""
    last = -math.inf
    for count in CUTS:
        x = _x(tree.cut(count)) if count < len(tree.leaves) else -math.inf
        if x - last >= LEAST_DISTANCE:
            last = x
            yield f'<path class="cut" d="M{x:.1f} {TOP - 4}V{height - BOTTOM + 4}"/>'
            yield text(x, TOP - 9, str(count))


def _x(height: float) -> float:
    return NAMES + (WIDTH - NAMES - RIGHT) * height


def _y(row: float) -> float:
    return TOP + ROW * (row + 0.5)
