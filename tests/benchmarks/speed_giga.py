# SPDX-License-Identifier: GPL-2.0-or-later
"""`make benchmark-giga`: memory over time on a scene of 10^9 pixels.

A scene is repeated as a virtual raster; superseg:segment, superseg:superpixels, and
superseg:classify with the superpixels and without run in qgis_process. The network for the latter
is trained on a corner, which is not measured. Figures are written after every step.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from tests.benchmarks.common import FOLDER, machine, markdown
from tests.benchmarks.growth_plot import Curve, curve_plot
from tests.benchmarks.memory import MemoryWatch
from tests.benchmarks.scenes import make_repeated
from tests.benchmarks.speed_crop import cut_crop
from tests.benchmarks.speed_runs import MEGABYTE, scene_of
from tests.demo.demo import DEMO, fetch_image
from tests.tools.qgis_process import QgisProcess, QgisProcessError

GIGA = "31623x31623"
TILE = "7200x6800"
CORNER = 2048
POINTS = 400
STEPS = ("segment", "superpixels", "classification", "pixels")
OF_NETWORK = ("classification", "pixels")


def plan(scene: Path, model: Path, classes: int) -> dict[str, tuple[str, dict[str, object]]]:
    """Algorithm and parameters of every step."""
    superpixels = FOLDER / "giga_superpixels.tif"
    classify: dict[str, object] = {"INPUT": scene, "MODEL": model}
    output = FOLDER / "giga_classes.tif"
    fast = {"INPUT": scene, "PRESET": "fast", "CLASSES": classes}
    return {
        "segment": ("superseg:segment", {**fast, "OUTPUT": output}),
        "superpixels": ("superseg:superpixels", {"INPUT": scene, "OUTPUT": superpixels}),
        "classification": (
            "superseg:classify",
            {**classify, "SUPERPIXELS": superpixels, "OUTPUT": output},
        ),
        "pixels": ("superseg:classify", {**classify, "SMOOTHNESS": 0, "OUTPUT": output}),
    }


def measure_step(qgis: QgisProcess, algorithm: str, parameters: dict[str, object]) -> dict:
    """Run an algorithm and record its memory; `failed` holds the message of one that fails."""
    watch = MemoryWatch()
    failed: dict[str, str] = {}
    started = time.perf_counter()
    try:
        qgis.run(algorithm, parameters, on_start=watch.start)
    except QgisProcessError as error:
        failed["failed"] = str(error)
    finally:
        watch.stop()
    seconds = time.perf_counter() - started
    curve = [
        (round(moment, 1), round(own / MEGABYTE), round(child / MEGABYTE))
        for moment, own, child in watch.curve(POINTS)
    ]
    return {
        "algorithm": algorithm,
        "seconds": seconds,
        "peak_mb": {"qgis": watch.own / MEGABYTE, "worker": watch.children / MEGABYTE},
        "peak_mb_together": watch.together / MEGABYTE,
        "quarters_mb": quarter_peaks(curve),
        "curve": curve,
        **failed,
    }


def quarter_peaks(curve: list[tuple[float, int, int]]) -> list[int]:
    """Peak megabytes of both processes in each quarter of the time.

    Args:
        curve: seconds, and megabytes of both, ascending by time.
    """
    if not curve:
        return []
    span = (curve[-1][0] or 1.0) / 4
    peaks = [0] * 4
    for moment, own, child in curve:
        quarter = min(int(moment / span), 3)
        peaks[quarter] = max(peaks[quarter], own + child)
    return peaks


def report(record: dict) -> str:
    """The figures as a table."""
    rows = [
        [
            name,
            f"{step['seconds']:.0f}",
            f"{step['seconds'] / record['megapixels']:.3f}",
            f"{step['peak_mb']['qgis']:.0f} + {step['peak_mb']['worker']:.0f}",
            f"{step['peak_mb_together']:.0f}",
            " ".join(map(str, step["quarters_mb"])),
        ]
        for name, step in record["steps"].items()
    ]
    header = ["step", "s", "s per Mpx", "peak MB, QGIS + worker", "at one moment", "by quarter"]
    failures = [
        f"{name} failed: {step['failed'].splitlines()[-1]}"
        for name, step in record["steps"].items()
        if "failed" in step
    ]
    text = f"{record['size']} pixels, {record['bands']} bands, repeated from {record['tile']}."
    return "\n\n".join([text, markdown(header, rows), *failures]) + "\n"


def write(record: dict) -> None:
    """Write figures, table and curves."""
    (FOLDER / "giga.json").write_text(json.dumps(record), encoding="utf-8")
    (FOLDER / "giga.md").write_text(report(record), encoding="utf-8")
    curves = [
        Curve(
            f"{name}: memory, MB",
            [point[0] for point in step["curve"]],
            {
                "both": [point[1] + point[2] for point in step["curve"]],
                "qgis": [point[1] for point in step["curve"]],
                "worker": [point[2] for point in step["curve"]],
            },
        )
        for name, step in record["steps"].items()
        if step["curve"]
    ]
    if curves:
        (FOLDER / "giga.svg").write_text(curve_plot(curves), encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Measure all steps; 1 if one of them failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default=GIGA, help="WIDTHxHEIGHT of the virtual scene")
    parser.add_argument("--tile", default=TILE, help="WIDTHxHEIGHT of the scene that is repeated")
    parser.add_argument("--image", type=Path, help="the image that is mirrored; the demo's if none")
    parser.add_argument("--bands", type=int, default=3, help="bands from the first; 0: all")
    parser.add_argument("--classes", type=int, default=16)
    parser.add_argument("--steps", nargs="+", choices=STEPS, default=list(STEPS))
    options = parser.parse_args(arguments)
    FOLDER.mkdir(parents=True, exist_ok=True)
    DEMO.mkdir(parents=True, exist_ok=True)
    image = (options.image or fetch_image()).resolve()
    size = options.size.lower()
    width, height = map(int, size.split("x"))
    tile = scene_of(image, options.tile.lower(), options.bands)
    scene, model = FOLDER / "giga.vrt", FOLDER / "giga.superseg"
    make_repeated(tile, width, height, scene)
    print(f"Repeated to {width} x {height}", flush=True)
    qgis = QgisProcess("benchmark")
    if any(name in OF_NETWORK for name in options.steps):
        print("A network is trained on a corner", flush=True)
        corner = FOLDER / "giga_corner.tif"
        cut_crop(str(tile), CORNER, corner)
        qgis.run("superseg:trainfcn", {"INPUT": corner, "CLASSES": options.classes, "MODEL": model})
    record: dict = {
        "size": size,
        "megapixels": width * height / 1e6,
        "tile": options.tile.lower(),
        "bands": options.bands or "all",
        "image": image.name,
        "machine": machine(),
        "steps": {},
    }
    planned = plan(scene, model, options.classes)
    for name in options.steps:
        print(name, flush=True)
        record["steps"][name] = measure_step(qgis, *planned[name])
        write(record)
    print(f"\n{report(record)}\nWritten to {FOLDER}: giga.json, giga.md, giga.svg")
    return 1 if any("failed" in step for step in record["steps"].values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
