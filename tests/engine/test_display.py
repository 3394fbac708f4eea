# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows in display units are those of the whole image."""

from __future__ import annotations

import numpy as np
import pytest

from superseg_plugin.contracts import BandScaling
from superseg_plugin.engine.display import DisplayRows, strips
from superseg_plugin.engine.segments import Tile


@pytest.mark.parametrize("kind", ["uint8", "int8", "uint16", "float32"])
def test_strips_are_rows_of_the_whole_image(kind):
    rng = np.random.default_rng(0)
    values = rng.integers(-120 if kind == "int8" else 0, 127, (3, 45, 20)).astype(kind)
    valid = rng.random((45, 20)) > 0.1
    scaling = BandScaling((-0.5, 0.0, 3.0), (0.5, 0.7, 90.0), (0.0,) * 3, (1.0,) * 3)
    expected = scaling.to_display(values, valid)
    shown = DisplayRows(Tile(values, valid, scaling, (slice(2, 43), slice(1, 20))))
    found = [shown.read(rows, slice(1, 20)).copy() for rows in strips(slice(2, 43))]
    assert len(found) > 1
    np.testing.assert_array_equal(np.concatenate(found, axis=1), expected[:, 2:43, 1:])
