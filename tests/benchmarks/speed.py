# SPDX-License-Identifier: GPL-2.0-or-later
"""`make benchmark-speed`: seconds by stage and peak memory of superseg:segment on a large scene.

The scene is a real image mirrored until it has the size. In the same run, on a crop: what
scikit-image and scikit-learn take for the corresponding work.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import threading
import time
from pathlib import Path

import numpy as np
from osgeo import gdal

from superseg_plugin.pipeline.superpixels import SuperpixelOptions, run_superpixels
from superseg_plugin.progress import SilentProgress
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.worker.client import Worker
from superseg_plugin.worker.interpreter import find_interpreter
from tests.benchmarks.common import FOLDER, machine, markdown, run_rival
from tests.demo.demo import DEMO, fetch_image
from tests.tools.qgis_process import QgisProcess

STAGE = re.compile(r"Stage ([\w -]+): ([\d.]+) s")
BLOCK = 256


class MemoryWatch:
    """Peak memory of a process and of its children, read while they live."""

    PERIOD = 0.2

    def __init__(self) -> None:
        self.own = 0
        self.children = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._process = 0

    def start(self, process: int) -> None:
        """Watch from now on."""
        self._process = process
        self._thread.start()

    def stop(self) -> None:
        """Watch no more."""
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(self.PERIOD):
            self.own = max(self.own, _peak(self._process))
            peaks = [_peak(child) for child in _descendants(self._process)]
            self.children = max([self.children, *peaks])


def _peak(process: int) -> int:
    """Peak resident memory in bytes, 0 for a process that has ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return 1024 * int(found[1]) if found else 0


def _descendants(process: int) -> list[int]:
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                status = (entry / "stat").read_text(encoding="utf-8")
            except OSError:
                continue
            parents[int(entry.name)] = int(status.rsplit(")", 1)[1].split()[1])
    found, open_ends = [], [process]
    while open_ends:
        parent = open_ends.pop()
        children = [child for child, its_parent in parents.items() if its_parent == parent]
        found += children
        open_ends += children
    return found


def make_scene(image: Path, width: int, height: int, target: Path) -> None:
    """Mirror an image until it has a size; deflate, 256 px blocks.

    Args:
        image: the raster, held in memory whole.
        width: columns of the scene.
        height: rows of the scene.
        target: GeoTIFF to write; left as it is when it was made of the same image.
    """
    origin = f"{image} {image.stat().st_mtime_ns}"
    if target.is_file():
        if gdal.Open(str(target)).GetMetadataItem("SUPERSEG_SCENE") == origin:
            return
        target.unlink()
    source = gdal.Open(str(image))
    values = source.ReadAsArray()
    values = values if values.ndim == 3 else values[None]
    partial = target.with_name(f"partial_{target.name}")
    options = ["TILED=YES", f"BLOCKXSIZE={BLOCK}", f"BLOCKYSIZE={BLOCK}", "COMPRESS=DEFLATE"]
    scene = gdal.GetDriverByName("GTiff").Create(
        str(partial),
        width,
        height,
        len(values),
        source.GetRasterBand(1).DataType,
        options=[*options, "PREDICTOR=2", "BIGTIFF=IF_SAFER", "NUM_THREADS=ALL_CPUS"],
    )
    scene.SetGeoTransform(source.GetGeoTransform())
    scene.SetProjection(source.GetProjection())
    scene.SetMetadataItem("SUPERSEG_SCENE", origin)
    for number in range(1, len(values) + 1):
        band, model = scene.GetRasterBand(number), source.GetRasterBand(number)
        band.SetColorInterpretation(model.GetColorInterpretation())
        if model.GetNoDataValue() is not None:
            band.SetNoDataValue(model.GetNoDataValue())
    cols = _mirrored(np.arange(width), values.shape[2])
    for top in range(0, height, BLOCK):
        rows = _mirrored(np.arange(top, min(top + BLOCK, height)), values.shape[1])
        scene.WriteArray(values[:, rows][:, :, cols], 0, top)
    scene.FlushCache()
    del scene
    partial.rename(target)


def _mirrored(places: np.ndarray, size: int) -> np.ndarray:
    inside = places % (2 * size)
    return np.where(inside < size, inside, 2 * size - 1 - inside)


def measure_run(scene: Path, parameters: dict[str, object]) -> dict[str, object]:
    """Run superseg:segment on the scene and measure it."""
    stages: dict[str, float] = {}

    def note(line: str) -> None:
        found = STAGE.search(line)
        if found:
            stages[found[1]] = stages.get(found[1], 0.0) + float(found[2])
            print(f"  {found[0]}", flush=True)

    watch = MemoryWatch()
    qgis = QgisProcess("benchmark")
    started = time.perf_counter()
    try:
        results = qgis.run(
            "superseg:segment",
            {"INPUT": scene, **parameters, "OUTPUT": FOLDER / "classes.tif"},
            on_line=note,
            on_start=watch.start,
        )
    finally:
        watch.stop()
    return {
        "seconds": time.perf_counter() - started,
        "stages": stages,
        "peak_bytes_qgis": watch.own,
        "peak_bytes_worker": watch.children,
        "superpixels": int(results["SUPERPIXEL_COUNT"]),
        "classes": int(results["CLASS_COUNT"]),
    }


def measure_superpixels(crop: Path) -> dict[str, float]:
    """Seconds of our superpixels on the crop, by method; the worker has started by then."""
    seconds = {}
    with Worker(find_interpreter()) as worker, RasterSource(str(crop)) as source:
        for method in ("felzenszwalb", "slic"):
            options = SuperpixelOptions(method=method)
            target = str(FOLDER / f"{method}.tif")
            # The first run imports scikit-image and loads the compiled kernels.
            for _ in range(2):
                started = time.perf_counter()
                run_superpixels(source, target, options, worker, SilentProgress())
                seconds[method] = time.perf_counter() - started
    return seconds


def main(arguments: list[str]) -> int:
    """Measure, print the table, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="7200x6800", help="WIDTHxHEIGHT of the scene")
    parser.add_argument("--image", type=Path, help="the image that is mirrored; the demo's if none")
    parser.add_argument("--classes", type=int, default=16)
    parser.add_argument("--preset", default="balanced")
    parser.add_argument("--crop", type=int, default=2048, help="side of the rivals' crop")
    options = parser.parse_args(arguments)
    width, height = (int(side) for side in options.size.lower().split("x"))
    FOLDER.mkdir(parents=True, exist_ok=True)
    DEMO.mkdir(parents=True, exist_ok=True)
    image = (options.image or fetch_image()).resolve()
    scene = FOLDER / f"scene_{image.stem}_{width}x{height}.tif"
    print(f"Scene: {image.name} mirrored to {width} x {height}", flush=True)
    make_scene(image, width, height, scene)
    run = measure_run(scene, {"CLASSES": options.classes, "PRESET": options.preset})

    side_x, side_y = min(options.crop, width), min(options.crop, height)
    crop = FOLDER / "crop.npy"
    small = FOLDER / "crop.tif"
    cut = gdal.Translate(str(small), str(scene), srcWin=[0, 0, side_x, side_y])
    np.save(crop, cut.ReadAsArray().reshape(-1, side_y, side_x))
    del cut
    print(f"Rivals on {side_x} x {side_y}", flush=True)
    rivals = json.loads(run_rival("timings", crop, options.classes))
    superpixels = measure_superpixels(small)

    megapixels = width * height / 1e6
    crop_megapixels = side_x * side_y / 1e6
    own = {name: seconds / crop_megapixels for name, seconds in superpixels.items()}
    own["kmeans"] = run["seconds"] / megapixels
    compared = {
        name: {
            "rival_seconds": seconds,
            "rival_seconds_per_megapixel": seconds / crop_megapixels,
            "own_seconds_per_megapixel": own[name],
            "rival_over_own": seconds / crop_megapixels / own[name],
        }
        for name, seconds in rivals.items()
    }
    record = {
        "machine": machine(),
        "scene": {"image": image.name, "width": width, "height": height},
        "preset": options.preset,
        "classes_asked": options.classes,
        "run": run,
        "megapixels_per_second": megapixels / run["seconds"],
        "crop": {"width": side_x, "height": side_y},
        "rivals": compared,
    }
    (FOLDER / "speed.json").write_text(json.dumps(record, indent=1), encoding="utf-8")
    text = report(record)
    (FOLDER / "speed.md").write_text(text, encoding="utf-8")
    print(f"\n{text}\nWritten to {FOLDER / 'speed.json'} and speed.md")
    return 0


def report(record: dict) -> str:
    """The figures as tables."""
    run, scene = record["run"], record["scene"]
    megapixels = scene["width"] * scene["height"] / 1e6
    rows = [
        [name, f"{seconds:.1f}", f"{megapixels / seconds:.2f}" if seconds else ""]
        for name, seconds in run["stages"].items()
    ]
    rows.append(
        ["all, with QGIS's start", f"{run['seconds']:.1f}", f"{megapixels / run['seconds']:.2f}"]
    )
    stages = markdown(["stage", "seconds", "Mpx/s"], rows)
    names = {
        "felzenszwalb": "scikit-image felzenszwalb / our felzenszwalb, read and written",
        "slic": "scikit-image slic / our slic, read and written",
        "kmeans": "scikit-learn k-means of pixels / all of superseg:segment",
    }
    rivals = markdown(
        ["rival / own", "rival s", "rival s/Mpx", "own s/Mpx", "ratio"],
        [
            [
                names[name],
                f"{value['rival_seconds']:.1f}",
                f"{value['rival_seconds_per_megapixel']:.2f}",
                f"{value['own_seconds_per_megapixel']:.2f}",
                f"{value['rival_over_own']:.2f}",
            ]
            for name, value in record["rivals"].items()
        ],
    )
    return (
        f"{scene['image']} mirrored to {scene['width']} x {scene['height']} "
        f"({megapixels:.1f} Mpx), preset {record['preset']}, {record['classes_asked']} classes, "
        f"{record['machine']['cores']} cores of {record['machine']['processor']}\n\n"
        f"{stages}\n\n"
        f"{run['superpixels']} superpixels, {run['classes']} classes. Peak memory: "
        f"QGIS {run['peak_bytes_qgis'] / 1e6:.0f} MB, worker {run['peak_bytes_worker'] / 1e6:.0f} "
        f"MB\n\n"
        f"On a crop of {record['crop']['width']} x {record['crop']['height']}; k-means learns from "
        f"100 000 pixels, 3 starts, and assigns all; a ratio above 1 is in our favor:\n\n{rivals}\n"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
