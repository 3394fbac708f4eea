# SPDX-License-Identifier: GPL-2.0-or-later
"""The process that computes the clusterings by scikit-learn, see `baselines`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tests.benchmarks.common import ENGINE_PYTHON
from tests.tools.qgis_process import REPOSITORY


class Baselines:
    """A process that is started at the first request; a context manager."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Baselines:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait()

    def labels(
        self, method: str, first: Path, second: Path, classes: int, seed: int, starts: int
    ) -> tuple[npt.NDArray[np.uint8], float]:
        """Cluster.

        Args:
            method: name of a method of `baselines`.
            first: .npy file of pixels, means or features.
            second: .npy file of the validity or of the pixels of superpixels.
            classes: number of clusters.
            seed: of the random numbers.
            starts: number of random starts, of which the best one counts.

        Returns:
            The labels, from 1, and the seconds that it took.

        Raises:
            RuntimeError: the process ended; its message is on the standard error.
        """
        target = first.with_name("labels.npy")
        request = {"method": method, "first": str(first), "second": str(second)}
        request |= {"target": str(target)}
        numbers = {"classes": classes, "seed": seed, "starts": starts}
        process = self._running()
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the process has no pipes")
        process.stdin.write(json.dumps({**request, **numbers}) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            self._process = None
            raise RuntimeError(f"{method} failed with exit status {process.wait()}")
        return np.load(target), float(answer)

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._process = subprocess.Popen(
                [str(ENGINE_PYTHON), "-m", "tests.benchmarks.baselines"],
                cwd=REPOSITORY,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
            )
        return self._process
