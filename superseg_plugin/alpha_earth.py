# SPDX-License-Identifier: GPL-2.0-or-later
"""AlphaEarth's signed bytes, x = sign(v) (v / 127.5)^2, decoded in both processes.

QGIS's process may send the bytes to the worker as they are: a quarter of the floats. In the arrays
that both exchange, int8 stands for these bytes and nothing else. Exact: the same bits on both
sides. It needs numpy only.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]

STEPS = np.float32(127.5)


def decode_bytes(steps: npt.NDArray[np.int8], out: FloatArray) -> FloatArray:
    """Decode bytes of any shape into `out`, which is returned.

    Example:
        >>> decode_bytes(np.array([-127, 0, 64], np.int8), np.empty(3, np.float32)).round(3)
        array([-0.992,  0.   ,  0.252], dtype=float32)
    """
    np.divide(steps, STEPS, out=out, dtype=np.float32)
    out *= np.abs(out)
    return out


# Value of each byte, by byte + 128.
TABLE = decode_bytes(np.arange(-128, 128).astype(np.int8), np.empty(256, np.float32))


def decoded(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return signed bytes as vectors, float32, and other values as they are."""
    if values.dtype != np.int8:
        return values
    return decode_bytes(values, np.empty(values.shape, np.float32))
