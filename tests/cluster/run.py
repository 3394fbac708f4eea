# SPDX-License-Identifier: GPL-2.0-or-later
"""`make test-cluster`: superseg:segment on real Dask clusters, whole and with losses, as a table.

A scheduler and two nodes are processes of their own, in network namespaces where root allows. What
is simulated: the nodes share the processors of this computer. Run by QGIS's Python.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from osgeo import gdal

from superseg_plugin.worker.in_place import NUMBER
from superseg_plugin.worker.whole_scenes import CLASSIFY
from tests.cluster.processes import Cluster, Network, in_cluster, with_gdal
from tests.tools.qgis_process import BUILD, REPOSITORY, QgisProcess, QgisProcessError

FOLDER = BUILD / "cluster"
RESULTS = FOLDER / "classified"
FOLDER_MODEL = FOLDER / "folder.superseg"
ADDITIONAL = FOLDER / "additional.tif"
BOTH = ("node1", "node2")
FAST = {"PRESET": "fast", "CLASSES": 8}
NETWORK = {
    "GUIDANCE": "selftraining",
    "CLASSES": 6,
    "STEPS": 6,
    "PATCH_SIZE": 64,
    "BATCH_SIZE": 2,
}


class FailureError(Exception):
    """A scenario did not go as it must."""


class Bench:
    """Runs scenarios, and prints a line for each.

    Args:
        side: of the large scene, in pixels.
    """

    def __init__(self, side: int) -> None:
        self.network = Network()
        self.qgis = QgisProcess("cluster-test")
        write_scene(FOLDER / "large.tif", side)
        write_scene(FOLDER / "small.tif", 1024)
        FOLDER_MODEL.unlink(missing_ok=True)
        self.failures = 0
        self._references: dict[str, dict[str, str]] = {}

    def check(self, title: str, scenario: Callable[[], str]) -> None:
        """Run one scenario; it returns what to print, or raises `FailureError`."""
        begin = time.monotonic()
        try:
            said, word = scenario(), "right"
        except (FailureError, QgisProcessError, subprocess.SubprocessError, OSError) as error:
            said, word = str(error)[-1500:], "WRONG"
            self.failures += 1
        print(f"{word}  {time.monotonic() - begin:6.1f} s  {title}: {said}", flush=True)

    def compute(self, what: str, cluster: str) -> list[str]:
        """Compute something; the first time must be on this computer.

        Args:
            what: `large` or `small`, a scene to segment; `network`, which is trained on the
                small scene and classifies it; or `folder`, scenes that are classified.
            cluster: the parameter CLUSTER.

        Returns:
            The log.

        Raises:
            FailureError: another result than that of this computer.
        """
        lines: list[str] = []
        given = {"DEVICE": "cpu", "CLUSTER": cluster}
        outputs = {"OUTPUT": FOLDER / "out.tif"}
        if what == "network":
            given["INPUT"] = FOLDER / "small.tif"
            model = {"MODEL": FOLDER / "model.superseg"}
            self.qgis.run("superseg:trainfcn", {**given, **NETWORK, **model}, lines.append)
            self.qgis.run("superseg:classify", {**given, **model, **outputs}, lines.append)
        elif what == "folder":
            outputs = self.classify_folder(given, lines)
        else:
            given["INPUT"] = FOLDER / f"{what}.tif"
            outputs["SUPERPIXELS"] = FOLDER / "superpixels.tif"
            self.qgis.run("superseg:segment", {**given, **FAST, **outputs}, lines.append)
        found = {
            name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in outputs.items()
        }
        wanted = self._references.setdefault(what, found)
        differ = [name for name in {**wanted, **found} if found.get(name) != wanted.get(name)]
        if differ:
            raise FailureError(f"other bytes than on this computer: {', '.join(differ)}")
        return lines

    def classify_folder(self, given: dict[str, str], lines: list[str]) -> dict[str, Path]:
        """Classify a few scenes by the clusters of a model; returns all files of the results."""
        images, more = FOLDER / "scenes", {"ADDITIONAL_RASTERS": ADDITIONAL}
        if not FOLDER_MODEL.exists():
            shutil.rmtree(images, ignore_errors=True)
            images.mkdir(parents=True)
            # A file that no image is, before all others.
            (images / "bad.tif").write_text("none", encoding="ascii")
            for number in range(4):
                write_scene(images / f"scene{number}.tif", 512)
            write_scene(ADDITIONAL, 512)
            first = {"INPUT": images / "scene0.tif", "OUTPUT": FOLDER / "out.tif", **more}
            first["MODEL"] = FOLDER_MODEL
            self.qgis.run("superseg:segment", {**FAST, **first}, lines.append)
        shutil.rmtree(RESULTS, ignore_errors=True)
        given = {**given, "FOLDER": images, "MODEL": FOLDER_MODEL, "OUTPUT": RESULTS, **more}
        self.qgis.run("superseg:classifyfolder", given, lines.append)
        # What a lost node has not finished would be among them.
        return {path.name: path for path in sorted(RESULTS.iterdir())}


def write_scene(path: Path, side: int) -> None:
    """Write a scene of fields with noise: three bands of one byte, `side` pixels wide and high."""
    generator = np.random.default_rng(7)
    cells = -(-side // 32)
    kinds = generator.integers(0, 6, (cells, cells))
    colors = generator.integers(30, 220, (6, 3))
    fields = np.repeat(np.repeat(colors[kinds], 32, axis=0), 32, axis=1)[:side, :side]
    noise = generator.normal(0, 8, (side, side, 1)).astype(np.float32)
    pixels = np.clip(fields + noise, 1, 255).astype(np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), side, side, 3, gdal.GDT_Byte)
    dataset.SetGeoTransform((500000, 1, 0, 4000000, 0, -1))
    for band in range(3):
        dataset.GetRasterBand(band + 1).WriteArray(pixels[:, :, band])
    dataset = None


def _line(lines: list[str], pattern: str) -> str:
    found = [line for line in lines if re.search(pattern, line)]
    if not found:
        raise FailureError(f"the log lacks {pattern!r}: {lines[-30:]}")
    return found[0].strip()


def _run(bench: Bench, name: str, what: str, kill: str = "", with_files: Sequence[str] = ()) -> str:
    """Compute on two nodes, of which one ends in an operation; return the summary.

    Nodes in `with_files` have GDAL. If both have it, tiles are read in place, otherwise sent.
    """
    cluster = Cluster(bench.network, FOLDER / name, kill_node=kill)
    paths = {node: with_gdal(FOLDER / "gdal") for node in with_files}
    try:
        # The network goes to the node with a GPU, and to the other one after its loss.
        gpu = ("--resources", "GPU=1") if kill in ("train", "predict") else ()
        cluster.add_node("node1", options=gpu, path=paths.get("node1", ""))
        cluster.add_node("node2", path=paths.get("node2", ""))
        # The first request must find both.
        while in_cluster(cluster.address, "len(s.workers)") != "2":
            time.sleep(0.2)
        lines = bench.compute(what, cluster.chosen)
        _line(lines, r"Dask cluster .* node.*dashboard: http")
        _line(lines, "Nodes read .* in place" if len(paths) == 2 else "sent to the nodes")
        if kill and not cluster.lost_a_node:
            raise FailureError(f"no node was killed in {kill}")
        return _line(lines, "Cluster: ")
    finally:
        cluster.close()


def _folder(bench: Bench, name: str, kill: str = "", everywhere: bool = True) -> str:
    """Classify a folder on two nodes with GDAL, or of which only the second one has it."""
    cluster = Cluster(bench.network, FOLDER / name, kill_node=kill)
    gdal_path = with_gdal(FOLDER / "gdal")
    try:
        # With more threads than scenes, a scene takes several.
        threads = 1 if kill else 8
        path = gdal_path if everywhere else ""
        cluster.add_node("node1", path=path, threads=threads)
        cluster.add_node("node2", path=gdal_path, threads=threads)
        # The first request must find both.
        while in_cluster(cluster.address, "len(s.workers)") != "2":
            time.sleep(0.2)
        lines = bench.compute("folder", cluster.chosen)
        if kill and not cluster.lost_a_node:
            raise FailureError(f"no node was killed in {kill}")
        return f"{_line(lines, 'files read and written there')}; {_line(lines, 'Cluster: ')}"
    finally:
        cluster.close()


def _folder_sent(bench: Bench) -> str:
    """Classify a folder on a node without GDAL."""
    cluster = Cluster(bench.network, FOLDER / "folder-sent")
    try:
        cluster.add_node("node1")
        lines = bench.compute("folder", cluster.chosen)
        return f"{_line(lines, 'no Python bindings of GDAL')}; {_line(lines, 'Cluster: ')}"
    finally:
        cluster.close()


def _folder_cancelled(bench: Bench) -> str:
    """Cancel while nodes write; nothing may be left, nor come later."""
    shutil.rmtree(RESULTS, ignore_errors=True)
    scene = FOLDER / "scenes" / "scene0.tif"
    return _cancelled(bench, scene, str(RESULTS), str(FOLDER_MODEL), str(ADDITIONAL))


def _scheduler_lost(bench: Bench) -> str:
    cluster = Cluster(bench.network, FOLDER / "scheduler-lost", kill_scheduler="superpixels")
    try:
        cluster.add_node("node1")
        cluster.add_node("node2")

        def restart() -> None:
            cluster.restart_scheduler()
            # Nodes end with their scheduler; a batch system starts others.
            for node in list(cluster.nodes.values()):
                node.kill()
                node.wait()
            cluster.add_node("node1")
            cluster.add_node("node2")

        thread = threading.Thread(target=restart, daemon=True)
        thread.start()
        lines = bench.compute("large", cluster.chosen)
        thread.join(1)
        _line(lines, "scheduler of the cluster was lost")
        return _line(lines, r"repeated after a loss")
    finally:
        cluster.close()


def _cancelled(bench: Bench, image: Path, *classified: str, in_place: bool = False) -> str:
    """Cancel in QGIS's process by a progress that says so; the cluster must be empty in 5 s."""
    cluster = Cluster(bench.network, FOLDER / "cancel")
    path = with_gdal(FOLDER / "gdal") if classified or in_place else ""
    try:
        cluster.add_node("node1", path=path)
        cluster.add_node("node2", path=path)
        command = [sys.executable, "-m", "tests.cluster.cancel"]
        command += [str(image), cluster.chosen, *classified]
        subprocess.run(command, check=True, cwd=REPOSITORY, capture_output=True, timeout=300)
        begin = time.monotonic()
        tasks = "1"
        while tasks != "0" and time.monotonic() < begin + 5:
            tasks = in_cluster(cluster.address, "len(s.tasks)")
        if tasks != "0":
            raise FailureError(f"{tasks} tasks are left 5 s after the cancel")
        seconds = time.monotonic() - begin
        if classified:
            # Nodes that do not notice the cancel would have written their scenes by then.
            time.sleep(5)
            if RESULTS.exists():
                raise FailureError(f"left after the cancel: {list(RESULTS.iterdir())}")
        left = [str(folder) for folder in FOLDER.glob(".superseg-*")]
        if left:
            raise FailureError(f"left after the cancel: {left}")
        return f"no task left {seconds:.1f} s after the run had ended"
    finally:
        cluster.close()


def _other_version(bench: Bench) -> str:
    fake = FOLDER / "fake"
    (fake / "numba-0.1.dist-info").mkdir(parents=True, exist_ok=True)
    metadata = "Metadata-Version: 2.1\nName: numba\nVersion: 0.1\n"
    (fake / "numba-0.1.dist-info" / "METADATA").write_text(metadata, encoding="utf-8")
    cluster = Cluster(bench.network, FOLDER / "versions")
    try:
        cluster.add_node("node1", path=str(fake))
        time.sleep(5)
        bench.compute("small", cluster.chosen)
    except QgisProcessError as error:
        return _line(str(error).splitlines(), r"node tcp://.* numba 0\.1 instead of")
    finally:
        cluster.close()
    raise FailureError("a node with another numba was used")


def _nobody(bench: Bench) -> str:
    begin = time.monotonic()
    address = f"tcp://{bench.network.address}:{bench.network.port + 1}"
    chosen = f"{address} unencrypted" if bench.network.separate else address
    try:
        bench.compute("small", chosen)
    except QgisProcessError as error:
        said = _line(str(error).splitlines(), "does not answer")
        return f"{said} ({time.monotonic() - begin:.0f} s with the start of QGIS)"
    raise FailureError("a cluster that is not there was used")


def _unencrypted(bench: Bench) -> str:
    try:
        bench.compute("small", "tcp://10.213.0.10:8786")
    except QgisProcessError as error:
        return _line(str(error).splitlines(), "not encrypted")
    raise FailureError("an unencrypted connection was used without permission")


def _encrypted(bench: Bench) -> str:
    folder = FOLDER / "tls"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    key, certificate = str(folder / "key.pem"), str(folder / "cert.pem")
    names = f"subjectAltName=IP:{bench.network.address},IP:127.0.0.1"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key),
            *("-out", certificate, "-days", "2", "-subj", "/CN=superseg", "-addext", names),
        ],
        check=True,
        capture_output=True,
    )
    variables = {"DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "true"}
    variables["DASK_DISTRIBUTED__COMM__TLS__CA_FILE"] = certificate
    for role in ("SCHEDULER", "WORKER", "CLIENT"):
        variables[f"DASK_DISTRIBUTED__COMM__TLS__{role}__KEY"] = key
        variables[f"DASK_DISTRIBUTED__COMM__TLS__{role}__CERT"] = certificate
    cluster = Cluster(bench.network, folder, environment=variables)
    bench.qgis.environment.update(variables)
    try:
        cluster.add_node("node1")
        lines = bench.compute("small", cluster.chosen)
        return _line(lines, "Dask cluster tls://")
    finally:
        for name in variables:
            del bench.qgis.environment[name]
        cluster.close()


def main() -> int:
    """Run all scenarios; the exit status is 1 if one went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=4096, help="side of the large scene")
    parser.add_argument("--only", default="", help="part of the titles of scenarios to run")
    options = parser.parse_args()
    os.environ["SUPERSEG_TEST_RESULTS"] = str(RESULTS)
    bench = Bench(options.side)
    where = "network namespaces" if bench.network.separate else "this computer's loopback"
    print(f"Scene of {options.side**2 / 1e6:.0f} Mpx, scheduler and 2 nodes in {where}", flush=True)
    scenarios: list[tuple[str, Callable[[], str]]] = [
        ("same bytes, tiles sent", lambda: _run(bench, "plain", "large")),
        (
            "same bytes, read in place",
            lambda: _run(bench, "in-place", "large", with_files=BOTH),
        ),
        (
            "same bytes, one node without GDAL",
            lambda: _run(bench, "one-gdal", "large", with_files=BOTH[:1]),
        ),
        *(
            (f"node killed in {op}", lambda op=op: _run(bench, f"kill-{op}", "large", op))
            for op in ("superpixels", "stitch", "describe_superpixels", "refine_superpixels")
        ),
        *(
            (
                f"in place, node killed in {op}",
                lambda op=op: _run(bench, f"place-{op}", "large", op, with_files=BOTH),
            )
            for op in ("superpixels", "stitch", NUMBER, "refine_superpixels", "paint_on_image")
        ),
        ("scheduler killed", lambda: _scheduler_lost(bench)),
        ("network, same bytes", lambda: _run(bench, "network", "network")),
        (
            "network, same bytes, read in place",
            lambda: _run(bench, "network-in-place", "network", with_files=BOTH),
        ),
        *(
            (f"node killed in {op}", lambda op=op: _run(bench, f"kill-{op}", "network", op))
            for op in ("train", "predict")
        ),
        ("folder, same bytes", lambda: _folder(bench, "folder")),
        ("folder, node killed", lambda: _folder(bench, "folder-kill", CLASSIFY)),
        ("folder, one node without GDAL", lambda: _folder(bench, "folder-one", everywhere=False)),
        ("folder, no node with GDAL", lambda: _folder_sent(bench)),
        ("folder, cancel", lambda: _folder_cancelled(bench)),
        ("cancel", lambda: _cancelled(bench, FOLDER / "large.tif")),
        ("in place, cancel", lambda: _cancelled(bench, FOLDER / "large.tif", in_place=True)),
        ("another version on a node", lambda: _other_version(bench)),
        ("no scheduler", lambda: _nobody(bench)),
        ("no encryption, not allowed", lambda: _unencrypted(bench)),
        ("TLS", lambda: _encrypted(bench)),
    ]
    try:
        references = ("large", "small", "network", "folder")
        for what in ("folder",) if "folder" in options.only else references:
            bench.check(f"this computer, {what}", lambda what=what: _here(bench, what))
        for title, scenario in scenarios:
            if options.only in title:
                bench.check(title, scenario)
    finally:
        bench.network.close()
    print(f"{bench.failures} wrong", flush=True)
    return min(bench.failures, 1)


def _here(bench: Bench, what: str) -> str:
    return _line(bench.compute(what, "local"), "Times: ").lstrip(".0123456789")


if __name__ == "__main__":
    sys.exit(main())
