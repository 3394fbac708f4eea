# SPDX-License-Identifier: GPL-2.0-or-later
"""Cut superpixels on a cluster and cancel: `python -m tests.cluster.cancel IMAGE CLUSTER`.

With FOLDER, MODEL and an additional raster after these, the images of the folder of the image are
classified instead, and the run is cancelled when a node has begun to write.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from superseg_plugin.errors import Cancelled
from superseg_plugin.pipeline.folder_classification import (
    FolderInputs,
    FolderOutputs,
    run_folder_classification,
)
from superseg_plugin.pipeline.options.classification import ClassificationOptions
from superseg_plugin.pipeline.options.superpixels import SuperpixelOptions
from superseg_plugin.pipeline.steps.folder_files import scenes_of
from superseg_plugin.pipeline.superpixels import run_superpixels
from superseg_plugin.progress import Progress
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.raster.stack import AdditionalRaster
from superseg_plugin.worker.client import WorkerProcess
from superseg_plugin.worker.cluster_address import choose_cluster
from superseg_plugin.worker.interpreter import find_interpreter


class Cancelling(Progress):
    """Cancels once a tenth of the run is done, or a file lies in a hidden folder.

    Args:
        folder: the folder of results; None for no such folder.
    """

    done = 0.0

    def __init__(self, folder=None):
        self.folder = folder

    def report(self, fraction, text=""):
        self.done = fraction

    def log(self, text):
        print(text)

    def cancelled(self):
        if self.folder is None:
            return self.done > 0.1
        return any(self.folder.glob(".superseg-*/.superseg-*/superpixels.tif"))


def classify(image, cluster, folder, model, additional):
    """Classify a folder and cancel; the exit status tells whether the run was cancelled."""
    scenes = scenes_of(str(Path(image).parent), "*.tif")
    start = partial(
        WorkerProcess, find_interpreter(), "cpu", choose_cluster(cluster, environment={})
    )
    progress = Cancelling(Path(folder))
    try:
        inputs = FolderInputs(scenes, model, additional=[AdditionalRaster(additional)])
        outputs = FolderOutputs(folder)
        run_folder_classification(inputs, outputs, ClassificationOptions(), start, progress)
    except Cancelled:
        return 0
    return 2


def main(image, cluster, *classified):
    """Run and cancel; the exit status tells whether the run was cancelled."""
    if classified:
        return classify(image, cluster, *classified)
    output = Path(image).with_name("cancelled.tif")
    output.unlink(missing_ok=True)
    choice = choose_cluster(cluster, environment={})
    try:
        with (
            RasterSource(image) as source,
            WorkerProcess(find_interpreter(), "cpu", choice) as worker,
        ):
            run_superpixels(source, str(output), SuperpixelOptions(), worker, Cancelling())
    except Cancelled:
        return 1 if output.exists() else 0
    return 2


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
