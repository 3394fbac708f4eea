# SPDX-License-Identifier: GPL-2.0-or-later
"""The operations that the worker offers, each a thin wrapping of an engine function.

Options and arrays are named as the fields of `contracts`. An array `valid` (rows, cols) may be
missing where every pixel of the image is valid.
"""

from __future__ import annotations

import threading
from dataclasses import asdict, fields, replace
from functools import lru_cache
from importlib import import_module
from typing import Any, Callable

import numpy as np

from ..blocks import MEASURED
from ..contracts import Clusters, Device, TrainingPlan
from ..engine import scaling
from .block_operation import assign_block, block_computer
from .call import Answer, Call
from .pools import started_pool
from .protocol import MODEL, Array, add_prefix
from .tile_operations import (
    describe_superpixels,
    fit_refinement,
    paint_on_image,
    paint_superpixels,
    refine_superpixels,
    stitch,
    superpixels,
    tabulate_superpixels,
)

# One thread only: each that computes with PyTorch gets a team of threads and memory of its own.
_on_device = started_pool(1)


def measure_bands(call: Call) -> Answer:
    """Scaling of the bands from a sample `pixels` (bands, n) of the option `kind`."""
    measured = scaling.measure_scaling(call.arrays["pixels"], call.options.get("kind", MEASURED))
    return {"scaling": asdict(measured)}, {}


def cluster(call: Call) -> Answer:
    """Clusters of the superpixels of a scene, and their model as `model.*`.

    The option `vocabularies` sets another number than the usual one.
    """
    from ..engine import clustering

    options = call.options
    given = {"vocabularies": options["vocabularies"]} if options.get("vocabularies") else {}
    model, found = clustering.cluster_superpixels(
        call.description,
        options["classes"],
        options["smoothness"],
        compute=block_computer(call),
        **given,
    )
    return _clusters(replace(found, model=model.to_arrays()))


def assign_clusters(call: Call) -> Answer:
    """Clusters of superpixels as for `cluster`, by the model of another scene, `model.*`."""
    from ..engine import clustering
    from ..engine.cluster_model import ClusterModel

    model = ClusterModel.from_arrays(call.model)
    smoothness = call.options["smoothness"]
    found = clustering.assign_clusters(call.description, model, smoothness, block_computer(call))
    return _clusters(found)


def change_class_count(call: Call) -> Answer:
    """New `labels` and `model.*` of clusters, by another cut of their tree."""
    from ..engine import clustering
    from ..engine.cluster_model import ClusterModel

    model, found = clustering.change_class_count(
        ClusterModel.from_arrays(call.model), call.clusters, call.options["classes"]
    )
    return {}, {"labels": found.labels, **add_prefix(MODEL, model.to_arrays())}


def change_smoothness(call: Call) -> Answer:
    """As `cluster`, with the `features` of the same superpixels and their `model.*`."""
    from ..engine import clustering
    from ..engine.cluster_model import ClusterModel

    model, found = clustering.change_smoothness(
        call.description,
        ClusterModel.from_arrays(call.model),
        np.asarray(call.arrays["features"]),
        call.options["classes"],
        call.options["smoothness"],
        block_computer(call),
    )
    return _clusters(replace(found, model=model.to_arrays()))


def smooth(call: Call) -> Answer:
    """Labels and confidence of superpixels from a network's `mean_softmax` in each."""
    from ..engine import smoothing

    pairs, lengths, means = (
        np.asarray(call.arrays[name]) for name in ("pairs", "lengths", "means")
    )
    unary = np.log(np.asarray(call.arrays["mean_softmax"]) + np.float32(1e-4))
    weights = smoothing.contrast_weights(pairs, lengths, means)
    found = smoothing.smooth_on_graph(unary, weights, call.options["smoothness"])
    labels = found.marginals.argmax(axis=1).astype(np.uint8)
    return {}, {"labels": labels, "confidence": found.confidence}


def prepare_teaching(call: Call) -> Answer:
    """What `teach` needs of a scene; arrays named as in its file of superpixels.

    The option `smoothness` is the weight of the neighbors.
    """
    from ..class_tree import ClassTree
    from ..engine.teaching import Teachable

    known = {name: np.asarray(array) for name, array in call.arrays.items()}
    graph = known["pairs"], known["lengths"], known["means"]
    tree = known["leaf"], ClassTree.from_arrays(known)
    prepared = Teachable.of_scene(
        known["features"], graph, known["pixels"], known["place"], tree, call.options["smoothness"]
    )
    names = [each.name for each in fields(Teachable)]
    return {}, {name: getattr(prepared, name) for name in names}


def teach(call: Call) -> Answer:
    """Names and confidence of superpixels of `prepare_teaching`, from examples.

    `rows` and `indices` are superpixels and names of the examples; without any, nothing is named.
    `excluded` are superpixels that are not asked for. The value `next` is the superpixel whose name
    would tell most, None for none.
    """
    from ..engine.next_example import next_example
    from ..engine.teaching import Examples, Teachable, teach

    known = {name: np.asarray(array) for name, array in call.arrays.items()}
    examples, excluded = Examples(known.pop("rows"), known.pop("indices")), known.pop("excluded")
    prepared = Teachable(**known)
    asked = next_example(prepared, examples, excluded)
    arrays: dict[str, Array] = {}
    if len(examples.rows):
        found = teach(prepared, examples)
        arrays = {"names": found.names, "confidence": found.confidence}
    return {"next": asked}, arrays


def describe_device(call: Call) -> Answer:
    """What the network will run on, and the halo and alignment of the network asked about."""
    from ..engine import devices, networks

    network = networks.NETWORKS[call.options["network"]]
    figures = devices.describe(devices.choose_device(call.device))
    return asdict(Device(**figures, halo=network.halo, alignment=network.alignment)), {}


def train(call: Call) -> Answer:
    """Train on `images`, `superpixels` and optional `labels`; weights come back as arrays.

    Other arrays are weights to start from.
    """
    from ..engine import devices, patch_store, training

    def report(step: int, loss: float, live: int) -> None:
        call.send_event({"event": "metric", "step": step, "loss": loss, "live": live})

    # Taken out of the request, so that what is used up is not mapped during the training.
    arrays = call.arrays
    images, ids = arrays.pop("images"), arrays.pop("superpixels")
    soft, plan = None, TrainingPlan(**call.options["plan"])
    if "labels" in arrays:
        ids, soft = patch_store.compact(ids, arrays.pop("labels"), plan.classes)
    trained = _on_device.submit(
        training.train_within_memory,
        patch_store.Patches(images, ids, soft),
        call.scaling,
        plan,
        devices.choose_device(call.device),
        arrays or None,
        report,
        call.log,
    )
    return {}, trained.result()


def predict(call: Call) -> Answer:
    """Classes and confidence of a tile or, with `labels`, class probabilities by superpixel.

    Arrays other than `image`, `valid` and `labels` are the network's weights.
    """
    from ..engine import classification, devices

    arrays, valid, core = dict(call.arrays), call.valid, call.core
    values = arrays.pop("image")
    arrays.pop("valid", None)
    labels = arrays.pop("labels", None)
    options = call.options

    def compute() -> Any:
        device = devices.choose_device(call.device)
        classifier = _classifier(
            options["model_id"],
            lambda: classification.Classifier.load(
                options["network"], len(values), options["classes"], arrays, device
            ),
        )
        found = classifier.probabilities(values, valid, call.scaling, core, call.log)
        return classification.best_class(found, valid[core]) if labels is None else found

    found = _on_device.submit(compute).result()
    if labels is None:
        return {}, {"classes": found[0], "confidence": found[1]}
    ids, sums = classification.pool_in_superpixels(found, np.asarray(labels))
    return {}, {"ids": ids, "sums": sums}


_loaded: dict[str, Any] = {}


def _classifier(model_id: str, load: Callable[[], Any]) -> Any:
    """Keep the one model that a run classifies with; every request still refers to its weights."""
    if model_id not in _loaded:
        _loaded.clear()
        _loaded[model_id] = load()
    return _loaded[model_id]


@lru_cache(maxsize=1)
def load_clustering() -> None:
    """Begin to load what `cluster` needs, once: where nodes compute tiles, nothing waits for it."""
    names = "..engine.clustering", __package__
    threading.Thread(target=import_module, args=names, daemon=True).start()


def _clusters(found: Clusters) -> Answer:
    arrays = {name: value for name, value in vars(found).items() if name != "model"}
    return {}, {**arrays, **add_prefix(MODEL, found.model)}


# Their tables are large and not needed again.
OF_WHOLE_SCENES = ("cluster", "assign_clusters", "smooth", "prepare_teaching", "train")
OPERATIONS: dict[str, Callable[[Call], Answer]] = {
    function.__name__: function
    for function in (
        measure_bands,
        superpixels,
        stitch,
        describe_superpixels,
        fit_refinement,
        refine_superpixels,
        paint_superpixels,
        paint_on_image,
        tabulate_superpixels,
        cluster,
        assign_clusters,
        assign_block,
        change_class_count,
        change_smoothness,
        smooth,
        prepare_teaching,
        teach,
        describe_device,
        train,
        predict,
    )
}
