# SPDX-License-Identifier: GPL-2.0-or-later
"""Building a model of a trained network, and reading its parts back."""

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
from ...raster.ground import pixel_side
from ...raster.source import RasterSource
from ...worker.interface import Worker
from ..options.superpixels import SuperpixelOptions
from ..options.training import TrainingOptions
from .cluster_arrays import ClusterArrays, merge_order_of, reorder_clusters
from .model_file import Model
from .model_rasters import model_rasters

# Steps at the end of a training whose mean loss is reported.
LOSS_WINDOW = 10
# Options of superpixels that a model keeps, and the largest value that is taken from a file.
SUPERPIXEL_SIZES = ("min_size", "scale")
LARGEST_SIZE = 1e6


class SceneOfModel(Protocol):
    """The parts of a scene that a model is built from."""

    @property
    def source(self) -> RasterSource:
        """The image."""

    @property
    def scaling(self) -> BandScaling:
        """The scaling of its bands."""

    @property
    def worker(self) -> Worker:
        """The process that trained it."""


@dataclass(frozen=True)
class TrainedNetwork:
    """The result of a training.

    Attributes:
        weights: arrays by name.
        losses: of every step.
        live_by_step: number of classes in use, for every step.
    """

    weights: dict[str, npt.NDArray[Any]]
    losses: list[float]
    live_by_step: list[int]

    @property
    def live(self) -> int:
        """Number of classes in use at the end."""
        return self.live_by_step[-1]

    @property
    def final_loss(self) -> float:
        """Mean loss of the last steps."""
        return float(np.mean(self.losses[-LOSS_WINDOW:]))


def weights_id(weights: Mapping[str, npt.NDArray[Any]]) -> str:
    """Return a hash of weights, by which the worker recognizes those that it has already."""
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
    """Build the model of a trained network.

    Args:
        scene: that it was trained on.
        options: of the training.
        trained: the network.
        colors: `(classes, 3)` of the classes.
        merge_order: of the classes; None if unknown.
        clusters: cluster model of superpixels; None for none.
    """
    source = scene.source
    return Model(
        network=options.network,
        classes=options.classes,
        band_count=len(source.bands),
        band_names=source.band_names,
        band_numbers=source.bands,
        image_bands=source.total_bands,
        scaling=scene.scaling,
        pixel_size=pixel_side(source.grid),
        class_names=tuple(default_name(number + 1) for number in range(options.classes)),
        class_colors=colors,
        merge_order=list(merge_order or ()),
        options={**asdict(options), "fill_values": list(map(list, source.fill_values))},
        picture=source.picture,
        seed=options.seed,
        versions=scene.worker.versions,
        weights=trained.weights,
        clusters=clusters or {},
        rasters=model_rasters(source),
    )


def build_model_by_area(
    scene: SceneOfModel,
    options: TrainingOptions,
    trained: TrainedNetwork,
    colors: npt.NDArray[np.uint8],
    order: npt.NDArray[np.int64],
    clusters: ClusterArrays | None,
) -> Model:
    """Build the model of a network whose classes are renumbered, such as by their area.

    Args:
        scene: see `build_model`.
        options: see `build_model`.
        trained: the network, by its own numbers.
        colors: `(classes, 3)` by the new numbers.
        order: new class i is the old class `order[i]`.
        clusters: cluster model by the old numbers; None for none.
    """
    renumbered = replace(trained, weights=reorder_classes(trained.weights, order))
    if clusters is None:
        return build_model(scene, options, renumbered, colors)
    steps, known = merge_order_of(clusters, order), reorder_clusters(clusters, order)
    return build_model(scene, options, renumbered, colors, steps, known)


def with_superpixels(model: Model, superpixels: SuperpixelOptions) -> Model:
    """Return a model that keeps the sizes of superpixels it was trained on."""
    known = {name: getattr(superpixels, name) for name in SUPERPIXEL_SIZES}
    return replace(model, options={**model.options, "superpixels": known})


def superpixels_of_model(model: Model) -> SuperpixelOptions:
    """Return the superpixel options that a model keeps; the defaults if it has no usable ones."""
    known = model.options.get("superpixels")
    if not isinstance(known, dict):
        return SuperpixelOptions()
    sizes: list[Any] = [known.get(name) for name in SUPERPIXEL_SIZES]
    if not all(type(size) in (int, float) and 1 <= size <= LARGEST_SIZE for size in sizes):
        return SuperpixelOptions()
    return SuperpixelOptions(min_size=int(sizes[0]), scale=float(sizes[1]))
