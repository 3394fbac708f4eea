# SPDX-License-Identifier: GPL-2.0-or-later
"""Names for the arrays that the kernels exchange."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..contracts import AnyArray, BoolArray, DoubleArray, FloatArray

ByteArray = npt.NDArray[np.uint8]
IdArray = npt.NDArray[np.uint32]
IndexArray = npt.NDArray[np.int64]

__all__ = [
    "AnyArray",
    "BoolArray",
    "ByteArray",
    "DoubleArray",
    "FloatArray",
    "IdArray",
    "IndexArray",
]
