# SPDX-License-Identifier: GPL-2.0-or-later
"""`make benchmark-values`: images of all kinds of values, beside k-means of pixels and superpixels.

Synthetic embeddings, heights, indices, radar and reflectances, and labeled images where a folder
with them is given, are segmented into 16 classes, and embeddings also into as many as they have
kinds. Named accuracy (each class takes the name of the kind it shares most with), named mean IoU
and AMI stand beside those of k-means of pixels and of superpixel means, best of five starts.
Scenes of two rasters of different kinds stand beside k-means of all their bands together. One
embedding is then written in every form that AlphaEarth's vectors are held in, and one model is
applied to a second year.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import numpy as np

from superseg_plugin.pipeline.options.classification import ClassificationOptions
from superseg_plugin.pipeline.options.segmentation import PRESETS
from tests.benchmarks.baseline_process import Baselines
from tests.benchmarks.block_scenes import BLOCK_SCENES
from tests.benchmarks.common import FOLDER, markdown
from tests.benchmarks.image_data import ImageData
from tests.benchmarks.measured_scenes import MEASURED
from tests.benchmarks.measures import Classes, map_ami
from tests.benchmarks.methods import SharedWorker, classify, model_of, segment
from tests.benchmarks.named import label_table, named_scores
from tests.benchmarks.plain import write_scene
from tests.benchmarks.plain_scenes import Image
from tests.benchmarks.rasters import read_classes
from tests.benchmarks.value_scenes import EMBEDDINGS, dequantized, quantized

BASELINES, STARTS = ("pixel-kmeans", "superpixel-kmeans"), 5
# A scene is missed where the named accuracy is so much below that of the better k-means.
SLACK = 0.02
# Number of classes that a user finds in the dialog.
USUAL = 16
# Labeled images of radar, indices, temperature, multispectral and hyperspectral sensors.
REAL = (
    *("sea_s1_1", "sf_airsar", "uzbek_ndvi", "meltpond_tir1", "gewata_l7", "goa_s2", "amazon_s2"),
    *("korea_s2", "md_landsat8", "nc_landsat7", "cloud_landsat7"),
    *("indian_pines", "salinas_a", "enmap_potsdam"),
)
# The scene of the forms and of the years; the noise of another year, as a share of the length.
EXAMPLE, OTHER_YEAR = "similar_kinds", 0.02


def band_names(name: str, bands: int) -> list[str]:
    """Names as products have them."""
    if name.startswith("tessera"):
        return [f"Tessera_Band_{number}" for number in range(bands)]
    return [f"A{number:02d}" for number in range(bands)]


def make(name: str, path: Path) -> tuple[Classes, list[int]]:
    """Write a synthetic scene and return its truth and the numbers of classes to try.

    Of a scene of two rasters, both are also written as one, for k-means.
    """
    if name in BLOCK_SCENES:
        rasters, kinds = BLOCK_SCENES[name]()
        for number, (names, image) in enumerate(rasters):
            write_scene(path.with_name(f"raster_{number}.tif"), image, names)
        # K-means is not to suffer from powers beside decibels.
        decibels = [10 * np.log10(image) if "VV" in names else image for names, image in rasters]
        write_scene(path, np.concatenate([image.astype(np.float32) for image in decibels]))
        return (kinds + 1).astype(np.uint8), [int(kinds.max()) + 1, USUAL]
    if name in MEASURED:
        names, scene = MEASURED[name]
        image, kinds = scene()
        counts = [USUAL]
    else:
        image, kinds = EMBEDDINGS[name]()
        names = band_names(name, len(image))
        counts = sorted({int(kinds.max()) + 1, USUAL})
    write_scene(path, image, names)
    return (kinds + 1).astype(np.uint8), counts


def measure(
    name: str, folder: Path | None, preset: str, shared: SharedWorker, baselines: Baselines
) -> list[dict[str, Any]]:
    """Figures of a scene: a row for each number of classes.

    Args:
        name: of a synthetic scene, or of an image in the folder.
        folder: of the labeled images; None for a synthetic scene.
        preset: of SuperSeg.
        shared: the worker.
        baselines: the process of the baselines.
    """
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        path, found = Path(scratch) / "scene.tif", Path(scratch) / "classes.tif"
        if folder is None:
            truth, counts = make(name, path)
        else:
            path, counts = folder / f"{name}_image.tif", [USUAL]
            truth = read_classes(folder / f"{name}_label.tif")
        data = ImageData(path, truth, shared, baselines, Path(scratch))
        for count in counts:
            row: dict[str, Any] = {"scene": name, "classes": count}
            for method in (preset, *BASELINES):
                if method == preset:
                    job = shared.job(path, found, count, 0)
                    if name in BLOCK_SCENES:
                        image, other = (path.with_name(f"raster_{number}.tif") for number in (0, 1))
                        job = replace(job, image=image, additional=(other,))
                    row["seconds"] = segment(job, preset)
                else:
                    data.run_baseline(method, found, count, 0, STARTS)
                classes = read_classes(found)
                named = named_scores(label_table(truth, classes, data.valid))
                row[method] = (*named, map_ami(classes, truth))
            rows.append(row)
    return rows


def forms(preset: str, shared: SharedWorker) -> dict[str, float]:
    """Share of the pixels with the class of AlphaEarth's bytes, for other forms of one tile."""
    vectors, kinds = EMBEDDINGS[EXAMPLE]()
    empty = np.zeros(kinds.shape, bool)
    empty[:40, :60] = True
    steps = quantized(vectors)
    exact = dequantized(steps)
    images: dict[str, Image] = {
        "bytes, -128": np.where(empty, -128, steps).astype(np.int16),
        "float64, NaN": np.where(empty, np.nan, exact.astype(np.float64)),
        "float32, -9999": np.where(empty, np.float32(-9999), exact),
        "float32, filled with 0": np.where(empty, np.float32(0), exact),
        "float32 before they were bytes, -1": np.where(empty, np.float32(-1), vectors),
    }
    maps = {}
    count = int(kinds.max()) + 1
    with tempfile.TemporaryDirectory() as scratch:
        path, found = Path(scratch) / "scene.tif", Path(scratch) / "classes.tif"
        for form, image in images.items():
            write_scene(path, image)
            segment(shared.job(path, found, count, 0), preset)
            maps[form] = read_classes(found)
    first, *others = maps
    return {form: float(np.mean(maps[form] == maps[first])) for form in others}


def years(preset: str, shared: SharedWorker) -> float:
    """Share of unchanged land that keeps its class in another year, by the model of the first."""
    vectors, kinds = EMBEDDINGS[EXAMPLE]()
    random = np.random.default_rng(9)
    noise = random.normal(0, OTHER_YEAR / np.sqrt(len(vectors)), vectors.shape)
    later = vectors + noise
    later[:, 100:160, 100:160] = vectors[:, -60:, -60:]
    changed = np.zeros(kinds.shape, bool)
    changed[100:160, 100:160] = True
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_scene(folder / "1.tif", quantized(vectors).astype(np.int16))
        unit = later / np.linalg.norm(later, axis=0)
        write_scene(folder / "2.tif", quantized(unit.astype(np.float32)).astype(np.int16))
        count = int(kinds.max()) + 1
        first = shared.job(folder / "1.tif", folder / "c1.tif", count, 0)
        segment(first, preset, model=True)
        second = shared.job(folder / "2.tif", folder / "c2.tif", count, 0)
        classify(second, model_of(first.target), ClassificationOptions())
        same = read_classes(first.target) == read_classes(second.target)
    return float(same[~changed].mean())


def main(arguments: list[str]) -> int:
    """Measure, print and write the report; the status is 1 if a scene is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", nargs="+", default=["*"], help="names of scenes, with * and ?")
    parser.add_argument("--data", type=Path, help="folder with <name>_image.tif, <name>_label.tif")
    parser.add_argument(
        "--preset", default="fast", choices=[p for p in PRESETS if p != "published"]
    )
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args(arguments)
    known = dict.fromkeys((*EMBEDDINGS, *MEASURED, *BLOCK_SCENES))
    if options.data:
        here = [name for name in REAL if (options.data / f"{name}_label.tif").is_file()]
        known |= dict.fromkeys(here, options.data)
    names = [name for name in known if any(fnmatch(name, each) for each in options.names)]
    if not names:
        print(f"No scene is called {' '.join(options.names)}: {' '.join(known)}")
        return 2
    options.folder.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []
    same, kept = {}, None
    with SharedWorker() as shared, Baselines() as baselines:
        for name in names:
            rows += measure(name, known[name], options.preset, shared, baselines)
            print(f"{name} is measured", flush=True)
        if EXAMPLE in names:
            same = forms(options.preset, shared)
            kept = years(options.preset, shared)
    text, missed = report(rows, options.preset)
    if kept is not None:
        text += of_embeddings(same, kept)
    (options.folder / "values.md").write_text(text, encoding="utf-8")
    print(f"\n{text}\nWritten to {options.folder}: values.md")
    return 1 if missed else 0


def report(rows: Sequence[dict[str, Any]], preset: str) -> tuple[str, int]:
    """The figures as Markdown, and the number of scenes that are missed."""
    methods = (preset, *BASELINES)
    header = ["scene", "classes", *methods, "difference", "s"]
    table, missed = [], []
    differences: list[tuple[float, ...]] = []
    for row in rows:
        # To the better k-means in each measure.
        best = [max(pair) for pair in zip(*(row[method] for method in BASELINES))]
        difference = tuple(mine - other for mine, other in zip(row[preset], best))
        differences.append(difference)
        if difference[0] < -SLACK:
            missed.append(f"{row['scene']} at {row['classes']} ({difference[0]:+.3f})")
        shown = [" ".join(f"{figure:.3f}" for figure in row[method]) for method in methods]
        apart = " ".join(f"{figure:+.3f}" for figure in difference)
        table.append([row["scene"], row["classes"], *shown, apart, f"{row['seconds']:.1f}"])
    means = [
        " ".join(f"{statistics.fmean(column):.3f}" for column in zip(*(row[m] for row in rows)))
        for m in methods
    ]
    apart = " ".join(f"{statistics.fmean(column):+.3f}" for column in zip(*differences))
    lines = [
        f"# Kinds of values, {preset}",
        "Named accuracy, named mean IoU and AMI; difference to the better k-means in each.",
        f"More than {SLACK} below in accuracy: {', '.join(missed) or 'none'}.",
        markdown(header, [["mean", "", *means, apart, ""], *table]),
    ]
    return "\n\n".join(lines) + "\n", len(missed)


def of_embeddings(same: dict[str, float], kept: float) -> str:
    """What is measured of embeddings alone, as Markdown."""
    lines = [
        "## Forms of one tile: share of the pixels with the class of the bytes",
        markdown(["form", "same"], [[form, f"{share:.4f}"] for form, share in same.items()]),
        f"## Another year, by the model of the first: {kept:.4f} of unchanged land keeps its class",
    ]
    return "\n" + "\n\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
