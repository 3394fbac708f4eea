# SPDX-License-Identifier: GPL-2.0-or-later
"""What both processes must agree on, written once.

QGIS's process reads tiles, and the worker computes on them. Whatever both sides need to know of a
request lies here: how bands are scaled, how superpixels are cut, how a network is trained, how far
a filter reaches, what the columns of a description are. It needs numpy only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from .alpha_earth import decoded
from .blocks import MEASURED, Block

AnyArray = npt.NDArray[Any]
BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float32]
DoubleArray = npt.NDArray[np.float64]

# Highest value in display units: twice the robust range, so that highlights keep some contrast.
DISPLAY_MAXIMUM = 510.0
# Largest magnitude in standard units: beyond it, a value is an outlier for the network.
STANDARD_MAXIMUM = 8.0
# Pixels around a tile that its description depends on: the widest chain of filters is the context
# spread, 4 x (8 + 16). A multiple of the coarse cell, so that all tiles share its grid.
DESCRIPTION_HALO = 96
# Pixels around a tile that its refined borders depend on: how far a pixel looks for other classes.
REFINEMENT_HALO = 8
# Scenes of more superpixels are clustered in blocks, by a model that is fitted to a sample of so
# many: each part of a model looks at 4000 to 32768 superpixels in any case. On ten images, samples
# of a quarter (800 to 12,000) gave a named mean IoU of .359 .417 .449 at 8, 16 and 32 classes, all
# superpixels .372 .429 .468; on the image with 50,000, .355 .463 .531 and .382 .441 .530. Of one
# image cut into 488,000, samples of 131,072, 65,536 and 32,768 gave .313 .553 .559, .291 .397 .544
# and .298 .379 .481.
MOST_UNDIVIDED, CLUSTER_SAMPLE = 1 << 18, 1 << 17
# Side in pixels of a cell of the coarsest grid that texture and context are computed on.
COARSE_CELL = 4
# Numbers of classes that a map can have: bytes, of which 0 is nodata.
CLASS_NUMBERS = 256
# Numbers that a scaling has for each band.
PER_BAND = ("low", "high", "center", "spread")


@dataclass(frozen=True)
class BandScaling:
    """How the bands of one sensor are brought to common scales.

    `display` units run from 0 to 255 over a band's robust range (Byte bands are used as they are),
    so that superpixel parameters mean the same for every sensor. `standard` units have median 0 and
    robust standard deviation 1: the input of the network.

    Attributes:
        low, high: values of each band that become display 0 and 255.
        center, spread: median and robust standard deviation of each band, the latter never 0.
        distance_factor: color distances in display units are multiplied by this, so that an image
            of many bands is not cut into more superpixels than one of three.
        kind: what the values are, one of `blocks.KINDS`; of several rasters that are used together,
            those of the first.
        blocks: of several rasters that are used together; empty for one raster.

    Example:
        >>> scaling = BandScaling((0.0,), (1000.0,), (500.0,), (100.0,))
        >>> values, valid = np.array([[[0, 500, 1000]]], np.uint16), np.ones((1, 3), bool)
        >>> scaling.to_display(values, valid).tolist()
        [[[0.0, 127.5, 255.0]]]
        >>> scaling.to_standard(values, valid).tolist()
        [[[-5.0, 0.0, 5.0]]]
    """

    low: tuple[float, ...]
    high: tuple[float, ...]
    center: tuple[float, ...]
    spread: tuple[float, ...]
    distance_factor: float = 1.0
    kind: str = MEASURED
    blocks: tuple[Block, ...] = ()

    @classmethod
    def joined(cls, scalings: Sequence[BandScaling]) -> BandScaling:
        """Return the scaling of several rasters that are used together; of one, its own."""
        if len(scalings) == 1:
            return scalings[0]
        low, high, center, spread = (
            tuple(value for each in scalings for value in getattr(each, name)) for name in PER_BAND
        )
        blocks = tuple(block for each in scalings for block in each.parts)
        return cls(low, high, center, spread, kind=scalings[0].kind, blocks=blocks)

    @property
    def parts(self) -> tuple[Block, ...]:
        """The blocks, also of one raster."""
        return self.blocks or (Block(len(self.low), self.kind, self.distance_factor),)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> BandScaling:
        """The inverse of `dataclasses.asdict`.

        Raises:
            KeyError, TypeError, ValueError: a number is missing, or is none.
        """
        parts = {name: tuple(map(float, values[name])) for name in PER_BAND}
        blocks = tuple(Block(**block) for block in values.get("blocks", ()))
        return cls(
            **parts,
            distance_factor=float(values["distance_factor"]),
            kind=values["kind"],
            blocks=blocks,
        )

    def to_display(
        self, values: AnyArray, valid: BoolArray, out: FloatArray | None = None
    ) -> FloatArray:
        """Bring raw values to 0..255 (clipped to 0..510), float32, 0 where invalid.

        Args:
            values: `(bands, rows, cols)` of any type; int8 are AlphaEarth's bytes.
            valid: `(rows, cols)` bool.
            out: float32 of the same shape to write to; None for a new array.
        """
        result = np.empty(values.shape, np.float32) if out is None else out
        for band, (low, high) in enumerate(zip(self.low, self.high)):
            gain = 255.0 / (high - low)
            _rescale(values[band], low, gain, (0.0, DISPLAY_MAXIMUM), result[band])
        return _clear_invalid(result, valid)

    def to_values(self, shown: AnyArray) -> DoubleArray:
        """Bring display units back to raw values.

        Args:
            shown: `(n, bands)`, such as mean colors.
        """
        low, high = np.array(self.low), np.array(self.high)
        values: DoubleArray = low + np.asarray(shown) * (high - low) / 255
        return values

    def to_standard(self, values: AnyArray, valid: BoolArray) -> FloatArray:
        """Bring raw values to median 0 and spread 1, clipped to +-8, 0 where invalid.

        Arguments and result are those of `to_display`.
        """
        result = np.empty(values.shape, np.float32)
        ends = -STANDARD_MAXIMUM, STANDARD_MAXIMUM
        for band, (center, spread) in enumerate(zip(self.center, self.spread)):
            _rescale(values[band], center, 1.0 / spread, ends, result[band])
        return _clear_invalid(result, valid)

    def means_to_display(self, means: DoubleArray) -> DoubleArray:
        """Bring mean raw values `(n, bands)` to display units, float64, without clipping."""
        low, high = np.array(self.low), np.array(self.high)
        return np.asarray((means - low) / (high - low) * 255)


@dataclass(frozen=True)
class Segmenter:
    """How an image in display units (0..255) is cut into superpixels.

    Attributes:
        method: `felzenszwalb` or `slic`.
        scale: Felzenszwalb's k in display units; larger makes larger superpixels.
        sigma: standard deviation in pixels of the smoothing before either method.
        min_size: smallest superpixel in pixels (Felzenszwalb).
        region_size: side of a superpixel in pixels (SLIC).
        compactness: weight of distance against color, display units; larger is squarer (SLIC).
        connectivity: 4 or 8, the neighbors of a pixel (Felzenszwalb).
    """

    method: str = "felzenszwalb"
    scale: float = 32.0
    sigma: float = 0.5
    min_size: int = 64
    region_size: int = 16
    compactness: float = 25.0
    connectivity: int = 8


@dataclass(frozen=True)
class TrainingPlan:
    """How the worker trains a network.

    Attributes:
        network: public name of the network.
        classes: number of outputs.
        loss: public name of the loss.
        steps: optimizer steps.
        batch_size: patches a step.
        learning_rate: of Adam.
        augment: flips, rotations and radiometric jitter; off in the published method.
        seed: of weights, order and augmentation.
    """

    network: str
    classes: int
    loss: str
    steps: int
    batch_size: int
    learning_rate: float
    augment: bool
    seed: int


@dataclass(frozen=True)
class Clusters:
    """Clustered superpixels; row i belongs to superpixel i + 1.

    Attributes:
        labels: `(n,)` int64 class of each superpixel, from 0.
        leaf: `(n,)` int64 leaf of the tree of classes that each superpixel belongs to, from 0.
        confidence: `(n,)` float32 up to 1: how certain the part of the scene is that a superpixel
            belongs to.
        features: `(n, d)` float32 that the classes are distinguished by.
        model: arrays that give superpixels of any scene these classes; empty where they do not
            travel along.
    """

    labels: npt.NDArray[np.int64]
    leaf: npt.NDArray[np.int64]
    confidence: FloatArray
    features: FloatArray
    model: dict[str, AnyArray] = field(default_factory=dict)

    @property
    def classes(self) -> int:
        """Number of classes in the scene, k."""
        return int(self.labels.max(initial=-1)) + 1


@dataclass(frozen=True)
class Core:
    """The part of a tile that is wanted, without its halo: first row and column, and its size."""

    row: int
    col: int
    rows: int
    cols: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns, to index a `(..., rows, cols)` array."""
        return slice(self.row, self.row + self.rows), slice(self.col, self.col + self.cols)


@dataclass(frozen=True)
class Device:
    """What the network runs on, and what the network asked about needs.

    Attributes:
        type: cpu, cuda or mps.
        name: for people.
        free_bytes: free memory of the device.
        threads: of the CPU.
        halo: pixels around a tile that the network's output depends on.
        alignment: tiles must begin at a multiple of this many pixels.
    """

    type: str
    name: str
    free_bytes: int
    threads: int
    halo: int
    alignment: int


def gaussian_radius(sigma: float) -> int:
    """Half-width in pixels of a Gaussian filter's kernel: four standard deviations, rounded."""
    return int(4.0 * sigma + 0.5)


def plain(value: object) -> object:
    """A contract as the plain values that a message holds."""
    if isinstance(value, (BandScaling, Segmenter, TrainingPlan, Core, Device)):
        return asdict(value)
    return value


def _rescale(
    band: AnyArray, offset: float, gain: float, ends: tuple[float, float], out: FloatArray
) -> None:
    """Shift, scale and clip the values of a band; signed bytes are decoded first."""
    _shift_and_scale(decoded(band), offset, gain, out)
    np.clip(out, *ends, out=out)


def _shift_and_scale(band: AnyArray, offset: float, gain: float, out: FloatArray) -> None:
    # 32-bit integers and doubles may hold a large offset that float32 would round away.
    work = np.float32 if band.dtype.itemsize <= 2 or band.dtype == np.float32 else np.float64
    with np.errstate(over="ignore", invalid="ignore"):
        np.subtract(band, work(offset), out=out, dtype=work, casting="unsafe")
        np.multiply(out, np.float32(gain), out=out)


def _clear_invalid(values: FloatArray, valid: BoolArray) -> FloatArray:
    if not valid.all():
        values[:, ~valid] = 0
    return values
