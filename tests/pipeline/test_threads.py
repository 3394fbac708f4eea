# SPDX-License-Identifier: GPL-2.0-or-later
"""Classes of `fast` and `balanced` do not depend on the number of threads.

The weights of a network do: sums of floating-point numbers are made in another order. Of 240,000
pixels, 0.6 % had another class by `published` with one thread than with two.
"""

from __future__ import annotations

import numpy as np
import pytest

from superseg_plugin.pipeline.options.segmentation import SegmentationOptions, SegmentationOutputs
from superseg_plugin.pipeline.segmentation import run_segmentation
from superseg_plugin.raster.source import RasterSource
from superseg_plugin.worker.client import WorkerProcess
from superseg_plugin.worker.interpreter import find_interpreter
from tests.conftest import read_raster, write_raster
from tests.pipeline.conftest import Listener, landscape_and_fields

PRESETS = ("fast", "balanced")
THREADS = (1, 2, 4)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Outputs by preset and number of threads."""
    folder = tmp_path_factory.mktemp("threads")
    # Six tiles, so that there are seams and an order in which tiles end.
    image = write_raster(folder / "image.tif", landscape_and_fields(400, 600)[0])
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        for threads in THREADS:
            for name in ("OMP", "MKL", "OPENBLAS", "NUMBA"):
                patch.setenv(f"{name}_NUM_THREADS", str(threads))
            with WorkerProcess(find_interpreter(), device="cpu") as worker:
                for preset in PRESETS:
                    name = str(folder / f"{preset}{threads}")
                    outputs = SegmentationOutputs(f"{name}.tif", confidence=f"{name}_sure.tif")
                    options = SegmentationOptions(classes=8, preset=preset, tile_size=256)
                    with RasterSource(image) as source:
                        run_segmentation(source, outputs, options, worker, Listener())
                    found[preset, threads] = outputs
    return found


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("threads", THREADS[1:])
def test_classes_and_confidence_do_not_depend_on_threads(runs, preset, threads):
    first, other = runs[preset, 1], runs[preset, threads]
    assert np.array_equal(read_raster(first.classes), read_raster(other.classes))
    assert np.array_equal(read_raster(first.confidence), read_raster(other.confidence))
