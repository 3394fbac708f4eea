# SPDX-License-Identifier: GPL-2.0-or-later
"""Smoothing: a border of the image is a border to nodata, and neither leaks."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from superseg_plugin.engine.filters import smooth_image
from tests.engine.images import landscape


@pytest.mark.parametrize("sigma", [0.5, 1.6, 4.0])
def test_away_from_borders_it_is_the_filter_that_everybody_knows(sigma):
    image = landscape(80, 90).astype(np.float32)
    known = np.stack([gaussian_filter(band, sigma, truncate=4.0) for band in image])
    inner = (slice(None), slice(20, -20), slice(20, -20))
    assert np.allclose(smooth_image(image, sigma)[inner], known[inner], atol=1e-3)


@pytest.mark.parametrize("sigma", [0.5, 1.6, 8.0])
@pytest.mark.parametrize("shape", [(60, 75), (3, 40), (1, 1)])
def test_nodata_around_an_image_changes_no_digit(sigma, shape):
    image = landscape(*shape).astype(np.float32)
    around = np.full((len(image), shape[0] + 40, shape[1] + 60), 1e6, np.float32)
    valid = np.zeros(around.shape[1:], bool)
    inside = (slice(11, 11 + shape[0]), slice(17, 17 + shape[1]))
    around[(slice(None), *inside)] = image
    valid[inside] = True
    found = smooth_image(around, sigma, valid)[(slice(None), *inside)]
    assert np.array_equal(found, smooth_image(image, sigma))


def test_a_plain_image_stays_plain_up_to_its_borders():
    plain = np.full((2, 30, 40), 123.0, np.float32)
    assert np.allclose(smooth_image(plain, 4.0), 123.0, rtol=1e-6)
