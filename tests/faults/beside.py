# SPDX-License-Identifier: GPL-2.0-or-later
"""Faults in one of several: a scene of a folder, a preview, an installation; and sparse ids."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from tests.conftest import REPOSITORY, read_raster, write_raster
from tests.faults.bench import FOLDER, OUTPUTS, Attempt
from tests.faults.killed import kill_worker
from tests.faults.session import Moment, Run, Session, wait_until

SCENES = ("a", "b", "c", "d")
# Growth of QGIS's own process that 64 superpixels may cost, bytes.
MOST_GROWTH = 300 << 20
INSTALLING = """
import sys
from superseg_plugin.errors import Cancelled
from superseg_plugin.progress import Progress
from superseg_plugin.runtime.environment import install_environment

class Shown(Progress):
    building = False

    def log(self, text):
        print(text, flush=True)
        self.building |= text.startswith("Building")

    def cancelled(self):
        return self.building and "cancel" in sys.argv

try:
    install_environment("cpu", None, Shown())
except Cancelled:
    pass
"""


def scene_of_a_folder(session: Session) -> list[Attempt]:
    """Kill the worker with scenes in flight; all are classified by another one."""
    place = session.bench.place("scenes")
    images = FOLDER / "scenes"
    images.mkdir()
    for name in SCENES:
        shutil.copy2(place.scene, images / f"{name}.tif")
    model = next(FOLDER.glob("*-without-a-fault-balanced")) / OUTPUTS["MODEL"]
    place.remember()
    given = {"FOLDER": str(images), "MODEL": str(model), "DEVICE": "cpu"}
    run = Run(
        {**given, "OUTPUT": str(place.folder)},
        Moment("0 of 4 scenes done", reports=1),
        kill_worker,
        "classifyfolder",
    )
    attempt = Attempt()
    if not run.wait():
        attempt.wrong.append(f"the run failed: {run.feedback.errors}")
    attempt.seconds = run.seconds
    results = {f"{name}_classes.tif" for name in SCENES}
    found = {path.name for path in place.folder.glob("*_classes.tif")}
    if found != results:
        attempt.wrong.append(f"results: {sorted(found)}")
    maps = [read_raster(place.folder / name) for name in sorted(results & found)]
    if any(not np.array_equal(maps[0], other) for other in maps):
        attempt.wrong.append("equal scenes have different classes")
    if run.feedback.lines[-1] != "4 of 4 scenes classified":
        attempt.wrong.append(f"the summary: {run.feedback.lines[-3:]}")
    place.check(attempt, "any")
    # The styles beside a raster have its name without the extension.
    mine = tuple(str(place.folder / name.removesuffix(".tif")) for name in results)
    attempt.left = [path for path in attempt.left if not path.startswith(mine)]
    return [attempt]


def preview(session: Session) -> list[Attempt]:
    """Kill the worker of previews, idle and at work; the next preview gets another."""
    from superseg_plugin.gui.preview_runner import PreviewRunner
    from superseg_plugin.pipeline.options.preview import MapView, PreviewOptions
    from superseg_plugin.raster.source import RasterSource

    place = session.bench.place("preview")
    place.remember()
    with RasterSource(str(place.scene)) as source:
        grid = source.grid
    x, across, _, y, _, down = grid.geotransform
    extent = (x, y + down * grid.height, x + across * grid.width, y)
    size = (grid.width // 2, grid.height // 2)
    view = MapView(str(place.scene), extent, size, grid.crs, 1.0)
    runner, answers = PreviewRunner(), []
    runner.done.connect(lambda found, _seconds: answers.append(found))
    runner.failed.connect(answers.append)

    def ask(classes: int, kill_after: float | None = None):
        before = len(answers)
        runner.request(view, PreviewOptions(classes=classes))
        if kill_after is not None:
            time.sleep(kill_after)
            kill_worker()
        wait_until(lambda: len(answers) > before)
        return answers[-1]

    attempts = []
    first = ask(4)
    kill_worker()
    began = time.monotonic()
    again = ask(4)
    idle = Attempt(time.monotonic() - began)
    if isinstance(again, str) or not np.array_equal(first.classes, again.classes):
        idle.wrong.append(f"after a kill while idle: {again}")
    attempts.append(idle)
    # The kill falls into this preview, or into the next one if this was quick.
    failed = isinstance(ask(5, kill_after=0.05), str)
    began = time.monotonic()
    last = ask(4)
    if not failed and isinstance(last, str):
        last = ask(4)
    at_work = Attempt(time.monotonic() - began)
    if isinstance(last, str) or not np.array_equal(first.classes, last.classes):
        at_work.wrong.append(f"after a kill at work: {last}")
    runner.stop()
    place.check(at_work, "any")
    attempts.append(at_work)
    return attempts


def two_installers(session: Session) -> list[Attempt]:
    """Install twice at once, then kill the first; nothing of it is left by the next."""
    place = session.bench.place("installers")
    place.remember()
    home = FOLDER / "home"
    home.mkdir()
    (home / "runtime").mkdir()
    (home / "runtime" / "kept.txt").write_text("former")
    variables = {**os.environ, "SUPERSEG_HOME": str(home)}
    command = [sys.executable, "-u", "-c", INSTALLING]

    def start(*arguments: str):
        return subprocess.Popen(
            [*command, *arguments],
            cwd=REPOSITORY,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    attempt = Attempt()
    with start() as first:
        for line in first.stdout:
            if line.startswith("Building"):
                break
        with start() as second:
            said = second.stdout.read()
            code = second.wait()
        if code == 0 or "Another QGIS installs or removes the runtime" not in said:
            attempt.wrong.append(f"the second installer: {said[-300:]}")
        first_partial = {path.name for path in home.glob("partial-*")}
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
    began = time.monotonic()
    with start("cancel") as third:
        for line in third.stdout:
            if line.startswith("Building"):
                break
        partial = {path.name for path in home.glob("partial-*")}
        if partial & first_partial:
            attempt.wrong.append("the folder of the killed installer is still there")
        third.stdout.read()
        third.wait()
    attempt.seconds = time.monotonic() - began
    if (home / "runtime" / "kept.txt").read_text() != "former":
        attempt.wrong.append("the former runtime has changed")
    # The third installer was cancelled, and cleans up behind itself.
    attempt.left += [
        str(path) for path in home.iterdir() if path.name not in ("runtime", "install.log")
    ]
    shutil.rmtree(home)
    place.check(attempt, "any")
    return [attempt]


def resident() -> int:
    """Resident memory of this process in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def sparse_superpixels(session: Session) -> list[Attempt]:
    """Train with 64 superpixels whose ids lie near 4e9."""
    place = session.bench.place("sparse")
    rows, cols = read_raster(place.scene).shape[1:]
    block = (np.arange(rows)[:, None] * 8 // rows) * 8 + np.arange(cols) * 8 // cols
    ids = 4_000_000_000 + np.random.default_rng(0).permutation(200_000_000)[:64]
    superpixels = write_raster(FOLDER / "sparse.tif", ids.astype(np.uint32)[block])
    place.remember()
    before, sizes = resident(), []
    model = place.folder / "model.superseg"
    given = {"INPUT": str(place.scene), "SUPERPIXELS": superpixels, "CLASSES": 4}
    quick = {"STEPS": 2, "PATCH_SIZE": 64, "BATCH_SIZE": 2, "DEVICE": "cpu"}
    run = Run({**given, **quick, "MODEL": str(model)}, algorithm="trainfcn")
    attempt = Attempt()

    def ended() -> bool:
        sizes.append(resident())
        return run.ended

    wait_until(ended)
    if not run.wait():
        attempt.wrong.append(f"the run failed: {run.feedback.errors}")
    attempt.seconds = run.seconds
    growth = max(sizes) - before
    attempt.note = f"QGIS's process grew by {growth >> 20} MB"
    if growth > MOST_GROWTH:
        attempt.wrong.append(attempt.note)
    place.check(attempt, "any")
    attempt.left = [path for path in attempt.left if path != str(model)]
    return [attempt]


FAULTS = {
    "worker killed with scenes in flight": scene_of_a_folder,
    "worker of previews killed": preview,
    "two installers at once": two_installers,
    "64 superpixels with ids near 4e9": sparse_superpixels,
}
