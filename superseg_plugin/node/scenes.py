# SPDX-License-Identifier: GPL-2.0-or-later
"""Whole scenes on a node: it reads the image, computes, and writes the result in place.

Files that are not finished lie in the hidden folder of the run (`SceneFiles.folder`), which the
computer that started the run removes, and are moved to their place when all are whole. So a node
that is lost leaves nothing behind, and a scene may be classified twice.
"""

from __future__ import annotations

import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from distributed import get_worker

from ..errors import Cancelled, SuperSegError
from ..pipeline.classification import (
    ClassificationInputs,
    ClassificationOutputs,
    run_classification,
)
from ..pipeline.options.classification import ClassificationOptions
from ..progress import Progress
from ..raster.gdal_calls import gdal_version, has_reference_systems
from ..raster.source import RasterSource
from ..raster.stack import AdditionalRaster, stacked
from ..worker.call import Call
from ..worker.whole_scenes import CHECK, CLASSIFY, RUN_FILE, SceneFiles
from .own_process import OwnProcess

# Time between two reports of the progress of a scene: each passes through the scheduler.
REPORT_SECONDS = 5.0
# States of Dask's worker in which nobody waits for its tasks.
ENDED_STATES = ("stopping", "stopped", "closing", "closed", "failed")


class SceneProgress(Progress):
    """Sends the progress of a scene, and collects the lines of its log.

    Dask's events may arrive after the answer of a task, and would be lost; so lines are a part of
    the answer.

    Args:
        send_event: sends an event to QGIS's process.

    Attributes:
        lines: of the log.
    """

    def __init__(self, send_event: Callable[[dict[str, Any]], None]) -> None:
        self.lines: list[str] = []
        self._send = send_event
        self._sent = time.monotonic()
        self._worker = get_worker()
        self._key = self._worker.get_current_task()

    def report(self, fraction: float, text: str = "") -> None:
        """Send it, from time to time."""
        now = time.monotonic()
        if now > self._sent + REPORT_SECONDS:
            self._sent = now
            self._send({"event": "progress", "fraction": fraction, "text": text})

    def log(self, text: str) -> None:
        """Keep the line for the answer."""
        self.lines.append(text)

    def cancelled(self) -> bool:
        """Whether the scheduler no longer wants the scene from this node."""
        # Dask cannot interrupt a thread; it only marks the task.
        task = self._worker.state.tasks.get(self._key)
        return task is None or task.state == "cancelled" or self._worker.status.name in ENDED_STATES


def reason_against(folder: str, token: str) -> str:
    """Why this node cannot perform operations on the files of a run, as a predicate; "" if it can.

    Args:
        folder: hidden folder of the run, beside its results.
        token: content of the file RUN_FILE in it.
    """
    try:
        found = (Path(folder) / RUN_FILE).read_text(encoding="ascii")
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", "") or "unreadable"
        return f"does not see the folder of results, {Path(folder).parent} ({reason})"
    if found != token:
        return f"sees another folder at {Path(folder).parent}"
    return ""


def check_files(call: Call) -> dict[str, Any]:
    """Whether results can be written, and images be read; see `reason_against`."""
    files, worker = SceneFiles(**call.options), get_worker()
    reason = ""
    try:
        with tempfile.TemporaryFile(dir=files.folder, buffering=0) as probe:
            probe.write(b"0")
        RasterSource(files.scene, files.bands).close()
        for each in _additional(files):
            RasterSource(each.path, layer=each.layer).close()
    except OSError as error:
        folder = Path(files.folder).parent
        reason = f"cannot write into the folder of results, {folder} ({error.strerror})"
    except SuperSegError as error:
        reason = f"cannot read the first scene or an additional raster ({error})"
    if not has_reference_systems():
        reason = "has no database of PROJ; activate its environment, or set PROJ_DATA"
    threads = worker.state.nthreads
    return {"node": worker.address, "reason": reason, "threads": threads, "gdal": gdal_version()}


def classify_scene(call: Call) -> dict[str, Any]:
    """Classify a scene; an error is a part of the result, beside the `lines` of the log."""
    files = SceneFiles(**call.options)
    progress = SceneProgress(call.send_event)
    failure = ""
    try:
        with (
            RasterSource(files.scene, files.bands) as first,
            stacked(first, _additional(files)) as source,
            OwnProcess(call.device, min(files.threads, get_worker().state.nthreads)) as worker,
        ):
            run_classification(
                ClassificationInputs(source, files.model),
                ClassificationOutputs(files.target, unfinished=files.folder),
                replace(ClassificationOptions(), **files.options),
                worker,
                progress,
            )
    except Cancelled:
        failure = "it was cancelled"
    except SuperSegError as error:
        failure = str(error)
    except Exception as error:  # the scene is classified by another way
        progress.log(traceback.format_exc())
        failure = f"unexpected error: {type(error).__name__}: {error}"
    return {"node": get_worker().address, "lines": progress.lines, "failure": failure}


def _additional(files: SceneFiles) -> list[AdditionalRaster]:
    return [AdditionalRaster.from_dict(each) for each in files.additional]


OPERATIONS: dict[str, Callable[[Call], dict[str, Any]]] = {
    CHECK: check_files,
    CLASSIFY: classify_scene,
}
