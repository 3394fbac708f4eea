# SPDX-License-Identifier: GPL-2.0-or-later
"""`make benchmark-plain`: synthetic scenes of known truth, beside k-means of superpixel means.

Each scene is segmented into as many classes as it has kinds. The ARI of its pixels against the
truth stands beside that of k-means of the mean values of superpixels, by area, best of ten starts,
and beside the best that the superpixels allow. The scenes are those of `plain_scenes`, made for one
property each, and of `drawn_scenes`. The report is written anew after each scene.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import numpy as np

from superseg_plugin.pipeline.options.segmentation import PRESETS
from superseg_plugin.raster.grid import Grid
from superseg_plugin.raster.writer import RasterProfile, RasterWriter
from tests.benchmarks.baseline_process import Baselines
from tests.benchmarks.common import FOLDER, markdown
from tests.benchmarks.drawn_scenes import DRAWN
from tests.benchmarks.image_data import ImageData
from tests.benchmarks.measures import Classes, map_ari
from tests.benchmarks.methods import SharedWorker, segment
from tests.benchmarks.plain_scenes import SCENES, Image
from tests.benchmarks.rasters import read_classes

ALL = {**SCENES, **DRAWN}
BASELINE, STARTS = "superpixel-kmeans", 10
# A scene is missed where k-means reaches EASY and the method does not reach WANTED, or where the
# method is more than SLACK below k-means.
EASY, WANTED, SLACK = 0.99, 0.97, 0.05


def is_missed(ours: float, kmeans: float) -> bool:
    """Whether the ARI of a scene is too low beside that of k-means."""
    return (kmeans >= EASY and ours < WANTED) or ours < kmeans - SLACK


def write_scene(path: Path, image: Image, names: Sequence[str] = ()) -> None:
    """Write the values `(bands, rows, cols)` of a scene, with names of the bands if there are."""
    grid = Grid(image.shape[2], image.shape[1])
    profile = RasterProfile(len(image), image.dtype, band_names=tuple(names))
    with RasterWriter(path, grid, profile) as writer:
        writer.write(grid.window, image)


def measure(
    name: str, preset: str, seed: int, shared: SharedWorker, baselines: Baselines
) -> dict[str, Any]:
    """Segment a scene and return its figures."""
    image, kinds = ALL[name]()
    truth: Classes = (kinds + 1).astype(np.uint8)
    count = int(truth.max())
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        path, ours, theirs = (folder / f"{part}.tif" for part in ("scene", "ours", "kmeans"))
        write_scene(path, image)
        data = ImageData(path, truth, shared, baselines, folder)
        seconds = segment(shared.job(path, ours, count, seed), preset)
        data.run_baseline(BASELINE, theirs, count, seed, STARTS)
        found = read_classes(ours)
        return {
            "scene": name,
            "bands": len(image),
            "kinds": count,
            "superpixels": int((data.superpixels.description.pixels > 0).sum()),
            "classes": len(np.unique(found[found > 0])),
            "ari": map_ari(found, truth),
            "kmeans": map_ari(read_classes(theirs), truth),
            "best": map_ari(data.majority(), truth),
            "seconds": seconds,
        }


def report(runs: Sequence[Mapping[str, Any]], preset: str, seed: int, of: int) -> str:
    """The figures as Markdown, with the scenes that are missed first."""
    easy = [run for run in runs if run["kmeans"] >= EASY]
    missed = [run for run in runs if is_missed(run["ari"], run["kmeans"])]
    lines = [
        f"# Plain scenes, {preset}, seed {seed}: {len(runs)} of {of}",
        f"Mean ARI {_mean(runs, 'ari')}, k-means of superpixel means {_mean(runs, 'kmeans')}, the"
        f" best that superpixels allow {_mean(runs, 'best')}. On the {len(easy)} scenes where"
        f" k-means has {EASY} or more: {_mean(easy, 'ari')}.",
        f"Missed are {len(missed)} scenes: k-means has {EASY} or more and {preset} less than"
        f" {WANTED}, or {preset} is more than {SLACK} below k-means.",
    ]
    if missed:
        lines.append(_table(missed))
    lines += ["## All scenes", _table(runs)]
    return "\n\n".join(lines) + "\n"


def _mean(runs: Sequence[Mapping[str, Any]], key: str) -> str:
    return f"{statistics.fmean(run[key] for run in runs):.3f}" if runs else "-"


def _table(runs: Sequence[Mapping[str, Any]]) -> str:
    header = ["scene", "bands", "kinds", "superpixels", "classes", "ARI", "k-means", "best", "s"]
    rows = [
        [
            *(run[key] for key in ("scene", "bands", "kinds", "superpixels", "classes")),
            *(f"{run[key]:.3f}" for key in ("ari", "kmeans", "best")),
            f"{run['seconds']:.1f}",
        ]
        for run in runs
    ]
    return markdown(header, rows)


def main(arguments: list[str]) -> int:
    """Measure, print and write the report; the status is 1 if a scene is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", nargs="+", default=["*"], help="names of scenes, with * and ?")
    parser.add_argument("--preset", default="fast", choices=PRESETS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args(arguments)
    names = [name for name in ALL if any(fnmatch(name, each) for each in options.names)]
    if not names:
        print(f"No scene is named {' '.join(options.names)}: {' '.join(ALL)}", file=sys.stderr)
        return 2
    options.folder.mkdir(parents=True, exist_ok=True)
    runs: list[dict[str, Any]] = []
    text = ""
    with SharedWorker() as shared, Baselines() as baselines:
        for name in names:
            run = measure(name, options.preset, options.seed, shared, baselines)
            runs.append(run)
            mark = "MISSED" if is_missed(run["ari"], run["kmeans"]) else ""
            figures = f"ARI {run['ari']:.3f}, k-means {run['kmeans']:.3f}, best {run['best']:.3f}"
            print(f"{name}: {figures} {mark}", flush=True)
            text = report(runs, options.preset, options.seed, len(names))
            (options.folder / "plain.md").write_text(text, encoding="utf-8")
            (options.folder / "plain.json").write_text(json.dumps(runs, indent=1), encoding="utf-8")
    print(f"\n{text}\nWritten to {options.folder}: plain.md, plain.json")
    return 1 if any(is_missed(run["ari"], run["kmeans"]) for run in runs) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
