# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory of a scene grows with its superpixels, and by little."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

# The peak is read from /proc: that of the resource module would be the parent's, if larger.
CHILD = """
import sys
import numpy as np
from superseg_plugin.engine.clustering import cluster_superpixels
from superseg_plugin.blocks import column_layout, Description
from superseg_plugin.engine import vocabularies

# Fits to fewer points take less time; all superpixels are assigned as usual.
vocabularies.SAMPLE_POINTS = 500

def peak():
    with open("/proc/self/status") as status:
        return 1024 * next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))

def clustered(count):
    generator = np.random.default_rng(0)
    layout = column_layout(3)
    sums = np.zeros((count, layout["context"].stop))
    mean = generator.choice([40.0, 120.0, 200.0], (count, 3)) + generator.normal(0, 9, (count, 3))
    sums[:, 0] = 100
    sums[:, layout["values"]] = mean * 100
    sums[:, layout["squares"]] = (mean**2 + 25) * 100
    row = np.arange(count, dtype=np.int32)
    pairs = np.concatenate([np.stack([row[step:] - step, row[step:]], 1) for step in (1, 2, 300)])
    lengths = np.full(len(pairs), 10, np.int32)
    superpixels = Description.from_sums(sums, pairs, lengths, 3)
    before = peak()
    cluster_superpixels(superpixels, 8, 8.0)
    return peak() - before

clustered(2000)
print(clustered(int(sys.argv[1])))
"""


def bytes_taken(count):
    command = [sys.executable, "-c", CHILD, str(count)]
    folder = Path(__file__).parents[2]
    # Threads that wait for each other would take most of the time where suites run side by side.
    alone = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        command, cwd=folder, env=alone, check=True, capture_output=True, encoding="utf-8"
    )
    return int(done.stdout)


def test_a_further_superpixel_takes_few_bytes_while_classes_are_found():
    """The histograms of all words at once would be 512 bytes more."""
    assert bytes_taken(120_000) - bytes_taken(40_000) < 80_000 * 400
