# SPDX-License-Identifier: GPL-2.0-or-later
"""Orfeo ToolBox and SAGA, as packaged by Debian, beside superseg:segment on the same GeoTIFF.

All run from their command lines and are timed from start to end. Software that is not installed,
fails or takes too long is reported and does not end the benchmark.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from osgeo import gdal

from tests.benchmarks.common import FOLDER
from tests.tools.qgis_process import QgisProcess

# Other software is stopped after this time.
LIMIT_SECONDS = 15 * 60
PRESETS = ("balanced", "fast")
Command = list[str]


@dataclass(frozen=True)
class Peer:
    """A similar task in other software.

    Attributes:
        name: its name in the table.
        program: command that must be installed.
        package: Debian package of the program.
        does: its result.
        commands: the commands one after the other, from raster, its number of bands, and classes;
            they run in an empty folder.
        version: options that make the program print its version.
        result: file in the folder that a successful run leaves.
    """

    name: str
    program: str
    package: str
    does: str
    commands: Callable[[Path, int, int], list[Command]]
    version: Sequence[str]
    result: str


def otb_commands(raster: Path, bands: int, classes: int) -> list[Command]:
    """Mean shift with default parameters; segments as a raster, faster than as polygons."""
    options = ["-in", str(raster), "-mode", "raster", "-mode.raster.out", "segments.tif", "uint32"]
    return [["otbcli_LargeScaleMeanShift", *options]]


def saga_superpixel_commands(raster: Path, bands: int, classes: int) -> list[Command]:
    """SLIC superpixels, put into classes, as polygons."""
    features = ["-FEATURES", _saga_grids(bands), "-POLYGONS", "classes.shp"]
    options = ["-POSTPROCESSING", "1", "-NCLUSTER", str(classes)]
    return [_saga_import(raster), _saga("imagery_segmentation", 4, *features, *options)]


def saga_kmeans_commands(raster: Path, bands: int, classes: int) -> list[Command]:
    """K-means of pixels, and its result as GeoTIFF."""
    grids = ["-GRIDS", _saga_grids(bands), "-NCLUSTER", str(classes)]
    outputs = ["-CLUSTER", "classes.sgrd", "-STATISTICS", "classes.csv"]
    return [
        _saga_import(raster),
        _saga("imagery_classification", 1, *grids, *outputs),
        _saga("io_gdal", 2, "-GRIDS", "classes.sgrd", "-FILE", "classes.tif"),
    ]


def _saga(library: str, tool: int, *options: str) -> Command:
    return ["saga_cmd", "-f=s", library, str(tool), *options]


def _saga_import(raster: Path) -> Command:
    return _saga("io_gdal", 0, "-FILES", str(raster), "-GRIDS", "band.sgrd", "-MULTIPLE", "0")


def _saga_grids(bands: int) -> str:
    """The files that SAGA makes of the bands of a raster, numbered if there are several."""
    if bands == 1:
        return "band.sgrd"
    # Numbers are padded to the same length.
    length = len(str(bands))
    return ";".join(f"band{number:0{length}}.sgrd" for number in range(1, bands + 1))


PEERS = (
    Peer(
        "OTB LargeScaleMeanShift",
        "otbcli_LargeScaleMeanShift",
        "otb-bin",
        "segments only, no classes; default parameters, raster output",
        otb_commands,
        ["-version"],
        "segments.tif",
    ),
    Peer(
        "SAGA superpixels, classified",
        "saga_cmd",
        "saga",
        "superpixels (SLIC) in classes, as polygons",
        saga_superpixel_commands,
        ["--version"],
        "classes.shp",
    ),
    Peer(
        "SAGA k-means of pixels",
        "saga_cmd",
        "saga",
        "pixels in classes, no superpixels; default parameters",
        saga_kmeans_commands,
        ["--version"],
        "classes.tif",
    ),
)


def measure_peer(
    peer: Peer, raster: Path, classes: int, limit: float = LIMIT_SECONDS
) -> dict[str, object]:
    """Run a peer on a raster.

    Args:
        peer: the task to run.
        raster: a GeoTIFF.
        classes: their number, where it makes classes.
        limit: seconds after which it is stopped.

    Returns:
        `seconds` from start to end, `cpu_s` of all cores together, `stopped` where it was, and
        `version`; `not_measured` with the reason in place of these where there is no figure.
    """
    facts: dict[str, object] = {"name": peer.name, "does": peer.does}
    if shutil.which(peer.program) is None:
        return {**facts, "not_measured": f"{peer.package} is not installed"}
    facts["version"] = program_version([peer.program, *peer.version])
    folder = FOLDER / "peer"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    commands = peer.commands(raster.resolve(), gdal.Open(str(raster)).RasterCount, classes)
    facts["commands"] = [" ".join(command) for command in commands]
    before, started = children_cpu(), time.perf_counter()
    stopped, said = False, ""
    for command in commands:
        left = limit - (time.perf_counter() - started)
        code, said = run_within(command, folder, left)
        stopped = code is None
        if code != 0:
            break
    seconds = time.perf_counter() - started
    done = (folder / peer.result).is_file()
    shutil.rmtree(folder, ignore_errors=True)
    if not stopped and not done:
        return {**facts, "not_measured": f"it failed: {said}"}
    return {**facts, "seconds": seconds, "cpu_s": children_cpu() - before, "stopped": stopped}


def run_within(command: Command, folder: Path, limit: float) -> tuple[int | None, str]:
    """Run a command, and end it and its children after a time.

    Returns:
        Its exit status, None if it was ended, and the last line of its output.
    """
    with (folder / "log.txt").open("w+", encoding="utf-8", errors="replace") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        code: int | None = None
        try:
            code = process.wait(max(limit, 0))
        except subprocess.TimeoutExpired:
            pass
        finally:
            if code is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        log.seek(0)
        lines = [line.strip() for line in log if line.strip()]
    return code, lines[-1] if lines else "it printed nothing"


def children_cpu() -> float:
    """CPU seconds of all children that have ended, and of their children."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def program_version(command: Command) -> str:
    """The version that a program prints, else `unknown`."""
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    found = re.search(r"version:?\s+(\d[\w.]*)", done.stdout, re.IGNORECASE)
    return found[1] if found else "unknown"


def measure_own(raster: Path, classes: int) -> dict[str, dict[str, float]]:
    """Seconds of the whole of superseg:segment on a raster, through qgis_process, by preset."""
    qgis = QgisProcess("benchmark")
    own = {}
    for preset in PRESETS:
        parameters = {"INPUT": raster, "CLASSES": classes, "PRESET": preset}
        before, started = children_cpu(), time.perf_counter()
        qgis.run("superseg:segment", {**parameters, "OUTPUT": FOLDER / f"crop_{preset}.tif"})
        seconds = time.perf_counter() - started
        own[preset] = {"seconds": seconds, "cpu_s": children_cpu() - before}
    return own


def peer_ratios(peers: Sequence[dict], own: dict[str, dict[str, float]]) -> dict[str, float]:
    """Seconds of the peers over those of the presets; a lower bound for one that was stopped."""
    return {
        f"{peer['name']}, {preset}": peer["seconds"] / ours["seconds"]
        for peer in peers
        for preset, ours in own.items()
        if "seconds" in peer
    }
