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
    smoothed = np.empty(image.shape, np.float32)
    smooth_part(image, sigma, valid, (0, 0), smoothed)
    return smoothed


def smooth_part(
    image: FloatArray,
    sigma: float,
    valid: BoolArray | None,
    corner: tuple[int, int],
    out: FloatArray,
) -> None:
    """Smooth a part of an image; see `smooth_image`.

    Args:
        image: `(bands, rows, cols)` float32.
        sigma: standard deviation in pixels, 0.125 or more.
        valid: `(rows, cols)` bool, or None where every pixel is valid.
        corner: row and column of the image where the part begins.
        out: `(bands, rows, cols)` float32 of the part, the result.

    Example:
        >>> image, part = np.full((1, 9, 9), 5.0, np.float32), np.empty((1, 2, 3), np.float32)
        >>> smooth_part(image, 1.0, None, (4, 0), part)
        >>> part.round(3).tolist()
        [[[5.0, 5.0, 5.0], [5.0, 5.0, 5.0]]]
    """
    kernel = gaussian_kernel(sigma)
    if valid is None:
        valid = np.ones(image.shape[1:], bool)
        weight = _weight_within(image.shape[1], image.shape[2], kernel)
    else:
        weight = _convolve(valid.astype(np.float32), kernel)
        # What no valid pixel reaches becomes 0.
        weight = np.where(weight > 1e-6, weight, np.float32(np.inf))
    _smooth_bands(image, valid, kernel, weight, *corner, out)


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


def _convolve(band: FloatArray, kernel: FloatArray) -> FloatArray:
    """Convolve `(rows, cols)`; what lies beyond the border counts as 0."""
    result = np.empty((1, *band.shape), np.float32)
    one = np.ones(band.shape, np.float32)
    _smooth_bands(band[np.newaxis], np.ones(band.shape, bool), kernel, one, 0, 0, result)
    convolved: FloatArray = result[0]
    return convolved


@njit(cache=True, nogil=True)
def _smooth_bands(
    image: FloatArray,
    valid: BoolArray,
    kernel: FloatArray,
    weight: FloatArray,
    top: int,
    left: int,
    out: FloatArray,
) -> None:
    """Convolve the part of an image that begins at `top` and `left`, and divide by the weights."""
    rows, cols = out.shape[1:]
    radius = kernel.size // 2
    lowest, highest = max(top - radius, 0), min(top + rows + radius, image.shape[1])
    across = np.empty((highest - lowest, cols), np.float32)
    line = np.zeros(image.shape[2] + 2 * radius, np.float32)
    for band in range(image.shape[0]):
        for row in range(lowest, highest):
            _mask_row(image[band, row], valid[row], line[radius : radius + image.shape[2]])
            _add_taps(line[left:], kernel, across[row - lowest])
        for row in range(rows):
            # Of the first of these rows, the tap before which others would lie beyond the border.
            first = max(top + row - radius, 0)
            taps = kernel[first - top - row + radius :]
            _add_rows(across[first - lowest :], taps, out[band, row])
            _divide_row(out[band, row], weight[top + row, left : left + cols])


# Loops over slices, as an index with an offset could be negative, which keeps the compiler from
# vector instructions. Only sums are compiled with fast mathematics: quotients would be approximate.
@njit(cache=True, nogil=True)
def _mask_row(values: FloatArray, valid: BoolArray, out: FloatArray) -> None:
    for col in range(out.size):
        out[col] = values[col] if valid[col] else np.float32(0)


@njit(cache=True, nogil=True, fastmath=True)
def _add_taps(line: FloatArray, kernel: FloatArray, out: FloatArray) -> None:
    """Convolve along a row; `line` begins as far before the result as the kernel reaches."""
    out[:] = 0.0
    for tap in range(kernel.size):
        factor = kernel[tap]
        values = line[tap : tap + out.size]
        for col in range(out.size):
            out[col] += factor * values[col]


@njit(cache=True, nogil=True, fastmath=True)
def _add_rows(rows: FloatArray, kernel: FloatArray, out: FloatArray) -> None:
    """Add up the first rows, each with its weight, as many as there are of both."""
    out[:] = 0.0
    for tap in range(min(kernel.size, len(rows))):
        factor = kernel[tap]
        values = rows[tap]
        for col in range(out.size):
            out[col] += factor * values[col]


@njit(cache=True, nogil=True, error_model="numpy")
def _divide_row(values: FloatArray, divisor: FloatArray) -> None:
    for col in range(values.size):
        values[col] /= divisor[col]


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
