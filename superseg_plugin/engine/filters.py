# SPDX-License-Identifier: GPL-2.0-or-later
"""Gaussian smoothing that never lets an invalid pixel into a valid one.

Beyond the border all is invalid: an image and the same image within nodata are smoothed alike, to
the last digit.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from ..contracts import gaussian_radius
from .types import BoolArray, FloatArray, IndexArray


def gaussian_kernel(sigma: float) -> FloatArray:
    """Normalised 1-D kernel of length `2 * gaussian_radius(sigma) + 1`, float32."""
    radius = gaussian_radius(sigma)
    distance = np.arange(-radius, radius + 1, dtype=np.float64)
    kernel = np.exp(-0.5 * (distance / sigma) ** 2) if sigma > 0 else np.ones(1)
    normalised: FloatArray = (kernel / kernel.sum()).astype(np.float32)
    return normalised


def smooth(band: FloatArray, sigma: float, valid: BoolArray | None = None) -> FloatArray:
    """Smooth one band with a Gaussian, renormalised over the valid pixels.

    Args:
        band: `(rows, cols)` float32; what invalid pixels hold is ignored.
        sigma: standard deviation in pixels; 0 returns the band as it is.
        valid: `(rows, cols)` bool, or None where every pixel is valid.

    Returns:
        `(rows, cols)` float32; 0 where no valid pixel is within reach.
    """
    smoothed: FloatArray = smooth_image(band[np.newaxis], sigma, valid)[0]
    return smoothed


def smooth_image(image: FloatArray, sigma: float, valid: BoolArray | None = None) -> FloatArray:
    """Smooth every band of `(bands, rows, cols)`; see `smooth`."""
    if gaussian_radius(sigma) == 0:
        return image
    kernel = gaussian_kernel(sigma)
    smoothed = np.empty(image.shape, np.float32)
    if valid is None:
        weight = _weight_within(image.shape[1], image.shape[2], kernel)
        for band, target in zip(image, smoothed):
            np.divide(_convolve(band, kernel), weight, out=target)
        return smoothed
    weight = _convolve(valid.astype(np.float32), kernel)
    reached = weight > 1e-6
    share = np.where(reached, weight, np.float32(1))
    for band, target in zip(image, smoothed):
        np.divide(_convolve(np.where(valid, band, np.float32(0)), kernel), share, out=target)
        target[~reached] = 0
    return smoothed


def _weight_within(rows: int, cols: int, kernel: FloatArray) -> FloatArray:
    """The kernel's weight within the image: away from its borders it is the same everywhere."""
    radius = kernel.size // 2
    small = _convolve(np.ones((min(rows, kernel.size), min(cols, kernel.size)), np.float32), kernel)
    return small[np.ix_(_nearest_places(rows, radius), _nearest_places(cols, radius))]


def _nearest_places(length: int, radius: int) -> IndexArray:
    """Places in a short line that are as far from its ends as those of a longer one."""
    places = np.arange(length)
    if length <= 2 * radius + 1:
        return places
    return np.minimum(places, radius) + np.maximum(places - (length - 1 - radius), 0)


def block_mean(band: FloatArray, valid: BoolArray, size: int) -> tuple[FloatArray, FloatArray]:
    """Average `size` x `size` blocks over their valid pixels.

    Returns:
        The means and the share of valid pixels, `(ceil(rows / size), ceil(cols / size))` float32.
    """
    means, share = _block_mean(band, valid, size)
    return means, share


@njit(cache=True, nogil=True, fastmath=True)
def _convolve(band: FloatArray, kernel: FloatArray) -> FloatArray:
    rows, cols = band.shape
    radius = kernel.size // 2
    across = np.empty((rows, cols), np.float32)
    line = np.zeros(cols + 2 * radius, np.float32)
    for row in range(rows):
        for col in range(cols):
            line[col + radius] = band[row, col]
        for col in range(cols):
            across[row, col] = 0.0
        for tap in range(kernel.size):
            factor = kernel[tap]
            for col in range(cols):
                across[row, col] += factor * line[col + tap]
    result = np.zeros((rows, cols), np.float32)
    for row in range(rows):
        for tap in range(max(radius - row, 0), min(rows + radius - row, kernel.size)):
            factor = kernel[tap]
            for col in range(cols):
                result[row, col] += factor * across[row + tap - radius, col]
    return result


@njit(cache=True, nogil=True)
def _block_mean(band: FloatArray, valid: BoolArray, size: int) -> tuple[FloatArray, FloatArray]:
    rows = (band.shape[0] + size - 1) // size
    cols = (band.shape[1] + size - 1) // size
    total = np.zeros((rows, cols), np.float32)
    count = np.zeros((rows, cols), np.float32)
    for row in range(band.shape[0]):
        for col in range(band.shape[1]):
            if valid[row, col]:
                total[row // size, col // size] += band[row, col]
                count[row // size, col // size] += 1.0
    for row in range(rows):
        for col in range(cols):
            if count[row, col] > 0:
                total[row, col] /= count[row, col]
            count[row, col] /= size * size
    return total, count
