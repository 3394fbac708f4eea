# SPDX-License-Identifier: GPL-2.0-or-later
"""Cut superpixels on a cluster and cancel: `python -m tests.cluster.cancel IMAGE CLUSTER`."""

from __future__ import annotations

import sys
from pathlib import Path

from superseg_plugin.errors import Cancelled
from superseg_plugin.pipeline.options.superpixels import SuperpixelOptions
from superseg_plugin.pipeline.superpixels import run_superpixels
from superseg_plugin.progress import Progress
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.worker.client import Worker
from superseg_plugin.worker.cluster_address import choose_cluster
from superseg_plugin.worker.interpreter import find_interpreter


class Cancelling(Progress):
    """Cancels once a tenth of the run is done."""

    done = 0.0

    def report(self, fraction, text=""):
        self.done = fraction

    def log(self, text):
        print(text)

    def cancelled(self):
        return self.done > 0.1


def main(image, cluster):
    """Run and cancel; the exit status tells whether the run was cancelled."""
    output = Path(image).with_name("cancelled.tif")
    output.unlink(missing_ok=True)
    choice = choose_cluster(cluster, environment={})
    try:
        with RasterSource(image) as source, Worker(find_interpreter(), "cpu", choice) as worker:
            run_superpixels(source, str(output), SuperpixelOptions(), worker, Cancelling())
    except Cancelled:
        return 1 if output.exists() else 0
    return 2


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
