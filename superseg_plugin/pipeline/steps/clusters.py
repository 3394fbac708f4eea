# SPDX-License-Identifier: GPL-2.0-or-later
"""Clustered superpixels, as the steps of a run hand them on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..formats.cluster_arrays import ClusterArrays
from .spill import lay_aside


@dataclass(frozen=True)
class Clusters:
    """Clustered superpixels; row i belongs to superpixel i + 1.

    Attributes:
        evidence: `(n, k)` float32 log probability of each class.
        smoothed: `(n, k)` float32 class probabilities, smoothed on the graph.
        confidence: `(n,)` float32, how sure the most probable class is.
        features: `(n, d)` float32, what the classes are told apart by.
        model: what gives superpixels of any scene these classes, as the worker takes it.
    """

    evidence: npt.NDArray[np.float32]
    smoothed: npt.NDArray[np.float32]
    confidence: npt.NDArray[np.float32]
    features: npt.NDArray[np.float32]
    model: ClusterArrays

    def laid_aside(self, folder: Path) -> Clusters:
        """The same, with what is not looked at before the end of a run in files of a folder."""
        names = ("evidence", "smoothed", "features")
        return replace(self, **lay_aside(folder, {name: getattr(self, name) for name in names}))

    @property
    def classes(self) -> int:
        """Number of classes."""
        return int(self.smoothed.shape[1])

    @property
    def live(self) -> npt.NDArray[np.int64]:
        """Classes that are some superpixel's most probable one."""
        return np.unique(self.smoothed.argmax(axis=1))
