# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables of the quality benchmark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.benchmarks.common import NONE, Table, markdown
from tests.benchmarks.summary import COMPARED, FIGURES, LOSS, comparisons, find, summarize
from tests.benchmarks.trial_tables import trial_tables

# Heading and decimals of each figure.
COLUMNS: dict[str, tuple[str, int]] = {
    "accuracy": ("accuracy", 3),
    "mean_iou": ("mean IoU", 3),
    "spread": ("±", 3),
    "effective": ("effective", 1),
    "tiny": ("tiny", 1),
    "largest": ("largest", 2),
    "explained": ("explained", 3),
    "boundary_recall": ("borders", 3),
    "small_patches": ("patches", 3),
    "ami_joined": ("AMI joined", 3),
    "ami": ("AMI", 3),
    "agreement": ("seeds", 3),
    "agreement_named": ("seeds named", 3),
    "given": ("classes", 1),
    "seconds": ("seconds", 1),
}
if tuple(COLUMNS) != FIGURES:
    raise RuntimeError("figures and columns differ")
NOTE = (
    "Means of the seeds; a dash where there is none. Only labelled pixels count in accuracy, mean"
    " IoU, borders, patches and AMI. Accuracy and mean IoU: each class takes the name of the"
    " reference class that it shares most pixels with; a reference class that gives no name counts"
    " 0. ±: standard deviation of the mean IoU between seeds, whose superpixels differ by 3 % in"
    " scale. Effective: exponential of the entropy of the classes' shares of the area. Tiny:"
    " classes below 0.1 % of the area. Largest: share of the largest class. Explained: share of"
    " the variance of the means of superpixels that lies between classes. Borders: share of the"
    " reference's borders with a border of the map within 2 pixels. Patches: share of the"
    " connected components of the reference below 1000 pixels that one of the named map overlaps"
    " by an IoU above .5. AMI joined: after the classes were merged by the map's own tree to the"
    " reference's number. Seeds: mean ARI between the maps of two seeds, and of the named maps."
    " Classes: in the map. Seconds: of a whole run, without the start of a process."
)


def tables(record: Mapping[str, Any]) -> list[Table]:
    """All tables of a record, in reading order."""
    summary = summarize(record)
    made = []
    counts = [classes for classes in record["classes"] if find(summary, classes=classes)]
    for classes in counts:
        mine = find(summary, classes=classes)
        made.append(_means_table(mine, record, classes, note=not made))
        made += _comparison_table(summary, record, classes)
    made += _oracle_table(record)
    made += trial_tables(record)
    made += [_images_table(find(summary, classes=classes), record, classes) for classes in counts]
    if record["failures"]:
        rows = [
            [one["image"], str(one["classes"]), one["method"], str(one["seed"]), one["error"]]
            for one in record["failures"]
        ]
        header = ["image", "classes", "what", "seed", "error"]
        made.append(Table("Failures", "What could not be measured.", header, rows))
    return made


def as_markdown(record: Mapping[str, Any]) -> str:
    """The tables as text."""
    parts = [describe(record)]
    for table in tables(record):
        parts += [f"## {table.title}", table.note, markdown(table.header, table.rows)]
    return "\n\n".join(part for part in parts if part) + "\n"


def describe(record: Mapping[str, Any]) -> str:
    """Seeds, machine and revision of a record, in a sentence."""
    machine = record["machine"]
    revisions = sorted({run["revision"] for run in record["runs"]})
    seeds = " ".join(map(str, record["seeds"]))
    return (
        f"Seeds {seeds}; {machine['cores']} cores of {machine['processor']}, device"
        f" {machine['device']}; revision {', '.join(revisions) or NONE}."
    )


def number(values: Sequence[float], decimals: int) -> str:
    """The first of some values, or a dash."""
    return f"{values[0]:.{decimals}f}" if values else NONE


def _cells(entry: Mapping[str, Any]) -> list[str]:
    return [number(entry[figure], decimals) for figure, (_, decimals) in COLUMNS.items()]


def _header(first: str) -> list[str]:
    return [first, "method", *(title for title, _ in COLUMNS.values())]


def _means_table(
    summary: Sequence[dict], record: Mapping[str, Any], classes: int, note: bool
) -> Table:
    rows = []
    for name in record["sets"]:
        for entry in find(summary, set=name):
            title = f"{name} ({entry['of']})"
            method = entry["method"]
            if entry["images"] < entry["of"]:
                method += f" ({entry['images']} of {entry['of']})"
            rows.append([title, method, *_cells(entry)])
    return Table(f"Means, {classes} classes", NOTE if note else "", _header("images"), rows)


def _comparison_table(
    summary: Sequence[dict], record: Mapping[str, Any], classes: int
) -> list[Table]:
    found = comparisons(summary, record, classes, record["against"])
    rows = []
    for entry in found:
        cells = [f"{entry['set']} ({entry['images']})", entry["method"]]
        for figure in COMPARED:
            losses = sorted(entry[f"{figure}_losses"].items(), key=lambda item: item[1])
            names = ", ".join(f"{image} {loss:+.3f}" for image, loss in losses)
            cells += [f"{entry[f'{figure}_above']:+.3f}", str(len(losses)), names or NONE]
        rows.append(cells)
    if not rows:
        return []
    others = "; ".join(
        f"{entry['method']}: {', '.join(entry['against'])}"
        for entry in {entry["method"]: entry for entry in found}.values()
    )
    note = (
        "Mean minus the better mean of the others, over the images that all have; number and names"
        f" of the images with a figure more than {LOSS:g} below the better one of the others."
        f" {others}."
    )
    header = ["images", "method"]
    for figure in COMPARED:
        header += [f"{COLUMNS[figure][0]} above", "images below", "which"]
    return [Table(f"Beside the others, {classes} classes", note, header, rows)]


def _oracle_table(record: Mapping[str, Any]) -> list[Table]:
    rows = [
        [
            one["image"],
            str(one["superpixels"]),
            f"{one['accuracy']:.3f}",
            f"{one['mean_iou']:.3f}",
        ]
        for one in record["oracles"]
    ]
    note = "Accuracy and mean IoU if each superpixel had the label most frequent in it."
    header = ["image", "superpixels", "accuracy", "mean IoU"]
    return [Table("The best that superpixels allow", note, header, rows)] if rows else []


def _images_table(summary: Sequence[dict], record: Mapping[str, Any], classes: int) -> Table:
    rows = []
    for image in record["images"]:
        for entry in find(summary, image=image):
            name = entry["method"]
            if entry["failures"]:
                name += f" (failed {entry['failures']} times)"
            rows.append([image, name, *_cells(entry)])
    covered = [run for run in find(record["runs"], classes=classes) if run["on_nodata"]]
    note = "No map has a class on nodata."
    if covered:
        names = dict.fromkeys(f"{run['method']} of {run['image']}" for run in covered)
        note = f"Classes lie on nodata in maps by {', '.join(names)}."
    return Table(f"Images, {classes} classes", note, _header("image"), rows)
