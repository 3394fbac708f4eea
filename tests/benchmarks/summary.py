# SPDX-License-Identifier: GPL-2.0-or-later
"""The record of the quality benchmark in numbers: means of seeds and of images, comparisons."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.benchmarks.measures import known, mean_and_spread

Record = Mapping[str, Any]

FIGURES = (
    "accuracy",
    "mean_iou",
    "spread",
    "effective",
    "tiny",
    "largest",
    "explained",
    "boundary_recall",
    "small_patches",
    "ami_joined",
    "ami",
    "agreement",
    "agreement_named",
    "given",
    "seconds",
)
# What is compared with other methods, and the loss that counts on a single image.
COMPARED = ("accuracy", "mean_iou")
LOSS = 0.02
OURS = ("fast", "balanced")


def find(entries: Iterable[dict], **wanted: object) -> list[dict]:
    """The entries that have all these values."""
    return [one for one in entries if all(one[key] == value for key, value in wanted.items())]


def with_reference(record: Record, other: Record, label: str) -> dict[str, Any]:
    """A record with the presets of another record as further methods, `<label> <preset>`."""
    joined = dict(record)
    methods = [name for name in other["methods"] if name in (*OURS, "published")]
    joined["methods"] = [*record["methods"], *(f"{label} {name}" for name in methods)]
    for part in ("runs", "agreements", "failures"):
        taken = [
            {**one, "method": f"{label} {one['method']}"}
            for one in other[part]
            if one["method"] in methods and one["image"] in record["images"]
        ]
        joined[part] = [*record[part], *taken]
    return joined


def summarize(record: Record) -> list[dict[str, Any]]:
    """One entry for each number of classes, image and method: mean and spread of every figure.

    An entry whose `set` is not None is a mean over the images of a set on which all runs of the
    method succeeded, `images` of `of`.
    """
    result: list[dict[str, Any]] = []
    for classes in record["classes"]:
        for method in record["methods"]:
            mine = [_of_image(record, classes, method, image) for image in record["images"]]
            found = [entry for entry in mine if entry["runs"] or entry["failures"]]
            result += found
            whole = [entry for entry in found if entry["runs"] and not entry["failures"]]
            for name, members in record["sets"].items():
                part = [entry for entry in whole if entry["image"] in members]
                if part:
                    entry = {"classes": classes, "method": method, "image": None, "set": name}
                    entry |= {"images": len(part), "of": len(members), "runs": len(part)}
                    entry |= {"failures": 0, **_means(part)}
                    runs = find(record["runs"], classes=classes, method=method)
                    images = {each["image"] for each in part}
                    result.append({**entry, "spread": _spread(runs, images)})
    return result


def comparisons(
    summary: Sequence[dict], record: Record, classes: int, against: Sequence[str]
) -> list[dict[str, Any]]:
    """Our methods beside the better one of some others, by set.

    Args:
        summary: of `summarize`.
        record: that it is of.
        classes: number of classes.
        against: names of methods; `*` in a name stands for the method that is compared.

    Returns:
        Entries with `above`, the mean minus the better mean, by figure, and `losses`, the images
        on which the figure is more than .02 below the better one.
    """
    result = []
    for method in OURS:
        names = [method, *(name.replace("*", method) for name in against)]
        rows: dict[str, dict[str, dict]] = {}
        for name in names:
            mine = find(summary, classes=classes, method=name, set=None)
            rows[name] = {entry["image"]: entry for entry in mine if entry["runs"]}
        others = [rows[name] for name in names[1:] if rows[name]]
        for name, members in record["sets"].items():
            images = [
                image for image in members if all(image in row for row in [rows[method], *others])
            ]
            if images and others:
                entry = {"method": method, "set": name, "images": len(images)}
                entry["against"] = [each for each in names[1:] if rows[each]]
                result.append({**entry, **_compared(rows[method], others, images)})
    return result


def _compared(
    ours: Mapping[str, dict], others: Sequence[Mapping[str, dict]], images: Sequence[str]
) -> dict[str, Any]:
    """What `comparisons` tells of a method: its entries by image, those of the others."""
    entry: dict[str, Any] = {}
    for figure in COMPARED:
        mine = {image: ours[image][figure][0] for image in images}
        theirs = [{image: row[image][figure][0] for image in images} for row in others]
        better = max(statistics.fmean(values.values()) for values in theirs)
        entry[f"{figure}_above"] = statistics.fmean(mine.values()) - better
        above = {image: mine[image] - max(each[image] for each in theirs) for image in images}
        losses = {image: value for image, value in above.items() if value < -LOSS}
        entry[f"{figure}_losses"] = losses
    return entry


def _of_image(record: Record, classes: int, method: str, image: str) -> dict[str, Any]:
    key = {"classes": classes, "method": method, "image": image}
    runs = find(record["runs"], **key)
    agreements = find(record["agreements"], **key)
    entry = {**key, "set": None, "runs": len(runs)}
    entry["failures"] = len(find(record["failures"], **key))
    for figure in FIGURES:
        source = agreements if figure.startswith("agreement") else runs
        entry[figure] = mean_and_spread(known([one.get(figure) for one in source]))
    entry["spread"] = _spread(runs, {image})
    return entry


def _spread(runs: Sequence[dict], images: set[str]) -> list[float]:
    """Standard deviation between the seeds of the mean IoU's mean over images; none of one seed."""
    mine = [run for run in runs if run["image"] in images]
    means = [
        statistics.fmean(run["mean_iou"] for run in find(mine, seed=seed))
        for seed in sorted({run["seed"] for run in mine})
    ]
    return [statistics.stdev(means)] if len(means) > 1 else []


def _means(entries: Sequence[dict]) -> dict[str, list[float]]:
    means = {}
    for figure in FIGURES:
        values = [entry[figure][0] for entry in entries if entry[figure]]
        means[figure] = [statistics.fmean(values)] if values else []
    return means
