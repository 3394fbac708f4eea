# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables of the trials."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.benchmarks.common import NONE, Table
from tests.benchmarks.summary import find

ALL_IMAGES = "mean of images"
DECILES = 10
# Headings of the agreements of two maps.
AGREEMENTS = {
    "moved": "moved",
    "moved_named": "named",
    "cut": "cut",
    "cut_named": "named",
    "threads": "threads",
    "threads_named": "named",
}


def trial_tables(record: Mapping[str, Any]) -> list[Table]:
    """One table for each trial that has run."""
    trials = record["trials"]
    made: list[Table] = []
    for table in (_stability, _nesting, _transfer, _confidence):
        made += table(trials)
    return made


def _stability(trials: Sequence[dict]) -> list[Table]:
    keys = dict.fromkeys(
        (one["image"], one["method"], one["classes"])
        for name in ("stability", "threads")
        for one in find(trials, trial=name)
    )
    rows = []
    for image, method, classes in sorted(keys, key=lambda key: (key[1], key[0], key[2])):
        figures: dict[str, float] = {}
        for name in ("stability", "threads"):
            for one in find(trials, trial=name, image=image, method=method, classes=classes):
                figures |= one
        cells = [f"{figures[key]:.3f}" if key in figures else NONE for key in AGREEMENTS]
        rows.append([image, method, str(classes), str(figures.get("shift", NONE)), *cells])
    rows += _means(rows, range(4, 4 + len(AGREEMENTS)))
    note = (
        "ARI between the map of the scene and that of the same scene with so many columns and rows"
        " of nodata before it (moved), or without its first columns and rows (cut), over what both"
        " have; half a tile, or a quarter of the shorter side where that is less. Threads: ARI with"
        " the map of a worker that has one thread. Named: the same after each class was named."
    )
    header = ["image", "method", "classes", "pixels", *AGREEMENTS.values()]
    return [Table("Stability", note, header, rows)] if rows else []


def _nesting(trials: Sequence[dict]) -> list[Table]:
    rows = []
    for one in sorted(find(trials, trial="nesting"), key=lambda one: one["method"]):
        shares = one["equal"]
        if not shares:
            continue
        worst = min(range(len(shares)), key=shares.__getitem__)
        below = sum(share < 0.999 for share in shares)
        cells = [f"{statistics.fmean(shares):.4f}", f"{shares[worst]:.4f}"]
        cells += [str(one["numbers"][worst]), f"{below} of {len(shares)}"]
        rows.append([one["image"], one["method"], *cells])
    rows += _means(rows, [2, 3])
    note = (
        "Share of the pixels where the map of CLASSES = K equals the tree of CLASSES = 32 cut at K,"
        " with the classes paired one to one: mean and lowest share over K, and that K."
    )
    header = ["image", "method", "mean", "lowest", "at K", "below 99.9 %"]
    return [Table("Nesting", note, header, rows)] if rows else []


def _transfer(trials: Sequence[dict]) -> list[Table]:
    keys = ("there", "classified", "network_alone")
    rows = [
        [one["image"], one["method"], *(f"{one[key]:.3f}" for key in keys)]
        for one in find(trials, trial="transfer")
    ]
    rows += _means(rows, [2, 3, 4])
    note = (
        "Named mean IoU on the right half of each scene: of a run there, and of superseg:classify"
        " with a model trained on the left half, by default and with SMOOTHNESS 0, which leaves the"
        " network alone."
    )
    header = ["image", "method", "run there", "classify", "network alone"]
    return [Table("Transfer", note, header, rows)] if rows else []


def _confidence(trials: Sequence[dict]) -> list[Table]:
    found = find(trials, trial="confidence")
    rows = []
    for image, method in dict.fromkeys((one["image"], one["method"]) for one in found):
        mine = find(found, image=image, method=method)
        deciles = [statistics.fmean(one["deciles"][i] for one in mine) for i in range(DECILES)]
        total = statistics.fmean(one["accuracy"] for one in mine)
        rise = statistics.fmean(one["rising"] for one in mine)
        cells = [f"{share:.2f}" for share in deciles]
        rows.append([image, method, *cells, f"{total:.2f}", f"{rise:.2f}"])
    header = ["image", "method", *(str(i + 1) for i in range(DECILES)), "all", "Spearman"]
    note = (
        "Accuracy of the named map in tenths of the labelled pixels by rising confidence, and"
        " Spearman's correlation of the tenth's number with its accuracy."
    )
    return [Table("Confidence", note, header, rows)] if rows else []


def _means(rows: Sequence[Sequence[str]], columns: Iterable[int]) -> list[list[str]]:
    """A row with the means of some columns for each method that has more than one image."""
    last = []
    for method in dict.fromkeys(row[1] for row in rows):
        mine = [row for row in rows if row[1] == method]
        if len(mine) < 2:
            continue
        mean = [ALL_IMAGES, method, *[""] * (len(rows[0]) - 2)]
        for column in columns:
            numbers = [row[column] for row in mine if row[column] != NONE]
            decimals = len(numbers[0].split(".")[1]) if numbers else 0
            figures = [float(each) for each in numbers]
            mean[column] = f"{statistics.fmean(figures):.{decimals}f}" if figures else NONE
        last.append(mean)
    return last
