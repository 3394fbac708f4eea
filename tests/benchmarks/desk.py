# SPDX-License-Identifier: GPL-2.0-or-later
"""`make benchmark-desk DATA=<folder>`: how much of a map is right after a few clicks.

Every <name>_image.tif is segmented by `fast` with its file of superpixels; clicks on the reference,
<name>_label.tif (0 = unlabelled), then name its classes or teach (see `desk_clicks`).
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from superseg_plugin.raster.superpixel_file import SuperpixelFile
from tests.benchmarks.common import CLICKS, ENGINE_PYTHON, FOLDER, Table, markdown
from tests.benchmarks.image_sets import find_pairs, sets_of
from tests.benchmarks.methods import SharedWorker, segment
from tests.benchmarks.rasters import read_classes
from tests.tools.qgis_process import REPOSITORY

NAME, CLASSES = "desk", 16
WAYS = {"naming": "(a) naming", "random": "(b) taught, random", "asked": "(c) taught, asked"}
# The images that the issue names.
FOUR = ["ontario", "vaihingen", "zurich", "loveda1"]
# Loss against naming that counts on a single image.
LOSS = 0.01
TABLES = ("pixels", "classes", "leaf", "place", "means", "features", "pairs", "lengths")
NOTE = (
    "Share of labelled pixels right / mean IoU. Naming: clicks at random by area name the 16"
    " classes of fast, by the majority in each; a class without clicks takes the name of the class"
    " nearest in the tree. Taught: the same clicks, or clicks where the tool asks, are examples."
    " Means of five runs with their standard deviation; where the tool asks, the first 0 to 4"
    " places are skipped. Best: each superpixel has its most frequent label."
)


def main(arguments: Sequence[str]) -> int:
    """Measure all images, print and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--images", nargs="+", default=[])
    options = parser.parse_args(arguments)
    pairs = find_pairs(options.data, options.images)
    if not pairs:
        print(f"{options.data} has no <name>_image.tif with <name>_label.tif", file=sys.stderr)
        return 2
    folder = FOLDER / NAME
    folder.mkdir(parents=True, exist_ok=True)
    record: dict[str, Any] = {"sets": sets_of(options.data, list(pairs)), "images": {}}
    with SharedWorker() as shared:
        for image, paths in pairs.items():
            job = shared.job(paths[0], folder / f"{image}.tif", CLASSES, 0)
            segment(job, "fast")
            scene = folder / f"{image}.npz"
            write_scene(job.target, paths[1], scene)
            record["images"][image] = measure(scene)
            print(f"{image}: {_short(record['images'][image])}", flush=True)
    (FOLDER / f"{NAME}.json").write_text(json.dumps(record, indent=1), encoding="utf-8")
    text = "\n\n".join(
        f"## {one.title}\n\n{one.note}\n\n{markdown(one.header, one.rows)}"
        for one in tables(record)
    )
    (FOLDER / f"{NAME}.md").write_text(text + "\n", encoding="utf-8")
    print(text)
    return 0


def write_scene(classes: Path, labels: Path, target: Path) -> None:
    """Write what `desk_clicks` reads: tables of superpixels, and the labels in each."""
    reference = read_classes(labels).astype(np.int64)
    names = int(reference.max()) + 1
    with SuperpixelFile.open_beside(str(classes)) as file:
        ids = file.read_ids(file.grid.window).astype(np.int64)
        known = {name: getattr(file, name) for name in TABLES} | file.tree
    rows = len(known["pixels"])
    counts = np.bincount((ids * names + reference).ravel(), minlength=(rows + 1) * names)
    table = counts.reshape(rows + 1, names)[1:].copy()
    table[:, 0] = 0
    np.savez(target, table=table, at=reference[tuple(known["place"].T)], **known)


def measure(scene: Path) -> dict[str, Any]:
    """Let `desk_clicks` measure a scene."""
    command = [str(ENGINE_PYTHON), "-m", "tests.benchmarks.desk_clicks", str(scene)]
    done = subprocess.run(
        command, cwd=REPOSITORY, check=True, stdout=subprocess.PIPE, encoding="utf-8"
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def tables(record: Mapping[str, Any]) -> list[Table]:
    """Means of the sets, the images, and where teaching loses."""
    images, sets = record["images"], dict(record["sets"])
    four = [name for name in FOUR if name in images]
    if four:
        sets = {"the four": four, **sets}
    header = ["images", "way", *(f"{count} clicks" for count in CLICKS)]
    means = []
    for name, members in sets.items():
        for way, title in WAYS.items():
            cells = [_mean([images[one][way][index] for one in members]) for index in _indices()]
            means.append([f"{name} ({len(members)})", title, *cells])
    rows = []
    for image, found in images.items():
        best = _mean([found["best"][0]])
        for way, title in WAYS.items():
            cells = [_mean([found[way][index]]) for index in _indices()]
            rows.append([image, title, *cells, best])
    below = [
        [image, str(CLICKS[index]), f"{gap:+.3f}"]
        for image, found in images.items()
        for index in _indices()
        if (gap := _accuracy(found["asked"][index]) - _accuracy(found["naming"][index])) < -LOSS
    ]
    return [
        Table("Means", NOTE, header, means),
        Table("Images", "", [*header, "best"], rows),
        Table(
            f"Asked below naming by more than {LOSS:g}",
            "Difference of the shares of pixels right.",
            ["image", "clicks", "difference"],
            below or [["none", "", ""]],
        ),
    ]


def _indices() -> range:
    return range(len(CLICKS))


def _accuracy(draws: Sequence[Sequence[float]]) -> float:
    return statistics.fmean(draw[0] for draw in draws)


def _mean(images: Sequence[Sequence[Sequence[float]]]) -> str:
    """Mean over images and draws of accuracy and mean IoU, with the mean spread of the former."""
    accuracy = statistics.fmean(map(_accuracy, images))
    iou = statistics.fmean(statistics.fmean(draw[1] for draw in draws) for draws in images)
    spreads = [statistics.stdev(draw[0] for draw in draws) for draws in images if len(draws) > 1]
    spread = f" ±{statistics.fmean(spreads):.3f}" if spreads else ""
    return f"{accuracy:.3f}{spread} / {iou:.3f}"


def _short(found: Mapping[str, Any]) -> str:
    parts = [
        f"{way} " + " ".join(f"{_accuracy(found[way][index]):.3f}" for index in _indices())
        for way in WAYS
    ]
    slowest = max(wait[0] for wait in found["seconds"][0])
    return ", ".join([*parts, f"slowest question {slowest:.2f} s"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
