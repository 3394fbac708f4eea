# SPDX-License-Identifier: GPL-2.0-or-later
"""`make benchmark-cluster`: what a cluster costs and gains, as far as one computer can show it.

1. Overhead of a task and of its bytes, and a scene whose tiles are sent or read in place, through
   links of 1 and 10 Gbit/s, with a delay of 1 ms where the kernel has netem.
2. Scenes on 4 to 64 nodes of one core, the largest of 10^9 pixels, whose kernels are replaced by
   sleeps of their measured time (`stored_kernels`): everything else is real, and runs on this
   computer's processors alone, the scheduler and the nodes' transport included. Tiles are sent to
   nodes, or read by them in place. 10^9 pixels take half an hour and 25 GB of the disk.
3. A folder of scenes on 4 to 64 nodes, where a whole scene is a sleep of its measured time.

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
from collections.abc import Callable
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
# Side of the scene whose tiles are sent.
SENT_SIDE = 10 * TILE
# Scenes of a folder: 256 for 64 nodes.
PER_NODE = 4
Figures = npt.NDArray[np.float64]
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
    """Print the milliseconds of a task, and what arrays of a tile and a scene take, by link."""
    scene, paths = FOLDER / "large.tif", ("", with_gdal(FOLDER / "gdal"))
    write_scene(scene, 4 * TILE)
    print("\nOverhead of a task and of its bytes, and a scene of 17 Mpx (real kernels, 2 nodes)")
    print("link                  ms a task    MB/s of arrays    s, tiles sent    s, in place")
    for rate in (0, 10, 1):
        delay = runs.network.shape(rate) if rate and runs.network.separate else ""
        link = f"{rate} Gbit/s, {delay}" if rate else "no limit"
        if rate and not delay:
            print(f"{link} not measured: the kernel has neither netem nor tbf", flush=True)
            continue
        seconds = []
        for path in paths:
            cluster = Cluster(runs.network, FOLDER / f"overhead-{rate}")
            cluster.add_node("node1", path=path)
            cluster.add_node("node2", path=path)
            if not path:
                choice = choose_cluster(cluster.chosen)
                with WorkerProcess(find_interpreter(), "cpu", choice) as worker:
                    small = _seconds_a_task(worker, 8, 60)
                    large = _seconds_a_task(worker, 2048, 12) - small
            given = {"INPUT": scene, "OUTPUT": FOLDER / "classes.tif", **FAST}
            # The first run compiles on the nodes.
            runs.run("superseg:segment", cluster.chosen, **given)
            seconds.append(runs.run("superseg:segment", cluster.chosen, **given)[2])
            cluster.close()
        size = 2048**2 * 3 / 1e6
        figures = f"{1000 * small:9.1f} {size / large:17.0f} {seconds[0]:16.1f} {seconds[1]:14.1f}"
        print(f"{link:20s} {figures}", flush=True)
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
        bytes_of: there and back, by operation; without arrays that all nodes get once. Operations
            that this computer performs count too.
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
    """Keeps the seconds and the processor seconds of the stages of a run.

    Args:
        used: processor seconds so far of several processes.
    """

    def __init__(self, used: Callable[[], Figures]) -> None:
        self.seconds: dict[str, float] = {}
        self._used = used
        self._at: list[Figures] = []

    def report(self, fraction: float, text: str = "") -> None:
        """Look at the processes at the beginning of each stage, such as `Reading (1 of 6)`."""
        place = re.search(r"\((\d+) of \d+\)", text)
        if place and int(place[1]) > len(self._at):
            self._at.append(self._used())

    def log(self, text: str) -> None:
        """Read the line that is logged at the end."""
        if text.startswith("Times: "):
            self.seconds = {name.strip(): float(value) for name, value in LIST.findall(text[7:])}
            self._at.append(self._used())

    @property
    def busy(self) -> Figures:
        """Processor seconds of each process in each stage."""
        return np.diff(np.array(self._at), axis=0)


class SegmentRun(NamedTuple):
    """What a run took.

    Attributes:
        stages: seconds by stage.
        count: requests by operation.
        size: bytes of their arrays by operation, there and back; without what all nodes get once.
        busy: processor seconds of the run, of its worker process, and of the scheduler, by stage.
    """

    stages: dict[str, float]
    count: dict[str, int]
    size: dict[str, int]
    busy: Figures


def segment(image: Path, cluster: Cluster) -> SegmentRun:
    """Segment a scene on a cluster."""
    options = SegmentationOptions(preset="fast", classes=8, superpixel_file=0)
    choice = choose_cluster(cluster.chosen, environment={})
    with (
        RasterSource(str(image)) as source,
        CountedProcess(find_interpreter(), "cpu", choice) as worker,
    ):
        others = worker.process_id, cluster.scheduler.pid
        progress = Times(lambda: np.array([time.process_time(), *map(_used_by, others)]))
        outputs = SegmentationOutputs(str(FOLDER / "classes.tif"))
        run_segmentation(source, outputs, options, worker, progress)
    return SegmentRun(progress.seconds, worker.count_of, worker.bytes_of, progress.busy)


def scenes(runs: Runs, sides: list[int], counts: list[int]) -> None:
    """Print the times of scenes with tiles sent and read in place.

    Args:
        runs: on the simulated nodes.
        sides: of scenes that are read in place: the first one with all numbers of nodes, the others
            with most nodes, since the kernels of 10^9 pixels take 20 minutes to measure.
        counts: numbers of nodes.
    """
    tile, most = FOLDER / "tile.tif", max(counts)
    write_scene(tile, TILE)
    print("\nScenes, `fast`, kernels replaced by sleeps; seconds by stage, and processor seconds")
    print("of the run, its worker process and the scheduler. Serial is the time without the")
    print("kernels' share of it, and the speed-up is that against one node.")
    _scene(runs, tile, "sent", SENT_SIDE, most)
    for count in counts:
        _scene(runs, tile, "in place", sides[0], count)
    for side in sides[1:]:
        _scene(runs, tile, "in place", side, most)


def _scene(runs: Runs, tile: Path, way: str, side: int, count: int) -> None:
    """Print the times of a scene on some nodes."""
    image = FOLDER / "repeated.vrt"
    make_repeated(tile, side, side, image)
    name = f"scene-{way.replace(' ', '-')}-{side}-{count}"
    shutil.rmtree(FOLDER / name, ignore_errors=True)
    cluster = runs.nodes(count, name, with_gdal(FOLDER / "gdal") if way == "in place" else "")
    # The first run measures the kernels.
    segment(image, cluster)
    # A real run does not wait for the disk because of the stored results.
    os.sync()
    log = FOLDER / name / "node1.log"
    before = len(log.read_text(encoding="utf-8"))
    found = segment(image, cluster)
    cluster.close()
    said = log.read_text(encoding="utf-8")[before:]
    # What the kernels have written takes 12 bytes a pixel.
    shutil.rmtree(FOLDER / name)
    kernels = sum(map(float, re.findall(r"Slept ([\d.]+) s", said)))
    total = sum(found.stages.values())
    serial = total - kernels / count
    print(f"\ntiles {way}, {side**2 / 1e6:.0f} Mpx, {count} nodes, kernels {kernels:.1f} s")
    print("           total" + "".join(f"{stage:>15s}" for stage in found.stages))
    rows = [list(found.stages.values()), *found.busy.T.tolist()]
    for title, row in zip(("time", "run", "worker", "schedul."), rows):
        print(f"{title:8s}{sum(row):8.1f}" + "".join(f"{value:15.1f}" for value in row))
    print("operation               requests  bytes a pixel")
    for op, number in found.count.items():
        print(f"{op:22s} {number:9d} {found.size[op] / side**2:14.2f}")
    gain = (serial + kernels) / total
    print(f"{total:.1f} s, {serial:.1f} s serial; speed-up {gain:.1f}", flush=True)


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


def _used(scheduler: int) -> Figures:
    """Processor seconds so far: of this process with its ended children, and of a scheduler."""
    return np.array([sum(os.times()[:4]), _used_by(scheduler)])


def _used_by(process: int) -> float:
    """Processor seconds of a process so far."""
    figures = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(figures[11]) + int(figures[12])) / os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Run the parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--side", type=int, nargs="+", default=[14336, 31623], help="of scenes, in pixels"
    )
    parser.add_argument("--scene-side", type=int, default=4 * TILE, help="of scenes of a folder")
    parser.add_argument("--nodes", type=int, nargs="+", default=[4, 16, 64])
    parser.add_argument("--parts", nargs="+", default=["overhead", "scene", "folder"])
    options = parser.parse_args()
    runs = Runs()
    print(f"{os.cpu_count()} processors for QGIS, scheduler and nodes together", flush=True)
    try:
        if "overhead" in options.parts:
            overhead(runs)
        if "scene" in options.parts:
            scenes(runs, options.side, options.nodes)
        if "folder" in options.parts:
            folder(runs, options.scene_side, options.nodes)
    finally:
        runs.network.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
