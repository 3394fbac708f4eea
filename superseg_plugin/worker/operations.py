# SPDX-License-Identifier: GPL-2.0-or-later
"""The operations that the worker offers, each a thin wrapping of an engine function."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Callable

import numpy as np

from ..contracts import BandScaling, Description, Segmenter, TrainingPlan
from ..engine import description, scaling
from ..engine import superpixels as superpixel_engine
from ..engine.segments import Tile
from .pools import started_pool
from .protocol import MODEL, Array, add_prefix, split_off

Answer = tuple[dict[str, Any], dict[str, Array]]
# One thread only: each that computes with PyTorch gets a team of threads and memory of its own.
_on_device = started_pool(1)


@dataclass(frozen=True)
class Call:
    """One request: plain options, mapped arrays, and a way to send events meanwhile."""

    options: dict[str, Any]
    arrays: dict[str, Array]
    device: str
    send_event: Callable[[dict[str, Any]], None]

    @property
    def scaling(self) -> BandScaling:
        """The scaling of the bands that came with the request."""
        return BandScaling.from_dict(self.options["scaling"])

    def log(self, text: str) -> None:
        """Send a line for the log."""
        self.send_event({"event": "log", "text": text})


def measure_bands(call: Call) -> Answer:
    """Scaling of the bands from a sample `pixels` (bands, n)."""
    return {"scaling": asdict(scaling.measure_scaling(call.arrays["pixels"]))}, {}


def superpixels(call: Call) -> Answer:
    """Superpixels of a tile: `image` (bands, rows, cols), `valid`; options core, segmenter."""
    result = superpixel_engine.segment_tile(_tile(call), _segmenter(call))
    return {}, {"labels": result.labels, "sizes": result.sizes, "internal": result.internal}


def stitch(call: Call) -> Answer:
    """Superpixels along a seam: as `superpixels`, with `labels`, `sizes`, `internal`."""
    result = superpixel_engine.stitch_seam(
        _tile(call),
        np.asarray(call.arrays["labels"]),
        np.asarray(call.arrays["sizes"]),
        np.asarray(call.arrays["internal"]),
        tuple(call.options["seam"]),
        tuple(call.options["open_sides"]),
        _segmenter(call),
    )
    return {}, {
        "labels": result.labels,
        "sizes": result.sizes,
        "internal": result.internal,
        "merged": result.merged,
    }


def describe_superpixels(call: Call) -> Answer:
    """Sums and borders of superpixels: `image`, `valid`, `labels`; option core."""
    valid = np.asarray(call.arrays["valid"])
    image = call.scaling.to_display(call.arrays["image"], valid)
    labels = np.asarray(call.arrays["labels"])
    result = description.describe_tile(image, valid, labels, _slices(call.options["core"]))
    return {}, {
        "ids": result.ids,
        "sums": result.sums,
        "pairs": result.pairs,
        "lengths": result.lengths,
    }


def cluster(call: Call) -> Answer:
    """Classes of superpixels `sums`, `pairs`, `lengths` on their graph, and what tells them apart.

    The model comes back as arrays named `model.*`; option members for other than the usual number
    of mixtures.
    """
    from ..engine import clustering

    superpixels = _superpixels(call)
    options = call.options
    few = {name: options[name] for name in ("members",) if name in options}
    model, clusters = clustering.cluster_superpixels(
        superpixels, options["classes"], options["smoothness"], **few
    )
    return {}, {**vars(clusters), **add_prefix(MODEL, model.to_arrays())}


def assign_clusters(call: Call) -> Answer:
    """Classes of superpixels as for `cluster`, by the model of another scene, `model.*`."""
    from ..engine import clustering

    model = _cluster_model(call)
    found = clustering.assign_clusters(_superpixels(call), model, call.options["smoothness"])
    return {}, dict(vars(found))


def regroup(call: Call) -> Answer:
    """As `cluster`, with `features` and mixtures, `model.*`, found for the same superpixels."""
    from ..engine import clustering

    options = call.options
    model, clusters = clustering.regroup_superpixels(
        _superpixels(call),
        _cluster_model(call),
        np.asarray(call.arrays["features"]),
        options["classes"],
        options["smoothness"],
    )
    return {}, {**vars(clusters), **add_prefix(MODEL, model.to_arrays())}


def smooth(call: Call) -> Answer:
    """Class probabilities of superpixels from `pooled`, the clusters' `evidence`, or both."""
    from ..engine import clustering, smoothing

    # Taken out of the request, so that what is used up is not held for the rest of the time.
    arrays = {name: np.asarray(call.arrays.pop(name)) for name in list(call.arrays)}
    pooled, pixels = arrays.pop("pooled", None), arrays["pixels"]
    smoothness = call.options["smoothness"]
    graph = (arrays["pairs"], arrays["lengths"], arrays["means"])
    if pooled is None:
        found = clustering.smooth_evidence(arrays.pop("evidence"), *graph, pixels, smoothness)
    elif "evidence" in arrays:
        unary = clustering.fuse(arrays.pop("evidence"), arrays["smoothed"], pooled, pixels)
        own = arrays.pop("smoothed").argmax(axis=1)
        del pooled
        found = smoothing.smooth_with_minimum_share(unary, *graph, pixels, own, smoothness)
    else:
        found = smoothing.smooth_on_graph(np.log(pooled + np.float32(1e-4)), *graph, smoothness)
    return {}, {"probabilities": found.marginals, "confidence": found.confidence}


def describe_device(call: Call) -> Answer:
    """What the network will run on, and the halo and alignment of the network asked about."""
    from ..engine import devices, networks

    network = networks.NETWORKS[call.options["network"]]
    device = devices.choose_device(call.device)
    figures = {"halo": network.halo, "alignment": network.alignment}
    return {**devices.describe(device), **figures}, {}


def train(call: Call) -> Answer:
    """Train on `images`, `superpixels` and optional `soft`; weights come back as arrays."""
    from ..engine import devices, patch_store, training

    def report(step: int, loss: float, live: int) -> None:
        call.send_event({"event": "metric", "step": step, "loss": loss, "live": live})

    arrays = dict(call.arrays)
    patches = patch_store.Patches(
        arrays.pop("images"), arrays.pop("superpixels"), _optional(arrays.pop("soft", None))
    )
    plan = TrainingPlan(**call.options["plan"])
    device = devices.choose_device(call.device)
    initial = arrays or None
    trained = _on_device.submit(
        training.train_within_memory,
        patches,
        call.scaling,
        plan,
        device,
        initial,
        report,
        call.log,
    )
    return {}, trained.result()


def predict(call: Call) -> Answer:
    """Classes and confidence of a tile or, with `labels`, class probabilities by superpixel."""
    from ..engine import classification, devices

    arrays = dict(call.arrays)
    values, valid = arrays.pop("image"), np.asarray(arrays.pop("valid"))
    labels = arrays.pop("labels", None)
    options = call.options
    core = _slices(options["core"])

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
    """Keep the one model that a run classifies with; every request still carries its weights."""
    if model_id not in _loaded:
        _loaded.clear()
        _loaded[model_id] = load()
    return _loaded[model_id]


def _cluster_model(call: Call) -> Any:
    from ..engine.cluster_model import ClusterModel

    parts, _ = split_off(MODEL, call.arrays)
    return ClusterModel.from_arrays({name: np.array(value) for name, value in parts.items()})


def _superpixels(call: Call) -> Description:
    arrays = {name: np.asarray(call.arrays[name]) for name in ("sums", "pairs", "lengths")}
    return Description(**arrays, bands=call.options["bands"])


def _optional(array: Array | None) -> Array | None:
    return None if array is None else np.array(array)


def _segmenter(call: Call) -> Segmenter:
    return Segmenter(**call.options["segmenter"])


def _tile(call: Call) -> Tile:
    """The image as it was read, with its margin."""
    valid = np.asarray(call.arrays["valid"])
    values = np.asarray(call.arrays["image"])
    return Tile(values, valid, call.scaling, _slices(call.options["core"]))


def _slices(core: list[int]) -> tuple[slice, slice]:
    row, col, rows, cols = core
    return slice(row, row + rows), slice(col, col + cols)


# Their tables are large and not needed again.
OF_WHOLE_SCENES = ("cluster", "assign_clusters", "smooth", "train")
OPERATIONS: dict[str, Callable[[Call], Answer]] = {
    function.__name__: function
    for function in (
        measure_bands,
        superpixels,
        stitch,
        describe_superpixels,
        cluster,
        assign_clusters,
        regroup,
        smooth,
        describe_device,
        train,
        predict,
    )
}
