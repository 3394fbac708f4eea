# SPDX-License-Identifier: GPL-2.0-or-later
"""The classes of the workbench as text, for the clipboard."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence

from .merge_tree import MergedClass


def class_text(
    classes: Sequence[MergedClass],
    bands: Sequence[str],
    area: tuple[float, str],
    delimiter: str,
) -> str:
    """Return a table of classes with a header: plain numbers, as spreadsheets read them.

    Args:
        classes: the rows.
        bands: names of the bands of their means.
        area: factor from the areas of the classes, and the unit of the result.
        delimiter: between the cells, a tab or a comma.
    """
    factor, unit = area
    target = io.StringIO()
    writer = csv.writer(target, delimiter=delimiter, lineterminator="\n")
    header = ["Class", "Name", "Color", f"Area ({unit})", "Share (%)", "Pixels", "Members"]
    writer.writerow([*header, *(f"Mean {name}" for name in bands)])
    for each in classes:
        red, green, blue = each.color
        known = [f"{mean:.7g}" if math.isfinite(mean) else "" for mean in each.means.tolist()]
        writer.writerow(
            [
                each.number,
                each.name,
                f"#{red:02x}{green:02x}{blue:02x}",
                f"{each.area * factor:.7g}",
                f"{100 * each.share:.4f}",
                each.count,
                " ".join(map(str, each.members)),
                *known,
            ]
        )
    return target.getvalue()
