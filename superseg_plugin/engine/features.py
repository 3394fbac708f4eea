# SPDX-License-Identifier: GPL-2.0-or-later
"""Features of superpixels, prepared for mixtures of Gaussians.

The sums of a description become columns in blocks: band ratios (log of each mean over the mean of
all bands), brightness, standard deviations of the bands, texture, context, and size. Logarithms
bring the columns closer to normal distributions and make the ratios independent of illumination.
Columns are standardized, clipped to three standard deviations, weighed by block, and reduced to
principal components. Superpixels count by area in the statistics.

Standardizing makes a column of noise as wide as one that tells classes apart. In a scene of few
clear levels (a thematic raster, a lake in dark land) every other column is noise; there the mean
colors are the only features, as they are of embeddings. A scene is taken for one where two things
hold: the noise of the mean colors is small beside their spread, and 16 levels explain nearly all of
this spread. The noise is estimated as for the minimum noise fraction [1], but for all bands
together: whitening by band made classes of natural scenes worse.

Decibels of radar are logarithms already: their means take the place of ratios and brightness.
Elevations always have all blocks: 16 levels explain nearly all of any single smooth band, but
plains and mountains of one level differ in relief.

Exact but for float32. The weights of the blocks are a choice, not an estimate. Cost: linear in the
superpixels; three more passes when the space is fitted.

References:
    [1] A. A. Green, M. Berman, P. Switzer, M. D. Craig, "A transformation for ordering
        multispectral data in terms of image quality with implications for noise removal", IEEE
        Transactions on Geoscience and Remote Sensing 26 (1988).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..contracts import DECIBELS, EMBEDDING, MEASURED, REFLECTANCE, Description, column_layout
from ..errors import SuperSegError
from .k_means import k_means, nearest
from .projection import Projection, fit_projection, row_parts, sample_by_weight
from .region_graph import squared_contrast
from .row_blocks import row_blocks, side_by_side
from .types import DoubleArray, FloatArray

# Display units added before the logarithm: the ratios of dark pixels are mostly noise.
LOG_OFFSET = 5.0
# Chosen on eight labeled images; the results change little between half and twice these weights.
BLOCK_WEIGHTS = {
    "chroma": 1.0,
    "brightness": 0.7,
    "spread": 0.7,
    "texture": 0.5,
    "context": 0.5,
    "size": 0.25,
}
CLIP = 3.0
# Weights of radar in decibels: of the mean values, and of all other blocks as a share of the above.
# Named accuracy at 16 classes on two synthetic scenes of Sentinel-1: .95 and .95 with these, .81
# and .70 with the weights above; .960 instead of .953 on a real scene of the sea.
DECIBEL_WEIGHT, DECIBEL_SHARE = 3.0, 0.7
# Columns that vary less are not scaled up: log ratios of a gray image vary by rounding only.
LEAST_DEVIATION = 0.01
# A scene has clear levels where the noise is below this share of the spread of mean colors, and 16
# levels leave less than this share of the spread unexplained (both as standard deviations). Of 79
# synthetic scenes of levels, colors and objects 67 meet both, with 0.166 and 0.070 at most; of 27
# natural images ten meet the first, and leave 0.082 or more.
CLEAR_NOISE = 0.17
LEVELS, CLEAR_REST = 16, 0.075
SAMPLE = 16384


@dataclass(frozen=True)
class FeatureSpace:
    """Transformation of sums to features, fitted to one scene and applicable to others.

    Attributes:
        center: `(columns,)` float32 mean of each column.
        scale: `(columns,)` float32 factor of each column after centering: weight over standard
            deviation.
        projection: of the scaled and clipped columns.
    """

    center: FloatArray
    scale: FloatArray
    projection: Projection

    def means_only(self, bands: int) -> bool:
        """Whether mean colors are the only features: of embeddings and of few clear levels."""
        return not self.scale[:-bands].any()

    def features(self, sums: DoubleArray, bands: int) -> FloatArray:
        """Transform sums to features.

        Args:
            sums: `(n, columns)` float64 of `describe_tile`, added up; every row with pixels.
            bands: number of bands.

        Returns:
            `(n, d)` float32.

        Raises:
            SuperSegError: the space was fitted to another number of bands.
        """
        # The sums lack a column of brightness and, for the block of mean colors, one a band.
        if len(self.center) != sums.shape[1] + 1 + bands:
            raise SuperSegError(
                f"MODEL: its clusters are of images with other bands than the {bands} of this one;"
                " choose a model of this sensor, or train one on this image."
            )
        result = np.empty((len(sums), self.projection.vectors.shape[1]), np.float32)

        def compute(rows: slice) -> None:
            result[rows] = self.projection.apply(_scaled(sums[rows], bands, self))

        side_by_side(compute, row_blocks(len(sums)))
        return result


def fit_feature_space(
    superpixels: Description, components: int, kind: str = MEASURED
) -> FeatureSpace:
    """Fit the transformation to a scene.

    Args:
        superpixels: of the scene; every row with pixels.
        components: principal components to keep at most. A full covariance of d dimensions needs
            several superpixels a cluster for each of them.
        kind: what the values of the scene are, one of KINDS.

    Returns:
        The transformation.

    Example:
        Four superpixels of one band, 100 pixels each, that differ in brightness only.

        >>> sums, shade = np.zeros((4, 7)), np.array([50.0, 60.0, 150.0, 160.0])
        >>> sums[:, 0], sums[:, 1], sums[:, 2] = 100, 100 * shade, 100 * (shade**2 + 25)
        >>> graph = np.zeros((0, 2), np.int64), np.zeros(0, np.int64)
        >>> space = fit_feature_space(Description.from_sums(sums, *graph, 1), 3)
        >>> (space.features(sums, 1)[:, 0] > 0).tolist()
        [False, False, True, True]
    """
    sums, bands = superpixels.sums, superpixels.bands
    weights = sums[:, 0] / sums[:, 0].sum()
    parts = row_parts(len(sums))
    mean = sum(side_by_side(lambda part: weights[part] @ _columns(sums[part], bands), parts))
    variance = sum(
        side_by_side(lambda part: weights[part] @ (_columns(sums[part], bands) - mean) ** 2, parts)
    )
    weight = np.append(_block_weights(bands), np.zeros(bands))
    if kind == DECIBELS:
        weight = _decibel_weights(bands)
    scale = weight / np.maximum(np.sqrt(variance), LEAST_DEVIATION)
    if kind == EMBEDDING or (kind in (MEASURED, REFLECTANCE) and has_clear_levels(superpixels)):
        # One scale for all bands, so that a band of noise does not count as much as the others.
        total = float(np.sum(np.asarray(variance)[-bands:]))
        scale[:-bands], scale[-bands:] = 0.0, 1.0 / np.sqrt(max(total, 1e-9))
    fitted = FeatureSpace(
        np.asarray(mean, np.float32),
        scale.astype(np.float32),
        Projection(np.zeros(0, np.float32), np.zeros((0, 0), np.float32)),
    )
    standard = np.empty((len(sums), len(weight)), np.float32)

    def standardize(part: slice) -> None:
        standard[part] = _scaled(sums[part], bands, fitted)

    side_by_side(standardize, row_blocks(len(sums)))
    return replace(fitted, projection=fit_projection(standard, weights, components))


def has_clear_levels(superpixels: Description) -> bool:
    """Whether a scene consists of few clear levels, so that mean colors alone tell its classes.

    Args:
        superpixels: of the scene; every row with pixels.

    Example:
        Two gray levels, first with little noise, then with much.

        >>> sums, shade = np.zeros((99, 7)), np.repeat([50.0, 150.0, 150.0], 33)
        >>> sums[:, 0], sums[:, 1], sums[:, 2] = 100, 100 * shade, 100 * (shade**2 + 25)
        >>> graph = np.zeros((0, 2), np.int64), np.zeros(0, np.int64)
        >>> has_clear_levels(Description.from_sums(sums, *graph, 1))
        True
        >>> sums[:, 2] += 100 * 900
        >>> has_clear_levels(Description.from_sums(sums, *graph, 1))
        False
    """
    if noise_share(superpixels) >= CLEAR_NOISE:
        return False
    rows, counts = sample_by_weight(superpixels.pixels.astype(np.float32), SAMPLE)
    means = superpixels.means[rows]
    centers = k_means(means, counts, LEVELS)
    rest = np.square(means - centers[nearest(means, centers)]).sum(axis=1)
    share = counts / counts.sum()
    spread = np.square(means - share @ means).sum(axis=1)
    return bool(share @ rest < CLEAR_REST**2 * (share @ spread))


def noise_share(superpixels: Description) -> float:
    """Noise of the mean colors as a share of their spread, all bands together.

    Args:
        superpixels: of the scene; every row with pixels.

    Returns:
        The noise is the smaller of two estimates: the standard deviation within superpixels, which
        is too high where they have texture, and the median difference between neighbors over the
        root of two, which is too high where each superpixel is a patch of its own.

    Example:
        Two gray levels, 100 apart, with a standard deviation of 5 within superpixels.

        >>> sums, shade = np.zeros((8, 7)), np.repeat([50.0, 150.0], 4)
        >>> sums[:, 0], sums[:, 1], sums[:, 2] = 100, 100 * shade, 100 * (shade**2 + 25)
        >>> graph = np.zeros((0, 2), np.int64), np.zeros(0, np.int64)
        >>> round(noise_share(Description.from_sums(sums, *graph, 1)), 3)
        0.1
    """
    sums, means, layout = superpixels.sums, superpixels.means, column_layout(superpixels.bands)
    weights = sums[:, 0] / sums[:, 0].sum()
    noise = spread = 0.0
    center = weights @ means
    for part in row_parts(len(sums)):
        mean = means[part].astype(np.float64)
        squares = sums[part, layout["squares"]] / sums[part, :1]
        noise += float((weights[part] @ np.maximum(squares - mean**2, 0)).sum())
        spread += float((weights[part] @ np.square(mean - center)).sum())
    if len(superpixels.pairs):
        noise = min(noise, float(np.median(squared_contrast(means, superpixels.pairs))) / 2)
    return float(np.sqrt(noise / max(spread, 1e-9)))


def _columns(sums: DoubleArray, bands: int) -> DoubleArray:
    """Columns `(n, columns)` before they are scaled; the mean colors come last."""
    layout = column_layout(bands)
    pixels = sums[:, :1]
    mean = sums[:, layout["values"]] / pixels
    brightness = mean.mean(axis=1, keepdims=True)
    variance = np.maximum(sums[:, layout["squares"]] / pixels - mean**2, 0)
    blocks = {
        "chroma": np.log((mean + LOG_OFFSET) / (brightness + LOG_OFFSET)),
        "brightness": np.log(brightness + LOG_OFFSET),
        "spread": np.log1p(np.sqrt(variance)),
        "texture": sums[:, layout["texture"]] / pixels,
        "context": sums[:, layout["context"]] / pixels,
        # Superpixels are large on uniform land cover such as water, small in towns.
        "size": np.log(pixels),
    }
    return np.concatenate([*(blocks[name] for name in BLOCK_WEIGHTS), mean], axis=1)


def _block_weights(bands: int) -> DoubleArray:
    """Weight of each column but the mean colors; those of a block share the block's."""
    layout = column_layout(bands)
    widths = {
        "chroma": bands,
        "brightness": 1,
        "spread": bands,
        "texture": layout["texture"].stop - layout["texture"].start,
        "context": layout["context"].stop - layout["context"].start,
        "size": 1,
    }
    weights = [
        np.full(widths[name], weight / np.sqrt(widths[name]))
        for name, weight in BLOCK_WEIGHTS.items()
    ]
    return np.concatenate(weights)


def _decibel_weights(bands: int) -> DoubleArray:
    """Weight of each column of radar: mean decibels in place of ratios of display units.

    Decibels are logarithms already. The other blocks, which are mostly speckle, keep their shares.
    """
    weights = DECIBEL_SHARE * _block_weights(bands)
    weights[: bands + 1] = 0.0
    return np.append(weights, np.full(bands, DECIBEL_WEIGHT / np.sqrt(bands)))


def _scaled(sums: DoubleArray, bands: int, space: FeatureSpace) -> FloatArray:
    columns = (_columns(sums, bands) - space.center) * space.scale
    limits = CLIP * _block_weights(bands)
    np.clip(columns[:, :-bands], -limits, limits, out=columns[:, :-bands])
    scaled: FloatArray = columns.astype(np.float32)
    return scaled
