# SPDX-License-Identifier: GPL-2.0-or-later
"""The record of the quality benchmark, summarized in tables."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.common import markdown
from tests.benchmarks.measures import mean_and_spread

SCORES = {
    "ami": "AMI",
    "ami_with_unlabelled": "AMI, unlabelled too",
    "ari": "ARI",
    "fmi": "FMI",
    "are": "ARE (lower)",
    "mean_iou": "mean IoU",
    "boundary_recall": "borders found",
}
FIGURES = (*SCORES, "given", "seconds")
ALL_IMAGES = "mean of images"
NONE = "-"
DECILES = 10
NOTE = (
    "Mean ± sample standard deviation (n - 1) over the seeds; for the mean of images, over the"
    " seeds' means. Unlabelled pixels are left out, but in the second column, where they are a"
    " class of their own. Borders found: share of the reference's borders, those with unlabelled"
    " left out, that have a border of the map within 2 pixels; a dash where all"
    " of them lie along unlabelled pixels. Agreement: mean AMI between the maps of all pairs of"
    " seeds. Classes: in the map, of those asked for. Seconds: of a whole run,"
    " with reading and writing and without the start of a process; for network, of applying the"
    " model that balanced trained."
)
PARTS = ("published", "clusters")


@dataclass(frozen=True)
class Table:
    """A table with its heading and an explanation."""

    title: str
    note: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


def summarize(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One entry for each number of classes, image and method: mean and spread of every figure.

    The means of the images come last, over the seeds and images where all runs of the method
    succeeded.
    """
    result: list[dict[str, Any]] = []
    for classes in record["classes"]:
        for method in record["methods"]:
            whole: dict[str, list[dict]] = {}
            for image in record["images"]:
                runs = _find(record["runs"], classes=classes, method=method, image=image)
                failures = _find(record["failures"], classes=classes, method=method, image=image)
                if not runs and not failures:
                    continue
                agreements = _find(
                    record["agreements"], classes=classes, method=method, image=image
                )
                entry = {"classes": classes, "image": image, "method": method, "runs": len(runs)}
                entry |= {"failures": len(failures)} | _figures(runs)
                entry["agreement"] = agreements[0]["agreement"] if agreements else None
                result.append(entry)
                if runs and not failures:
                    whole[image] = runs
            if len(whole) > 1:
                result.append(_mean_of_images(whole, result, classes, method, record))
    return result


def tables(record: Mapping[str, Any]) -> list[Table]:
    """All tables of a record, in reading order."""
    summary = summarize(record)
    made = []
    for classes in record["classes"]:
        mine = _find(summary, classes=classes)
        if mine:
            made.append(_scores_table(record, mine, classes))
            made += _comparisons(record, mine, classes)
        trials = _find(record["trials"], classes=classes)
        for table in (_stability, _transfer, _merging, _confidence):
            made += table(trials, classes)
    if record["failures"]:
        rows = [
            [f"{one['image']}", str(one["classes"]), one["method"], str(one["seed"]), one["error"]]
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


def _find(entries: Iterable[dict], **wanted: object) -> list[dict]:
    return [one for one in entries if all(one[key] == value for key, value in wanted.items())]


def _figures(runs: Sequence[Mapping[str, Any]]) -> dict[str, list[float]]:
    found = {}
    for key in FIGURES:
        values = [float(run[key]) for run in runs if not math.isnan(float(run[key]))]
        found[key] = mean_and_spread(values)
    return found


def _mean_of_images(
    whole: Mapping[str, list[dict]],
    summary: Sequence[dict],
    classes: int,
    method: str,
    record: Mapping[str, Any],
) -> dict[str, Any]:
    by_seed = []
    for seed in record["seeds"]:
        mine = [run for runs in whole.values() for run in runs if run["seed"] == seed]
        if len(mine) == len(whole):
            values = {key: _known(run[key] for run in mine) for key in FIGURES}
            by_seed.append({k: statistics.fmean(v) if v else math.nan for k, v in values.items()})
    agreements = [
        entry["agreement"]
        for entry in _find(summary, classes=classes, method=method)
        if entry["image"] in whole and entry["agreement"] is not None
    ]
    return {
        "classes": classes,
        "image": ALL_IMAGES,
        "method": method,
        "runs": len(by_seed),
        "failures": 0,
        "images": len(whole),
        **_figures(by_seed),
        "agreement": statistics.fmean(agreements) if agreements else None,
    }


def _known(values: Iterable[float]) -> list[float]:
    return [float(value) for value in values if not math.isnan(float(value))]


def _scores_table(record: Mapping[str, Any], summary: list[dict], classes: int) -> Table:
    header = ["image", "method", *SCORES.values(), "agreement", "classes", "seconds"]
    rows = []
    for image in (*record["images"], ALL_IMAGES):
        for entry in _find(summary, image=image):
            name = entry["method"]
            some = entry.get("images", len(record["images"]))
            if image == ALL_IMAGES and some < len(record["images"]):
                name += f" ({some} of {len(record['images'])})"
            if entry["failures"]:
                name += f" (failed {entry['failures']} times)"
            given = entry["given"][0] if entry["given"] else math.nan
            seconds = entry["seconds"][0] if entry["seconds"] else math.nan
            rows.append(
                [
                    image,
                    name,
                    *(_spoken(entry[key]) for key in SCORES),
                    _number(entry["agreement"]),
                    NONE if math.isnan(given) else f"{given:.1f} of {classes}".replace(".0 ", " "),
                    NONE if math.isnan(seconds) else f"{seconds:.1f}",
                ]
            )
    covered = [run for run in _find(record["runs"], classes=classes) if run["on_nodata"]]
    nodata = "No map has a class on nodata."
    if covered:
        names = dict.fromkeys(f"{run['method']} of {run['image']}" for run in covered)
        nodata = f"Classes lie on nodata in maps by {', '.join(names)}."
    return Table(f"Scores, {classes} classes", f"{NOTE} {nodata}", header, rows)


def _comparisons(record: Mapping[str, Any], summary: list[dict], classes: int) -> list[Table]:
    """`balanced` beside the methods that it must not be worse than."""
    most = max((entry.get("images", 0) for entry in summary), default=0)
    # Means over different numbers of images cannot be compared.
    amis = {
        (entry["image"], entry["method"]): entry["ami"][0]
        for entry in summary
        if entry["ami"] and entry.get("images", most) == most
    }
    rows = []
    for image in (*record["images"], ALL_IMAGES):
        mine = {
            method: amis[image, method] for method in record["methods"] if (image, method) in amis
        }
        if "balanced" not in mine or len(mine) == 1:
            continue
        ours = mine["balanced"]
        parts = [mine[part] for part in PARTS if part in mine]
        ratios = [
            _ratio(ours, mine.get("published")),
            _ratio(ours, mine.get("clusters")),
            _ratio(ours, mine.get("pixel-kmeans")),
            _ratio(mine.get("fast"), ours),
        ]
        above = f"{ours - max(parts):+.3f}" if parts else NONE
        rows.append([image, f"{ours:.3f}", above, *ratios])
    header = ["image", "balanced", "above its parts", "x published", "x clusters", "x pixel-kmeans"]
    note = (
        "Mean AMI. Above its parts: AMI of balanced minus the better one of published and clusters."
        " Then the ratio of balanced to each, and of fast to balanced."
    )
    title = f"Balanced beside the others, {classes} classes"
    return [Table(title, note, [*header, "fast x balanced"], rows)] if rows else []


def _stability(trials: Sequence[dict], classes: int) -> list[Table]:
    rows = [
        [one["image"], str(one["shift"]), f"{one['moved']:.3f}", f"{one['cut']:.3f}"]
        for one in _find(trials, trial="stability")
    ]
    rows += _means(rows, [2, 3])
    note = (
        "AMI between the map by balanced of the scene and that of the same scene with so many"
        " columns and rows of nodata before it (moved), or without its first columns and rows"
        " (cut), over what both have. Half a tile, or a quarter of the shorter side where that is"
        " less."
    )
    header = ["image", "pixels", "moved", "cut"]
    return [Table(f"Stability, {classes} classes", note, header, rows)] if rows else []


def _transfer(trials: Sequence[dict], classes: int) -> list[Table]:
    ways = ("classified", "classified_ratio", "network_alone", "network_alone_ratio")
    keys = ("balanced_there", *ways)
    rows = [
        [one["image"], *(f"{one[key]:.3f}" for key in keys)]
        for one in _find(trials, trial="transfer")
    ]
    rows += _means(rows, range(1, 6))
    note = (
        "AMI on the right half of each scene: of balanced run there, and of superseg:classify with"
        " a model that balanced trained on the left half, by default and with SMOOTHNESS 0, which"
        " leaves the network alone; and what either is times the first."
    )
    header = ["image", "balanced there", "classify", "ratio", "network alone", "ratio"]
    return [Table(f"Transfer, {classes} classes", note, header, rows)] if rows else []


def _merging(trials: Sequence[dict], classes: int) -> list[Table]:
    found = _find(trials, trial="merging")
    keys = [f"{way}_{key}" for key in ("fmi", "mean_iou", "ami") for way in ("merged", "direct")]
    images = list(dict.fromkeys(one["image"] for one in found))
    rows = []
    for image in images:
        mine = _find(found, image=image)
        figures = [mean_and_spread([one[key] for one in mine]) for key in keys]
        rows.append([image, str(mine[0]["classes"]), *map(_spoken, figures)])
    rows += _means(rows, range(2, 8))
    header = ["image", "classes", "FMI merged", "direct", "mean IoU merged", "direct"]
    note = (
        "Balanced merged by its stored order to the reference's number of classes, and balanced"
        " asked for that number."
    )
    title = f"Merged from {classes} classes"
    return [Table(title, note, [*header, "AMI merged", "direct"], rows)] if rows else []


def _confidence(trials: Sequence[dict], classes: int) -> list[Table]:
    found = _find(trials, trial="confidence")
    rows = []
    for image in dict.fromkeys(one["image"] for one in found):
        mine = _find(found, image=image)
        for way in ("many_to_one", "one_to_one"):
            deciles = [statistics.fmean(one[way][i] for one in mine) for i in range(DECILES)]
            cells = [f"{share:.2f}" for share in deciles]
            rise = statistics.fmean(one[f"{way}_rising"] for one in mine)
            total = statistics.fmean(one[f"{way}_accuracy"] for one in mine)
            rows.append([image, way.replace("_", " "), *cells, f"{total:.2f}", f"{rise:.2f}"])
    header = ["image", "classes matched", *(str(i + 1) for i in range(DECILES)), "all", "Spearman"]
    note = (
        "Accuracy of balanced in tenths of the labelled pixels by rising confidence, and Spearman's"
        " correlation of the tenth's number with its accuracy; means over the seeds. Many to one:"
        " each class counts as the reference class that it shares most with. One to one: each"
        " reference class is met by one class, and all others are wrong."
    )
    return [Table(f"Confidence, {classes} classes", note, header, rows)] if rows else []


def _means(rows: Sequence[Sequence[str]], columns: Iterable[int]) -> list[list[str]]:
    """A last row with the means of some columns, where there is more than one image."""
    if len(rows) < 2:
        return []
    last = [ALL_IMAGES, *[""] * (len(rows[0]) - 1)]
    for column in columns:
        numbers = [float(row[column].split(" ")[0]) for row in rows if row[column] != NONE]
        last[column] = f"{statistics.fmean(numbers):.3f}" if numbers else NONE
    return [last]


def _ratio(one: float | None, other: float | None) -> str:
    return f"{one / other:.2f}" if one is not None and other else NONE


def _number(value: float | None) -> str:
    return NONE if value is None else f"{value:.3f}"


def _spoken(figure: Sequence[float]) -> str:
    return " ± ".join(f"{number:.3f}" for number in figure) or NONE
