# SPDX-License-Identifier: GPL-2.0-or-later
"""From a trained network to a model, and back to what the worker takes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ...agglomeration import MergeStep
from ...contracts import BandScaling
from ...raster.class_legend import default_name
from ...raster.source import RasterSource
from ...worker.client import Worker
from ..options.superpixels import SuperpixelOptions
from ..options.training import TrainingOptions
from .cluster_arrays import ClusterArrays
from .model_file import Model

LOSS_WINDOW = 10
SUPERPIXEL_SIZES = ("min_size", "scale")
LARGEST_SIZE = 1e6


class SceneOfModel(Protocol):
    """What a model keeps of the scene that it was trained on."""

    @property
    def source(self) -> RasterSource:
        """The image."""

    @property
    def scaling(self) -> BandScaling:
        """Of its bands."""

    @property
    def worker(self) -> Worker:
        """The process that trained it."""


@dataclass(frozen=True)
class TrainedNetwork:
    """Weights and how they came about: loss of every step, classes in use after it."""

    weights: dict[str, npt.NDArray[Any]]
    losses: list[float]
    live_by_step: list[int]

    @property
    def live(self) -> int:
        """Classes in use at the end."""
        return self.live_by_step[-1]

    @property
    def final_loss(self) -> float:
        """Mean loss of the last steps."""
        return float(np.mean(self.losses[-LOSS_WINDOW:]))


def weights_id(weights: Mapping[str, npt.NDArray[Any]]) -> str:
    """A name for a set of weights, by which the worker knows it has them already."""
    digest = hashlib.sha256()
    for name in sorted(weights):
        digest.update(name.encode() + np.ascontiguousarray(weights[name]).tobytes())
    return digest.hexdigest()


def reorder_classes(
    weights: dict[str, npt.NDArray[Any]], order: npt.NDArray[np.int64]
) -> dict[str, npt.NDArray[Any]]:
    """Renumber the classes of a network: new class i is the old class `order[i]`."""
    return {
        name: value[order] if name.startswith("head.") and value.ndim else value
        for name, value in weights.items()
    }


def build_model(
    scene: SceneOfModel,
    options: TrainingOptions,
    trained: TrainedNetwork,
    colors: npt.NDArray[np.uint8],
    merge_order: list[MergeStep] | None = None,
    clusters: ClusterArrays | None = None,
) -> Model:
    """Put a trained network and what it was made from together."""
    source = scene.source
    lists = {k: v if isinstance(v, tuple) else (v,) for k, v in asdict(scene.scaling).items()}
    return Model(
        network=options.network,
        classes=options.classes,
        band_count=len(source.bands),
        band_names=source.band_names,
        scaling={name: [float(x) for x in values] for name, values in lists.items()},
        pixel_size=pixel_size(source),
        class_names=tuple(default_name(number + 1) for number in range(options.classes)),
        class_colors=colors,
        merge_order=list(merge_order or ()),
        options=asdict(options),
        seed=options.seed,
        versions=scene.worker.versions,
        weights=trained.weights,
        clusters=clusters or {},
    )


def scaling_of_model(model: Model) -> BandScaling:
    """The scaling of the bands that the model was trained with."""
    factor = model.scaling["distance_factor"][0]
    return BandScaling.from_dict({**model.scaling, "distance_factor": factor})


def with_superpixels(model: Model, superpixels: SuperpixelOptions) -> Model:
    """The model with how its scene was cut."""
    known = {name: getattr(superpixels, name) for name in SUPERPIXEL_SIZES}
    return replace(model, options={**model.options, "superpixels": known})


def superpixels_of_model(model: Model) -> SuperpixelOptions:
    """How the model's scene was cut; as usual where it does not tell, or nothing of use."""
    known = model.options.get("superpixels")
    if not isinstance(known, dict):
        return SuperpixelOptions()
    sizes: list[Any] = [known.get(name) for name in SUPERPIXEL_SIZES]
    if not all(type(size) in (int, float) and 1 <= size <= LARGEST_SIZE for size in sizes):
        return SuperpixelOptions()
    return SuperpixelOptions(min_size=int(sizes[0]), scale=float(sizes[1]))


def pixel_size(source: RasterSource) -> float | None:
    """Side of a square of a pixel's area, in meters or map units; None without georeference."""
    if source.grid.geotransform is None:
        return None
    areas = source.grid.row_areas(source.grid.window)
    return float(np.sqrt(np.mean(areas)))
