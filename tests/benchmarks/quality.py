# SPDX-License-Identifier: GPL-2.0-or-later
"""`make benchmark-quality DATA=<folder>`: quality of the class maps beside other methods.

Every <name>_image.tif with its <name>_label.tif (0 = unlabelled) is segmented by every method with
every seed; `balanced` is then tested further. Figures are written after each run, so that an
interrupted run can be continued with KEEP=all.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.common import FOLDER, machine
from tests.benchmarks.measures import agreement, boundary_recall
from tests.benchmarks.methods import METHODS, SharedWorker, read_all, read_classes
from tests.benchmarks.pages import picture_row, quality_page
from tests.benchmarks.tables import SCORES, as_markdown, summarize
from tests.benchmarks.trials import EVERY_SEED, TRIALS, Case, compare
from tests.tools.qgis_process import REPOSITORY

EVERYTHING = "all"
KEYS = ("image", "classes", "method", "seed")


class Benchmark:
    """Measures all methods and keeps the record.

    Args:
        options: of the command line.
        pairs: paths of image and reference, by name.
        kept: record of an earlier run to go on from, or None.
        shared: the worker of all runs.
    """

    def __init__(
        self,
        options: argparse.Namespace,
        pairs: dict[str, tuple[Path, Path]],
        kept: dict[str, Any] | None,
        shared: SharedWorker,
    ) -> None:
        self._folder: Path = options.folder
        self._pairs = pairs
        self._shared = shared
        self._pictures: dict[tuple[str, int], Any] = {}
        self._kept = _by_key(kept, "runs", options.keep, "method") if kept else {}
        self._kept_trials = _by_key(kept, "trials", options.keep, "trial") if kept else {}
        self._trials = [name for name in options.methods if name in TRIALS]
        self.record: dict[str, Any] = {
            "machine": {**machine(), "device": shared.device_name()},
            "data": str(options.data.resolve()),
            "images": list(pairs),
            "classes": options.classes,
            "seeds": options.seeds,
            "methods": [name for name in METHODS if name in options.methods],
            "runs": [],
            "agreements": [],
            "trials": [],
            "failures": [],
        }

    def measure(self) -> None:
        """Measure everything, image after image."""
        for image in self._pairs:
            for classes in self.record["classes"]:
                for method in self.record["methods"]:
                    self._measure_method(image, classes, method)
                for trial in self._trials:
                    self._try(image, classes, trial)
                self._draw(image, classes)
                self._write_reports()

    def _measure_method(self, image: str, classes: int, method: str) -> None:
        done = []
        for seed in self.record["seeds"]:
            key = dict(zip(KEYS, (image, classes, method, seed)))
            target = self._target(image, classes, method, seed)
            run = self._kept.get(tuple(key.values()))
            if run is None or not target.is_file():
                run = self._attempt(key, lambda k=key, t=target: self._run(k, t))
                if run is None:
                    continue
                _print(key, f"AMI {run['ami']:.3f}, {run['seconds']:.1f} s")
            self.record["runs"].append(run)
            done.append(target)
            self._write_record()
        value = agreement([read_classes(target) for target in done])
        entry = {"image": image, "classes": classes, "method": method, "agreement": value}
        self.record["agreements"].append(entry)

    def _run(self, key: dict[str, Any], target: Path) -> dict[str, Any]:
        path, label = self._pairs[key["image"]]
        target.parent.mkdir(parents=True, exist_ok=True)
        job = self._shared.job(path, target, key["classes"], key["seed"])
        seconds = METHODS[key["method"]](job)
        found = compare(target, label)
        scores = {name: float(getattr(found, name)) for name in SCORES if hasattr(found, name)}
        classes = read_classes(target)
        return {
            **key,
            **scores,
            "ami_with_unlabelled": float(found.with_unlabelled.ami),
            "boundary_recall": boundary_recall(read_classes(label), classes),
            "given": len(np.unique(classes[classes > 0])),
            "on_nodata": int((classes[~read_all(path)[1]] > 0).sum()),
            "seconds": seconds,
            "revision": revision(),
        }

    def _try(self, image: str, classes: int, trial: str) -> None:
        path, label = self._pairs[image]
        seeds = self.record["seeds"]
        for seed in seeds if trial in EVERY_SEED else seeds[:1]:
            key = dict(zip(KEYS, (image, classes, trial, seed)))
            kept = self._kept_trials.get(tuple(key.values()))
            balanced = self._target(image, classes, "balanced", seed)
            ours = Case(path, label, balanced, classes, seed, self._shared, balanced.parent)
            figures = kept or self._attempt(key, lambda t=trial, c=ours: TRIALS[t](c))
            if figures is None:
                continue
            entry = {"image": image, "classes": classes, "trial": trial, "seed": seed}
            self.record["trials"].append({**figures, **entry})
            self._write_record()
            if not kept:
                _print(key, "done")

    def _attempt(self, key: dict[str, Any], make: Any) -> dict[str, Any] | None:
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
        runs = [
            run
            for run in self.record["runs"]
            if (run["image"], run["classes"], run["seed"]) == (image, classes, first)
        ]
        if not runs:
            return
        maps = [
            (
                run["method"],
                f"{run['method']}, AMI {run['ami']:.3f}",
                self._target(image, classes, run["method"], first),
            )
            for run in runs
        ]
        self._pictures[image, classes] = picture_row(image, path, label, maps)

    def _target(self, image: str, classes: int, method: str, seed: int) -> Path:
        return self._folder / "maps" / image / f"{classes}-{method}-{seed}.tif"

    def _write_record(self) -> None:
        # Earlier results that are not reached yet must survive another interruption.
        unreached = {
            "runs": _without(self._kept, self.record["runs"], "method"),
            "trials": _without(self._kept_trials, self.record["trials"], "trial"),
        }
        record = {**self.record, "summary": summarize(self.record), "unreached": unreached}
        _replace(self._folder / "quality.json", json.dumps(record, indent=1))

    def _write_reports(self) -> None:
        self._write_record()
        _replace(self._folder / "quality.md", as_markdown(self.record))
        _replace(self._folder / "quality.html", quality_page(self.record, self._pictures))


def find_pairs(folder: Path, wanted: Sequence[str]) -> dict[str, tuple[Path, Path]]:
    """Images with labels, by name."""
    pairs = {}
    for image in sorted(folder.glob("*_image.tif")):
        name = image.name[: -len("_image.tif")]
        label = folder / f"{name}_label.tif"
        if label.is_file() and (not wanted or name in wanted):
            pairs[name] = (image, label)
    return pairs


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


def _by_key(
    record: dict[str, Any], part: str, keep: Sequence[str], name: str
) -> dict[tuple, dict[str, Any]]:
    every = [*record[part], *record.get("unreached", {}).get(part, [])]
    return {_key(one, name): one for one in every if EVERYTHING in keep or one[name] in keep}


def _without(kept: dict[tuple, dict], reached: Sequence[dict], name: str) -> list[dict]:
    done = {_key(one, name) for one in reached}
    return [one for key, one in kept.items() if key not in done]


def _key(one: dict[str, Any], name: str) -> tuple:
    return one["image"], one["classes"], one[name], one["seed"]


def _print(key: dict[str, Any], text: str) -> None:
    title = f"{key['image']}, {key['classes']} classes, {key['method']}, seed {key['seed']}"
    print(f"{title}: {text}", flush=True)


def _replace(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _earlier(options: argparse.Namespace) -> dict[str, Any] | None:
    path: Path = options.folder / "quality.json"
    if not options.keep or not path.is_file():
        return None
    record = json.loads(path.read_text(encoding="utf-8"))
    return record if record.get("data") == str(options.data.resolve()) else None


def main(arguments: list[str]) -> int:
    """Measure, print the tables, write them, the page and the JSON."""
    names = (*METHODS, *TRIALS)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--classes", type=int, nargs="+", default=[16])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--methods", nargs="+", default=list(names), choices=names)
    parser.add_argument("--images", nargs="+", default=[])
    parser.add_argument("--keep", nargs="+", default=[], choices=[EVERYTHING, *names])
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args(arguments)
    pairs = find_pairs(options.data, options.images)
    missing = set(options.images) - set(pairs)
    if missing or not pairs:
        which = " ".join(sorted(missing)) or "<name>"
        print(f"No {which}_image.tif with its label in {options.data}", file=sys.stderr)
        return 2
    needs = {"network", *TRIALS} & set(options.methods)
    if needs and "balanced" not in options.methods:
        print(f"{' '.join(sorted(needs))}: name balanced in METHODS too", file=sys.stderr)
        return 2
    options.folder.mkdir(parents=True, exist_ok=True)
    with SharedWorker() as shared:
        benchmark = Benchmark(options, pairs, _earlier(options), shared)
        benchmark.measure()
    print(
        f"\n{as_markdown(benchmark.record)}\nWritten to {options.folder}: quality.json, .md, .html"
    )
    return 1 if benchmark.record["failures"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
