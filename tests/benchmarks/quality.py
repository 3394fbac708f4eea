# SPDX-License-Identifier: GPL-2.0-or-later
"""`make benchmark-quality DATA=<folder>`: quality of the class maps beside other methods.

Every <name>_image.tif with its <name>_label.tif (0 = unlabelled) is segmented by every method with
every seed; trials test `fast` and `balanced` further. A seed also changes the scale of superpixels
by a few percent (`methods.scale_of_seed`): what lies within the spread of that is no gain. Means
are told for the sets that a README.md beside the folder names. Figures are written after each run,
so that an interrupted run can be continued with KEEP=all.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Callable

from tests.benchmarks.baseline_process import Baselines
from tests.benchmarks.common import FOLDER, machine
from tests.benchmarks.image_data import ImageData
from tests.benchmarks.image_sets import find_pairs, sets_of
from tests.benchmarks.kept_record import EVERYTHING, KEYS, KeptRecord, read_earlier
from tests.benchmarks.map_source import METHODS, MadeMaps, MapSource, NewMaps
from tests.benchmarks.measures import agreement
from tests.benchmarks.methods import SharedWorker
from tests.benchmarks.named import label_table, names_of
from tests.benchmarks.pages import picture_row, quality_page
from tests.benchmarks.rasters import read_classes
from tests.benchmarks.scoring import score_map
from tests.benchmarks.summary import summarize, with_reference
from tests.benchmarks.tables import as_markdown
from tests.benchmarks.trials import CLASSES, TRIALS, TRIED, Case
from tests.tools.qgis_process import REPOSITORY

NAME = "quality"


class Benchmark:
    """Measures all methods and keeps the record.

    Args:
        options: of the command line.
        pairs: paths of image and reference, by name.
        shared: the worker of all runs.
        baselines: the process of the baselines.
    """

    def __init__(
        self,
        options: argparse.Namespace,
        pairs: dict[str, tuple[Path, Path]],
        shared: SharedWorker,
        baselines: Baselines,
    ) -> None:
        self._folder: Path = options.folder
        self._pairs, self._shared, self._baselines = pairs, shared, baselines
        self._pictures: dict[tuple[str, int], str] = {}
        data = str(options.data.resolve())
        self._kept = KeptRecord(
            read_earlier(self._folder, data) if options.keep else None, options.keep
        )
        self._maps: MapSource = NewMaps(self._folder, shared)
        if options.maps:
            self._maps = MadeMaps(options.maps, shared)
        self._revision = options.label if options.maps else revision()
        self._trials = [] if options.maps else [name for name in options.methods if name in TRIALS]
        self._reference: dict[str, Any] | None = None
        against = options.against
        if options.reference:
            self._reference = json.loads(options.reference.read_text(encoding="utf-8"))
            against = against or ["superpixel-kmeans", f"{self._reference['label']} *"]
        self.record: dict[str, Any] = {
            "label": options.label,
            "machine": {**machine(), "device": shared.device_name()},
            "data": data,
            "images": list(pairs),
            "sets": sets_of(options.data, list(pairs)),
            "classes": options.classes,
            "seeds": options.seeds,
            "methods": [name for name in METHODS if name in options.methods],
            "against": against or ["superpixel-kmeans", "gaussian-mixture"],
            "runs": [],
            "agreements": [],
            "oracles": [],
            "trials": [],
            "failures": [],
        }

    def measure(self) -> None:
        """Measure everything, image after image."""
        for image, paths in self._pairs.items():
            with tempfile.TemporaryDirectory() as scratch:
                data = ImageData.of_files(paths, self._shared, self._baselines, Path(scratch))
                self._measure_oracle(image, data)
                for classes in self.record["classes"]:
                    for method in self.record["methods"]:
                        self._measure_method(data, image, classes, method)
                    self._draw(image, classes)
            for trial in self._trials:
                for method in TRIED[trial]:
                    if method in self.record["methods"]:
                        self._try(image, method, trial)
            self._write_reports()

    def shown(self) -> dict[str, Any]:
        """The record with the methods of the reference, as tables show it."""
        if self._reference is None:
            return self.record
        return with_reference(self.record, self._reference, self._reference["label"])

    def _measure_oracle(self, image: str, data: ImageData) -> None:
        key = dict(zip(KEYS, (image, 0, "superpixels", 0)))
        figures = self._kept.oracles.get(image) or self._attempt(key, data.oracle)
        if figures is not None:
            self.record["oracles"].append({**figures, "image": image})

    def _measure_method(self, data: ImageData, image: str, classes: int, method: str) -> None:
        maps, named = [], []
        for seed in self.record["seeds"]:
            key = dict(zip(KEYS, (image, classes, method, seed)))
            run = self._kept.run(key)
            if run is None or not self._maps.path(key).is_file():
                run = self._attempt(key, lambda k=key: self._run(data, k))
                if run is None:
                    continue
                figures = f"accuracy {run['accuracy']:.3f}, mean IoU {run['mean_iou']:.3f}"
                _print(key, f"{figures}, {run['seconds']:.1f} s")
            self.record["runs"].append(run)
            if len(self.record["seeds"]) > 1:
                found = read_classes(self._maps.path(key))
                reference = data.reference
                table = label_table(reference.labels, found, reference.counted)
                maps.append(found)
                named.append(names_of(table)[found])
            self._write_record()
        entry = {"image": image, "classes": classes, "method": method}
        entry |= {"agreement": agreement(maps), "agreement_named": agreement(named)}
        self.record["agreements"].append(entry)

    def _run(self, data: ImageData, key: dict[str, Any]) -> dict[str, Any]:
        target, seconds = self._maps.map(data, key)
        figures = score_map(data, target)
        return {**key, **figures, "seconds": seconds, "revision": self._revision}

    def _try(self, image: str, method: str, trial: str) -> None:
        path, label = self._pairs[image]
        counts = self.record["classes"]
        classes = CLASSES if CLASSES in counts else counts[0]
        key = dict(zip(KEYS, (image, classes, method, self.record["seeds"][0])))
        kept = self._kept.trial({**key, "trial": trial})
        target = self._maps.path(key)
        case = Case(path, label, method, target, classes, key["seed"], self._shared)
        what = {**key, "method": f"{trial} of {method}"}
        figures = kept or self._attempt(what, lambda: TRIALS[trial](case))
        if figures is not None:
            self.record["trials"].append({**figures, **key, "trial": trial})
            self._write_record()
            if not kept:
                _print(key, f"{trial} done")

    def _attempt(
        self, key: dict[str, Any], make: Callable[[], dict[str, Any]]
    ) -> dict[str, Any] | None:
        """Run a measurement; an error is recorded and printed, and the next one runs."""
        try:
            return make()
        except Exception as error:
            self._shared.recover()
            lines = str(error).strip().splitlines() or [""]
            told = f"{type(error).__name__}: {lines[-1]}"
            self.record["failures"].append({**key, "error": told})
            _print(key, f"FAILED: {error}")
            traceback.print_exc()
            self._write_record()
            return None

    def _draw(self, image: str, classes: int) -> None:
        path, label = self._pairs[image]
        first = self.record["seeds"][0]
        maps = [
            (
                run["method"],
                f"{run['method']}, mean IoU {run['mean_iou']:.3f}",
                self._maps.path(run),
            )
            for run in self.record["runs"]
            if (run["image"], run["classes"], run["seed"]) == (image, classes, first)
        ]
        if maps:
            self._pictures[image, classes] = picture_row(image, path, label, maps)

    def _write_record(self) -> None:
        record = {**self.record, "unreached": self._kept.unreached(self.record)}
        _replace(self._folder / f"{NAME}.json", json.dumps(record, indent=1))

    def _write_reports(self) -> None:
        self._write_record()
        shown = self.shown()
        summary = json.dumps(summarize(shown), indent=1)
        _replace(self._folder / f"{NAME}_summary.json", summary)
        _replace(self._folder / f"{NAME}.md", as_markdown(shown))
        _replace(self._folder / f"{NAME}.html", quality_page(shown, self._pictures))


def revision() -> str:
    """The measured commit, with a plus if files were changed since."""
    command = ["git", "-C", str(REPOSITORY)]
    try:
        commit = _output([*command, "rev-parse", "--short", "HEAD"])
        changed = _output([*command, "status", "--porcelain", "--", "superseg_plugin"])
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return commit + ("+" if changed else "")


def _output(command: list[str]) -> str:
    done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
    return done.stdout.strip()


def _print(key: dict[str, Any], text: str) -> None:
    title = f"{key['image']}, {key['classes']} classes, {key['method']}, seed {key['seed']}"
    print(f"{title}: {text}", flush=True)


def _replace(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    names = (*METHODS, *TRIALS)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--classes", type=int, nargs="+", default=[8, 16, 32])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--methods", nargs="+", default=list(names), choices=names)
    parser.add_argument("--images", nargs="+", default=[])
    parser.add_argument("--keep", nargs="+", default=[], choices=[EVERYTHING, *names])
    parser.add_argument("--reference", type=Path, help="quality.json of an earlier version")
    parser.add_argument("--against", nargs="+", default=[], help="methods to be compared with")
    parser.add_argument("--maps", type=Path, help="results of the benchmark of another checkout")
    parser.add_argument("--label", default="earlier", help="name of what the maps are made by")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Measure, print the tables, write them, the page and the JSON."""
    options = _parsed(arguments)
    pairs = find_pairs(options.data, options.images)
    missing = set(options.images) - set(pairs)
    if missing or not pairs:
        which = " ".join(sorted(missing)) or "<name>"
        print(f"No {which}_image.tif with its label in {options.data}", file=sys.stderr)
        return 2
    for trial in {*TRIALS} & {*options.methods}:
        if not {*TRIED[trial]} & {*options.methods}:
            wanted = " or ".join(TRIED[trial])
            print(f"{trial}: name {wanted} in METHODS too", file=sys.stderr)
            return 2
    options.folder.mkdir(parents=True, exist_ok=True)
    with SharedWorker() as shared, Baselines() as baselines:
        benchmark = Benchmark(options, pairs, shared, baselines)
        benchmark.measure()
    files = f"{NAME}.json, {NAME}_summary.json, .md, .html"
    print(f"\n{as_markdown(benchmark.shown())}\nWritten to {options.folder}: {files}")
    return 1 if benchmark.record["failures"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
