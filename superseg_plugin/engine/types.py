# SPDX-License-Identifier: GPL-2.0-or-later
"""Names for the arrays that the kernels pass around."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
DoubleArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
ByteArray = npt.NDArray[np.uint8]
IdArray = npt.NDArray[np.uint32]
IndexArray = npt.NDArray[np.int64]
AnyArray = npt.NDArray[Any]
