# SPDX-License-Identifier: GPL-2.0-or-later
"""`make benchmark-cluster`: what a cluster costs and gains, as far as one computer can show it.

1. Overhead of a task and bytes for each pixel, through links of 1 and 10 Gbit/s with 1 ms (netem).
2. A scene on 1 to 64 nodes of one core, whose kernels are replaced by sleeps of their measured time
   (`stored_kernels`): everything else is real, and runs on this computer's processors alone, the
   scheduler and the nodes' transport included. T(N) = serial + kernels / N is fitted to the runs.
3. A folder of scenes on 1 to 64 nodes, where a whole scene is a sleep of its measured time.

Run by QGIS's Python, as root for 1.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from superseg_plugin.contracts import BandScaling, Core
from superseg_plugin.pipeline.folder_classification import (
    FolderInputs,
    FolderOutputs,
    run_folder_classification,
)
from superseg_plugin.pipeline.options.classification import ClassificationOptions
from superseg_plugin.pipeline.options.segmentation import SegmentationOptions, SegmentationOutputs
from superseg_plugin.pipeline.segmentation import run_segmentation
from superseg_plugin.pipeline.steps.folder_files import scenes_of
from superseg_plugin.progress import Progress
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.worker.channel import PendingAnswer
from superseg_plugin.worker.client import WorkerProcess
from superseg_plugin.worker.cluster_address import choose_cluster
from superseg_plugin.worker.interpreter import find_interpreter
from superseg_plugin.worker.protocol import KeptArray
from tests.benchmarks.scenes import make_repeated
from tests.cluster.processes import Cluster, Network, with_gdal
from tests.cluster.run import FAST, FOLDER, write_scene
from tests.tools.qgis_process import QgisProcess

TILE = 1024
# Scenes of a folder: 256 for 64 nodes.
PER_NODE = 4
LIST = re.compile(r"([a-z ]+) ([\d.]+) s(?:,|$)")


class Runs:
    """Runs of algorithms on this computer and on simulated nodes."""

    def __init__(self) -> None:
        self.network = Network()
        self.qgis = QgisProcess("cluster-benchmark")

    def nodes(self, threads: int, name: str, path: str = "") -> Cluster:
        """A cluster of one process whose threads stand for nodes of one core."""
        cluster = Cluster(self.network, FOLDER / name)
        preload = str(Path(__file__).with_name("stored_kernels.py"))
        cluster.add_node("node1", options=("--preload", preload), path=path, threads=threads)
        return cluster

    def run(self, algorithm: str, cluster: str, **parameters: object) -> tuple[dict, str, float]:
        """Seconds of each stage, the line on the cluster, and seconds in all without QGIS's start.

        Args:
            algorithm: its id.
            cluster: the parameter CLUSTER.
            parameters: all others.
        """
        lines: list[str] = []
        begin = [time.monotonic()]

        def on_line(line: str) -> None:
            lines.append(line)
            if line == "Inputs":
                begin[0] = time.monotonic()

        self.qgis.run(algorithm, {**parameters, "DEVICE": "cpu", "CLUSTER": cluster}, on_line)
        seconds = time.monotonic() - begin[0]
        said = next((line for line in lines if "Times: " in line), "").partition("Times: ")[2]
        stages = {name.strip(): float(value) for name, value in LIST.findall(said)}
        summary = next((line for line in lines if line.startswith("Cluster: ")), "")
        return stages, summary, seconds


def overhead(runs: Runs) -> None:
    """Print the milliseconds of a task, and what arrays of a tile take, for several links."""
    print("\nOverhead of a task and of its bytes (real kernels, 2 nodes)")
    print("link                ms a task    MB/s of arrays sent")
    for rate in ("none", "10gbit", "1gbit"):
        refused = "" if rate == "none" else "no network namespaces"
        if not refused or runs.network.separate:
            refused = runs.network.shape(rate, "1ms") if rate != "none" else ""
        if refused:
            print(f"{rate:18s} not measured: {refused}", flush=True)
            continue
        cluster = Cluster(runs.network, FOLDER / f"overhead-{rate}")
        cluster.add_node("node1")
        cluster.add_node("node2")
        with WorkerProcess(find_interpreter(), "cpu", choose_cluster(cluster.chosen)) as worker:
            small = _seconds_a_task(worker, 8, 60)
            large = _seconds_a_task(worker, 2048, 12) - small
        size = 2048**2 * 3 / 1e6
        print(f"{rate:18s} {1000 * small:10.1f} {size / large:14.0f}", flush=True)
        cluster.close()
    runs.network.unshape()


def _seconds_a_task(worker: WorkerProcess, side: int, count: int) -> float:
    """Seconds for each of several descriptions of an image of one superpixel, pipelined."""
    scaling = BandScaling((0.0,) * 3, (255.0,) * 3, (128.0,) * 3, (60.0,) * 3)
    image = np.zeros((3, side, side), np.uint8)
    valid = np.zeros((side, side), bool)
    valid[:2, :2] = True
    options = {"scaling": scaling, "core": Core(0, 0, 2, 2), "labeled": Core(0, 0, 2, 2)}
    arrays = {"image": image, "valid": valid, "labels": np.ones((2, 2), np.uint32)}

    def ask(number: int) -> None:
        asked = [worker.submit("describe_superpixels", options, arrays) for _ in range(number)]
        for each in asked:
            worker.result(each, Progress())

    ask(4)
    begin = time.monotonic()
    ask(count)
    return (time.monotonic() - begin) / count


class CountedProcess(WorkerProcess):
    """A worker process that counts the bytes of the arrays of each operation.

    Attributes:
        bytes_of: to nodes and back, by operation; without arrays that all nodes get once.
        count_of: requests, by operation.
    """

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.bytes_of: Counter[str] = Counter()
        self.count_of: Counter[str] = Counter()

    def submit(self, op: str, *given: Any, **named: Any) -> PendingAnswer:
        """Request an operation, and count."""
        arrays = given[1] if len(given) > 1 else named.get("arrays")
        sent = (each for each in (arrays or {}).values() if not isinstance(each, KeptArray))
        self.bytes_of[op] += sum(each.nbytes for each in sent)
        self.count_of[op] += 1
        future = super().submit(op, *given, **named)
        future.add_done_callback(partial(self._answered, op))
        return future

    def _answered(self, op: str, future: Any) -> None:
        if future.exception() is None:
            self.bytes_of[op] += sum(each.nbytes for each in future.result().arrays.values())


class Times(Progress):
    """Keeps the seconds of the stages of a run, and the lines of its log."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def log(self, text: str) -> None:
        self.lines.append(text)

    @property
    def stages(self) -> dict[str, float]:
        said = next(line for line in self.lines if line.startswith("Times: "))
        return {name.strip(): float(value) for name, value in LIST.findall(said[7:])}


class SegmentRun(NamedTuple):
    """What a run took.

    Attributes:
        stages: seconds by stage.
        count: requests by operation.
        size: bytes of their arrays by operation, there and back; without what all nodes get once.
        busy: processor seconds of the run, of its worker process, and of the scheduler.
    """

    stages: dict[str, float]
    count: dict[str, int]
    size: dict[str, int]
    busy: tuple[float, float, float]


def segment(image: Path, cluster: Cluster) -> SegmentRun:
    """Segment a scene on a cluster."""
    progress = Times()
    options = SegmentationOptions(preset="fast", classes=8, superpixel_file=0)
    choice = choose_cluster(cluster.chosen, environment={})
    own, before = time.process_time(), _used_by(cluster.scheduler.pid)
    with (
        RasterSource(str(image)) as source,
        CountedProcess(find_interpreter(), "cpu", choice) as worker,
    ):
        outputs = SegmentationOutputs(str(FOLDER / "classes.tif"))
        run_segmentation(source, outputs, options, worker, progress)
        busy = (
            time.process_time() - own,
            _used_by(worker.process_id),
            _used_by(cluster.scheduler.pid) - before,
        )
    return SegmentRun(progress.stages, worker.count_of, worker.bytes_of, busy)


def scene(runs: Runs, side: int, counts: list[int]) -> None:
    """Print the times of a scene on more and more nodes, with tiles sent and read in place."""
    tile, image = FOLDER / "tile.tif", FOLDER / "repeated.vrt"
    write_scene(tile, TILE)
    make_repeated(tile, side, side, image)
    print(
        f"\nOne scene of {side**2 / 1e6:.0f} Mpx, `fast`, kernels replaced by sleeps; seconds, and"
    )
    print("processor seconds of the run, its worker process and the scheduler")
    for way in ("sent", "in place"):
        times = []
        path = with_gdal(FOLDER / "gdal") if way == "in place" else ""
        for count in counts:
            name = f"scene-{way.replace(' ', '-')}-{count}"
            shutil.rmtree(FOLDER / name, ignore_errors=True)
            cluster = runs.nodes(count, name, path)
            # The first run measures the kernels.
            segment(image, cluster)
            found = segment(image, cluster)
            cluster.close()
            if count == counts[0]:
                titles = "".join(f"{stage:>15s}" for stage in found.stages)
                print(f"tiles {way}\nnodes   total{titles}   run worker scheduler")
            times.append(sum(found.stages.values()))
            figures = "".join(f"{value:15.1f}" for value in found.stages.values())
            busy = "{:6.1f} {:6.1f} {:6.1f}".format(*found.busy)
            print(f"{count:5d} {times[-1]:7.1f}{figures}{busy}", flush=True)
        print("operation               requests  bytes a pixel")
        for op, number in found.count.items():
            print(f"{op:22s} {number:9d} {found.size[op] / side**2:14.2f}")
        parts = np.stack([np.ones(len(counts)), 1 / np.array(counts)], axis=1)
        serial, kernels = np.linalg.lstsq(parts, np.array(times), rcond=None)[0]
        scale = 1e9 / side**2
        print(
            f"Fit: {serial:.1f} s serial + {kernels:.1f} s / nodes; speed-up with 64 nodes of one"
        )
        print(f"core {(serial + kernels) / (serial + kernels / 64):.1f}; at 10^9 pixels, in")
        print(f"proportion: {scale * serial:.0f} s serial + {scale * kernels:.0f} s / nodes")


def folder(runs: Runs, side: int, counts: list[int]) -> None:
    """Print the times of a folder whose scenes are read and written by more and more nodes."""
    images = FOLDER / "scenes"
    shutil.rmtree(images, ignore_errors=True)
    images.mkdir(parents=True)
    first, model = images / "scene0.tif", FOLDER / "folder.superseg"
    write_scene(first, TILE)
    given = {"INPUT": first, "OUTPUT": FOLDER / "first.tif", "MODEL": model, **FAST}
    runs.run("superseg:segment", "local", **given)
    if side != TILE:
        first.unlink()
        write_scene(first, side)
    for number in range(1, PER_NODE * max(counts)):
        os.link(first, images / f"scene{number}.tif")
    print(f"\nFolders of {PER_NODE} scenes a node, {side**2 / 1e6:.2g} Mpx each, classifyfolder")
    print("Real: the run without QGIS's start, its worker process, the scheduler, the messages.")
    print("Simulated: a scene on a node is a sleep of the processor time that it takes there, from")
    print("file to result, measured once; nodes are threads of one process. The time of one node")
    print("is computed: the scenes times that. CPU: of the run with its worker process, and of the")
    print("scheduler.")
    print("nodes scenes  s a scene  total s  speed-up  of nodes  CPU ms a scene: run, scheduler")
    for count in counts:
        name = f"folder-{count}"
        shutil.rmtree(FOLDER / name, ignore_errors=True)
        cluster = runs.nodes(count, name, with_gdal(FOLDER / "gdal"))
        every = scenes_of(str(images), "*.tif")[: PER_NODE * count]
        for scenes in (every[:1], every):
            # The first run measures a scene.
            output = FOLDER / f"classified-{count}-{len(scenes)}"
            shutil.rmtree(output, ignore_errors=True)
            begin, before = time.monotonic(), _used(cluster.scheduler.pid)
            run_folder_classification(
                FolderInputs(scenes, str(model)),
                FolderOutputs(str(output)),
                ClassificationOptions(superpixel_file=0),
                partial(WorkerProcess, find_interpreter(), "cpu", choose_cluster(cluster.chosen)),
                Progress(),
            )
            seconds = time.monotonic() - begin
            busy = _used(cluster.scheduler.pid) - before
        cluster.close()
        said = (FOLDER / name / "node1.log").read_text(encoding="utf-8")
        one = float(re.findall(r"A scene takes ([\d.]+) s", said)[-1])
        gain = len(every) * one / seconds
        figures = (
            f"{len(every):6d} {one:10.2f} {seconds:8.1f} {gain:9.1f} {100 * gain / count:7.0f} %"
        )
        figures += "".join(f" {1000 * each / len(every):12.1f}" for each in busy)
        print(f"{count:5d} {figures}", flush=True)


def _used(scheduler: int) -> npt.NDArray[np.float64]:
    """Processor seconds so far: of this process with its ended children, and of a scheduler."""
    return np.array([sum(os.times()[:4]), _used_by(scheduler)])


def _used_by(process: int) -> float:
    """Processor seconds of a process so far."""
    figures = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(figures[11]) + int(figures[12])) / os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Run the parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=10 * TILE, help="of the scene, in pixels")
    parser.add_argument("--scene-side", type=int, default=4 * TILE, help="of scenes of a folder")
    parser.add_argument("--nodes", type=int, nargs="+", default=[1, 4, 16, 64])
    parser.add_argument("--parts", nargs="+", default=["overhead", "scene", "folder"])
    options = parser.parse_args()
    runs = Runs()
    print(f"{os.cpu_count()} processors for QGIS, scheduler and nodes together", flush=True)
    try:
        if "overhead" in options.parts:
            overhead(runs)
        if "scene" in options.parts:
            scene(runs, options.side, options.nodes)
        if "folder" in options.parts:
            folder(runs, options.scene_side, options.nodes)
    finally:
        runs.network.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
